"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, age: wf.Value) -> wf.Value:
    # form · workflow.yaml:4

    # personal · workflow.yaml:6

    # ask_age · workflow.yaml:8
    if wf.lt(age, 0):
        # invalid · workflow.yaml:26
        return "invalid"
    if age < 18:
        # parents · workflow.yaml:22
        signed_by = "parents"
    else:
        # adult · workflow.yaml:14
        signed_by = "self"

    # sign · workflow.yaml:17
    run.log(text="signed by " + signed_by)

    # file · workflow.yaml:28
    return "filed for " + signed_by


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="19a5df43ee48883380730fb7fd5d10b600fd34882e1454523b6fc64e52f15933",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 12 10:25+9 ask_age
 12:7-12:20 10:36+10
 14 27:9+6 invalid
 15 12:25+9 ask_age
 15:7-15:15 12:36+11
 17 23:15+6 parents
 20 15:21+6 adult
 23 18:15+4 sign
 23:17-23:41 20:23+27
 26 29:9+6 file
 26:11-26:35 29:17+27
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
