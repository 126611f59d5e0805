"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, prices: wf.Value) -> wf.Value:
    # init · workflow.yaml:4
    run.begin(1)
    total: wf.Value = 0
    class_ = "cheap"

    # each · workflow.yaml:8
    run.begin(2)
    for place, price in enumerate(run.iterations(3, wf.each(prices))):
        # check · workflow.yaml:14
        run.begin(4)
        if wf.lt(price, 0):
            run.begin(5)
            run.begin(6)
        else:
            if price > 100:
                run.begin(7)

                # note · workflow.yaml:20
                run.begin(8)
                run.log(data=f"price {place} is high")

                # stop · workflow.yaml:24 → break
                run.begin(9)
                break

            # taxed · workflow.yaml:26
            run.begin(10)
            full = with_tax(run.inner or run.nested(), price=price)

            # add · workflow.yaml:31

            # sum · workflow.yaml:33
            run.begin(11)
            total = total + full

    # rate · workflow.yaml:36
    run.begin(12)
    if total > 50:
        run.begin(13)
        run.begin(14)
        class_ = "dear"

    # done · workflow.yaml:41
    run.begin(15)
    return run.returned({"class": class_, "total": total})


def with_tax(run: wf.Run, price: wf.Value) -> wf.Value:
    # compute · workflow.yaml:49
    run.begin(16)
    return run.returned(price + price // 5)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0ecfaf289b6b61cd4a424a28feb866ed7aa281550c933fa05a1258897eb6fea5",
    compiler="0.1.0",
    parameters=1,
    steps="""
main prices total? class?=class_
 1 STEP_ASSIGN init total class
 2 STEP_FOR each
 3   STEP_FOR_ITERATION each price place full?
 4     STEP_SWITCH check
 5       STEP_CONDITION check
 6         STEP_GOTO check
 7       STEP_CONDITION check
 8         STEP_STD_LIB_CALL note
 9         STEP_GOTO stop
 10     STEP_SUBWORKFLOW_CALL taxed full
 11     STEP_ASSIGN sum total
 12 STEP_SWITCH rate
 13   STEP_CONDITION rate
 14     STEP_ASSIGN rate class
 15 STEP_RETURN done
with_tax price
 16 STEP_RETURN compute
""",
    positions="""main
 8 5:9+6 init
 13 9:9+3 each
 14:52-14:67 12:15+9
 14:60-14:66 12:15+9
 16 15:17+6 check
 17 16:21+9 check
 17:11-17:26 16:32+12
 21 18:21+9 check
 21:15-21:26 18:32+14
 25 21:27+4 note
 26:29-26:53 23:35+32
 29 25:27+4 stop
 33 27:17+4 taxed
 34:61-34:66 29:26+8
 39 34:23+6 sum
 40:20-40:32 35:34+15
 43 37:9+6 rate
 44 38:13+9 rate
 44:7-44:17 38:24+13
 50 42:9+6 done
 51:34-51:40 43:18+8
 51:51-51:56 44:18+8
with_tax
 56 50:9+6 compute
 57:24-57:42 50:17+21
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
