"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, start: wf.Value) -> wf.Value:
    # convert · workflow.yaml:4
    begin = wf.time.parse(start)
    end = begin + 90 * 60
    shown: wf.Value = [
        wf.time.format(end),
        wf.time.format(wf.int(end), "Europe/Zurich"),
    ]
    day = wf.text.substring(wf.time.format(begin), 0, 10)

    # now · workflow.yaml:10
    epoch = run.now()

    # until_noon · workflow.yaml:13
    await run.sleep_until("until_noon", "1970-01-01T12:00:00Z")

    # until_the_past · workflow.yaml:17
    await run.sleep_until("until_the_past", "1970-01-01T00:00:01+01:00")

    # later · workflow.yaml:21
    waited = run.now() - epoch

    # done · workflow.yaml:24
    return {"begin": begin, "shown": shown, "day": day, "waited": waited}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="36899302772e8bd4c4f4bffbd0a9851dc227c4aa085a2d3bdf1f4453cb112f57",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 convert
 8:12-8:32 6:20+20
 9:10-9:25 7:18+18
 10:22-13:5 8:21+61
 14:10-14:57 9:18+44
 17 11:9+6 now
 17:12-17:21 12:20+12
 20 14:9+4 until_noon
 23 18:9+4 until_the_past
 26 22:9+6 later
 26:13-26:30 23:21+20
 29 25:9+6 done
 29:21-29:26 26:18+8
 29:37-29:42 27:18+8
 29:51-29:54 28:16+6
 29:66-29:72 29:19+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
