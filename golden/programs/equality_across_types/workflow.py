"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, pairs: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    equal: wf.Value = []
    different: wf.Value = []

    # each · workflow.yaml:9
    for pair in wf.each(pairs):
        # compare · workflow.yaml:14
        if wf.eq(wf.item(pair, 0), pair[1]):
            equal.append(pair)
        elif wf.ne(pair[0], pair[1]):
            different.append(pair)

    # constants · workflow.yaml:22
    constants: wf.Value = [
        wf.eq(1, 1.0),
        wf.eq(1, True),
        wf.eq("1", 1),
        wf.eq(None, False),
        wf.eq([1, True], [1.0, True]),
    ]

    # done · workflow.yaml:25
    return {"equal": equal, "different": different, "constants": constants}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="b84746a9ea1457dbe87fbc2ea62adbab17f13f46b7e230c30ed6953d31786167",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 10:9+3 each
 12:16-12:30 12:15+8
 12:24-12:29 12:15+8
 14 16:21+9 compare
 14:11-14:43 16:32+21
 15:12-15:30 18:32+27
 16 19:21+9 compare
 16:13-16:36 19:32+21
 17:12-17:34 21:36+31
 20 23:9+6 constants
 20:26-26:5 24:25+75
 29 26:9+6 done
 29:21-29:26 27:18+8
 29:41-29:50 28:22+12
 29:65-29:74 29:22+12
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
