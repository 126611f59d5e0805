"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, rounds: wf.Value) -> wf.Value:
    run.hold("rounds", rounds)

    # init · workflow.yaml:5
    run.steps(1)
    block = "0123456789abcdef"
    run.hold("block", block)
    blocks: wf.Value = []
    run.hold("blocks", blocks)

    # double · workflow.yaml:9
    run.steps(1)
    for i in range(1, 9):
        run.hold("i", i)
        run.steps(1)

        # twice · workflow.yaml:14
        run.steps(1)
        block = block + block
        run.hold("block", block)

    run.release("i")

    # collect · workflow.yaml:17
    run.steps(1)
    for round in wf.span(1, rounds):
        run.release("copy_of_all", "e")
        run.hold("round", round)
        run.steps(1)

        # guarded · workflow.yaml:22
        run.steps(1)
        try:
            run.steps(1)

            # keep · workflow.yaml:25
            run.steps(2)
            blocks = wf.list.concat(blocks, block)
            run.hold("blocks", blocks)

            # temporary · workflow.yaml:28
            run.steps(1)
            copy_of_all: wf.Value = blocks
            run.hold("copy_of_all", copy_of_all)
        except Exception as exc:
            e = wf.caught(exc)
            run.hold("e", e)
            run.steps(1)

            # cannot_happen · workflow.yaml:34
            run.steps(1)
            return e

        run.release("e")

    run.release("round", "copy_of_all", "e")

    # done · workflow.yaml:36
    run.steps(1)
    return [len(blocks), len(block)]


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="252ab9c4923f3c074f71935e8ec420752c8434656a2ecf49329ed9200a1a81bf",
    compiler="0.1.0",
    parameters=1,
    accounting=True,
    positions="""main
 10 6:9+6 init
 17 10:9+3 double
 23 15:17+6 twice
 24:16-24:29 16:28+16
 27 10:9+3 double
 30 18:9+3 collect
 31:17-31:35 20:19+14
 37 23:17+3 guarded
 42 26:25+6 keep
 43:21-43:50 27:37+29
 47 29:25+6 temporary
 48:36-48:42 30:42+9
 50 23:17+3 guarded
 56 35:25+6 cannot_happen
 57:19-57:20 35:33+4
 59 23:17+3 guarded
 61 18:9+3 collect
 64 37:9+6 done
 65:11-65:36 37:17+28
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
