"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def step_1(step: wf.StepRun) -> None:
        # step-1 · workflow.yaml:4
        await step.command(
            'printf \'"""\\n\\\\\' ; printf "%s\\n" \'# no comment\' > out',
            image=1,
            outputs={"it's": "out"},
        )

    async def step_1_(step: wf.StepRun) -> None:
        # step_1 · workflow.yaml:8
        await step.command('echo "\\"\\"\\"); raise SystemExit(1)"', image=1)

    async def run_(step: wf.StepRun) -> None:
        # run · workflow.yaml:21
        await step.command("true", image=1)

    async def wf_(step: wf.StepRun) -> None:
        # wf · workflow.yaml:24
        await step.command("true", image=1)

    async def main(step: wf.StepRun) -> None:
        # main · workflow.yaml:27
        await step.command("true", image=1)

    async def class_(step: wf.StepRun) -> None:
        # class · workflow.yaml:17
        await step.command("true", image=1)

    async def _1st(step: wf.StepRun) -> None:
        # 1st · workflow.yaml:12
        await step.command(
            'echo  {braces} %s "$it"',
            image=1,
            env={"it": step.output("step-1", "it's")},
        )

    async def step_(step: wf.StepRun) -> None:
        # step · workflow.yaml:30
        await step.command("true", image=1)

    return await run.graph(
        params,
        wf.Step("step-1", step_1),
        wf.Step("step_1", step_1_, after=["step-1"]),
        wf.Step("run", run_),
        wf.Step("wf", wf_),
        wf.Step("main", main),
        wf.Step("class", class_, after=["step-1", "run", "wf", "main"]),
        wf.Step("1st", _1st, after=["class", "step-1"]),
        wf.Step("step", step_),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="be63b3ef24fd0ac97dabf39b1842da11d002177e0d2ae6a411ae6ffad796bc77",
    compiler="0.1.0",
    name='""" + exit() #',
    lines={
        "step-1": 4,
        "step_1": 8,
        "run": 21,
        "wf": 24,
        "main": 27,
        "class": 17,
        "1st": 12,
        "step": 30,
    },
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
