"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, berths: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    log: wf.Value = []

    # harbour · workflow.yaml:8

    async def harbour(run: wf.Run, ship: wf.Value, _: int) -> None:
        nonlocal log

        # enter · workflow.yaml:16
        log.append(f"in {ship}")

        # unload · workflow.yaml:19
        await run.sleep("unload", 10 * ship)

        # leave · workflow.yaml:23
        log.append(f"out {ship}")

    await run.parallel_for("harbour", range(1, 6), harbour, limit=berths)

    # done · workflow.yaml:26
    return log


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="63481845550506dcd3191853f5ca45972734e6ad836ee38622263c90dab8ccc2",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 16 17:19+6 enter
 16:8-16:32 18:28+33
 19 20:19+4 unload
 19:34-19:43 22:30+12
 22 24:19+6 leave
 22:8-22:33 25:28+34
 24 9:9+8 harbour
 24:66-24:72 10:30+9
 27 27:9+6 done
 27:11-27:14 27:17+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
