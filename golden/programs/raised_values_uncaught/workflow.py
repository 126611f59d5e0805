"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, value: wf.Value) -> wf.Value:
    # deliver · workflow.yaml:5
    load(run, goods=value)
    return None


def load(run: wf.Run, goods: wf.Value) -> wf.Value:
    # each · workflow.yaml:13
    for good in wf.each([goods]):
        # lift · workflow.yaml:18
        lift(run, good=good)

    return None


def lift(run: wf.Run, good: wf.Value) -> wf.Value:
    # text · workflow.yaml:26
    if wf.get_type(good) == "string":
        raise wf.WorkflowError("cannot lift " + good)

    # other · workflow.yaml:30
    raise wf.WorkflowError(good)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="738a09cd82ab8e974b5a8b574ae398c43941d97e17e99885879275fa0e2d6ea0",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+4 deliver
 8:20-8:25 8:18+8
load
 14 14:9+3 each
 14:24-14:31 16:15+10
 16 19:17+4 lift
 16:23-16:27 21:25+7
lift
 23 28:13+9 text
 23:7-23:36 28:24+29
 24:31-24:52 29:20+24
 27 31:9+5 other
 27:27-27:31 31:16+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
