"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # find · workflow.yaml:5
    try:
        found = await run.call(
            "find",
            wf.http.get,
            url=wf.add(args["api"], "/accounts"),
            query={
                "email": args["email"],
                "role": ["admin", args["role"]],
                "active": True,
            },
            headers={"X-Request": wf.add("find ", args["email"])},
            timeout=10,
        )
    except Exception as exc:
        e = wf.caught(exc)

        # by_code · workflow.yaml:21
        if not wf.is_in("HttpError", e["tags"]):
            return {"tags": e["tags"]}
        if e["code"] == 404:
            # make · workflow.yaml:33
            made = await run.call(
                "make",
                wf.http.request,
                method="POST",
                url=wf.add(args["api"], "/accounts"),
                body={"email": args["email"], "roles": [args["role"]]},
            )

            # welcome · workflow.yaml:42
            await run.call(
                "welcome",
                wf.http.post,
                url=wf.add(args["api"], "/mails"),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "User-Agent": "accounts",
                },
                body="to=" + wf.text.url_encode_plus(args["email"]) + "&kind=welcome",
            )

            # done · workflow.yaml:50
            return {
                "code": made["code"],
                "id": made["body"]["id"],
                "location": made["headers"]["Location"],
            }
        if e["code"] == 410:
            return {"gone": e["body"], "since": e["headers"]["X-Since"]}

        # other_code · workflow.yaml:29
        raise wf.WorkflowError(e)

    # use · workflow.yaml:31
    return found["body"]["id"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="9dda4ce747eb58ca064a39afaf7338ae407c929d2ec6ec09d10937ab9fa7dd93",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+3 find
 9 7:11+4 find
 12:16-12:48 9:18+25
 14:25-14:38 11:22+13
 15:34-15:46 12:30+12
 18:34-18:64 15:26+23
 21 6:9+3 find
 25 23:21+9 by_code
 25:11-25:47 23:32+29
 26:28-26:37 24:37+9
 27 25:21+9 by_code
 27:11-27:27 25:32+16
 29 34:9+4 make
 33:20-33:52 37:16+25
 34:31-34:44 39:20+13
 34:56-34:68 40:22+12
 38 43:9+4 welcome
 41:20-41:49 45:16+22
 46:21-46:85 49:17+61
 50 51:9+6 done
 51:24-51:36 52:17+12
 52:22-52:40 53:15+15
 53:28-53:55 54:21+24
 55 27:21+9 by_code
 55:11-55:27 27:32+16
 56:28-56:37 28:37+9
 56:48-56:71 28:57+23
 59 30:17+5 other_code
 59:31-59:32 30:24+4
 62 32:9+6 use
 62:11-62:30 32:17+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
