"""Jumps: may each `next` be made from where it stands (spec 04 §4, OQ-37, OQ-38)?

A jump may leave `steps`, `switch`, `try` and `except` bodies and may enter plain nested `steps`.
The bodies of loops, branches and iterations can be neither left nor entered by a step's name.
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.names import Names
from wfc.problems import Label, Problems

_OUT_OF: dict[walk.BodyKind, str] = {"for": "WFC303", "branch": "WFC305", "iteration": "WFC305"}
_INTO: dict[walk.BodyKind, str] = {
    "for": "WFC304",
    "branch": "WFC306",
    "iteration": "WFC306",
    "try": "WFC307",
    "except": "WFC307",
    "switch": "WFC307",
}


def jumps(workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    for routine in workflow.routines:
        homes = {step: body for body, step in walk.steps(routine)}
        for step, body in homes.items():
            for jump in walk.jumps(step):
                if jump in names.jumps:
                    target = names.jumps[jump]
                    _check_named(jump, body, target, homes[target], problems)
                elif jump.target in ("break", "continue"):
                    _check_loop_jump(jump, body, problems)
                elif jump.target == "end":
                    _check_end(jump, body, problems)


def _check_named(
    jump: syntax.Jump, here: walk.Body, target: syntax.Step, there: walk.Body, problems: Problems
) -> None:
    left, entered = _difference(here, there)
    for body in left:
        if body.kind in _OUT_OF:
            problems.add(
                _OUT_OF[body.kind],
                f"the jump to `{target.name}` leaves {_called(body)}",
                jump.span,
                "jumps out",
                others=[_place(body), Label(target.name_span, "the step it leads to")],
                hint=_way_out(body),
            )
            return
    for body in entered:
        if body.kind in _INTO and body.step is not None:
            problems.add(
                _INTO[body.kind],
                f"the jump to `{target.name}` leads into {_called(body)}",
                jump.span,
                "jumps in",
                others=[_place(body), Label(target.name_span, "the step it leads to")],
                hint=f"jump to the step around it: `next: {body.step.name}`",
            )
            return


def _check_loop_jump(jump: syntax.Jump, body: walk.Body, problems: Problems) -> None:
    """`break` and `continue` belong to the innermost loop; `continue` also ends a branch."""
    around = _innermost(body, ("for", "branch", "iteration"))
    if around is None:
        problems.add(
            "WFC301" if jump.target == "break" else "WFC302",
            f"`{jump.target}` stands outside a loop",
            jump.span,
            hint="write the name of a step, or `end` to finish the routine",
        )
    elif jump.target == "break" and around.kind != "for":
        problems.add(
            "WFC308",
            f"`break` cannot stop {_called(around)}",
            jump.span,
            others=[_place(around)],
            hint=_way_out(around),
        )


def _check_end(jump: syntax.Jump, body: walk.Body, problems: Problems) -> None:
    around = _innermost(body, ("branch", "iteration"))
    if around is not None:
        problems.add(
            "WFC309",
            f"`end` cannot finish the routine from inside {_called(around)}",
            jump.span,
            others=[_place(around)],
            hint=_way_out(around),
        )


def _difference(here: walk.Body, there: walk.Body) -> tuple[list[walk.Body], list[walk.Body]]:
    """The step lists that a jump leaves, innermost first, and those it enters, outermost first."""
    left, entered = here.chain(), there.chain()
    while left and entered and left[0] is entered[0]:
        del left[0], entered[0]
    return left[::-1], entered


def _innermost(body: walk.Body, kinds: tuple[walk.BodyKind, ...]) -> walk.Body | None:
    return next((around for around in reversed(body.chain()) if around.kind in kinds), None)


def _called(body: walk.Body) -> str:
    step = "" if body.step is None else body.step.name
    match body.owner:
        case syntax.Branch(name=branch):
            return f"the branch `{branch}`"
        case syntax.For():
            return f"the loop `{step}`" if body.parallel is None else f"an iteration of `{step}`"
        case syntax.Steps():
            return f"an entry of the `switch` `{step}`"
        case _:
            return f"the `{body.kind}` of `{step}`"


def _place(body: walk.Body) -> Label:
    match body.kind:
        case "for" | "iteration":
            return Label(body.span, "this loop")
        case "branch":
            return Label(body.span, "this branch")
        case "switch":
            return Label(body.span, "in this step")
        case kind:
            return Label(body.span, f"this `{kind}`")


def _way_out(body: walk.Body) -> str:
    match body.kind:
        case "for":
            return "leave the loop with `next: break`, and choose the next step after it"
        case "branch":
            return "finish the branch with `next: continue`, and choose the next step after it"
        case _:
            return "finish the iteration with `next: continue`, or `raise` an error"
