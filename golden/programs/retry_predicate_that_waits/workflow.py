"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, api: wf.Value) -> wf.Value:
    # guarded · workflow.yaml:5
    retry = run.retry(
        "guarded",
        predicate=lambda error: still_there(run, error),
        max_retries=9,
        initial_delay=0.5,
        max_delay=60,
        multiplier=1,
    )
    while True:
        try:
            door = await run.call(
                "guarded",
                wf.http.put,
                url=wf.add(api, "/door"),
                body="open",
                headers={"Content-Type": "text/plain"},
            )
        except Exception as exc:
            error = await retry.settle(exc)
            if error is None:
                continue
            e = wf.caught(error)

            # give_up · workflow.yaml:24
            return wf.add("still ", e["code"])
        break

    # done · workflow.yaml:26
    return door["code"]


async def still_there(run: wf.Run, e: wf.Value) -> wf.Value:
    # note · workflow.yaml:32
    run.log(severity="WARNING", text=e["message"])

    # ask · workflow.yaml:37
    answer = await run.call("ask", wf.http.get, url=e["body"]["who"])

    # pause · workflow.yaml:42
    await run.sleep("pause", 3)

    # decide · workflow.yaml:46
    return answer["body"]["present"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="fc710654e3dac7bb968c557e90bf2511f094a0f41df5671f137756b34191db4a",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+3 guarded
 18 7:11+4 guarded
 21:20-21:40 9:18+16
 25 6:9+3 guarded
 32 25:17+6 give_up
 32:19-32:46 25:25+20
 36 27:9+6 done
 36:11-36:23 27:17+12
still_there
 41 33:9+4 note
 41:37-41:49 36:17+12
 44 38:9+4 ask
 44:52-44:68 40:16+13
 47 43:9+4 pause
 50 47:9+6 decide
 50:11-50:36 47:17+22
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
