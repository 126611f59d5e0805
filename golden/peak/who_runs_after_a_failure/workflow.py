"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def extract(step: wf.StepRun) -> None:
        # extract · workflow.yaml:10
        await step.command(
            wf.lines('printf "$rows" > rows.txt', "exit $code"),
            image=100,
            outputs={"rows": "rows.txt"},
        )

    async def audit(step: wf.StepRun) -> None:
        # audit · workflow.yaml:17
        await step.command('echo "never on this machine"', image=100)

    async def load(step: wf.StepRun) -> None:
        # load · workflow.yaml:24
        await step.command(
            'echo "loads $rows rows"',
            image=100,
            env={"rows": step.output("extract", "rows")},
        )

    async def repair(step: wf.StepRun) -> None:
        # repair · workflow.yaml:37
        await step.command("echo repairs", image=100)

    async def notify(step: wf.StepRun) -> None:
        # notify · workflow.yaml:50
        await step.command('echo "notifies, whatever happened"', image=100)

    async def archive(step: wf.StepRun) -> None:
        # archive · workflow.yaml:59
        await step.command("echo archives", image=100)

    async def clean(step: wf.StepRun) -> None:
        # clean · workflow.yaml:65
        await step.command("echo cleans", image=100)

    return await run.graph(
        params,
        wf.Step("extract", extract),
        wf.Step("audit", audit, after=["extract"], skip=True),
        wf.Step(
            "load",
            load,
            after=["audit", "extract"],
            when=[wf.output_is_not("extract", "rows", "0")],
        ),
        wf.Step(
            "repair",
            repair,
            after=["extract"],
            when=[wf.all_of(["extract"], "failure")],
            retry=wf.Retry(times=1, seconds=1),
        ),
        wf.Step(
            "notify",
            notify,
            after=["load", "repair"],
            when=[wf.one_of(["load", "repair"], "success", "failure")],
        ),
        wf.Step("archive", archive, skip_dag=True),
        wf.Step("clean", clean, after=["archive"]),
        retry=wf.Retry(times=2, seconds=5, doubling=True, exit_codes=[75]),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="d12407ea08bd0542cdb7693c737d05bf111c0cb58a9a7ff8e6667c3baf05ea63",
    compiler="0.1.0",
    name="nightly",
    lines={
        "extract": 10,
        "audit": 17,
        "load": 24,
        "repair": 37,
        "notify": 50,
        "archive": 59,
        "clean": 65,
    },
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
