"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, n: wf.Value) -> wf.Value:
    run.hold("n", n)

    # init · workflow.yaml:5
    run.steps(1)
    i = 0
    run.hold("i", i)

    while True:
        # count · workflow.yaml:8
        run.steps(1)
        i = i + 1
        run.hold("i", i)

        # enough · workflow.yaml:11
        run.steps(1)
        if wf.ge(i, n):
            break

        # again · workflow.yaml:15 → count
        run.steps(1)

    run.steps(1)
    return i


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="9734a04a91ccad0a44c102a097be3e316f716e4eb0a845ff7645766b77a77598",
    compiler="0.1.0",
    parameters=1,
    accounting=True,
    positions="""main
 10 6:9+6 init
 16 9:9+6 count
 17:12-17:17 10:16+8
 21 12:9+6 enough
 22 13:13+9 enough
 22:11-22:22 13:24+9
 26 16:9+4 again
 28 13:13+9 enough
 29:11-29:12 14:21+4
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
