"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def count(step: wf.StepRun) -> None:
        # count · workflow.yaml:19
        await step.command('echo "in $PEAK_IMAGE_NAME"', image="etl")

    async def report(step: wf.StepRun) -> None:
        # report · workflow.yaml:22
        await step.command(
            'echo "in $PEAK_IMAGE_ID, version $PEAK_IMAGE_VERSION"', image=7, version=2
        )

    return await run.graph(
        params, wf.Step("count", count), wf.Step("report", report, after=["count"])
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="1345eae6ba4fdedae45551b2c5f37711d73ed327570814fcc36cbf09022d68f9",
    compiler="0.1.0",
    name="counts",
    lines={"count": 19, "report": 22},
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
