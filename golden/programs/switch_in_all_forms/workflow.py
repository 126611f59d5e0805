"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # The jumps route → zero, route → matched_or_not, three_b → matched_or_not cross, so the steps run by name.
    step = "init"
    while True:
        if step == "init":
            # init · workflow.yaml:4
            n = args["n"]
            log: wf.Value = []

            # route · workflow.yaml:8
            if wf.lt(n, 0):
                raise wf.WorkflowError(wf.add("negative: ", n))
            if n == 0:
                step = "zero"
            elif n == 1:
                log.append("one")
                step = "zero"
            elif n == 2:
                log.append("two")
                step = "matched_or_not"
            elif n == 3:
                # three_a · workflow.yaml:23
                log.append("three a")

                # three_b · workflow.yaml:26
                log.append("three b")
                step = "matched_or_not"
            else:
                if n == 4:
                    return "four"
                if n == 5:
                    described = describe(run, n=n)
                    step = "matched_or_not"
                elif n == 6:
                    if "deep" in args:
                        log.append("six, deep")
                        step = "matched_or_not"
                    else:
                        log.append("six, shallow")
                        step = "matched_or_not"
                elif n == 7:
                    step = "matched_or_not"
                else:
                    step = "matched_or_not"
        elif step == "zero":
            # zero · workflow.yaml:48
            log.append("zero or one")
            step = "matched_or_not"
        elif step == "matched_or_not":
            # matched_or_not · workflow.yaml:51
            if n > 100:
                raise wf.WorkflowError({"code": 413, "n": n})
            log.append("else")

            # done · workflow.yaml:60
            return log


def describe(run: wf.Run, n: wf.Value) -> wf.Value:
    # done · workflow.yaml:66
    run.log(text=wf.add("described ", n))
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="34eadc32cd637d8f56d41d3b0482cf866beaeda0a0825d497453bf70ce907de4",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 12 5:9+6 init
 12:16-12:25 6:16+9
 16 10:13+9 route
 16:15-16:26 10:24+8
 17:39-17:62 11:21+19
 18 12:13+9 route
 18:15-18:21 12:24+9
 20 14:13+9 route
 20:17-20:23 14:24+9
 21:16-21:33 16:22+26
 23 18:13+9 route
 23:17-23:23 18:24+9
 24:16-24:33 20:22+26
 26 21:13+9 route
 26:17-26:23 21:24+9
 28 24:19+6 three_a
 28:16-28:37 25:28+30
 31 27:19+6 three_b
 31:16-31:37 28:28+30
 34 29:13+9 route
 34:19-34:25 29:24+9
 36 31:13+9 route
 36:19-36:25 31:24+9
 37:48-37:49 34:18+4
 39 36:13+9 route
 39:21-39:27 36:24+9
 40 38:17+9 route
 40:23-40:37 38:28+17
 41:24-41:47 40:26+32
 44 41:17+9 route
 44:24-44:50 43:26+35
 46 46:13+9 route
 46:21-46:27 46:24+9
 52 49:9+6 zero
 52:12-52:37 50:18+34
 56 53:13+9 matched_or_not
 56:15-56:22 53:24+10
 57:58-57:59 56:18+4
 58 57:13+9 matched_or_not
 58:12-58:30 59:22+27
 61 61:9+6 done
 61:19-61:22 61:17+6
describe
 66 67:9+4 done
 66:17-66:40 69:17+19
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
