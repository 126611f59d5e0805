"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, ids: wf.Value) -> wf.Value:
    # each · workflow.yaml:4
    for id in wf.each(ids):
        # guarded · workflow.yaml:9
        try:
            # look · workflow.yaml:12
            if id == 7:
                return wf.add("found at once ", id)

            # check · workflow.yaml:16
            good = check(run, id)

            # answer · workflow.yaml:20
            if good:
                return wf.add("good is ", id)
        except Exception as exc:
            e = wf.caught(exc)

            # stop · workflow.yaml:27
            if e == "stop":
                return wf.add("stopped at ", id)

    # none · workflow.yaml:31
    return "none"


def check(run: wf.Run, id: wf.Value) -> wf.Value:
    # guarded · workflow.yaml:37
    try:
        raise wf.WorkflowError("stop")
    except Exception as exc:
        e = wf.caught(exc)

        # odd · workflow.yaml:43
        if wf.mod(id, 3) == 0:
            raise wf.WorkflowError(e)
        if id % 2 == 1:
            raise wf.WorkflowError("odd")

        # even · workflow.yaml:49
        return id > 10


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="a6f0b15b463ec5be5c34239b555b35283ae9fc78e136ed94960bc538916d074a",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+3 each
 8:14-8:26 7:15+6
 8:22-8:25 7:15+6
 10 10:17+3 guarded
 12 14:29+9 look
 12:15-12:22 14:40+10
 13:23-13:51 15:37+24
 16 17:25+4 check
 16:30-16:32 18:33+5
 19 22:29+9 answer
 19:15-19:19 22:40+7
 20:23-20:45 23:37+18
 21 10:17+3 guarded
 25 29:29+9 stop
 25:15-25:26 29:40+14
 26:23-26:48 30:37+21
 29 32:9+6 none
check
 34 38:9+3 guarded
 35 39:11+5 guarded
 36 38:9+3 guarded
 40 45:21+9 odd
 40:11-40:29 45:32+14
 41:35-41:36 46:28+4
 42 47:21+9 odd
 42:11-42:22 47:32+14
 46 50:17+6 even
 46:15-46:22 50:25+10
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
