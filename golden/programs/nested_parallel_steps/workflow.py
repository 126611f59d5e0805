"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, shops: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    total: wf.Value = 0
    best: wf.Value = {}

    # all_shops · workflow.yaml:9

    async def all_shops(run: wf.Run, shop: wf.Value, _: int) -> None:
        # start · workflow.yaml:16
        subtotal: wf.Value = 0

        # all_articles · workflow.yaml:19

        async def all_articles(run: wf.Run, price: wf.Value, _: int) -> None:
            nonlocal subtotal, total

            # ask · workflow.yaml:26
            await run.sleep("ask", price)

            # add · workflow.yaml:30
            subtotal = wf.add(subtotal, price)
            total = wf.add(total, price)

        await run.parallel_for("all_articles", wf.each(shop["prices"]), all_articles)

        # compare · workflow.yaml:34
        wf.put(best, shop["name"], subtotal)

    await run.parallel_for("all_shops", wf.each(shops), all_shops)

    # done · workflow.yaml:37
    return {"total": total, "best": best}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="a9e2ecc99a21c1229f5d45b6e18ea6a6236fe15d8fb85b88540f177965891137",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 15 17:19+6 start
 23 27:29+4 ask
 23:35-23:40 29:40+8
 26 31:29+6 add
 26:23-26:46 32:43+19
 27:20-27:40 33:40+16
 29 20:19+8 all_articles
 29:47-29:70 24:27+14
 29:55-29:69 24:27+14
 32 35:19+6 compare
 32:35-32:43 36:40+11
 34 10:9+8 all_shops
 34:40-34:54 14:17+8
 34:48-34:53 14:17+8
 37 38:9+6 done
 37:21-37:26 39:18+8
 37:36-37:40 40:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
