"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, error: wf.Value) -> wf.Value:
    # with_except · workflow.yaml:5
    retry = run.retry(
        "with_except",
        predicate=lambda error_2: careless(run, error_2),
        max_retries=2,
        initial_delay=1,
        max_delay=1,
        multiplier=1,
    )
    while True:
        try:
            raise wf.WorkflowError(error)
        except Exception as exc:
            error_2 = await retry.settle(exc)
            if error_2 is None:
                continue
            e = wf.caught(error_2)

            # note · workflow.yaml:18
            run.log(data=e)
        break

    # without_except · workflow.yaml:22
    retry_2 = run.retry(
        "without_except",
        predicate=lambda error_2: careless(run, error_2),
        max_retries=2,
        initial_delay=1,
        max_delay=1,
        multiplier=1,
    )
    while True:
        try:
            raise wf.WorkflowError(error)
        except Exception as exc:
            error_2 = await retry_2.settle(exc)
            if error_2 is None:
                continue
            raise error_2


def careless(run: wf.Run, e: wf.Value) -> wf.Value:
    # look · workflow.yaml:36
    return e["code"] == 500


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="7a569f63024169daf9029fa3435ca355c80f7ca25130efdb0aba0afd93566377",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+3 with_except
 18 7:11+5 with_except
 18:35-18:40 7:18+8
 19 6:9+3 with_except
 26 19:17+4 note
 26:25-26:26 21:25+4
 30 23:9+3 without_except
 40 24:11+5 without_except
 40:35-40:40 24:18+8
 41 23:9+3 without_except
careless
 50 37:9+6 look
 50:11-50:27 37:17+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
