"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    run.hold("args", args)

    # init · workflow.yaml:5
    run.steps(1)
    found: wf.Value = {}
    run.hold("found", found)
    total = 0
    run.hold("total", total)

    # fan_out · workflow.yaml:9
    run.steps(1)

    async def fan_out(run: wf.Run, id: wf.Value, _: int) -> None:
        nonlocal total
        run.hold("id", id)
        run.steps(1)

        # look · workflow.yaml:16
        run.steps(1)
        retry = run.retry(
            "look",
            predicate=wf.retry.always,
            max_retries=1,
            initial_delay=1,
            max_delay=1,
            multiplier=1,
        )
        while True:
            try:
                run.steps(1)
                run.steps(1)
                price = price_of(run.nested(), id=id)
                run.hold("price", price)
            except Exception as exc:
                error = await retry.settle(exc)
                if error is None:
                    run.steps(1)
                    continue
                e = wf.caught(error)
                run.hold("e", e)
                run.steps(1)

                # unknown · workflow.yaml:32
                run.steps(1)
                price = 0
                run.hold("price", price)
            break

        run.release("e")

        # keep · workflow.yaml:35
        run.steps(1)
        found[wf.string(id)] = price
        run.hold("found", found)
        total = total + price
        run.hold("total", total)

    await run.parallel_for("fan_out", wf.each(args["ids"]), fan_out)

    # done · workflow.yaml:39
    run.steps(1)
    return {"found": found, "total": total}


def price_of(run: wf.Run, id: wf.Value, prices: wf.Value = [10, 20, 30]) -> wf.Value:
    run.hold("id", id)
    run.hold("prices", prices)

    # done · workflow.yaml:45
    run.steps(1)
    return wf.item(prices, id)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="f0362a2dae46b9ca48dc32ba4b2c9a07c93a43fec05f29dd965b0621cf411a31",
    compiler="0.1.0",
    parameters=1,
    accounting=True,
    positions="""main
 10 6:9+6 init
 17 10:9+8 fan_out
 25 17:19+3 look
 28:22-28:37 23:32+15
 37 18:21+4 look
 38:50-38:52 20:27+5
 40 17:19+3 look
 50 33:27+6 unknown
 55 17:19+3 look
 58 36:19+6 keep
 59:31-59:36 37:42+8
 61:16-61:29 38:30+16
 64 10:9+8 fan_out
 64:38-64:58 14:17+11
 64:46-64:57 14:17+11
 67 40:9+6 done
 68:21-68:26 40:26+8
 68:37-68:42 40:45+8
price_of
 76 46:9+6 done
 77:11-77:30 46:17+13
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
