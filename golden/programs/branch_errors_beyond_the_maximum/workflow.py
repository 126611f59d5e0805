"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # init · workflow.yaml:4
    listed: wf.Value = []
    tried = 0

    # twice · workflow.yaml:8
    for round in range(1, 3):
        # guarded · workflow.yaml:13
        try:
            # fan_out · workflow.yaml:16

            async def fan_out(run: wf.Run, n: wf.Value, _: int) -> None:
                nonlocal tried

                # count · workflow.yaml:23
                tried = tried + 1

                # divide · workflow.yaml:26
                quotient = n / 0

            await run.parallel_for("fan_out", range(1, 71), fan_out)
        except Exception as exc:
            e = wf.caught(exc)

            # note · workflow.yaml:32
            last = wf.item(e["branches"], wf.len(e["branches"]) - 1)
            listed.append(
                [
                    wf.len(e["branches"]),
                    last["id"],
                    last["error"]["payload"]["message"],
                    e["truncated"],
                ]
            )

    # done · workflow.yaml:36
    return {"tried": tried, "listed": listed}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="3a91eeefeff74822d5c6e55e3e26049d0e35ab6577678883a06bcff8f874d7bb",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 5:9+6 init
 12 9:9+3 twice
 14 14:17+3 guarded
 21 24:35+6 count
 21:24-21:33 25:46+12
 24 27:35+6 divide
 24:27-24:32 28:49+8
 26 17:25+8 fan_out
 27 14:17+3 guarded
 31 33:25+6 note
 31:19-31:68 34:35+34
 32:12-39:13 35:38+91
 42 37:9+6 done
 42:21-42:26 37:26+8
 42:38-42:44 37:46+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
