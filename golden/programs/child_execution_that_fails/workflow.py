"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, part: wf.Value) -> wf.Value:
    # start_only · workflow.yaml:4
    nothing = await run.call(
        "start_only",
        wf.executions.run_connector,
        workflow_id="price",
        argument={"name": "spare", "minutes": 60, "price": 1},
        connector_params={"skip_polling": True},
    )

    # price · workflow.yaml:15
    try:
        priced = await run.call(
            "price",
            wf.executions.run_connector,
            workflow_id=part["workflow"],
            argument=part,
            location="europe-west1",
            connector_params={"timeout": 600},
        )
    except Exception as exc:
        e = wf.caught(exc)

        # missing · workflow.yaml:28
        if wf.is_in("HttpError", e["tags"]):
            return e["body"]["error"]["message"]

        # failed · workflow.yaml:32
        if not wf.is_in("OperationError", e["tags"]):
            raise wf.WorkflowError(e)
        operation: wf.Value = wf.map.delete(
            wf.map.delete(e["operation"], "name"), "argument"
        )

        # show · workflow.yaml:39
        return operation

    # done · workflow.yaml:41
    return [nothing, priced]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="d9301036df38c72f264f689f4e11d499dc61dac14e5dac02c50b9655d20186e1",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+4 start_only
 17 16:9+3 price
 18 17:11+4 price
 21:24-21:40 19:26+16
 22:21-22:25 20:23+7
 26 16:9+3 price
 30 30:21+9 missing
 30:11-30:43 30:32+24
 31:19-31:48 31:29+23
 34 34:21+9 failed
 34:15-34:52 34:32+29
 35 37:21+9 failed
 35:35-35:36 38:28+4
 36 34:21+9 failed
 36:30-38:9 36:36+58
 41 40:17+6 show
 41:15-41:24 40:25+12
 44 42:9+6 done
 44:12-44:19 42:19+10
 44:21-44:27 42:33+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
