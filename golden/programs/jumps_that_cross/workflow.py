"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, decisions: wf.Value) -> wf.Value:
    # The jumps judged → write, judged → edit, edited → write cross, so the steps run by name.
    step = "init"
    while True:
        if step == "init":
            # init · workflow.yaml:5
            path: wf.Value = []
            turn = 0
            decision: wf.Value = "start"

            # enter · workflow.yaml:10
            if wf.item(decisions, 0) == "urgent":
                step = "legal"
            else:
                step = "write"
        elif step == "write":
            # write · workflow.yaml:14
            path.append("write")

            # write_decides · workflow.yaml:17
            turn = turn + 1
            decision = decisions[turn]
            step = "edit"
        elif step == "edit":
            # edit · workflow.yaml:22
            path.append("edit")

            # edit_decides · workflow.yaml:25
            turn = turn + 1
            decision = decisions[turn]

            # edited · workflow.yaml:29
            if decision == "rewrite":
                step = "write"
            elif decision == "stop":
                step = "done"
            else:
                step = "legal"
        elif step == "legal":
            # legal · workflow.yaml:35
            path.append("legal")

            # legal_decides · workflow.yaml:38
            turn = turn + 1
            decision = decisions[turn]

            # judged · workflow.yaml:42
            if decision == "rewrite":
                step = "write"
            elif decision == "edit":
                step = "edit"
            else:
                step = "done"
        elif step == "done":
            # done · workflow.yaml:48
            return path


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="9737961b540f9d625de0291e81c6e5f141d40f2e9807f5b143b5e71eada7f0fe",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 12 6:9+6 init
 17 12:13+9 enter
 17:15-17:48 12:24+27
 23 15:9+6 write
 23:12-23:32 16:19+29
 26 18:9+6 write_decides
 26:19-26:27 19:19+11
 27:23-27:38 20:23+18
 31 23:9+6 edit
 31:12-31:31 24:19+28
 34 26:9+6 edit_decides
 34:19-34:27 27:19+11
 35:23-35:38 28:23+18
 38 31:13+9 edited
 38:15-38:36 31:24+24
 40 33:13+9 edited
 40:17-40:35 33:24+21
 46 36:9+6 legal
 46:12-46:32 37:19+29
 49 39:9+6 legal_decides
 49:19-49:27 40:19+11
 50:23-50:38 41:23+18
 53 44:13+9 judged
 53:15-53:36 44:24+24
 55 46:13+9 judged
 55:17-55:35 46:24+21
 61 49:9+6 done
 61:19-61:23 49:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
