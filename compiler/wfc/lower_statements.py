"""shape.Statement -> pytree.Statement, one function at a time; `lower` puts them together."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import assert_never

from wfc import (
    graph,
    lower_assignments,
    lower_blocks,
    lower_history,
    lower_parallel,
    pytree,
    shape,
    syntax,
    walk,
)
from wfc.graph import Place
from wfc.lower_blocks import Function
from wfc.lower_expressions import Expressions
from wfc.lower_history import Steps
from wfc.lower_python import call, constant, name
from wfc.names import Binding, Names, Scope
from wfc.shape import Shape
from wfc.source import Source
from wfc.types import Type
from wfc.visible import visible

VALUE = ast.Attribute(name("wf"), "Value", ast.Load())


class Statements:
    """Lowers the statements of one routine."""

    def __init__(
        self,
        source: Source,
        routine: syntax.Routine,
        expressions: Expressions,
        unset: frozenset[Binding],
        accounting: bool,
        steps: Steps | None,
    ) -> None:
        self.source = source
        self.routine = routine
        self.expressions = expressions
        self.names = expressions.names
        self.types = expressions.types
        self.spelling = expressions.spelling
        self.unset = unset
        self.accounting = accounting
        self.steps = steps
        self._helpers: dict[str, str] = {}
        self._marks: dict[graph.Resume | graph.Graph, str] = {}
        self.rebound = _rebound(routine, self.names)
        self.guarded = lower_parallel.guarded(routine, self.names, self.types, expressions.calls)
        self._locks: dict[Binding, str] = {}
        self._joined: dict[str, Type] = {}
        for binding in self.spelling.own[routine]:
            spelled = self.spelling.bindings[binding]
            of_binding = self.types.of_binding(binding)
            joined = self._joined.get(spelled)
            self._joined[spelled] = joined.join(of_binding) if joined else of_binding

    def helper(self, wanted: str) -> str:
        """The routine's own name for a variable that the workflow does not have."""
        if wanted not in self._helpers:
            self._helpers[wanted] = self.spelling.fresh(self.routine, wanted)
        return self._helpers[wanted]

    def lock(self, binding: Binding) -> str:
        """The lock of a variable in `guarded`."""
        if binding not in self._locks:
            wanted = f"{self.spelling.bindings[binding]}_lock"
            self._locks[binding] = self.spelling.fresh(self.routine, wanted)
        return self._locks[binding]

    def pause(self, body: Shape, function: Function) -> pytree.Body:
        return lower_parallel.pause(self, body, function)

    def mark(self, owner: graph.Resume | graph.Graph) -> str:
        """The variable that says how a region was left."""
        if owner not in self._marks:
            self._marks[owner] = self.spelling.fresh(self.routine, "next_step")
        return self._marks[owner]

    @staticmethod
    def ends(statements: Shape) -> bool:
        return shape.ends(statements)

    # -- bodies ------------------------------------------------------------------------------------

    def body(self, statements: Shape, function: Function, scope: Scope | None) -> pytree.Body:
        """A block; `scope` is the one that starts here, whose unset variables become null."""
        out: list[pytree.Statement] = []
        for binding in scope.bindings.values() if scope is not None else ():
            if binding in self.unset:
                target = self.expressions.spelling.bindings[binding]
                out.append(self.store(target, ast.Constant(None), function, None))
        for statement in statements:
            out.extend(self.statement(statement, function))
        return tuple(out)

    def block(self, statements: Shape, function: Function, scope: Scope | None) -> pytree.Body:
        """A block that Python wants to hold something."""
        out = self.body(statements, function, scope)
        if all(isinstance(statement, pytree.Comment) for statement in out):
            return (*out, pytree.Simple(ast.Pass(), None))
        return out

    def statement(
        self, statement: shape.Statement, function: Function
    ) -> Iterable[pytree.Statement]:
        match statement:
            case graph.Heading():
                return self.heading(statement)
            case graph.Count(place, steps):
                return self.counted(steps, place)
            case graph.Begin(place, part):
                return lower_history.begun(self, part, place)
            case graph.Do(place, action):
                return lower_assignments.action(self, place, action, function)
            case graph.Mark(key, owner):
                return [pytree.Simple(self.assign(self.mark(owner), constant(key)), None)]
            case shape.If(test, then, otherwise):
                body = self.block(then, function, None)
                orelse = self.block(otherwise, function, None) if otherwise else ()
                return [pytree.If(self.test(test), body, orelse, _place_of(test))]
            case shape.While(test, inner):
                head = ast.Constant(True) if test is None else self.test(test)
                place = None if test is None else _place_of(test)
                rounds = (*self.pause(inner, function), *self.block(inner, function, None))
                return [pytree.While(head, rounds, place)]
            case shape.For():
                return lower_blocks.loop(self, statement, function)
            case shape.Try():
                return lower_blocks.attempt(self, statement, function)
            case shape.Parallel():
                return lower_parallel.fan(self, statement, function)
            case shape.Return(place, value):
                return self.finish(place, value, function)
            case shape.Raise(place, value):
                return [self.throw(place, value)]
            case shape.Break():
                return [pytree.Simple(ast.Break(), None)]
            case shape.Continue():
                return [pytree.Simple(ast.Continue(), None)]
            case shape.GoTo(label):
                return [pytree.Simple(self.assign(self.helper("step"), constant(label)), None)]
            case shape.Dispatch():
                return lower_blocks.dispatch(self, statement, function)
            case _:
                assert_never(statement)

    def heading(self, heading: graph.Heading) -> list[pytree.Statement]:
        """The comment that says which step this is, and where it stands (house.md §5)."""
        line, _ = self.source.line_column(heading.step.name_span.start)
        text = f"{visible(heading.step.name)} · {visible(self.source.file_name)}:{line}"
        if heading.jump:
            text += f" → {visible(heading.jump)}"
        return [pytree.Comment(text, spaced=True)]

    # -- ends --------------------------------------------------------------------------------------

    def finish(
        self, place: Place | None, value: syntax.Expression | None, function: Function
    ) -> list[pytree.Statement]:
        if function.scope.kind != "routine":
            return [pytree.Simple(ast.Return(None), place)]
        returned: ast.expr = ast.Constant(None)
        if value is not None:
            returned = self.expressions.owned(value, self.expressions.value(value))
        return [pytree.Simple(ast.Return(lower_history.returned(self, returned)), place)]

    def throw(self, place: Place, value: syntax.Expression) -> pytree.Statement:
        payload = self.expressions.copied(value)
        return pytree.Simple(ast.Raise(call("wf.WorkflowError", payload), None), place)

    # -- variables ---------------------------------------------------------------------------------

    @staticmethod
    def assign(target: str, value: ast.expr) -> ast.stmt:
        return ast.Assign([ast.Name(target, ast.Store())], value, lineno=0)

    def store(
        self, target: str, value: ast.expr, function: Function, place: Place | None
    ) -> pytree.Statement:
        """An assignment, annotated where a type checker would take too narrow a type from it."""
        owner: Function | None = function
        while owner is not None:
            if target in owner.declared:
                return pytree.Simple(self.assign(target, value), place)
            owner = owner.outer
        function.declared.add(target)
        if _untyped(value) or self.narrow(target):
            return pytree.Simple(self.assign(target, value), place)
        annotated = ast.AnnAssign(ast.Name(target, ast.Store()), VALUE, value, 1)
        return pytree.Simple(annotated, place)

    def narrow(self, target: str) -> bool:
        """Whether all variables spelled so in the routine hold one and the same scalar type."""
        joined = self._joined.get(target, Type(frozenset()))
        return len(joined.kinds) == 1 and joined.only("integer", "double", "string", "boolean")

    # -- limits ------------------------------------------------------------------------------------

    def counted(self, steps: int, place: Place) -> list[pytree.Statement]:
        if not self.accounting:
            return []
        return [pytree.Simple(ast.Expr(call("run.steps", constant(steps))), place)]

    def held(self, bindings: Iterable[Binding], place: Place | None) -> list[pytree.Statement]:
        """Accounts variables at their present size (spec 02 §6)."""
        if not self.accounting:
            return []
        spelled = [self.spelling.bindings[binding] for binding in bindings]
        return [
            pytree.Simple(ast.Expr(call("run.hold", constant(each), name(each))), place)
            for each in spelled
        ]

    def released(self, bindings: Iterable[Binding], place: Place) -> list[pytree.Statement]:
        """Accounts for variables that have ended with their block."""
        spelled = dict.fromkeys(self.spelling.bindings[binding] for binding in bindings)
        if not self.accounting or not spelled:
            return []
        released = call("run.release", *(constant(each) for each in spelled))
        return [pytree.Simple(ast.Expr(released), place)]

    # -- tests -------------------------------------------------------------------------------------

    def test(self, test: shape.Test) -> ast.expr:
        match test:
            case graph.Condition(_, expression):
                return self.expressions.truth(expression)
            case graph.AnyOf(conditions):
                return ast.BoolOp(ast.Or(), [self.test(condition) for condition in conditions])
            case shape.Marked(key, owner):
                return ast.Compare(name(self.mark(owner)), [ast.Eq()], [constant(key)])
            case shape.Not(inner):
                return self.expressions.negated(self.test(inner))
            case _:
                assert_never(test)


