"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, part: wf.Value) -> wf.Value:
    # look_it_up · workflow.yaml:5
    await run.sleep("look_it_up", wf.mul(part["minutes"], 60))

    # known · workflow.yaml:9
    if wf.lt(part["price"], 0):
        raise wf.WorkflowError(wf.add(part["name"], " has no price"))

    # say · workflow.yaml:13
    run.log(
        text=wf.add(
            wf.add(wf.add(part["name"], " costs "), part["price"], " "),
            run.get_env("CURRENCY"),
        )
    )

    # done · workflow.yaml:17
    return {"name": part["name"], "price": part["price"]}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="491ac9a0556f4740bb888e986809cc05e8722a36f01e4ff91d87f1e0d689251b",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+4 look_it_up
 8:34-8:61 8:20+20
 11 11:13+9 known
 11:7-11:30 11:24+17
 12:31-12:68 12:20+30
 15 14:9+4 say
 16:13-19:9 16:17+69
 23 18:9+6 done
 23:20-23:32 19:17+12
 23:43-23:56 20:18+13
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
