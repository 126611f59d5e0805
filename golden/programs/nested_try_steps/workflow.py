"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, fail: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    path: wf.Value = []

    # outer · workflow.yaml:8
    try:
        # inner · workflow.yaml:11
        try:
            # work · workflow.yaml:14
            path.append("work")

            # maybe_fail · workflow.yaml:17
            if fail is not None:
                raise wf.WorkflowError(fail)
        except Exception as exc:
            e = wf.caught(exc)

            # note_inner · workflow.yaml:24
            path.append("inner")

            # known · workflow.yaml:27
            if e != "known":
                # fail_again · workflow.yaml:31
                raise wf.WorkflowError({"was": e})

        # after_inner · workflow.yaml:34
        path.append("after inner")
    except Exception as exc:
        e = wf.caught(exc)

        # note_outer · workflow.yaml:40
        path.append(["outer", e])

        # last · workflow.yaml:43
        if e["was"] == "deadly":
            raise wf.WorkflowError(e)

    # done · workflow.yaml:47
    return path


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="d560049d26d7265964debca1c66cf7ecdc3c2fc2676a09657f4e8117f96580bb",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 11 9:9+3 outer
 13 12:17+3 inner
 15 15:25+6 work
 15:12-15:31 16:35+28
 18 19:29+9 maybe_fail
 18:15-18:31 19:40+15
 19:39-19:43 20:36+7
 20 12:17+3 inner
 24 25:25+6 note_inner
 24:12-24:32 26:35+29
 27 29:29+9 known
 27:15-27:27 29:40+15
 29 32:25+5 fail_again
 29:47-29:48 33:32+4
 32 35:17+6 after_inner
 32:8-32:34 36:27+35
 33 9:9+3 outer
 37 41:17+6 note_outer
 37:8-37:33 42:28+34
 40 45:21+9 last
 40:11-40:31 45:32+20
 41:35-41:36 46:28+4
 44 48:9+6 done
 44:11-44:15 48:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
