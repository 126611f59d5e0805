"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    tried = 0

    # outer · workflow.yaml:8
    for a in wf.each(args["left"]):
        # hopeless · workflow.yaml:13
        if wf.gt(a, args["sum"]):
            continue

        # inner · workflow.yaml:17
        for b in wf.each(args["right"]):
            # too_many · workflow.yaml:22
            if tried >= 100:
                break

            # count · workflow.yaml:26
            tried = tried + 1

            # found · workflow.yaml:29
            if wf.eq(wf.add(a, b), args["sum"]):
                return {"pair": [a, b], "tried": tried}
            if wf.gt(wf.add(a, b), args["sum"]):
                break

        # after_the_inner_loop · workflow.yaml:35
        run.log(text=wf.add("nothing goes with ", a))

    # none · workflow.yaml:39
    return {"pair": None, "tried": tried}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="3e0261cc21fa7b3914027e17e81fedce7355e1faccc5dc333684d371cd2effb7",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 9:9+3 outer
 11:13-11:34 11:15+12
 11:21-11:33 11:15+12
 13 15:21+9 hopeless
 13:11-13:32 15:32+15
 17 18:17+3 inner
 17:17-17:39 20:23+13
 17:25-17:38 20:23+13
 19 24:29+9 too_many
 19:15-19:27 24:40+15
 23 27:25+6 count
 23:20-23:29 28:36+12
 26 31:29+9 found
 26:15-26:47 31:40+20
 27:32-27:38 32:45+9
 27:49-27:54 32:65+8
 28 33:29+9 found
 28:15-28:47 33:40+19
 32 36:17+4 after_the_inner_loop
 32:21-32:52 38:25+27
 35 40:9+6 none
 35:35-35:40 40:38+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
