"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # guarded · workflow.yaml:3
    run.begin(1)
    retry = run.retry(
        "guarded",
        predicate=lambda error: is_busy(run.inner or run.nested(), error),
        max_retries=1,
        initial_delay=2,
        max_delay=10,
        multiplier=2,
    )
    while True:
        try:
            run.begin(2)

            # ask · workflow.yaml:6
            run.begin(3)
            said = await answer(run.inner or run.nested(), question="why")

            # never · workflow.yaml:11
            run.begin(4)
            said = wf.add(said, "!")
        except Exception as exc:
            run.begin(5, failed=exc)
            error = await retry.settle(exc)
            if error is None:
                continue
            run.begin(6, failed=error)
            e = wf.caught(error)

            # which · workflow.yaml:24
            run.begin(7)
            if e["code"] != 503:
                # again · workflow.yaml:28
                run.begin(10)
                raise wf.WorkflowError(e)
            run.begin(8)
            run.begin(9)

            # give_up · workflow.yaml:32
            run.begin(12)
            try:
                run.begin(13)
                run.begin(14)
                wf.json.decode("{")
            except Exception as exc:
                run.begin(15, failed=exc)
                e = wf.caught(exc)

                # keep · workflow.yaml:40
                run.begin(16)
                reason = wf.item(e["tags"], 0)

            # last · workflow.yaml:43
            run.begin(17)
            raise wf.WorkflowError("gave up")
        break

    # unreached · workflow.yaml:30
    run.begin(11)
    return run.returned(said)


async def answer(run: wf.Run, question: wf.Value) -> wf.Value:
    # wait · workflow.yaml:49
    run.begin(18)
    await run.sleep("wait", 1)

    # refuse · workflow.yaml:53
    run.begin(19)
    raise wf.WorkflowError({"code": 503, "question": question})


def is_busy(run: wf.Run, error: wf.Value) -> wf.Value:
    # tell · workflow.yaml:61
    run.begin(20)
    return run.returned(error["code"] == 503)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="341a2e964042ee2494cdce33879e067df8518a21f32304d30c562b1f894149d8",
    compiler="0.1.0",
    parameters=0,
    steps="""
main said?
 1 STEP_TRY_RETRY_EXCEPT guarded
 2   STEP_TRY guarded
 3     STEP_SUBWORKFLOW_CALL ask said
 4     STEP_ASSIGN never said
 5   STEP_RETRY guarded
 6   STEP_EXCEPT guarded e
 7     STEP_SWITCH which
 8       STEP_CONDITION which
 9         STEP_GOTO which
 10     STEP_RAISE again
 11 STEP_RETURN unreached
 12 STEP_TRY_RETRY_EXCEPT give_up
 13   STEP_TRY give_up
 14     STEP_STD_LIB_CALL give_up
 15   STEP_EXCEPT give_up e reason?
 16     STEP_ASSIGN keep reason
 17 STEP_RAISE last
answer question
 18 STEP_STD_LIB_CALL wait
 19 STEP_RAISE refuse
is_busy error
 20 STEP_RETURN tell
""",
    positions="""main
 8 4:9+3 guarded
 22 7:17+4 ask
 26 12:17+6 never
 27:19-27:36 13:27+13
 28 4:9+3 guarded
 37 25:17+6 which
 38 26:21+9 which
 38:15-38:31 26:32+16
 40 29:17+5 again
 41:39-41:40 29:24+4
 42 26:21+9 which
 46 33:9+3 give_up
 49 34:11+4 give_up
 51 33:9+3 give_up
 56 41:17+6 keep
 57:25-57:46 42:29+12
 60 44:9+5 last
 65 31:9+6 unreached
 66:24-66:28 31:17+7
answer
 71 50:9+4 wait
 75 54:9+5 refuse
 76:53-76:61 56:21+11
is_busy
 81 62:9+6 tell
 82:24-82:44 62:17+20
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
