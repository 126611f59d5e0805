"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, nap: wf.Value) -> wf.Value:
    # make · workflow.yaml:5
    first = run.create_callback_endpoint("PUT")["url"]

    # make_another · workflow.yaml:8
    second: wf.Value = run.create_callback_endpoint()

    # sleep · workflow.yaml:11
    await run.sleep("sleep", nap)

    # wait_for_first · workflow.yaml:15
    early = await run.call(
        "wait_for_first", wf.events.await_callback, callback={"url": first}, timeout=10
    )

    # wait_for_both · workflow.yaml:22

    async def of_first(run: wf.Run) -> None:
        # wait · workflow.yaml:28
        late = await run.call("wait", wf.events.await_callback, callback={"url": first})

        # note · workflow.yaml:34
        run.log(data=late["received_time"])

    async def of_second(run: wf.Run) -> None:
        nonlocal early

        # wait_as_well · workflow.yaml:40
        other = await run.call(
            "wait_as_well", wf.events.await_callback, callback=second, timeout=100
        )

        # keep · workflow.yaml:44
        early = [early, other]

    await run.parallel("wait_for_both", [of_first, of_second])

    # done · workflow.yaml:47
    return early


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="f1d3b0a9edbcc5bde11fe89ac30cb5bc7d24a1ffd8239ea7c37932940d820297",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 make
 8:12-8:54 7:20+45
 11 9:9+4 make_another
 14 12:9+4 sleep
 14:29-14:32 14:20+6
 17 16:9+4 wait_for_first
 18:69-18:74 19:18+8
 25 29:23+4 wait
 25:81-25:86 32:32+8
 28 35:23+4 note
 28:21-28:42 37:31+21
 34 41:23+4 wait_as_well
 35:63-35:69 42:31+9
 39 45:23+6 keep
 39:16-39:30 46:34+17
 41 23:9+8 wait_for_both
 44 48:9+6 done
 44:11-44:16 48:17+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
