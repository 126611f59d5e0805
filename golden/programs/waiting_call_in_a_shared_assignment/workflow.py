"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # init · workflow.yaml:4
    sum = 0
    squares: wf.Value = {}

    # each · workflow.yaml:8

    async def each(run: wf.Run, n: wf.Value, _: int) -> None:
        nonlocal sum

        # add · workflow.yaml:15
        result = await slow_square(run, n)
        sum = sum + result

        # note · workflow.yaml:18
        result_2 = await slow_square(run, n)
        squares[str(n)] = result_2

    await run.parallel_for("each", [3, 1, 2], each)

    # done · workflow.yaml:21
    return {"sum": sum, "squares": squares}


async def slow_square(run: wf.Run, n: wf.Value) -> wf.Value:
    # wait · workflow.yaml:27
    await run.sleep("wait", n)

    # answer · workflow.yaml:31
    return n * n


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="dd8a22502e3e8d297a5dc3bb063e5d55b33d67f947ce0e2b8ad6af80326d8801",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 5:9+6 init
 17 16:19+6 add
 17:17-17:42 17:28+23
 18:14-18:26 17:28+23
 21 19:19+6 note
 21:19-21:44 20:43+17
 22:26-22:34 20:43+17
 24 9:9+8 each
 27 22:9+6 done
 27:19-27:22 22:24+6
 27:35-27:42 22:43+10
slow_square
 32 28:9+4 wait
 32:28-32:29 30:20+4
 35 32:9+6 answer
 35:11-35:16 32:17+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
