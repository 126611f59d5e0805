"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    done: wf.Value = []

    # guarded · workflow.yaml:8
    try:
        # divide_all · workflow.yaml:11

        async def divide_all(run: wf.Run, number: wf.Value, _: int) -> None:
            nonlocal done

            # wait · workflow.yaml:18
            await run.sleep("wait", number["wait"])

            # odd · workflow.yaml:22
            if "raise" in number:
                raise wf.WorkflowError(number["raise"])

            # divide · workflow.yaml:26
            quotient = divide(run, by=number["by"])

            # note · workflow.yaml:31
            done.append(quotient)

        await run.parallel_for("divide_all", wf.each(args["numbers"]), divide_all)
    except Exception as exc:
        e = wf.caught(exc)

        # uncaught · workflow.yaml:37
        if not wf.truth(args["catch"]):
            raise wf.WorkflowError(e)

        # collect · workflow.yaml:41
        return {
            "done": done,
            "tags": e["tags"],
            "truncated": e["truncated"],
            "branches": e["branches"],
        }

    # all_well · workflow.yaml:47
    return done


def divide(run: wf.Run, by: wf.Value) -> wf.Value:
    # divide · workflow.yaml:53
    return wf.div(12, by)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="390e93ffec603512a4cc0acc1576aa7c9ebc78bbe74f7674695b07aebef8ece3",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 9:9+3 guarded
 18 19:27+4 wait
 18:36-18:50 21:38+14
 21 24:31+9 odd
 21:15-21:32 24:42+20
 22:39-22:54 25:38+15
 25 27:27+4 divide
 25:38-25:50 29:33+12
 28 32:27+6 note
 28:12-28:33 33:37+30
 30 12:17+8 divide_all
 30:45-30:69 16:25+15
 30:53-30:68 16:25+15
 31 9:9+3 guarded
 35 39:21+9 uncaught
 35:11-35:38 39:32+17
 36:35-36:36 40:28+4
 39 42:17+6 collect
 40:20-40:24 43:25+7
 41:20-41:29 44:25+9
 42:25-42:39 45:30+14
 43:24-43:37 46:29+13
 47 48:9+6 all_well
 47:11-47:15 48:17+7
divide
 52 54:9+6 divide
 52:11-52:25 54:17+10
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