def _place_of(test: shape.Test) -> Place | None:
    match test:
        case graph.Condition(place):
            return place
        case graph.AnyOf(conditions):
            return conditions[0].place
        case shape.Not(inner):
            return _place_of(inner)
        case shape.Marked():
            return None


def _rebound(routine: syntax.Routine, names: Names) -> dict[Scope, set[Binding]]:
    """For each scope that becomes a function, the variables it assigns as a whole."""
    found: dict[Scope, set[Binding]] = {}
    for _, step in walk.steps(routine):
        function = names.step_scope[step]
        while function.kind in ("for", "except") and function.parent is not None:
            function = function.parent
        bindings = found.setdefault(function, set())
        for action in walk.actions(step):
            if isinstance(action, syntax.Assign):
                targets = [part.target for part in action.assignments if not part.target.path]
                bindings.update(names.writes[target.variable] for target in targets)
            elif isinstance(action, syntax.CallStep) and action.result is not None:
                bindings.add(names.writes[action.result])
    return found


_ANY = frozenset(("add", "sub", "mul", "item", "copy", "default", "if_", "caught"))


def _untyped(value: ast.expr) -> bool:
    """Whether a type checker gives the expression the type Any."""
    match value:
        case ast.Await() | ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name("wf"), attr=helper)):
            return helper in _ANY
        case ast.Call(func=ast.Name(function)):
            return function not in ("len", "str")
        case _:
            return False
