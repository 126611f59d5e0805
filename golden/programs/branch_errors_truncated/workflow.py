"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, lengths: wf.Value) -> wf.Value:
    run.hold("lengths", lengths)

    # init · workflow.yaml:5
    run.steps(1)
    unit = "0123456789abcdef"
    run.hold("unit", unit)
    ballast: wf.Value = []
    run.hold("ballast", ballast)

    # double · workflow.yaml:9
    run.steps(1)
    for i in range(1, 7):
        run.hold("i", i)
        run.steps(1)

        # twice · workflow.yaml:14
        run.steps(1)
        unit = unit + unit
        run.hold("unit", unit)

    run.release("i")

    # fill · workflow.yaml:17
    run.steps(1)
    for i in range(1, 507):
        run.hold("i", i)
        run.steps(1)

        # add · workflow.yaml:22
        run.steps(2)
        ballast.append(unit)
        run.hold("ballast", ballast)

    run.release("i")

    # fan_out · workflow.yaml:25
    run.steps(1)

    async def fan_out(run: wf.Run, length: wf.Value, _: int) -> None:
        run.hold("length", length)
        run.steps(1)

        # fail · workflow.yaml:31
        run.steps(2)
        raise wf.WorkflowError(wf.text.substring(unit, 0, length))

    await run.parallel_for("fan_out", wf.each(lengths), fan_out)
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="40f0a867d99f4859745d7b9dcf5c027bd8ce756aa86f6f40e2f1170366435a70",
    compiler="0.1.0",
    parameters=1,
    accounting=True,
    positions="""main
 10 6:9+6 init
 17 10:9+3 double
 23 15:17+6 twice
 24:15-24:26 16:27+14
 27 10:9+3 double
 30 18:9+3 fill
 36 23:17+6 add
 37:8-37:28 24:30+29
 40 18:9+3 fill
 43 26:9+8 fan_out
 50 32:19+5 fail
 51:31-51:65 32:26+34
 53 26:9+8 fan_out
 53:38-53:54 29:17+10
 53:46-53:53 29:17+10
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
