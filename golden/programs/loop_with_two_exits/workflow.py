"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    shelf = 0

    while True:
        # look · workflow.yaml:8
        if shelf >= wf.len(args["shelves"]):
            # full · workflow.yaml:18
            raise wf.WorkflowError("no shelf has room")
        if wf.le(wf.add(wf.item(args["shelves"], shelf), args["size"]), 10):
            break

        # next_shelf · workflow.yaml:14
        shelf = shelf + 1

    # found · workflow.yaml:20
    wf.put(
        args, "shelves", shelf, wf.add(wf.item(args["shelves"], shelf), args["size"])
    )

    # done · workflow.yaml:23
    return {"shelf": shelf, "shelves": args["shelves"]}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="f670bc37a6cf99af2daf0a170d0f84374125d1be6212b24d8d29f5bf7133933d",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 10:13+9 look
 12:11-12:43 10:24+29
 14 19:9+5 full
 15 12:13+9 look
 15:11-15:75 12:24+40
 19 15:9+6 next_shelf
 19:16-19:25 16:20+12
 22 21:9+6 found
 23:32-23:85 22:34+34
 27 24:9+6 done
 27:21-27:26 25:18+8
 27:39-27:54 26:20+15
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
