"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, n: wf.Value) -> wf.Value:
    # The jumps line␊break # import os → it's "quoted" cross, so the steps run by name.
    step = "two words"
    while True:
        if step == "two words":
            # two words · workflow.yaml:5
            log: wf.Value = ["start"]

            # größer 🎈 · workflow.yaml:8
            if wf.eq(n, 1):
                step = 'it\'s "quoted"'
            elif n == 2:
                step = "*/ back\\slash"
            else:
                step = 'it\'s "quoted"'
        elif step == 'it\'s "quoted"':
            # it's "quoted" · workflow.yaml:14
            log.append("quoted")
            step = "*/ back\\slash"
        elif step == "*/ back\\slash":
            # */ back\slash · workflow.yaml:17
            log.append("slash")
            n = wf.add(n, 2)

            # line␊break # import os · workflow.yaml:21
            if n == 4:
                step = 'it\'s "quoted"'
            elif n == 5:
                step = "1st"
            else:
                # $ {not an expression} · workflow.yaml:27
                log.append("none")
                step = "1st"
        elif step == "1st":
            # 1st · workflow.yaml:30
            log.append(wf.div(n, wf.sub(n, 9)))

            # ?! · workflow.yaml:33

            async def left___hand(run: wf.Run) -> None:
                # �reversed · workflow.yaml:38
                run.log(text=log[0])

            async def left___hand_2(run: wf.Run) -> None:
                # tab␉inside · workflow.yaml:43
                run.log(text=log[1])

            await run.parallel("?!", [left___hand, left___hand_2])

            # end of it · workflow.yaml:46
            return log


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="884b2b1b352b50f24644b3db5a31ebbcd060b6a2bed4dffc7ebf7202f816d456",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 12 6:9+6 "two words"
 15 10:13+9 "gr\\u00f6\\u00dfer \\ud83c\\udf88"
 15:15-15:26 10:24+9
 17 12:13+9 "gr\\u00f6\\u00dfer \\ud83c\\udf88"
 17:17-17:23 12:24+9
 23 15:9+6 "it's \\"quoted\\""
 23:12-23:32 16:18+29
 27 18:9+6 "*/ back\\\\slash"
 27:12-27:31 19:18+28
 28:16-28:28 20:16+8
 31 23:13+9 "line\\nbreak # import os"
 31:15-31:21 23:24+9
 33 25:13+9 "line\\nbreak # import os"
 33:17-33:23 25:24+9
 37 28:9+6 "$ {not an expression}"
 37:16-37:34 29:18+27
 41 31:9+6 "1st"
 41:12-41:47 32:18+32
 47 39:23+4 "\\u202ereversed"
 47:29-47:35 40:37+9
 51 44:23+4 "tab\\tinside"
 51:29-51:35 45:37+9
 53 34:9+8 "?!"
 56 47:9+6 "end of it"
 56:19-56:22 47:17+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
