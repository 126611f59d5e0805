"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    depth = args["depth"]
    widths = args["widths"]
    leaves = 0

    # first · workflow.yaml:10

    async def first(run: wf.Run, i: wf.Value, _: int) -> None:
        nonlocal leaves

        # deeper · workflow.yaml:17
        found = await fan_out(run.inner or run.nested(), depth=wf.sub(depth, 1))

        # add · workflow.yaml:22
        leaves = wf.add(leaves, found)

    await run.parallel_for("first", wf.each(widths), first)

    # done · workflow.yaml:25
    return leaves


async def fan_out(run: wf.Run, depth: wf.Value) -> wf.Value:
    if run.ticker.due:
        await run.pause()

    # leaf · workflow.yaml:31
    if depth == 0:
        return 1

    # init · workflow.yaml:35
    leaves = 0

    # again · workflow.yaml:38

    async def again(run: wf.Run, i: wf.Value, _: int) -> None:
        nonlocal leaves

        # deeper · workflow.yaml:45
        found = await fan_out(run.inner or run.nested(), depth=wf.sub(depth, 1))

        # add · workflow.yaml:50
        leaves = wf.add(leaves, found)

    await run.parallel_for("again", range(2, 3), again)

    # done · workflow.yaml:53
    return leaves


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="750fd795a4b871ce43aa5b0033cb36c915b855bdbeeeaa28c7267024e91b13c6",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 8:12-8:25 7:20+13
 9:13-9:27 8:21+14
 18 18:19+4 deeper
 18:63-18:79 20:28+12
 21 23:19+6 add
 21:17-21:38 24:31+17
 23 11:9+8 first
 23:36-23:51 15:17+9
 23:44-23:50 15:17+9
 26 26:9+6 done
 26:11-26:17 26:17+9
fan_out
 34 33:13+9 leaf
 34:7-34:17 33:24+13
 38 36:9+6 init
 46 46:19+4 deeper
 46:63-46:79 48:28+12
 49 51:19+6 add
 49:17-49:38 52:31+17
 51 39:9+8 again
 54 54:9+6 done
 54:11-54:17 54:17+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
