"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def count_north(step: wf.StepRun) -> None:
        # count-north · workflow.yaml:9
        await step.command(
            'printf "%s orders of %s" "$limit" "$REGION" > count.txt',
            image=100,
            version=2,
            timeout=600,
            env={"REGION": "north"},
            outputs={"north": "count.txt"},
        )

    async def count_south(step: wf.StepRun) -> None:
        # count-south · workflow.yaml:25
        await step.command(
            wf.lines(
                "set -e",
                'echo "counting $REGION"',
                'printf "%s orders of %s" "$limit" "$REGION" > count.txt',
            ),
            image=100,
            env={"REGION": "south"},
            secrets=["db-password"],
            outputs={"south": "count.txt"},
        )

    async def report(step: wf.StepRun) -> None:
        # report · workflow.yaml:38
        await step.command(
            'echo "$NORTH, $SOUTH, in mode $mode"',
            image=101,
            env={
                "NORTH": step.output("count-north", "north"),
                "SOUTH": step.output("count-south", "south"),
            },
        )

    return await run.graph(
        params,
        wf.Step("count-north", count_north),
        wf.Step("count-south", count_south),
        wf.Step("report", report, after=["count-north", "count-south"]),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="43823a500bb650f07c338dd129f93ebf7130b7583dc2a2ff81904c798cf3aafd",
    compiler="0.1.0",
    name="counts",
    lines={"count-north": 9, "count-south": 25, "report": 38},
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
