"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, failures: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    attempts = 0

    # guarded · workflow.yaml:8
    retry = run.retry(
        "guarded",
        predicate=lambda error: worth_it(run, error),
        max_retries=2 + 2,
        initial_delay=2,
        max_delay=10,
        multiplier=2.5,
    )
    while True:
        try:
            # count · workflow.yaml:11
            attempts = attempts + 1

            # work · workflow.yaml:14
            outcome = work(run, failures=failures, attempt=attempts)
        except Exception as exc:
            error = await retry.settle(exc)
            if error is None:
                continue
            e = wf.caught(error)

            # report · workflow.yaml:30
            return {"attempts": attempts, "error": e}
        break

    # done · workflow.yaml:32
    return {"attempts": attempts, "outcome": outcome}


def worth_it(run: wf.Run, e: wf.Value) -> wf.Value:
    # raised_text · workflow.yaml:38
    if wf.get_type(e) == "string":
        return e == "try again"

    # map · workflow.yaml:42
    return wf.default(wf.map.get(e, "code"), 0) == 500


def work(run: wf.Run, failures: wf.Value, attempt: wf.Value) -> wf.Value:
    # fail · workflow.yaml:48
    if attempt <= wf.len(failures):
        raise wf.WorkflowError(wf.item(failures, attempt - 1))

    # done · workflow.yaml:52
    return f"done at attempt {attempt}"


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="aee3b2d9a764d550572a09981f6804b16aa46061bedf1a1e660daac393fe2a41",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 9:9+3 guarded
 14:20-14:25 22:24+8
 22 12:17+6 count
 22:23-22:35 13:31+15
 25 15:17+4 work
 25:41-25:49 17:29+11
 25:59-25:67 18:28+11
 26 9:9+3 guarded
 33 31:17+6 report
 33:32-33:40 31:37+11
 33:51-33:52 31:59+4
 37 33:9+6 done
 37:24-37:32 33:29+11
 37:45-37:52 33:53+10
worth_it
 42 40:13+9 raised_text
 42:7-42:33 40:24+26
 43:15-43:31 41:21+19
 46 43:9+6 map
 46:11-46:54 43:17+40
work
 51 50:13+9 fail
 51:7-51:34 50:24+27
 52:31-52:61 51:20+24
 55 53:9+6 done
 55:11-55:39 53:17+31
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
