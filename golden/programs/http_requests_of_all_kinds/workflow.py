"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, api: wf.Value) -> wf.Value:
    # send_json · workflow.yaml:4
    patched = await run.call(
        "send_json",
        wf.http.patch,
        url=wf.add(api, "/lamps/7"),
        body=["on", 0.5, None, {"größe": 2 + 1}],
    )

    # send_bytes · workflow.yaml:10
    await run.call(
        "send_bytes",
        wf.http.put,
        url=wf.add(api, "/lamps/7/icon"),
        body=wf.text.encode("icon"),
    )

    # send_own_type · workflow.yaml:15
    event = await run.call(
        "send_own_type",
        wf.http.post,
        url=wf.add(api, "/events"),
        headers={"Content-Type": "application/vnd.lamp+json", "X-Trace": "00-7"},
        body={"lamp": 7},
    )

    # send_nothing · workflow.yaml:25
    deleted = await run.call(
        "send_nothing", wf.http.delete, url=wf.add(api, "/lamps/7")
    )

    # ask · workflow.yaml:30
    head = await run.call(
        "ask", wf.http.request, method="HEAD", url=wf.add(api, "/lamps")
    )

    # follow · workflow.yaml:36
    followed = await run.call("follow", wf.http.get, url=wf.add(api, "/old"))

    # odd_arguments · workflow.yaml:41
    for url in wf.each(["ftp://lamps", 7]):
        # ask_oddly · workflow.yaml:46
        try:
            await run.call("ask_oddly", wf.http.get, url=url)
        except Exception as exc:
            e = wf.caught(exc)

            # note · workflow.yaml:54
            run.log(text=e["message"])

    # done · workflow.yaml:58
    return {
        "patched": patched,
        "event": event["body"],
        "deleted": [deleted["code"], deleted["body"]],
        "head": [head["body"], head["headers"]["X-Count"]],
        "followed": followed["body"],
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="7afb9eaa5d8b5f467e2e9150b27d099356981e846c01634a1f84cc6d23f609ce",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+4 send_json
 11:12-11:35 7:16+19
 12:43-12:48 8:44+8
 16 11:9+4 send_bytes
 19:12-19:40 13:16+24
 20:13-20:35 14:17+22
 24 16:9+4 send_own_type
 27:12-27:34 18:16+18
 33 26:9+4 send_nothing
 34:44-34:67 28:16+19
 38 31:9+4 ask
 39:51-39:72 34:16+17
 43 37:9+4 follow
 43:57-43:76 39:16+15
 46 42:9+3 odd_arguments
 48 47:17+3 ask_oddly
 49 48:19+4 ask_oddly
 49:57-49:60 50:26+6
 50 47:17+3 ask_oddly
 54 55:25+4 note
 54:25-54:37 57:33+12
 57 59:9+6 done
 58:19-58:26 60:20+10
 59:17-59:30 61:18+13
 60:19-60:53 62:20+31
 61:16-61:58 63:17+39
 62:20-62:36 64:21+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
