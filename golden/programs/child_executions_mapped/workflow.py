"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, parts: wf.Value) -> wf.Value:
    # price_all · workflow.yaml:4
    try:
        priced = await run.call(
            "price_all",
            wf.executions.map,
            workflow_id="price",
            arguments=parts,
            timeout=300,
        )
    except Exception as exc:
        e = wf.caught(exc)

        # tell · workflow.yaml:15
        return e

    # price_the_first_again · workflow.yaml:17
    first = await run.call(
        "price_the_first_again",
        wf.executions.run,
        workflow_id="price",
        argument=wf.item(parts, 0),
    )

    # done · workflow.yaml:23
    return {"all": priced, "first": first}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="637b2f67c8ff24e3d213e39d3ad7860f664dfdb1808525faae5d8704380f5473",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+3 price_all
 9 6:11+4 price_all
 13:22-13:27 9:24+8
 16 5:9+3 price_all
 20 16:17+6 tell
 20:15-20:16 16:25+4
 23 18:9+4 price_the_first_again
 27:17-27:34 21:21+11
 31 24:9+6 done
 31:19-31:25 25:16+9
 31:36-31:41 26:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
