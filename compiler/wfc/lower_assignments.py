"""Assignments and call steps -> pytree statements: what is stored where, and how."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from wfc import lower_calls, lower_parallel, lower_text, pytree, syntax, walk
from wfc.graph import Place
from wfc.lower_blocks import Function
from wfc.lower_parallel import is_within
from wfc.lower_python import call, name
from wfc.names import Binding
from wfc.types import subscripts

if TYPE_CHECKING:
    from wfc.lower_statements import Statements


def action(
    to: Statements, place: Place, action: syntax.Assign | syntax.CallStep, function: Function
) -> list[pytree.Statement]:
    out: list[pytree.Statement] = []
    if isinstance(action, syntax.Assign):
        for assignment in action.assignments:
            out.extend(_assignment(to, place, assignment, function))
        return out
    lowered = lower_calls.call_step(to.expressions, place, action)
    if action.result is None:
        return [pytree.Simple(ast.Expr(lowered), place)]
    binding = to.names.writes[action.result]
    if _is_guarded(to, binding, function) and isinstance(lowered, ast.Await):
        result = to.spelling.fresh(to.routine, "result")
        out.append(pytree.Simple(to.assign(result, lowered), place))
        lowered = name(result)
    stored = to.store(to.spelling.bindings[binding], lowered, function, place)
    return [*out, *_written(to, binding, stored, function, place)]


def _assignment(
    to: Statements, place: Place, assignment: syntax.Assignment, function: Function
) -> list[pytree.Statement]:
    target = assignment.target
    binding = to.names.writes[target.variable]
    spelled = to.spelling.bindings[binding]
    out: list[pytree.Statement] = []
    if not _is_guarded(to, binding, function):
        out = _hoisted(to, place, assignment, function, binding)
    if assignment in to.types.appends:
        added = pytree.Simple(ast.Expr(to.expressions.append(assignment)), place)
        return [*out, *_written(to, binding, added, function, place)]
    value = to.expressions.copied(assignment.value)
    if not target.path:
        if lower_text.begins_with(to.expressions, assignment.value):
            value = lower_text.in_place(to.expressions, spelled, value)
        stored = to.store(spelled, value, function, place)
    elif _is_subscripted(to, assignment):
        written: ast.expr = name(spelled)
        for part in target.path:
            written = ast.Subscript(written, to.expressions.value(part), ast.Load())
        stored = pytree.Simple(ast.Assign([written], value, lineno=0), place)
    else:
        path = [to.expressions.value(part) for part in target.path]
        stored = pytree.Simple(ast.Expr(call("wf.put", name(spelled), *path, value)), place)
    return [*out, *_written(to, binding, stored, function, place)]


def _is_subscripted(to: Statements, assignment: syntax.Assignment) -> bool:
    """Whether `m[k] = v` serves, where Python has the value before it looks up the path."""
    held, path = to.types.of_target(assignment), assignment.target.path
    for part in path:
        by = to.types.of(part)
        at_once = isinstance(part, syntax.Name) or lower_text.is_figure(to.expressions, part)
        named = by.only("string") and (held.may("map") or part is not path[0])
        if not (named or (at_once and subscripts(held, by))):
            return False
        held = held.items
    return True


def _written(
    to: Statements, binding: Binding, stored: pytree.Statement, function: Function, place: Place
) -> list[pytree.Statement]:
    """An assignment with its accounting, and the lock where one is needed."""
    done = [stored, *to.held([binding], place)]
    if _is_guarded(to, binding, function):
        return [lower_parallel.exclusive(to, binding, tuple(done), place)]
    return done


def _is_guarded(to: Statements, binding: Binding, function: Function) -> bool:
    """Whether other branches must not assign the variable while this function does."""
    return binding in to.guarded and not is_within(binding.scope, function.scope)


def _hoisted(
    to: Statements,
    place: Place,
    assignment: syntax.Assignment,
    function: Function,
    binding: Binding,
) -> list[pytree.Statement]:
    """Statements for calls that wait inside an assignment to a shared variable.

    They run before the variable is read, so that reading and writing stay one atomic act
    (spec 04 §8 rule 8).  A call that is the whole value is made before the writing anyway.
    """
    out: list[pytree.Statement] = []
    path, whole = assignment.target.path, walk.bare(assignment.value)
    if is_within(binding.scope, function.scope):
        return out
    for value in (*path, assignment.value):
        for waiting, span in lower_calls.waiting(value, to.expressions):
            if waiting is whole and not path:
                continue
            spelled = to.spelling.fresh(to.routine, "result")
            made = to.expressions.call(waiting)
            if span is not None:
                to.expressions.placed(made, span)
            to.expressions.evaluated[waiting] = spelled
            out.append(pytree.Simple(to.assign(spelled, made), place))
    return out
