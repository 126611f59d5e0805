"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, n: wf.Value) -> wf.Value:
    # count · workflow.yaml:4
    sum = sum_up_to(run.inner or run.nested(), n=n)

    # done · workflow.yaml:9
    return {"sum": sum, "fibonacci": fibonacci(run.inner or run.nested(), 6)}


def sum_up_to(run: wf.Run, n: wf.Value) -> wf.Value:
    # last · workflow.yaml:15
    if wf.le(n, 1):
        return 1

    # rest · workflow.yaml:19
    rest = sum_up_to(run.inner or run.nested(), n=n - 1)

    # add · workflow.yaml:24
    return wf.add(rest, n)


def fibonacci(run: wf.Run, n: wf.Value) -> wf.Value:
    # small · workflow.yaml:30
    if n < 2:
        return n

    # add · workflow.yaml:34
    return wf.add(
        fibonacci(run.inner or run.nested(), n - 1),
        fibonacci(run.inner or run.nested(), n - 2),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="9a12705a20f62b4620526ba660155a88c9be878e87a6ae00e5f9c3813d8bf1eb",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+4 count
 8:49-8:50 7:14+4
 11 10:9+6 done
 11:19-11:22 10:24+6
 11:37-11:76 10:45+15
sum_up_to
 16 17:13+9 last
 16:7-16:18 17:24+9
 20 20:9+4 rest
 20:50-20:55 22:14+8
 23 25:9+6 add
 23:11-23:26 25:17+11
fibonacci
 28 32:13+9 small
 28:7-28:12 32:24+8
 29:15-29:16 33:21+4
 32 35:9+6 add
 32:11-35:5 35:17+38
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
