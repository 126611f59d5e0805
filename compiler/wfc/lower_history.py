"""syntax.Workflow -> the table of steps, and the statements that report them to the run.

- each:                        2 STEP_FOR each
    for:                       3   STEP_FOR_ITERATION each item
      value: item
      in: ${items}
      steps:
      - add: …                 4     STEP_ASSIGN add total

run.begin(2)
for item in run.iterations(3, items):
    run.begin(4)

The runtime's history.py says what the reports mean, its steps.py how the table is read.  A
condition has an entry where it holds; every `next` has one, since it counts as a step (spec 04
§11); a branch's bears the name of the branch.  A plain `steps:` is no block of its own: there is no
type of step for it (spec 08 §2), as there is no use for STEP_CALL where every callee is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

from wfc import pytree, syntax
from wfc.graph import Place
from wfc.library import Connector
from wfc.lower_python import call, constant, name
from wfc.names import Binding, Names
from wfc.spell import Spelling
from wfc.visible import named

if TYPE_CHECKING:
    from wfc.lower_statements import Statements

Part = syntax.Action | syntax.Case | syntax.Jump | syntax.Branch | syntax.Retry | syntax.Except
"""What an entry of the history is of; a For or a Try of a step is also of the blocks in it."""


class Steps:
    """The numbers under which the parts of a workflow report that they begin.

    numbers  a step's action, a condition, a jump, a branch, a retry, an `except`
    rounds   the iteration of a `for`, the attempt of a `try`
    table    what the module says of each number
    """

    def __init__(self, workflow: syntax.Workflow, names: Names, spelling: Spelling) -> None:
        self.numbers: dict[Part, int] = {}
        self.rounds: dict[syntax.For | syntax.Try, int] = {}
        self._names = names
        self._spelling = spelling
        self._lines: list[str] = []
        self._count = 0
        for routine in workflow.routines:
            variables = self._variables(names.scopes[routine].bindings.values())
            self._lines.append(named(routine.name) + variables)
            self._steps(routine.steps, 0)
        self.table = "\n".join(self._lines) + "\n"

    def _row(self, type: str, step: str, depth: int, variables: str = "") -> int:
        self._count += 1
        self._lines.append(f" {self._count} {'  ' * depth}STEP_{type} {named(step)}{variables}")
        return self._count

    def _variables(self, bindings: Iterable[Binding]) -> str:
        """Those of a scope, each with a `?` unless it has a value from the start."""
        found = ""
        for binding in bindings:
            spelled = self._spelling.bindings[binding]
            found += f" {binding.name}"
            if binding.kind in ("assigned", "result"):
                found += "?"
            if spelled != binding.name:
                found += f"={spelled}"
        return found

    def _own(self, node: syntax.For | syntax.Branch | syntax.Except) -> str:
        return self._variables(self._names.scopes[node].bindings.values())

    def _steps(self, steps: Iterable[syntax.Step], depth: int) -> None:
        for step in steps:
            self._action(step.action, step.name, depth)
            self._jump(step.next, step.name, depth)

    def _jump(self, jump: syntax.Jump | None, step: str, depth: int) -> None:
        if jump is not None:
            self.numbers[jump] = self._row("GOTO", step, depth)

    def _action(self, action: syntax.Action | None, step: str, depth: int) -> None:
        names, numbers, row = self._names, self.numbers, self._row
        match action:
            case None:
                pass
            case syntax.Steps(steps):
                self._steps(steps, depth)
            case syntax.Assign(assignments):
                written = [each.target.variable.name for each in assignments]
                numbers[action] = row("ASSIGN", step, depth, _written(written))
            case syntax.CallStep(result=result):
                written = [] if result is None else [result.name]
                numbers[action] = row(_call(action, names), step, depth, _written(written))
            case syntax.Raise():
                numbers[action] = row("RAISE", step, depth)
            case syntax.Return():
                numbers[action] = row("RETURN", step, depth)
            case syntax.Switch(cases):
                numbers[action] = row("SWITCH", step, depth)
                for case in cases:
                    numbers[case] = row("CONDITION", step, depth + 1)
                    self._action(case.action, step, depth + 2)
                    self._jump(case.next, step, depth + 2)
            case syntax.For():
                numbers[action] = row("FOR", step, depth)
                self._loop(action, step, depth)
            case syntax.Parallel():
                self._parallel(action, step, depth)
            case syntax.Try(retry=retry, handler=handler):
                numbers[action] = row("TRY_RETRY_EXCEPT", step, depth)
                self.rounds[action] = row("TRY", step, depth + 1)
                self._steps(action.steps, depth + 2)
                if retry is not None:
                    numbers[retry] = row("RETRY", step, depth + 1)
                if handler is not None:
                    numbers[handler] = row("EXCEPT", step, depth + 1, self._own(handler))
                    self._steps(handler.steps, depth + 2)
            case _:
                assert_never(action)

    def _parallel(self, action: syntax.Parallel, step: str, depth: int) -> None:
        if isinstance(action.body, syntax.For):
            self.numbers[action] = self._row("PARALLEL_FOR", step, depth)
            self._loop(action.body, step, depth)
            return
        self.numbers[action] = self._row("PARALLEL_BRANCH", step, depth)
        for branch in action.body:
            own = self._own(branch)
            self.numbers[branch] = self._row("PARALLEL_BRANCH_ENTRY", branch.name, depth + 1, own)
            self._steps(branch.steps, depth + 2)

    def _loop(self, loop: syntax.For, step: str, depth: int) -> None:
        self.rounds[loop] = self._row("FOR_ITERATION", step, depth + 1, self._own(loop))
        self._steps(loop.steps, depth + 2)


def _written(names: Iterable[str]) -> str:
    return "".join(f" {name}" for name in dict.fromkeys(names))


def _call(step: syntax.CallStep, names: Names) -> str:
    callee = names.callees[step]
    if isinstance(callee, syntax.Routine):
        return "SUBWORKFLOW_CALL"
    is_connector = isinstance(callee, Connector) or callee.name.startswith("googleapis.")
    return "CONNECTOR_CALL" if is_connector else "STD_LIB_CALL"


# -- statements -----------------------------------------------------------------------------------


def begun(
    to: Statements, part: Part, place: Place, failed: str | None = None
) -> list[pytree.Statement]:
    """A report that a part begins; `failed` is the variable with the error that led to it."""
    return [] if to.steps is None else [_begin(to.steps.numbers[part], place, failed)]


def attempt_begun(to: Statements, part: syntax.Try, place: Place) -> list[pytree.Statement]:
    """A report that an attempt of a `try` begins."""
    return [] if to.steps is None else [_begin(to.steps.rounds[part], place, None)]


def branch_begun(to: Statements, part: syntax.Branch | syntax.For) -> list[pytree.Statement]:
    """A report that a branch, or an iteration of a parallel loop, begins."""
    if to.steps is None:
        return []
    rounds, numbers = to.steps.rounds, to.steps.numbers
    number = rounds[part] if isinstance(part, syntax.For) else numbers[part]
    return [_begin(number, None, None)]


def _begin(number: int, place: Place | None, failed: str | None) -> pytree.Statement:
    made = call("run.begin", constant(number))
    if failed is not None:
        made.keywords.append(ast.keyword("failed", name(failed)))
    return pytree.Simple(ast.Expr(made), place)


def iterations(to: Statements, loop: syntax.For, items: ast.expr) -> ast.expr:
    """What a loop goes over, with a report of each round."""
    if to.steps is None:
        return items
    return call("run.iterations", constant(to.steps.rounds[loop]), items)


def returned(to: Statements, value: ast.expr) -> ast.expr:
    """The value of a `return`, with a report that the routine is left."""
    return value if to.steps is None else call("run.returned", value)
