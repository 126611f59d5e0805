"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, lines: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    sum = 0
    bad = 0

    # each · workflow.yaml:9
    for line in wf.each(lines):
        # read · workflow.yaml:14
        next_step = ""
        try:
            # comment · workflow.yaml:17
            if wf.text.match_regex(line, "^#"):
                continue
            if line == "end":
                break
            if line == "twice":
                next_step = "double"
            else:
                # number · workflow.yaml:25
                sum = wf.add(sum, wf.int(line))
        except Exception as exc:
            e = wf.caught(exc)

            # only_value_errors · workflow.yaml:31
            if not wf.is_in("ValueError", e["tags"]):
                raise wf.WorkflowError(e)

            # count · workflow.yaml:35
            bad = bad + 1

            # too_many · workflow.yaml:38
            if bad > 2:
                break

        if next_step == "double":
            # double · workflow.yaml:43
            sum = wf.mul(sum, 2)

        # log · workflow.yaml:46
        run.log(text=wf.add(line, " makes ", sum))

    # done · workflow.yaml:50
    return {"sum": sum, "bad": bad}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="d5ba90754689b29e9dc6332aab4ef918de50d19f331cf486de8552cdf63922d4",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 10:9+3 each
 12:16-12:30 12:15+8
 12:24-12:29 12:15+8
 15 15:17+3 read
 17 19:29+9 comment
 17:15-17:46 19:40+31
 19 21:29+9 comment
 19:15-19:28 21:40+16
 21 23:29+9 comment
 21:15-21:30 23:40+18
 25 26:25+6 number
 25:22-25:47 27:34+18
 26 15:17+3 read
 30 33:29+9 only_value_errors
 30:15-30:52 33:40+30
 31:39-31:40 34:36+4
 34 36:25+6 count
 34:18-34:25 37:34+10
 37 40:29+9 too_many
 37:15-37:22 40:40+10
 42 44:17+6 double
 42:18-42:32 45:26+10
 45 47:17+4 log
 45:21-45:49 49:25+25
 48 51:9+6 done
 48:19-48:22 51:24+6
 48:31-48:34 51:39+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
