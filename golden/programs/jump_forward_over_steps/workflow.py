"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, order: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    fee: wf.Value = 0
    notes: wf.Value = []

    # digital · workflow.yaml:9
    if order["kind"] != "digital":
        if order["kind"] == "gift":
            # wrap · workflow.yaml:27
            notes.append("wrapped")
        else:
            # weigh · workflow.yaml:15
            fee = fee + wf.mul(order["kilos"], 2)

            # express · workflow.yaml:18
            if order.get("express") is True:
                # hurry · workflow.yaml:22
                fee = wf.add(fee, 10)
                notes.append("hurry")

    # bill · workflow.yaml:30
    return {"fee": fee, "notes": notes}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="db957d2e19a382e461f76e0522455f7c4d78d7b16617ff6936ba32f675f6b9b0",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 11:13+9 digital
 12:7-12:33 11:24+26
 13 13:13+9 digital
 13:11-13:34 13:24+23
 15 28:9+6 wrap
 15:12-15:35 29:20+32
 18 16:9+6 weigh
 18:18-18:49 17:18+24
 21 20:13+9 express
 21:15-21:43 20:24+41
 23 23:9+6 hurry
 23:22-23:37 24:18+11
 24:16-24:37 25:20+30
 27 31:9+6 bill
 27:19-27:22 32:16+6
 27:33-27:38 33:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
