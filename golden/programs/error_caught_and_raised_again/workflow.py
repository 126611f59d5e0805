"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, stock: wf.Value) -> wf.Value:
    # reserve · workflow.yaml:4
    try:
        # look_up · workflow.yaml:7
        shelf = stock["lamps"]["shelf"]

        # take · workflow.yaml:10
        left = wf.sub(stock["lamps"]["count"], 1)
    except Exception as exc:
        e = wf.caught(exc)

        # unknown_article · workflow.yaml:16
        if wf.is_in("KeyError", e["tags"]):
            # order · workflow.yaml:24
            return "ordered"

        # not_ours · workflow.yaml:20
        raise wf.WorkflowError(e)

    # reserved · workflow.yaml:22
    return {"shelf": shelf, "left": left}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="9897baad262c6324ddf1f292df6fcd2450138a1619d208f7ad30d7d55e48ab75",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+3 reserve
 10 8:17+6 look_up
 10:16-10:39 9:28+20
 13 11:17+6 take
 13:15-13:49 12:27+24
 14 5:9+3 reserve
 18 18:21+9 unknown_article
 18:11-18:42 18:32+23
 20 25:9+6 order
 23 21:17+5 not_ours
 23:31-23:32 21:24+4
 26 23:9+6 reserved
 26:21-26:26 23:26+8
 26:36-26:40 23:44+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
