"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, resume: wf.Value) -> wf.Value:
    # The jumps where → pack, where → ship cross, so the steps run by name.
    step = "init"
    while True:
        if step == "init":
            # init · workflow.yaml:5
            done: wf.Value = []

            # where · workflow.yaml:8
            if resume == "pack":
                step = "pack"
            elif resume == "ship":
                step = "ship"
            else:
                # prepare · workflow.yaml:14

                # pick · workflow.yaml:16
                done.append("pick")
                step = "pack"
        elif step == "pack":
            # pack · workflow.yaml:19
            done.append("pack")
            step = "ship"
        elif step == "ship":
            # ship · workflow.yaml:22
            done.append("ship")

            # finish · workflow.yaml:25
            return done


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="34eacf2be2ab7a5e88822427205e1e86258aa8ba7e78ce0cad2a30e732ee7f02",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 12 6:9+6 init
 15 10:13+9 where
 15:15-15:31 10:24+19
 17 12:13+9 where
 17:17-17:33 12:24+19
 23 17:15+6 pick
 23:16-23:35 18:25+28
 27 20:15+6 pack
 27:12-27:31 21:25+28
 31 23:9+6 ship
 31:12-31:31 24:19+28
 34 26:9+6 finish
 34:19-34:23 26:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
