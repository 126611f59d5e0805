"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # init · workflow.yaml:3
    run.begin(1)
    counts: wf.Value = {}
    slow = 0

    # both · workflow.yaml:7
    run.begin(2)

    async def first(run: wf.Run) -> None:
        nonlocal slow
        run.begin(3)

        # count_first · workflow.yaml:13
        run.begin(4)
        slow = await count(run.inner or run.nested(), seconds=3)

    async def second(run: wf.Run) -> None:
        run.begin(5)

        # keep_second · workflow.yaml:20
        run.begin(6)
        counts["second"] = 1

        # leave · workflow.yaml:23 → continue
        run.begin(7)

    await run.parallel("both", [first, second])

    # each · workflow.yaml:25
    run.begin(8)
    try:
        run.begin(9)

        # over · workflow.yaml:28
        run.begin(10)

        async def over(run: wf.Run, n: wf.Value, _: int) -> None:
            run.begin(11)

            # invert · workflow.yaml:36
            run.begin(12)
            part = 6 // (n - 2)

            # keep · workflow.yaml:39
            run.begin(13)
            counts[str(n)] = part

        await run.parallel_for("over", range(1, 4), over, limit=2)
    except Exception as exc:
        run.begin(14, failed=exc)
        e = wf.caught(exc)

        # failed · workflow.yaml:45
        run.begin(15)
        failed = wf.len(e["branches"])

    # done · workflow.yaml:48
    run.begin(16)
    return run.returned(counts)


async def count(run: wf.Run, seconds: wf.Value) -> wf.Value:
    # nap · workflow.yaml:54
    run.begin(17)
    await run.sleep("nap", seconds)

    # back · workflow.yaml:58
    run.begin(18)
    return run.returned(seconds)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="a9f568e89c6849b1d6d185f648943769fa5a21bd7a6e0276daf2705cd296eadc",
    compiler="0.1.0",
    parameters=0,
    steps="""
main counts? slow?
 1 STEP_ASSIGN init counts slow
 2 STEP_PARALLEL_BRANCH both
 3   STEP_PARALLEL_BRANCH_ENTRY first
 4     STEP_SUBWORKFLOW_CALL count_first slow
 5   STEP_PARALLEL_BRANCH_ENTRY second
 6     STEP_ASSIGN keep_second counts
 7     STEP_GOTO leave
 8 STEP_TRY_RETRY_EXCEPT each
 9   STEP_TRY each
 10     STEP_PARALLEL_FOR over
 11       STEP_FOR_ITERATION over n part?
 12         STEP_ASSIGN invert part
 13         STEP_ASSIGN keep counts
 14   STEP_EXCEPT each e failed?
 15     STEP_ASSIGN failed failed
 16 STEP_RETURN done
count seconds
 17 STEP_STD_LIB_CALL nap
 18 STEP_RETURN back
""",
    positions="""main
 8 4:9+6 init
 13 8:9+8 both
 20 14:23+4 count_first
 27 21:23+6 keep_second
 31 24:23+4 leave
 33 8:9+8 both
 36 26:9+3 each
 41 29:17+8 over
 47 37:27+6 invert
 48:19-48:31 38:37+15
 51 40:27+6 keep
 52:29-52:33 41:50+7
 54 29:17+8 over
 55 26:9+3 each
 60 46:17+6 failed
 61:17-61:38 47:29+18
 64 49:9+6 done
 65:24-65:30 49:17+9
count
 70 55:9+4 nap
 71:27-71:34 57:20+10
 74 59:9+6 back
 75:24-75:31 59:17+10
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
