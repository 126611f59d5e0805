"""shape.Shape -> shape.Shape: the same statements as a person would lay them out.

if c: pass else: B          ->  if not c: B
if not c: A else: B         ->  if c: B else: A
if c: return … else: B      ->  if c: return …; B
while True: if c: break; B  ->  while not c: B
… continue (at a loop's end)->  …
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from wfc import graph, shape
from wfc.shape import If, Not, Shape, Test, While, ends


def tidy(statements: Shape) -> Shape:
    """Equal statements, flatter."""
    out: list[shape.Statement] = []
    for statement in statements:
        out.extend(_statement(statement))
    return tuple(out)


def _statement(statement: shape.Statement) -> Shape:
    match statement:
        case If():
            return _if(statement)
        case While(body=body):
            return _while(_guarded(_without_last_continue(tidy(body))))
        case shape.For(body=body):
            return (replace(statement, body=_guarded(_without_last_continue(tidy(body)))),)
        case shape.Try(body=body, handler=handler):
            inner = None if handler is None else tidy(handler)
            return (replace(statement, body=tidy(body), handler=inner),)
        case shape.Parallel(bodies=bodies):
            solved = tuple(_without_last_return(tidy(body)) for body in bodies)
            return (replace(statement, bodies=solved),)
        case shape.Dispatch(blocks=blocks):
            return (replace(statement, blocks=tuple((name, tidy(b)) for name, b in blocks)),)
        case _:
            return (statement,)


def _if(statement: If) -> Shape:
    test, then, otherwise = statement.test, tidy(statement.then), tidy(statement.otherwise)
    if not then and otherwise:
        test, then, otherwise = _negated(test), otherwise, then
    if not otherwise:
        return (If(test, then, ()),)
    if ends(then) and not (ends(otherwise) and len(otherwise) < len(then)):
        return (If(test, then, ()), *otherwise)
    if ends(otherwise):
        return (If(_negated(test), otherwise, ()), *then)
    if isinstance(test, Not):
        return (If(test.test, otherwise, then),)
    return (If(test, then, otherwise),)


def _negated(test: Test) -> Test:
    return test.test if isinstance(test, Not) else Not(test)


def _while(body: Shape) -> Shape:
    """A loop whose first act is to ask whether to stop says so in its head."""
    headings = tuple(takewhile(lambda part: isinstance(part, graph.Heading), body))
    rest = body[len(headings) :]
    match rest[:1]:
        case (If(test=test, then=(shape.Break(),), otherwise=()),):
            return (*headings, While(_negated(test), rest[1:]))
        case _:
            return (While(None, body),)


def _guarded(body: Shape) -> Shape:
    """A last `if not c: B` of a loop is `if c: continue; B`, as the author wrote it."""
    match body[-1:]:
        case (If(then=(shape.Break(),)),):
            return body
        case (If(test=Not(test=test), then=then, otherwise=()),):
            return (*body[:-1], If(test, (shape.Continue(),), ()), *_guarded(then))
        case _:
            return body


def _without_last_continue(body: Shape) -> Shape:
    """Drops a `continue` that changes nothing, also at the end of a last `if`."""
    match body[-1:]:
        case (shape.Continue(),):
            return body[:-1]
        case (If(test, then, otherwise),):
            trimmed = If(test, _without_last_continue(then), _without_last_continue(otherwise))
            return (*body[:-1], *_statement_again(trimmed))
        case _:
            return body


def _without_last_return(body: Shape) -> Shape:
    """The same for the bare `return` of a branch."""
    match body[-1:]:
        case (shape.Return(value=None),):
            return body[:-1]
        case (If(test, then, otherwise),):
            trimmed = If(test, _without_last_return(then), _without_last_return(otherwise))
            return (*body[:-1], *_statement_again(trimmed))
        case _:
            return body


def _statement_again(statement: If) -> Shape:
    if not statement.then and statement.otherwise:
        return (If(_negated(statement.test), statement.otherwise, ()),)
    return (statement,)
