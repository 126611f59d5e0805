"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # start · workflow.yaml:2
    shop = "Corner Shop"
    opened = 1987

    # age · workflow.yaml:6
    years = 2024 - opened

    # greet · workflow.yaml:9
    return f"{shop} has been here for {years} years"


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="7d04e6b7a82201f3321dbe434f45928def2058de66a75cd24c34fb64a9f72d7b",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 3:5+6 start
 12 7:5+6 age
 12:12-12:25 8:16+16
 15 10:5+6 greet
 15:11-15:52 10:13+50
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
