"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # outer · workflow.yaml:3

    async def first(run: wf.Run) -> None:
        # inner · workflow.yaml:8

        async def good(run: wf.Run) -> None:
            # nothing · workflow.yaml:13
            unused = 1

        async def bad(run: wf.Run) -> None:
            # divide · workflow.yaml:17
            quotient = 1 / 0

        await run.parallel("inner", [good, bad])

    async def second(run: wf.Run) -> None:
        # look · workflow.yaml:22
        map: wf.Value = {"a": 1}
        value = map["b"]

    await run.parallel("outer", [first, second])
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="f145b5d5c5ce9619dd9a981bddd3ef6933c5a8d5b46bc18b3b9e249ca2bc3757",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 14 14:37+6 nothing
 18 18:37+6 divide
 18:23-18:28 19:51+8
 20 9:23+8 inner
 24 23:23+6 look
 25:16-25:24 25:34+8
 27 4:9+8 outer
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
