"""Parallel steps: what is assigned in them, `shared`, `return`, nesting (spec 04 §8).

Variables from outside are read-only in branches and iterations unless every parallel step between
the variable and the assignment lists them under `shared` (rules 6 and 14).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from wfc import syntax, walk
from wfc.frozen import frozen_value
from wfc.names import Binding, Names, Scope
from wfc.problems import Label, Problems
from wfc.similar import Speller

_DEEPEST = 2  # spec 07 §1, OQ-41


@frozen_value
class _Write:
    """A place that assigns a variable, and the parallel steps between them, innermost first."""

    variable: syntax.Variable
    binding: Binding
    crossed: list[syntax.Parallel]
    catches: bool  # the `as` of an `except`


def parallel(workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    step_of: dict[syntax.Parallel, syntax.Step] = {}
    writes: list[_Write] = []
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            scope = names.step_scope[step]
            for action in walk.actions(step):
                if isinstance(action, syntax.Parallel):
                    step_of[action] = step
                    _check_nesting(action, scope, problems)
                elif isinstance(action, syntax.Return):
                    _check_return(action, scope, problems)
                writes += _writes(action, scope, names)
    assigned = {(around, write.binding.name) for write in writes for around in write.crossed}
    meant: set[tuple[syntax.Parallel, str]] = set()
    speller = Speller()
    for around, step in step_of.items():
        scope = names.step_scope[step]
        meant.update(_check_shared(around, scope, assigned, names, speller, problems))
    for write in writes:
        _check_write(write, step_of, meant, problems)


def _writes(action: syntax.Action, scope: Scope, names: Names) -> Iterator[_Write]:
    variables: list[syntax.Variable] = []
    match action:
        case syntax.Assign(assignments):
            variables = [assignment.target.variable for assignment in assignments]
        case syntax.CallStep(result=syntax.Variable() as result):
            variables = [result]
        case syntax.Try(handler=syntax.Except(variable=syntax.Variable() as error)):
            # The error is a variable of its own, but in a branch no name may stand for both a
            # variable outside and a temporary one (spec 09 §3 case 8).
            if outer := scope.find(error.name):
                yield _Write(error, outer, _crossed(scope, outer), True)
    for variable in variables:
        if binding := names.writes.get(variable):
            yield _Write(variable, binding, _crossed(scope, binding), False)


def _crossed(scope: Scope, binding: Binding) -> list[syntax.Parallel]:
    inner = takewhile(lambda around: around is not binding.scope, scope.outward())
    return [around.parallel for around in inner if around.parallel is not None]


def _check_write(
    write: _Write,
    step_of: dict[syntax.Parallel, syntax.Step],
    meant: set[tuple[syntax.Parallel, str]],
    problems: Problems,
) -> None:
    """A name that was `meant` by a misspelt one is shared: that is one mistake, not two."""
    name = write.binding.name
    missing = [
        around
        for around in write.crossed
        if name not in _shared(around) and (around, name) not in meant
    ]
    if not missing:
        return
    places = [Label(around.span, "does not share it") for around in missing]
    lines = [
        f"`shared: [{', '.join([*_shared(around), name])}]` in `{step_of[around].name}`"
        for around in missing
    ]
    problems.add(
        "WFC381",
        f"`{name}` is assigned in a parallel step that does not share it",
        write.variable.span,
        "assigned here",
        others=[*places, Label(write.binding.origin, "the variable outside")],
        hint=f"give this one another name, such as `branch_{name}`"
        if write.catches
        else f"write {' and '.join(lines)}, or use another name inside",
    )


def _check_shared(
    around: syntax.Parallel,
    scope: Scope,
    assigned: set[tuple[syntax.Parallel, str]],
    names: Names,
    speller: Speller,
    problems: Problems,
) -> Iterator[tuple[syntax.Parallel, str]]:
    """Reports names that need not or cannot be shared; out comes what misspelt ones mean."""
    for variable in around.shared:
        name = variable.name
        binding = names.writes[variable]
        if binding.kind == "shared":
            if binding.origin != variable.span:
                continue  # said at another `shared`
            hint = f"assign it before the parallel step, such as `- {name}: null`"
            if not binding.writes and (meant := speller.similar(name, scope.visible())):
                hint = f"did you mean `{meant}`?"
                yield around, meant
            problems.add(
                "WFC382",
                f"`{name}` is shared, but nothing outside the parallel step assigns it",
                variable.span,
                others=[Label(place, "assigned inside only") for place in binding.writes[:1]],
                hint=hint,
            )
        elif (around, name) not in assigned:
            problems.add(
                "WFC604",
                f"`{name}` is shared, but nothing in the parallel step assigns it",
                variable.span,
                hint="leave it out: variables that are only read need not be shared",
            )


def _check_return(action: syntax.Return, scope: Scope, problems: Problems) -> None:
    for around in _parallels(scope)[:1]:
        problems.add(
            "WFC383",
            "a branch or an iteration of a parallel step cannot `return`",
            action.value.span,
            "returned here",
            others=[Label(around.span, "inside this parallel step")],
            hint="assign the value to a shared variable, and return it after the parallel step",
        )


def _check_nesting(action: syntax.Parallel, scope: Scope, problems: Problems) -> None:
    around = _parallels(scope)
    if len(around) == _DEEPEST:  # what is deeper still is not repeated
        problems.add(
            "WFC384",
            f"parallel steps are nested {_DEEPEST + 1} deep, and {_DEEPEST} are allowed",
            action.span,
            "one too many",
            others=[Label(outer.span, "around it") for outer in around],
            hint="use `for` or `steps` instead of one of these `parallel`",
        )


def _parallels(scope: Scope) -> list[syntax.Parallel]:
    """The parallel steps around the steps of a scope, innermost first."""
    return [around.parallel for around in scope.outward() if around.parallel is not None]


def _shared(around: syntax.Parallel) -> dict[str, None]:
    return dict.fromkeys(variable.name for variable in around.shared)
