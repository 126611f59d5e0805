"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, rounds: wf.Value) -> wf.Value:
    # The jumps third → second, third → first cross, so the steps run by name.
    step = "init"
    while True:
        if step == "init":
            # init · workflow.yaml:4
            run.begin(1)
            n = 0

            # ask · workflow.yaml:7
            run.begin(2)
            if n == 0:
                run.begin(3)
                run.begin(4)
                step = "second"
            else:
                step = "first"
        elif step == "first":
            # first · workflow.yaml:11
            run.begin(5)
            n = n + 1
            step = "second"
        elif step == "second":
            # second · workflow.yaml:14
            run.begin(6)
            n = n + 1
            run.begin(7)

            # third · workflow.yaml:18
            run.begin(8)
            if wf.lt(n, rounds):
                run.begin(9)
                run.begin(10)
                step = "first"
            else:
                if not n < rounds + 1:
                    # last · workflow.yaml:24 → end
                    run.begin(13)
                    return run.returned(None)
                run.begin(11)
                run.begin(12)
                step = "second"


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="2f2121b4cfc87b4c57c3a6666277d241f578d67a05093cef4b0186a90e37740d",
    compiler="0.1.0",
    parameters=1,
    steps="""
main rounds n?
 1 STEP_ASSIGN init n
 2 STEP_SWITCH ask
 3   STEP_CONDITION ask
 4     STEP_GOTO ask
 5 STEP_ASSIGN first n
 6 STEP_ASSIGN second n
 7 STEP_GOTO second
 8 STEP_SWITCH third
 9   STEP_CONDITION third
 10     STEP_GOTO third
 11   STEP_CONDITION third
 12     STEP_GOTO third
 13 STEP_GOTO last
""",
    positions="""main
 12 5:9+6 init
 16 8:9+6 ask
 17 9:13+9 ask
 17:15-17:21 9:24+9
 25 12:9+6 first
 26:16-26:21 13:16+8
 30 15:9+6 second
 31:16-31:21 16:16+8
 35 19:9+6 third
 36 20:13+9 third
 36:15-36:31 20:24+13
 41 22:13+9 third
 41:23-41:37 22:24+17
 43 25:9+4 last
 45 22:13+9 third
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
