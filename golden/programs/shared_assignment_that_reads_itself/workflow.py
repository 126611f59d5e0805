"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, orders: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    balance: wf.Value = 100
    solvent = True
    last: wf.Value = None

    # each · workflow.yaml:10
    balance_lock = wf.Lock()
    solvent_lock = wf.Lock()

    async def each(run: wf.Run, order: wf.Value, _: int) -> None:
        nonlocal balance, last, solvent

        # book · workflow.yaml:17
        async with run.exclusive("book", balance_lock):
            balance = await after(run, balance, order)
        last = await after(run, 0, order)

        # bonus · workflow.yaml:21
        async with run.exclusive("bonus", balance_lock):
            balance = wf.add(balance, 1)

        # judge · workflow.yaml:24
        async with run.exclusive("judge", solvent_lock):
            solvent = solvent and await is_small(run, order)

    await run.parallel_for("each", wf.each(orders), each)

    # done · workflow.yaml:27
    return {"balance": balance, "solvent": solvent}


async def after(run: wf.Run, balance: wf.Value, order: wf.Value) -> wf.Value:
    # ask_the_bank · workflow.yaml:33
    await run.sleep("ask_the_bank", order)

    # answer · workflow.yaml:37
    return wf.sub(balance, order)


async def is_small(run: wf.Run, order: wf.Value) -> wf.Value:
    # think · workflow.yaml:43
    await run.sleep("think", 1)

    # answer · workflow.yaml:47
    return wf.lt(order, 50)


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="212f3514b098a7872465788fc1b45c6085aa64b7eaf8c141fbb9f3fee7d27df9",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 20 18:19+6 book
 21:22-21:54 19:32+24
 22:15-22:41 20:29+18
 25 22:19+6 bonus
 26:22-26:40 23:32+14
 29 25:19+6 judge
 30:22-30:60 26:32+30
 32 11:9+8 each
 32:35-32:50 15:17+9
 32:43-32:49 15:17+9
 35 28:9+6 done
 35:23-35:30 28:28+10
 35:43-35:50 28:51+10
after
 40 34:9+4 ask_the_bank
 40:36-40:41 36:20+8
 43 38:9+6 answer
 43:11-43:33 38:17+18
is_small
 48 44:9+4 think
 51 48:9+6 answer
 51:11-51:27 48:17+13
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
