"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # by_name · workflow.yaml:3
    named = label(run, unit="kg", amount=3)

    # by_position · workflow.yaml:9
    positional = label(run, 4, "l")

    # default_used · workflow.yaml:13
    left_out = label(run, amount=5)

    # null_is_a_value · workflow.yaml:18
    given_null = label(run, amount=6, unit=None)

    # in_an_expression · workflow.yaml:24
    inline: wf.Value = [label(run, 7), label(run, 8, "m")]

    # no_arguments · workflow.yaml:27
    first = empty_basket(run)

    # fill · workflow.yaml:30
    first["apples"] = 2

    # again · workflow.yaml:33
    second = empty_basket(run)

    # done · workflow.yaml:36
    return {
        "labels": [named, positional, left_out, given_null],
        "inline": inline,
        "baskets": [first, second],
    }


def label(run: wf.Run, amount: wf.Value, unit: wf.Value = "piece") -> wf.Value:
    # no_unit · workflow.yaml:45
    if unit is None:
        return str(amount)

    # answer · workflow.yaml:49
    return f"{amount} {unit}"


def empty_basket(run: wf.Run, basket: wf.Value = {}) -> wf.Value:
    basket = wf.copy(basket)

    # sign · workflow.yaml:56
    basket["signed"] = "signed" not in basket

    # answer · workflow.yaml:59
    return basket


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="b7098d69f4b08077403bb957f25e6dbcb0eb13abf59958982e304bb8fc41eb65",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 4:9+4 by_name
 11 10:9+4 by_position
 14 14:9+4 default_used
 17 19:9+4 null_is_a_value
 20 25:9+6 in_an_expression
 20:23-20:58 26:22+28
 23 28:9+4 no_arguments
 26 31:9+6 fill
 29 34:9+4 again
 32 37:9+6 done
 33:18-33:59 38:19+44
 34:18-34:24 39:19+9
 35:19-35:34 40:20+18
label
 41 47:13+9 no_unit
 41:7-41:19 47:24+15
 42:15-42:26 48:21+17
 45 50:9+6 answer
 45:11-45:29 50:17+22
empty_basket
 52 57:9+6 sign
 52:23-52:45 58:28+26
 55 60:9+6 answer
 55:11-55:17 60:17+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
