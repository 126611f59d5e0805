"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # idempotent · workflow.yaml:5
    retry = run.retry("idempotent", wf.http.default_retry)
    while True:
        try:
            stock = await run.call(
                "idempotent",
                wf.http.get,
                url=wf.add(args["api"], "/stock"),
                query={"article": args["article"], "page": 2},
            )
        except Exception as exc:
            error = await retry.settle(exc)
            if error is None:
                continue
            raise error
        break

    # not_idempotent · workflow.yaml:15
    retry_2 = run.retry("not_idempotent", wf.http.default_retry_non_idempotent)
    while True:
        try:
            order = await run.call(
                "not_idempotent",
                wf.http.post,
                url=wf.add(args["api"], "/orders"),
                body={"article": args["article"], "count": stock["body"]["count"]},
            )
        except Exception as exc:
            error = await retry_2.settle(exc)
            if error is None:
                continue
            e = wf.caught(error)

            # by_hand · workflow.yaml:28
            return wf.add("to be ordered by hand - ", e["message"])
        break

    # done · workflow.yaml:30
    return order["body"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="44dc69995032575a69501ce42a044cf7b35f65e288b3076635b7b0551c47f637",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+3 idempotent
 8:36-8:57 14:16+21
 11 7:11+4 idempotent
 14:20-14:49 9:18+22
 15:34-15:49 11:24+15
 17 6:9+3 idempotent
 25 16:9+3 not_idempotent
 25:42-25:78 24:16+36
 28 17:11+4 not_idempotent
 31:20-31:50 19:18+23
 32:33-32:48 21:24+15
 32:59-32:81 22:22+19
 34 16:9+3 not_idempotent
 41 29:17+6 by_hand
 41:19-41:67 29:25+41
 45 31:9+6 done
 45:11-45:24 31:17+13
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
