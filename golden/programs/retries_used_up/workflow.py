"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, predicate: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    attempts: wf.Value = []

    # choose · workflow.yaml:8
    if predicate != "never":
        # always · workflow.yaml:12
        retry = run.retry(
            "always",
            predicate=wf.retry.always,
            max_retries=3,
            backoff=wf.retry.default_backoff,
        )
        while True:
            try:
                # note · workflow.yaml:15
                attempts.append(len(attempts) + 1)

                # fail · workflow.yaml:18
                raise wf.WorkflowError(f"attempt {len(attempts)}")
            except Exception as exc:
                error = await retry.settle(exc)
                if error is None:
                    continue
                raise error

    # never · workflow.yaml:24
    retry_2 = run.retry(
        "never",
        predicate=wf.retry.never,
        max_retries=3,
        backoff=wf.retry.default_backoff,
    )
    while True:
        try:
            fail(run)
        except Exception as exc:
            error = await retry_2.settle(exc)
            if error is None:
                continue
            raise error
        break

    return None


def fail(run: wf.Run) -> wf.Value:
    # now · workflow.yaml:34
    raise wf.WorkflowError("failed")


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="36908cc4a4e26fecaad14622a211445a1a1e03a8a7c4c482a3063b7ff0d68e7b",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 10:13+9 choose
 11:7-11:27 10:24+23
 13 13:9+3 always
 15:22-15:37 21:22+15
 17:20-17:44 23:20+24
 22 16:17+6 note
 22:16-22:50 17:31+43
 25 19:17+5 fail
 25:39-25:65 19:24+29
 26 13:9+3 always
 33 25:9+3 never
 35:18-35:32 28:22+14
 37:16-37:40 30:20+24
 41 26:11+4 never
 42 25:9+3 never
fail
 54 35:9+5 now
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
