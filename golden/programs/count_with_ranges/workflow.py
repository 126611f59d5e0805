"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:4
    out: wf.Value = {
        "ints": [],
        "down": [],
        "doubles": [],
        "given": [],
        "pair": [],
        "index": [],
    }
    n = args["n"]
    pair = args["pair"]

    # both_ends_included · workflow.yaml:9
    for n_th in range(-1, 3):
        # a · workflow.yaml:14
        out["ints"] = wf.list.concat(out["ints"], n_th)

    # end_before_begin · workflow.yaml:17
    for v in wf.span(3, 1):
        # b · workflow.yaml:22
        out["down"] = wf.list.concat(out["down"], v)

    # doubles_are_not_rounded · workflow.yaml:25
    for v in wf.span(1.5, 4):
        # c · workflow.yaml:30
        out["doubles"] = wf.list.concat(out["doubles"], v)

    # ends_from_expressions · workflow.yaml:33
    for i, v in enumerate(wf.span(wf.sub(n, 2), n)):
        # d · workflow.yaml:39
        out["given"] = wf.list.concat(out["given"], v)
        out["index"] = wf.list.concat(out["index"], i)

    # pair_in_a_variable · workflow.yaml:43
    for v in wf.span_of(pair):
        # e · workflow.yaml:48
        out["pair"] = wf.list.concat(out["pair"], v)

    # done · workflow.yaml:51
    return out


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0226b2faf41998909b06b0d09481e57a4fa2d32afcf96354e57590a965d3eef4",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 init
 16:8-16:17 7:16+9
 17:11-17:23 8:19+12
 20 10:9+3 both_ends_included
 22 15:17+6 a
 22:22-22:55 16:31+30
 25 18:9+3 end_before_begin
 27 23:17+6 b
 27:22-27:52 24:31+27
 30 26:9+3 doubles_are_not_rounded
 32 31:17+6 c
 32:25-32:58 32:34+30
 35 34:9+3 ends_from_expressions
 35:26-35:50 37:19+13
 37 40:17+6 d
 37:23-37:54 41:32+28
 38:23-38:54 42:32+28
 41 44:9+3 pair_in_a_variable
 41:13-41:29 46:18+7
 41:24-41:28 46:18+7
 43 49:17+6 e
 43:22-43:52 50:31+27
 46 52:9+6 done
 46:11-46:14 52:17+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
