"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, servers: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    n = 0

    while True:
        # choose · workflow.yaml:8
        server = wf.item(servers, n)

        # ask · workflow.yaml:11
        try:
            answer = await run.call(
                "ask", wf.http.get, url=wf.add(server, "/time"), timeout=5
            )
        except Exception as exc:
            e = wf.caught(exc)

            # no_more · workflow.yaml:21
            if n == len(servers) - 1:
                # give_up · workflow.yaml:31
                return "none answered"

            # next_one · workflow.yaml:25
            n = n + 1
            continue
        break

    # done · workflow.yaml:29
    return answer["body"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="1bb8899d51c70fbef2b2941a3c02c7fd5dab18c8d24df3ff68f167bb507cded7",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 9:9+6 choose
 12:17-12:36 10:21+13
 15 12:9+3 ask
 16 13:11+4 ask
 17:40-17:63 15:18+19
 19 12:9+3 ask
 23 23:21+9 no_more
 23:15-23:36 23:32+24
 25 32:9+6 give_up
 28 26:17+6 next_one
 28:16-28:21 27:24+8
 33 30:9+6 done
 33:11-33:25 30:17+14
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
