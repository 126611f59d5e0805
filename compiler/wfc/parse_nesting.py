"""How deep `for` and `try` nest: Python allows 20 blocks inside one another in a function.

    for, for, try + retry      1 + 1 + 3 blocks

A `for` is one block of the Python module, a `try` two (its handler keeps a second one), and a
`retry` adds the loop around it.  Jumps by name take at most one loop for the list of steps that
they stand in, and for the steps of the switches and plain `steps` there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from wfc import syntax, walk
from wfc.problems import Problems

DEEPEST = 20


def nesting(workflow: syntax.Workflow, problems: Problems) -> None:
    """Reports the first step on each way down that lies too deep."""
    for routine in workflow.routines:
        _inside(routine.steps, 0, problems)


def _inside(steps: tuple[syntax.Step, ...], depth: int, problems: Problems) -> None:
    """The steps of a block, `depth` blocks deep."""
    depth += _loop(steps)
    for step in _region(steps):
        for action in walk.actions(step):
            _action(step, action, depth, problems)


def _region(steps: tuple[syntax.Step, ...]) -> Iterator[syntax.Step]:
    """The steps of a list, and those in plain `steps` and in entries of a `switch`."""
    for step in steps:
        yield step
        for action in walk.actions(step):
            if isinstance(action, syntax.Steps):
                yield from _region(action.steps)


def _loop(steps: tuple[syntax.Step, ...]) -> bool:
    """Whether the steps may need a loop around them, for their jumps."""
    targets = (jump.target for step in _region(steps) for jump in walk.jumps(step))
    return any(target not in ("end", "break", "continue") for target in targets)


def _action(step: syntax.Step, action: syntax.Action, depth: int, problems: Problems) -> None:
    match action:
        case syntax.For(steps=steps):
            bodies, depth = [steps], depth + 1
        case syntax.Try(steps, retry, handler):
            bodies = [steps, *([handler.steps] if handler is not None else [])]
            depth += 2 if retry is None else 3
        case syntax.Parallel(body=body):
            branches = (body,) if isinstance(body, syntax.For) else body
            bodies, depth = [branch.steps for branch in branches], 0  # each a function of its own
        case (
            syntax.Assign()
            | syntax.CallStep()
            | syntax.Switch()
            | syntax.Steps()
            | syntax.Raise()
            | syntax.Return()
        ):
            return
        case _:
            assert_never(action)
    if any(depth + _loop(body) > DEEPEST for body in bodies):
        problems.add(
            "WFC415",
            f"`for` and `try` are nested too deeply in the step `{step.name}`",
            step.name_span,
            hint="move the inner steps into a subworkflow and call it",
            note="a Python function can hold 20 blocks inside one another; a `for` takes one, "
            "a `try` two, a `try` with `retry` three, and jumps by name beside it one more",
        )
        return
    for inner in bodies:
        _inside(inner, depth, problems)
