"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, order: wf.Value) -> wf.Value:
    # offer · workflow.yaml:5
    callback: wf.Value = run.create_callback_endpoint(http_callback_method="POST")

    # ask · workflow.yaml:10
    await run.call(
        "ask",
        wf.http.post,
        url=wf.add(order["reviews"], "/reviews"),
        body={"order": order["id"], "answer_to": callback["url"]},
    )

    # start · workflow.yaml:17
    refusals = 0

    while True:
        # wait · workflow.yaml:20
        try:
            answer = await run.call(
                "wait", wf.events.await_callback, callback=callback, timeout=7200
            )
        except Exception as exc:
            e = wf.caught(exc)

            # too_late · workflow.yaml:30
            if wf.is_in("TimeoutError", e["tags"]):
                return "nobody answered"

            # unexpected · workflow.yaml:34
            raise wf.WorkflowError(e)

        # approved · workflow.yaml:36
        if wf.truth(answer["http_request"]["body"]["approved"]):
            return wf.add("approved by ", answer["http_request"]["query"]["by"])

        # refused · workflow.yaml:40
        refusals = refusals + 1

        # again · workflow.yaml:44
        if not refusals < 2:
            break

    # rejected · workflow.yaml:48
    return "rejected"


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="152fc2f4b7f078bc356a0c8969705bbfaf07d409ac30ea0e0939628724c2a365",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+4 offer
 11 11:9+4 ask
 14:12-14:48 13:16+29
 15:23-15:34 15:20+11
 15:49-15:64 16:24+15
 19 18:9+6 start
 23 21:9+3 wait
 24 22:11+4 wait
 25:59-25:67 24:23+11
 27 21:9+3 wait
 31 32:21+9 too_late
 31:15-31:50 32:32+27
 35 35:17+5 unexpected
 35:35-35:36 35:24+4
 38 38:13+9 approved
 38:11-38:63 38:24+36
 38:20-38:62 38:24+36
 39:19-39:80 39:21+48
 42 41:9+6 refused
 42:19-42:31 42:23+15
 45 46:13+9 again
 45:15-45:27 46:24+15
 49 49:9+6 rejected
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
