"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, shop: wf.Value) -> wf.Value:
    # begin · workflow.yaml:4
    page: wf.Value = {"state": ["open", "late"], "sort": "due & paid"}
    names: wf.Value = []

    while True:
        # ask · workflow.yaml:8
        found = await run.call(
            "ask", wf.http.get, url=wf.add(shop, "/orders?limit=2"), query=page
        )

        # collect · workflow.yaml:14
        for order in wf.each(wf.default(wf.map.get(found["body"], "orders"), [])):
            # add · workflow.yaml:19
            names.append(order["name"])

        # is_there_more · workflow.yaml:22
        if not wf.is_in("nextPageToken", found["body"]):
            break
        page["pageToken"] = found["body"]["nextPageToken"]

    # done · workflow.yaml:28
    return names


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="ab0f58c63e67dd843206bc387b8ccb86057edc5f49c17aae1f723b5769c7bd66",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 begin
 13 9:9+4 ask
 14:36-14:67 11:16+27
 14:75-14:79 12:18+7
 18 15:9+3 collect
 18:21-18:81 17:15+45
 18:29-18:80 17:15+45
 20 20:17+6 add
 20:12-20:39 21:28+33
 23 24:13+9 is_there_more
 23:15-23:55 24:24+32
 25:28-25:58 26:33+27
 28 29:9+6 done
 28:11-28:16 29:17+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
