"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, numbers: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    seen: wf.Value = []

    # each · workflow.yaml:8
    for n in wf.each(numbers):
        # look · workflow.yaml:13
        word = describe(run, n)

        # note · workflow.yaml:17
        seen.append(word)

        # enough · workflow.yaml:20
        if wf.eq(n, 0):
            return None

    # show · workflow.yaml:24
    run.log(data=seen)
    return None


def describe(run: wf.Run, n: wf.Value) -> wf.Value:
    # sign · workflow.yaml:32
    if wf.gt(n, 0):
        return "positive"
    if n == 0:
        return None

    # try_it · workflow.yaml:38
    try:
        # leave · workflow.yaml:41
        unused = 1
        return None
    except Exception as exc:
        wf.caught(exc)

        # never · workflow.yaml:46
        raise wf.WorkflowError("never")


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="1fd57880a49f0c43e40e07c67d1ef204599b6bc7325c3611eefa1f49d9ef53c4",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 9:9+3 each
 11:13-11:29 11:15+10
 11:21-11:28 11:15+10
 13 14:17+4 look
 13:29-13:30 15:25+4
 16 18:17+6 note
 16:8-16:25 19:27+26
 19 22:21+9 enough
 19:11-19:22 22:32+9
 23 25:9+4 show
 23:17-23:21 26:23+7
describe
 29 34:13+9 sign
 29:7-29:18 34:24+8
 31 36:13+9 sign
 31:7-31:13 36:24+9
 35 39:9+3 try_it
 37 42:17+6 leave
 39 39:9+3 try_it
 43 47:17+5 never
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
