"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, pumps: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    order: wf.Value = []
    litres: wf.Value = {}
    sum: wf.Value = 0
    slots: wf.Value = [None, None, None]

    # each · workflow.yaml:11

    async def each(run: wf.Run, pump: wf.Value, i: int) -> None:
        nonlocal order, sum

        # run_pump · workflow.yaml:19
        await run.sleep("run_pump", wf.mul(pump["minutes"], 60))

        # measure · workflow.yaml:23
        amount = wf.mul(pump["minutes"], 30)
        sum = wf.add(sum, amount)

        # report · workflow.yaml:27
        order.append(pump["name"])
        wf.put(litres, pump["name"], amount)
        slots[i] = pump["name"]

    await run.parallel_for("each", wf.each(pumps), each)

    # done · workflow.yaml:32
    return {"order": order, "litres": litres, "sum": sum, "slots": slots}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="cead013ef2b72f93061d43e58653717a0305644ed00247f58cf1bf303528bd90",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 19 20:19+4 run_pump
 19:36-19:63 22:30+20
 22 24:19+6 measure
 22:17-22:44 25:31+20
 23:14-23:33 26:28+15
 26 28:19+6 report
 26:8-26:34 29:30+32
 27:37-27:43 30:42+9
 28:19-28:31 31:33+12
 30 12:9+8 each
 30:35-30:49 17:17+8
 30:43-30:48 17:17+8
 33 33:9+6 done
 33:21-33:26 34:18+8
 33:38-33:44 35:19+9
 33:53-33:56 36:16+6
 33:67-33:72 37:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
