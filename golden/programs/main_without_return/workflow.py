"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # say · workflow.yaml:3
    nothing = note(run)

    # check · workflow.yaml:6
    if nothing is None:
        told = True
    return None


def note(run: wf.Run) -> wf.Value:
    # log · workflow.yaml:14
    run.log(data="done")
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0c4764e65f4d704297ff6fc97bff21764bd12fdb0283da00005b532b14eca4a8",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 4:9+4 say
 11 8:13+9 check
 11:7-11:22 8:24+18
note
 18 15:9+4 log
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
