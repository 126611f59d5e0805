"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, readings: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    valid = 0
    alarms: wf.Value = []

    # check_all · workflow.yaml:9

    async def check_all(run: wf.Run, reading: wf.Value, _: int) -> None:
        nonlocal alarms, valid

        # broken · workflow.yaml:16
        if reading is not None:
            # count · workflow.yaml:20
            valid = valid + 1

            # normal · workflow.yaml:23
            if not wf.lt(reading, 100):
                # alarm · workflow.yaml:27
                alarms.append(reading)

    await run.parallel_for("check_all", wf.each(readings), check_all)

    # report · workflow.yaml:30

    async def quiet_branch(run: wf.Run) -> None:
        # is_quiet · workflow.yaml:35
        if not len(alarms) > 0:
            # say_quiet · workflow.yaml:39
            run.log(text="all quiet")

    async def alarm_branch(run: wf.Run) -> None:
        # is_alarm · workflow.yaml:44
        if len(alarms) != 0:
            # say_alarm · workflow.yaml:48
            run.log(severity="ALERT", json={"alarms": alarms})

    await run.parallel("report", [quiet_branch, alarm_branch])

    # done · workflow.yaml:51
    return valid


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="1da19f94f2cd3c8ff79fbc407f8e712f300c7d646465296d7423b03ce153d13a",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 17 18:23+9 broken
 17:11-17:30 18:34+18
 19 21:19+6 count
 19:20-19:29 22:30+12
 22 25:23+9 normal
 22:19-22:38 25:34+16
 24 28:19+6 alarm
 24:16-24:38 29:31+31
 26 10:9+8 check_all
 26:40-26:57 14:17+11
 26:48-26:56 14:17+11
 32 37:27+9 is_quiet
 32:15-32:30 37:38+18
 34 40:23+4 say_quiet
 38 46:27+9 is_alarm
 38:11-38:27 46:38+19
 40 49:23+4 say_alarm
 40:54-40:60 50:63+9
 42 31:9+8 report
 45 52:9+6 done
 45:11-45:16 52:17+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
