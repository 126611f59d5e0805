"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # plain_over_lines · workflow.yaml:5
    if args["style"] == "plain" and wf.gt(args["missing"], 0):
        return 1

    # folded · workflow.yaml:10
    if args["style"] == "folded":
        sum = wf.add(wf.add("ü", args["a"]), args["nothing"])

    # quoted · workflow.yaml:20
    if args["style"] == "quoted":
        sum = wf.add(wf.add("\t", args["a"]), args["missing"])

    # single_quoted · workflow.yaml:26
    if args["style"] == "single":
        return {"it's": wf.add("it's ", args["missing"]), "after": 1}

    # literal · workflow.yaml:30
    if args["style"] == "literal":
        return wf.add("two\nlines", args["missing"])

    # flow · workflow.yaml:36
    a = args["a"]
    b = wf.add(a, 1)
    c = args["missing"]
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="eb636b85e88ee9fbe75727ca0628f582594b57e24deb10ef744d30d880921539",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 7:13+9 plain_over_lines
 8:7-8:61 7:24+59
 12 12:13+9 folded
 12:7-12:32 13:15+57
 13:14-13:62 18:19+49
 16 22:13+9 quoted
 16:7-16:32 22:25+27
 17:14-17:62 24:23+65
 20 28:13+9 single_quoted
 20:7-20:32 28:25+25
 21:24-21:56 29:29+26
 24 32:13+9 literal
 24:7-24:33 32:24+26
 25:15-25:52 34:15+43
 28 36:14+6 flow
 28:8-28:17 36:28+9
 29:8-29:20 36:46+8
 30:8-30:23 36:63+15
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
