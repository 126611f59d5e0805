"""workflow.json, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, order: wf.Value) -> wf.Value:
    # price · workflow.json:5
    price = price_of(run, items=order["items"])

    # check · workflow.json:10
    if price > 100:
        # approve · workflow.json:16
        state = "TO BE APPROVED"
    else:
        state = "ACCEPTED"

    # done · workflow.json:17
    return {"state": state, "lines": "order of\n" + wf.string(price) + ' "coins"'}


def price_of(run: wf.Run, items: wf.Value, fee: wf.Value = 2.5) -> wf.Value:
    # init · workflow.json:28
    sum = fee

    # each · workflow.json:29
    for item in wf.each(items):
        # add · workflow.json:30
        sum = sum + wf.mul(item["price"], item["count"])

    # done · workflow.json:32
    return sum


workflow = wf.Workflow(
    main,
    source="workflow.json",
    sha256="ca4cbc6216bb51b811e15a067d6365829cee1e2fa61f437d18550a465cfe34e5",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:10+4 price
 8:32-8:46 7:28+14
 11 12:13+9 check
 11:7-11:18 12:26+14
 13 16:21+6 approve
 15 13:13+9 check
 18 18:10+6 done
 18:21-18:26 19:21+8
 18:37-18:81 20:21+55
price_of
 23 28:18+6 init
 23:10-23:13 28:37+6
 26 29:18+3 each
 26:16-26:30 29:49+8
 26:24-26:29 29:49+8
 28 30:19+6 add
 28:14-28:56 30:38+32
 31 32:18+6 done
 31:11-31:14 32:28+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
