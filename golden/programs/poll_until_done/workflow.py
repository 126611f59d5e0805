"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # start · workflow.yaml:5
    started = await run.call(
        "start", wf.http.post, url=wf.add(args["api"], "/jobs"), body={"kind": "export"}
    )

    # job_url · workflow.yaml:12
    url = wf.add(wf.add(args["api"], "/jobs/"), started["body"]["id"])
    pause = 1

    while True:
        # poll · workflow.yaml:16
        job = await run.call("poll", wf.http.get, url=url)

        # check · workflow.yaml:21
        if job["body"]["state"] == "DONE":
            break
        if job["body"]["state"] == "FAILED":
            raise wf.WorkflowError(wf.add("the job failed - ", job["body"]["reason"]))

        # wait · workflow.yaml:27
        await run.sleep("wait", pause)

        # wait_longer · workflow.yaml:31
        pause = wf.math.min(pause * 2, 5)

    # done · workflow.yaml:35
    return job["body"]["file"]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0dd1971cbaa0e6981e89908247680a3fd8bcf94c0e5c52dea77989b67774b02e",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+4 start
 9:35-9:63 8:16+21
 13 13:9+6 job_url
 13:10-13:70 14:18+40
 18 17:9+4 poll
 18:54-18:57 19:16+6
 21 23:13+9 check
 21:11-21:41 23:24+27
 23 25:13+9 check
 23:11-23:43 25:24+29
 24:35-24:85 26:20+40
 27 28:9+4 wait
 27:32-27:37 30:20+8
 30 32:9+6 wait_longer
 30:16-30:41 33:20+25
 33 36:9+6 done
 33:11-33:30 36:17+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
