"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # read · workflow.yaml:3
    region: wf.Value = run.get_env("REGION", "nowhere")
    workflow_: wf.Value = run.get_env("GOOGLE_CLOUD_WORKFLOW_ID")
    project: wf.Value = run.get_env("GOOGLE_CLOUD_PROJECT_ID")

    # read_more · workflow.yaml:8
    stage: wf.Value = run.get_env("STAGE")

    # wrong_type · workflow.yaml:13
    try:
        odd: wf.Value = run.get_env(7)
    except Exception as exc:
        e = wf.caught(exc)

        # note · workflow.yaml:20
        stage = [stage, e["message"]]

    # done · workflow.yaml:23
    return [region, workflow_, project, stage]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0db6d82da4b8545ff05c1790bf05c4bc99aa305b0c240369594c2fc3c88e734a",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 4:9+6 read
 8:23-8:55 5:21+35
 9:26-9:65 6:23+42
 10:24-10:62 7:22+41
 13 9:9+4 read_more
 16 14:9+3 wrong_type
 17 15:11+6 wrong_type
 17:24-17:38 16:20+17
 18 14:9+3 wrong_type
 22 21:17+6 note
 22:16-22:37 22:28+21
 25 24:9+6 done
 25:11-25:46 24:17+37
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
