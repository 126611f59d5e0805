"""Parallel steps -> pytree statements: branches as functions, `shared`, and what keeps it atomic.

An assignment to a shared variable that waits for a subworkflow must not lose what others write
meanwhile (spec 04 §8 rule 8).  Most often the call can go first; where it cannot, since it depends
on the variable itself or may not be made at all, all assignments to that variable take a lock.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wfc import graph, pytree, shape, syntax, walk
from wfc.callgraph import Calls
from wfc.graph import Place
from wfc.library import Function as LibraryFunction
from wfc.lower_blocks import Function, items
from wfc.lower_history import branch_begun
from wfc.lower_python import call, constant, dotted, name
from wfc.names import Binding, Names, Scope
from wfc.types import Type, Types

if TYPE_CHECKING:
    from wfc.lower_statements import Statements

_VALUE = dotted("wf.Value")


def fan(to: Statements, statement: shape.Parallel, function: Function) -> list[pytree.Statement]:
    """A parallel step: its branches as functions, `shared` as `nonlocal`, then the call."""
    node, place = statement.parallel, statement.place
    step = constant(place.step.name)
    if isinstance(node.body, syntax.For):
        each = node.body
        defined = [_branch(to, node, each, statement.bodies[0], function)]
        value = to.spelling.bindings[to.names.writes[each.value]]
        over = items(to, each, value)
        started = call("run.parallel_for", step, over, name(to.spelling.branches[each]))
    else:
        defined = [
            _branch(to, node, branch, body, function)
            for branch, body in zip(node.body, statement.bodies, strict=True)
        ]
        functions = [name(to.spelling.branches[branch]) for branch in node.body]
        started = call("run.parallel", step, ast.List([*functions], ast.Load()))
    if node.concurrency_limit is not None:
        limit = to.expressions.value(node.concurrency_limit)
        started.keywords.append(ast.keyword("limit", limit))
    return [
        *_locks(to, node, function),
        *defined,
        pytree.Simple(ast.Expr(ast.Await(started)), place),
    ]


def _locks(to: Statements, node: syntax.Parallel, function: Function) -> list[pytree.Statement]:
    """A lock for each variable of this function that is shared and must not change meanwhile."""
    shared = [to.names.writes[variable] for variable in node.shared]
    return [
        pytree.Simple(to.assign(to.lock(binding), call("wf.Lock")), None)
        for binding in shared
        if binding in to.guarded and is_within(binding.scope, function.scope)
    ]


def _branch(
    to: Statements,
    parallel: syntax.Parallel,
    owner: syntax.Branch | syntax.For,
    body: shape.Shape,
    outer: Function,
) -> pytree.Def:
    scope = to.names.scopes[owner]
    function = Function(scope, outer)
    parameters = [ast.arg("run", dotted("wf.Run"))]
    given: list[Binding] = []
    if isinstance(owner, syntax.For):
        given = [to.names.writes[v] for v in (owner.value, owner.index) if v is not None]
        spelled = [to.spelling.bindings[binding] for binding in given]
        index = spelled[1] if owner.index is not None else to.helper("_")
        parameters += [ast.arg(spelled[0], _VALUE), ast.arg(index, name("int"))]
        function.declared.update(spelled)
    start: list[pytree.Statement] = []
    written = _written(to, parallel, scope)
    function.declared.update(written)  # Python takes no annotation of a nonlocal name
    if written:
        start.append(pytree.Simple(ast.Nonlocal(written), None))
    start.extend(branch_begun(to, owner))
    start.extend(to.held(given, None))
    inner = to.block(body, function, scope)
    return pytree.Def(
        to.spelling.branches[owner],
        ast.arguments([], parameters, None, [], [], None, []),
        ast.Constant(None),
        (*start, *inner),
        True,
        None,
    )


def _written(to: Statements, parallel: syntax.Parallel, scope: Scope) -> list[str]:
    """The shared variables that this branch assigns; others need no `nonlocal`."""
    shared = {to.names.writes[variable] for variable in parallel.shared}
    rebound = to.rebound.get(scope, set())
    return [to.spelling.bindings[b] for b in sorted(shared & rebound, key=lambda b: b.name)]


def is_within(scope: Scope, function: Scope) -> bool:
    """Whether a variable's scope is the function's own or nested in it."""
    return function in scope.outward()


# -- atomic assignments ---------------------------------------------------------------------------


def guarded(routine: syntax.Routine, names: Names, types: Types, calls: Calls) -> set[Binding]:
    """The shared variables with an assignment that waits between reading and writing them."""
    found: set[Binding] = set()
    for _, step in walk.steps(routine):
        for action in walk.actions(step):
            for assignment in action.assignments if isinstance(action, syntax.Assign) else ():
                binding = names.writes[assignment.target.variable]
                inner = names.step_scope[step].outward()
                if any(scope.parallel for scope in _up_to(inner, binding.scope)) and _interleaved(
                    assignment, binding, names, types, calls
                ):
                    found.add(binding)
    return found


def _up_to(scopes: Iterator[Scope], last: Scope) -> Iterator[Scope]:
    for scope in scopes:
        if scope is last:
            return
        yield scope


def _interleaved(
    assignment: syntax.Assignment, binding: Binding, names: Names, types: Types, calls: Calls
) -> bool:
    """Whether a call in it waits that cannot be made first.

    It reads the variable; or it may not be made at all, on the right of `and` and `or`, while
    something else reads the variable; or what stands before it may fail, and then it is not made.
    """

    def reads(expression: syntax.Expression) -> bool:
        return any(
            isinstance(part, syntax.Name) and names.reads.get(part) is binding
            for part in walk.within(expression)
        )

    def waits(part: syntax.Expression) -> bool:
        if not isinstance(part, syntax.Call):
            return False
        return part in names.awaited or names.callees[part] in calls.waits

    may_fail = False

    def interleaves(part: syntax.Expression) -> bool:
        nonlocal may_fail
        before = may_fail
        if any(map(interleaves, walk.children(part))):
            return True
        match part:
            case syntax.Call() if waits(part):
                may_fail = before  # its arguments are evaluated with it
                return before or reads(part)
            case syntax.Binary("and" | "or", right=right) if read:
                may_fail = True
                return any(map(waits, walk.within(right)))
            case _:
                may_fail = may_fail or not _succeeds(part, names, types)
                return False

    parts = [*assignment.target.path, assignment.value]
    read = bool(assignment.target.path) or any(map(reads, parts))
    return any(map(interleaves, parts))


def _succeeds(part: syntax.Expression, names: Names, types: Types) -> bool:
    """Whether an expression certainly does not fail once its parts are evaluated."""
    match part:
        case syntax.Constant() | syntax.Name() | syntax.Embedded() | syntax.ListLiteral():
            return True
        case syntax.Call(arguments=(argument,)):
            callee = names.callees[part]
            is_string = isinstance(callee, LibraryFunction) and callee.name == "string"
            return is_string and _has_text(types.of(argument))
        case syntax.Binary("+", left, right):
            sides = types.of(left), types.of(right)
            return any(side.only("string") for side in sides) and all(map(_has_text, sides))
        case _:
            return False


def _has_text(value: Type) -> bool:
    return value.only("string", "integer", "double", "boolean")


def exclusive(
    to: Statements, binding: Binding, body: pytree.Body, place: Place
) -> pytree.Statement:
    """Statements that no other branch may assign the variable during."""
    held = call("run.exclusive", constant(place.step.name), name(to.lock(binding)))
    return pytree.With(held, body, place)


# -- pauses ---------------------------------------------------------------------------------------


def pause(to: Statements, body: shape.Shape, function: Function) -> pytree.Body:
    """At the start of each round of a loop that may run beside other branches, and need not wait.

    `body` is what the loop repeats, empty where nothing is known of it.
    """
    if not _beside(to, function) or _surely_waits(to, body):
        return ()
    return (pause_when_due(),)


def pause_when_due() -> pytree.Statement:
    paused = pytree.Simple(ast.Expr(ast.Await(call("run.pause"))), None)
    return pytree.If(dotted("run.ticker.due"), (paused,), (), None)


def _beside(to: Statements, function: Function) -> bool:
    return function.outer is not None or to.routine in to.expressions.calls.beside


def _surely_waits(to: Statements, body: shape.Shape) -> bool:
    """Whether each round makes a call that waits for the world."""
    for statement in body:
        if isinstance(statement, graph.Do) and isinstance(statement.action, syntax.CallStep):
            callee = to.names.callees[statement.action]
            if isinstance(callee, LibraryFunction) and callee.way == "wait":
                return True
        if shape.leaves_loop((statement,), shape.Continue):
            return False
    return False
