"""names.Names -> Aliases: where a copied map or list could be told from the original.

Assignment copies (spec 02 §5).  A copy can be seen only if the original or the copy, or something
inside them, is later written *into* (`m.k: 1`, `l[0]: 1`).  So the pass gives every variable an
abstract location (heap.py) and marks those that are written into; a value is shared instead of
copied if nothing is, neither where it comes from nor where it goes.

    - a: {assign: [{x: "${y}"}]}                       x = y
    - a: {assign: [{x: "${y}"}, {x.k: 1}]}             x = wf.copy(y)

Taking all copies as made first is what keeps locations apart.  To leave one out then only joins
locations that nobody writes into, which changes nothing for the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import assert_never

from wfc import syntax, walk
from wfc.frozen import frozen
from wfc.heap import Location, reached
from wfc.library import Function
from wfc.names import Binding, Names

Value = syntax.Expression | syntax.CallStep
"""An expression, or a `call` step for its result."""


@frozen
class Aliases:
    """The values that have to be copied, also defaults, predicates for their errors, and results.

    They are the expressions inside `${…}`, except where a default, a predicate or a returned value
    stands for what it gives.
    """

    copied: frozenset[Value]


def alias(workflow: syntax.Workflow, names: Names) -> Aliases:
    """Which values have to be copied where a variable, an argument or an error keeps them."""
    flows = _Flows(names)
    for routine in workflow.routines:
        for parameter in routine.parameters:
            if parameter.default is not None:  # one object for all calls
                flows.uses[parameter.default] = ([], flows.variable(parameter.variable))
        for _, step in walk.steps(routine):
            for action in walk.actions(step):
                for expression in walk.expressions(action):
                    for part in walk.within(expression):
                        if isinstance(part, syntax.Call):
                            flows.call(part)
                flows.action(routine, action)
    return Aliases(frozenset(flows.copied()))


class _Flows:
    """Where the values of a workflow go.

    uses     values that are copied where needed: where they are from, and the location of the copy
    returns  values that routines return: they move out of variables that end with the call
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.uses: dict[Value, tuple[list[Location], Location]] = {}
        self.returns: list[tuple[syntax.Expression, Location]] = []
        self._held: defaultdict[Binding | syntax.Routine, Location] = defaultdict(Location)
        self._raised = Location.of_all_depths()
        """Everything raised and caught; an error may hold those of branches at any depth."""

    def variable(self, variable: syntax.Variable) -> Location:
        return self._held[self.names.writes[variable]]

    def copied(self) -> Iterator[Value]:
        """The values whose copies can be told from sharing."""
        for value, (sources, target) in self.uses.items():
            written = any(location.written for location in target.depths())
            if written or any(location.written for location in reached(sources)):
                yield value
        for returned, result in self.returns:
            if any(location.written for location in result.depths()) and self.repeats(returned):
                yield returned

    # -- what is kept, and what moves --------------------------------------------------------------

    def keep(self, expression: syntax.Expression, target: Location) -> None:
        """A value goes to a location: made for it, moved, or else copied where needed."""
        match expression:
            case syntax.Embedded(inner):
                self.keep(inner, target)
            case syntax.ListLiteral(items):
                for item in items:
                    self.keep(item, target.inside)
            case syntax.MapLiteral(entries):
                for entry in entries:
                    self.keep(entry.value, target.inside)
            case _ if self.is_free(expression):
                for source in self.values(expression):
                    target.take(source)
            case syntax.Call(arguments=arguments):
                function = self.names.callees[expression]
                assert isinstance(function, Function), "what a routine returns is free"
                given = _named(function, arguments)
                self.made(expression, function, given, target)
                if function.name == "list.concat":  # may become an append of the second argument
                    self.keep(arguments[1], target.inside)
            case _:
                self.uses[expression] = (self.values(expression), target)

    def made(
        self,
        value: Value,
        function: Function,
        given: Mapping[str, syntax.Expression],
        target: Location,
    ) -> None:
        """The result of a library function that may share with its arguments is kept."""
        sources = self.parts(function, given)
        self.uses[value] = (sources, target.inside if function.name in _NEW else target)

    def is_free(self, expression: syntax.Expression) -> bool:
        """Whether nobody else holds the value: a call has made it, or what it is taken out of."""
        match expression:
            case syntax.Constant() | syntax.Unary() | syntax.Binary():
                return True
            case syntax.Embedded(inner) | syntax.Member(inner) | syntax.Index(inner):
                return self.is_free(inner)
            case syntax.Call():
                callee = self.names.callees.get(expression)
                return not (isinstance(callee, Function) and callee.aliases)
            case syntax.Name() | syntax.ListLiteral() | syntax.MapLiteral():
                return False
            case _:
                assert_never(expression)

    def values(self, expression: syntax.Expression) -> list[Location]:
        """The locations that a value, as it is evaluated, may be at."""
        match expression:
            case syntax.Constant() | syntax.Unary() | syntax.Binary():
                return []
            case syntax.Name():
                binding = self.names.reads.get(expression)
                return [self._held[binding]] if isinstance(binding, Binding) else []
            case syntax.Member(base) | syntax.Index(base):
                return self.inside(base)
            case syntax.Call(arguments=arguments):
                callee = self.names.callees.get(expression)
                if isinstance(callee, syntax.Routine):
                    return [self._held[callee]]
                if not isinstance(callee, Function) or not callee.aliases:
                    return []
                parts = self.parts(callee, _named(callee, arguments))
                return [_around(parts)] if callee.name in _NEW else parts
            case syntax.Embedded(inner):
                return self.values(inner)
            case syntax.ListLiteral(items):
                return [_around([each for item in items for each in self.values(item)])]
            case syntax.MapLiteral(entries):
                return [_around([each for entry in entries for each in self.values(entry.value)])]
            case _:
                assert_never(expression)

    def inside(self, expression: syntax.Expression) -> list[Location]:
        return [location.inside for location in self.values(expression)]

    def parts(self, function: Function, given: Mapping[str, syntax.Expression]) -> list[Location]:
        """Where a function's result is from or, for one in `_NEW`, what the result holds."""
        match function.name:
            case "list.concat" | "list.prepend":
                return [*self.inside(given["objs"]), *self.values(given["val"])]
            case "map.delete":
                return self.inside(given["map"])
            case "map.merge" | "map.merge_nested":
                return [*self.inside(given["first"]), *self.inside(given["second"])]
            case "map.get":
                found = self.inside(given["map"])
                one_key = isinstance(walk.bare(given["keys"]), syntax.Constant)
                return found if one_key else [_at_any_depth(found)]
            case "default":
                return [*self.values(given["value"]), *self.values(given["default"])]
            case "if":
                return [*self.values(given["then"]), *self.values(given["otherwise"])]
            case name:
                raise AssertionError(f"nothing is known of what {name} passes on")

    def repeats(self, expression: syntax.Expression) -> bool:
        """Whether the same object may be in a value twice, as that of `m` is in `[m, m]`."""
        names = [self.names.reads.get(name) for name in self._passed(expression)]
        return len(set(names)) < len(names)

    def _passed(self, expression: syntax.Expression) -> Iterator[syntax.Name]:
        """The variables of which a value may have objects."""
        match expression:
            case syntax.Name():
                yield expression
            case syntax.Unary() | syntax.Binary():
                return
            case syntax.Member(base) | syntax.Index(base):
                yield from self._passed(base)
            case syntax.Call() if self.is_free(expression):
                return
            case _:
                for part in walk.children(expression):
                    yield from self._passed(part)

    # -- the workflow ------------------------------------------------------------------------------

    def call(self, call: syntax.Call) -> None:
        """The arguments of a subworkflow in an expression."""
        callee = self.names.callees.get(call)
        if isinstance(callee, syntax.Routine):
            for parameter, argument in zip(callee.parameters, call.arguments, strict=False):
                self.keep(argument, self.variable(parameter.variable))

    def action(self, routine: syntax.Routine, action: syntax.Action) -> None:
        match action:
            case syntax.Assign(assignments):
                for assignment in assignments:
                    self.assign(assignment)
            case syntax.CallStep():
                self.call_step(action)
            case syntax.For():
                self.loop(action)
            case syntax.Parallel(body=syntax.For() as loop):
                self.loop(loop)
            case syntax.Return(value):
                result = self._held[routine]
                for source in self.values(value):
                    result.take(source)
                self.returns.append((value, result))
            case syntax.Raise(value):
                self.keep(value, self._raised)
            case syntax.Try():
                self.attempt(action)
            case _:
                pass

    def assign(self, assignment: syntax.Assignment) -> None:
        location = self.variable(assignment.target.variable)
        if assignment.target.path:
            for _ in assignment.target.path[1:]:
                location = location.inside
            location.write()
            location = location.inside
        self.keep(assignment.value, location)

    def call_step(self, call: syntax.CallStep) -> None:
        callee = self.names.callees.get(call)
        if isinstance(callee, syntax.Routine):
            parameters = {p.variable.name: self.variable(p.variable) for p in callee.parameters}
            for name, value in _given(call, list(parameters)).items():
                if name in parameters:
                    self.keep(value, parameters[name])
            if call.whole is not None:
                arguments = Location()
                for parameter in parameters.values():
                    parameter.take(arguments.inside)
                self.keep(call.whole, arguments)
            if call.result is not None:
                self.variable(call.result).take(self._held[callee])
        elif isinstance(callee, Function) and callee.aliases and call.result is not None:
            result = self.variable(call.result)
            if call.whole is None:
                given = _given(call, [parameter.name for parameter in callee.parameters])
                self.made(call, callee, given, result)
            else:
                self.uses[call] = (self.values(call.whole), result)

    def loop(self, loop: syntax.For) -> None:
        if not isinstance(loop.items, syntax.Range):
            self.keep(loop.items, Location(inside=self.variable(loop.value)))

    def attempt(self, attempt: syntax.Try) -> None:
        if attempt.handler is not None and attempt.handler.variable is not None:
            self.variable(attempt.handler.variable).take(self._raised)
        predicate = None if attempt.retry is None else attempt.retry.predicate
        if predicate is not None and isinstance(name := walk.bare(predicate), syntax.Name):
            routine = self.names.reads.get(name)
            if isinstance(routine, syntax.Routine):
                for parameter in routine.parameters[:1]:
                    self.uses[predicate] = ([self._raised], self.variable(parameter.variable))


_NEW = frozenset(("list.concat", "list.prepend", "map.delete", "map.merge", "map.merge_nested"))
"""Functions whose result is new, and only holds what the arguments hold."""


def _named(
    function: Function, arguments: tuple[syntax.Expression, ...]
) -> dict[str, syntax.Expression]:
    """The arguments of a call in an expression, by the names of the parameters."""
    names = (parameter.name for parameter in function.parameters)
    return dict(zip(names, arguments, strict=False))


def _given(call: syntax.CallStep, parameters: list[str]) -> dict[str, syntax.Expression]:
    """The arguments of a `call` step, by the names of the parameters."""
    return {
        parameters[number] if argument.name is None else argument.name: argument.value
        for number, argument in enumerate(call.arguments)
    }


def _around(parts: list[Location]) -> Location:
    """A new list or map that holds what is at the locations."""
    made = Location()
    for part in parts:
        made.inside.take(part)
    return made


def _at_any_depth(locations: list[Location]) -> Location:
    """What is at the locations, or inside at any depth."""
    made = Location.of_all_depths()
    for location in locations:
        made.take(location)
    return made
