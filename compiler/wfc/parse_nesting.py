"""How deep `for` and `try` nest: Python allows 20 blocks inside one another in a function.

    for, for, try + retry      1 + 1 + 3 blocks

A `for` is one block of the Python module, a `try` two (its handler keeps a second one), and a
`retry` adds the loop around it.  Four of the 20 are left for the loops that backward jumps make.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from wfc import syntax
from wfc.problems import Problems

DEEPEST = 16


def nesting(workflow: syntax.Workflow, problems: Problems) -> None:
    """Reports the first step on each way down that lies too deep."""
    for routine in workflow.routines:
        _steps(routine.steps, 0, problems)


def _steps(steps: Iterable[syntax.Step], depth: int, problems: Problems) -> None:
    for step in steps:
        if step.action is not None:
            _action(step, step.action, depth, problems)


def _action(step: syntax.Step, action: syntax.Action, depth: int, problems: Problems) -> None:
    match action:
        case syntax.Steps(steps):
            _steps(steps, depth, problems)
        case syntax.Switch(cases):
            for case in cases:
                if case.action is not None:
                    _action(step, case.action, depth, problems)
        case syntax.For():
            _inside(step, action.steps, depth + 1, problems)
        case syntax.Try(steps, retry, handler):
            inner = depth + (2 if retry is None else 3)
            caught = handler.steps if handler is not None else ()
            _inside(step, (*steps, *caught), inner, problems)
        case syntax.Parallel(body=body):
            for inside in (body,) if isinstance(body, syntax.For) else body:
                _steps(inside.steps, 0, problems)  # a function of its own
        case syntax.Assign() | syntax.CallStep() | syntax.Raise() | syntax.Return():
            pass
        case _:
            assert_never(action)


def _inside(
    step: syntax.Step, steps: tuple[syntax.Step, ...], depth: int, problems: Problems
) -> None:
    if depth <= DEEPEST:
        _steps(steps, depth, problems)
        return
    problems.add(
        "WFC415",
        f"`for` and `try` are nested too deeply in the step `{step.name}`",
        step.name_span,
        hint="move the inner steps into a subworkflow and call it",
        note="a Python function can hold 20 blocks inside one another; "
        "a `for` takes one, a `try` two, a `try` with `retry` three",
    )
