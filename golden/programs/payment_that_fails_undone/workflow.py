"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, shop: wf.Value) -> wf.Value:
    # place · workflow.yaml:4
    order = await run.call(
        "place",
        wf.http.post,
        url=wf.add(shop, "/orders"),
        body={"item": "tea", "pieces": 3},
    )

    # follow_up · workflow.yaml:10
    url = wf.add(wf.add(shop, "/orders/"), order["body"]["id"])
    headers: wf.Value = {
        "If-Match": order["headers"]["Etag"],
        "X-Trace": wf.default(wf.map.get(order["headers"], "X-Trace"), "none"),
    }

    # pay · workflow.yaml:16
    retry = run.retry(
        "pay",
        predicate=wf.http.default_retry_predicate_non_idempotent,
        max_retries=2,
        initial_delay=1,
        max_delay=8,
        multiplier=3,
    )
    while True:
        try:
            # charge · workflow.yaml:19
            payment = await run.call(
                "charge",
                wf.http.post,
                url=wf.add(shop, "/payments"),
                headers=headers,
                body={"order": order["body"]["id"], "amount": 10.5},
            )
        except Exception as exc:
            error = await retry.settle(exc)
            if error is None:
                continue
            e = wf.caught(error)

            # undo · workflow.yaml:33
            await run.call("undo", wf.http.put, url=url + "/rejected", headers=headers)

            # tell · workflow.yaml:38
            raise wf.WorkflowError(
                {
                    "order": order["body"]["id"],
                    "code": wf.map.get(e, "code"),
                    "reason": e["body"]["reason"],
                }
            )
        break

    # confirm · workflow.yaml:43
    await run.call(
        "confirm",
        wf.http.put,
        url=url + "/approved",
        headers=headers,
        body=payment["body"],
    )

    # done · workflow.yaml:49
    return order["body"]["id"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="c52e235151e48de727e152905c1476e8fe667ac4800d8617d491a118ae880da3",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+4 place
 11:12-11:35 7:16+19
 16 11:9+6 follow_up
 16:10-16:63 12:18+36
 18:20-18:44 14:25+21
 19:19-19:78 15:24+53
 23 17:9+3 pay
 25:18-25:64 27:22+46
 34 20:17+4 charge
 37:20-37:45 22:24+21
 38:24-38:31 23:28+10
 39:31-39:50 24:34+16
 41 17:9+3 pay
 48 34:17+4 undo
 48:52-48:69 36:24+20
 48:79-48:86 37:28+10
 51 39:17+5 tell
 53:29-53:48 40:26+16
 54:28-54:49 41:25+21
 55:30-55:49 42:27+16
 61 44:9+4 confirm
 64:12-64:29 46:16+20
 65:16-65:23 47:20+10
 66:13-66:28 48:17+15
 70 50:9+6 done
 70:11-70:30 50:17+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
