"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.peak.v1 as wf


async def main(run: wf.Run, params: wf.Params) -> wf.Result:
    async def start(step: wf.StepRun) -> None:
        # start · workflow.yaml:5
        await step.http(
            "post",
            "https://api.example/jobs",
            payload=wf.lines("{", '  "day": "{{day}}",', '  "limit": {{limit}}', "}"),
            headers={
                "Accept": "application/json",
                "X-Signature": step.secret("signature"),
            },
            auth=wf.OAuth(
                "https://auth.example/token",
                step.secret("client-id"),
                step.secret("client-secret"),
            ),
            outputs=["job"],
        )

    async def basic(step: wf.StepRun) -> None:
        # basic · workflow.yaml:26
        await step.http(
            "put",
            "https://api.example/basic",
            payload="{{payload}}",
            auth=wf.Basic("ada", step.secret("password")),
            env={"payload": step.output("start", "job")},
        )

    async def key(step: wf.StepRun) -> None:
        # key · workflow.yaml:39
        await step.http(
            "get", "https://api.example/key?page=1", auth=wf.ApiKey(step.secret("key"))
        )

    async def bearer(step: wf.StepRun) -> None:
        # bearer · workflow.yaml:47
        await step.http(
            "delete",
            "https://api.example/bearer",
            auth=wf.BearerToken(step.secret("token")),
        )

    async def anyone(step: wf.StepRun) -> None:
        # anyone · workflow.yaml:59
        await step.http("get", "https://api.example/anyone")

    return await run.graph(
        params,
        wf.Step("start", start),
        wf.Step("basic", basic, after=["start"]),
        wf.Step("key", key, after=["basic"]),
        wf.Step("bearer", bearer, after=["key"], retry=wf.Retry(times=2, seconds=10)),
        wf.Step("anyone", anyone, after=["bearer"]),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="5b7d01b2bfc36fe57996138f38f18a5c56fcac2884cc3bbec490b98c2d6f58e6",
    compiler="0.1.0",
    name="job",
    lines={"start": 5, "basic": 26, "key": 39, "bearer": 47, "anyone": 59},
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
