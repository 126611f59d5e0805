"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, visits: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    total = 0
    notes: wf.Value = []

    # each · workflow.yaml:9
    for visit in wf.each(visits):
        welcome: wf.Value = None

        # first_visit · workflow.yaml:14
        if wf.truth(visit["first"]):
            welcome = wf.add("welcome ", visit["name"])
            total = total + 1

        # note · workflow.yaml:20
        notes.append(welcome)

    # after · workflow.yaml:23
    for visit in notes:
        # use_the_same_names · workflow.yaml:28
        welcome = visit
        total = total + wf.if_(welcome is None, 0, 10)

    # done · workflow.yaml:32
    return {"notes": notes, "total": total}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="6f438e13045239df2e8af764955b4d4cb6f0aba932dc90d0312bee18026a4965",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 12 10:9+3 each
 12:17-12:32 12:15+9
 12:25-12:31 12:15+9
 16 16:21+9 first_visit
 16:11-16:35 16:32+14
 16:20-16:34 16:32+14
 17:22-17:55 18:34+26
 18:20-18:29 19:32+12
 21 21:17+6 note
 21:8-21:29 22:28+30
 24 24:9+3 after
 24:17-24:22 26:15+8
 26 29:17+6 use_the_same_names
 26:18-26:23 30:30+8
 27:16-27:54 31:28+37
 30 33:9+6 done
 30:21-30:26 33:26+8
 30:37-30:42 33:45+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
