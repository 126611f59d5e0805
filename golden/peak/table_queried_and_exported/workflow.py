"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def fill(step: wf.StepRun) -> None:
        # fill · workflow.yaml:5
        await step.sql("/fill.sql", env={"day": "monday"})

    async def unload(step: wf.StepRun) -> None:
        # unload · workflow.yaml:11
        await step.export("public", "orders", sort_by="id", descending=True)

    async def unload_packed(step: wf.StepRun) -> None:
        # unload-packed · workflow.yaml:18
        await step.export("public", "orders", sort_by="day", compression=True)

    return await run.graph(
        params,
        wf.Step("fill", fill),
        wf.Step("unload", unload, after=["fill"]),
        wf.Step("unload-packed", unload_packed, after=["fill"]),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="92b9e4e63e0e48df995c37991035f4994027dbdd083746bebc6d70e11e8d9435",
    compiler="0.1.0",
    name="orders",
    lines={"fill": 5, "unload": 11, "unload-packed": 18},
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
