"""names.Names -> Aliases: where a copied map or list could be told from the original.

Assignment copies (spec 02 §5).  A copy can be seen only if something is later written *into* a map
or list (`m.k: 1`, `l[0]: 1`) that is also reachable under another name.  So the pass follows where
values flow over the whole workflow, and from which variables an object that is written into may
have come; a value that holds none of these is shared instead of copied.

    - a: {assign: [{x: "${y}"}]}                       x = y
    - a: {assign: [{x: "${y}"}, {x.k: 1}]}             x = wf.copy(y)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import assert_never

from wfc import syntax, walk
from wfc.library import Function
from wfc.names import Binding, Names

_ERRORS = "errors"
"""Everything raised and caught: one member for all of it."""

Member = Binding | syntax.Routine | str

_PARTS_ONLY = frozenset(
    ("list.concat", "list.prepend", "map.delete", "map.merge", "map.merge_nested")
)
"""Functions whose result is new, and only holds what the arguments hold."""


class Aliases:
    """Flows from member to member.

    A flow is *whole* where the target may be the very object that the source is or holds, and not
    whole where the source is put into a new list or map.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._sources: dict[Member, dict[Member, bool]] = {}
        self._written: dict[Member, bool] = {}

    def shared(self, expression: syntax.Expression) -> bool:
        """Whether the expression's value may hold an object that is written into somewhere."""
        return any(root in self._holding for root, _ in self.roots(expression))

    def written(self, binding: Binding) -> bool:
        """Whether an object first held by this variable is written into."""
        return binding in self._touched

    @cached_property
    def _touched(self) -> set[Member]:
        """The members at which an object that is written into may have come to be.

        A write one level deep changes the variable's own object, which comes from whole flows; a
        deeper one changes an object inside it.
        """
        whole = {
            member: [source for source, whole in sources.items() if whole]
            for member, sources in self._sources.items()
        }
        deep = [member for member, deep in self._written.items() if deep]
        return _reached(self._written, whole) | _reached(deep, self._sources)

    @cached_property
    def _holding(self) -> set[Member]:
        """The members whose values may be or hold an object that is written into."""
        targets: dict[Member, list[Member]] = {}
        for target, sources in self._sources.items():
            for source in sources:
                targets.setdefault(source, []).append(target)
        return _reached(self._touched, targets)

    # -- building ----------------------------------------------------------------------------------

    def write_into(self, member: Member, deep: bool) -> None:
        self._written[member] = deep or self._written.get(member, False)

    def join(self, member: Member, expression: syntax.Expression) -> None:
        """The expression's value flows to `member`."""
        for root, whole in self.roots(expression):
            self.flow(root, member, whole)

    def flow(self, source: Member, target: Member, whole: bool = True) -> None:
        sources = self._sources.setdefault(target, {})
        sources[source] = whole or sources.get(source, False)

    def roots(
        self, expression: syntax.Expression, whole: bool = True
    ) -> Iterator[tuple[Member, bool]]:
        """Whose objects the expression's value may be or hold."""
        match expression:
            case syntax.Constant() | syntax.Unary() | syntax.Binary():
                return
            case syntax.Name():
                binding = self._names.reads.get(expression)
                if isinstance(binding, Binding):
                    yield binding, whole
            case syntax.Member(base) | syntax.Index(base):
                for root, _ in self.roots(base):
                    yield root, whole  # what is taken out may be all that was put in
            case syntax.Call(arguments=arguments):
                callee = self._names.callees.get(expression)
                if isinstance(callee, syntax.Routine):
                    yield callee, whole
                elif isinstance(callee, Function) and callee.aliases:
                    for argument in arguments:
                        for root, inside in self.roots(argument):
                            yield root, whole and _passed_on(callee, inside)
            case syntax.Embedded(inner_expression):
                yield from self.roots(inner_expression, whole)
            case syntax.ListLiteral() | syntax.MapLiteral():
                for part in walk.children(expression):
                    yield from self.roots(part, False)
            case _:
                assert_never(expression)


def _reached(start: Iterable[Member], ways: Mapping[Member, Iterable[Member]]) -> set[Member]:
    """The members that `ways` lead to from some, themselves included."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for member in ways.get(waiting.pop(), ()):
            if member not in found:
                found.add(member)
                waiting.append(member)
    return found


def alias(workflow: syntax.Workflow, names: Names) -> Aliases:
    """The flows of a whole workflow."""
    aliases = Aliases(names)
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            for action in walk.actions(step):
                for expression in walk.expressions(action):
                    for part in walk.within(expression):
                        if isinstance(part, syntax.Call):
                            _call(part, aliases, names)
                _action(routine, action, aliases, names)
    return aliases


def _call(call: syntax.Call, aliases: Aliases, names: Names) -> None:
    callee = names.callees.get(call)
    if isinstance(callee, syntax.Routine):
        for parameter, argument in zip(callee.parameters, call.arguments, strict=False):
            aliases.join(names.writes[parameter.variable], argument)


def _action(routine: syntax.Routine, action: syntax.Action, aliases: Aliases, names: Names) -> None:
    match action:
        case syntax.Assign(assignments):
            for assignment in assignments:
                binding = names.writes[assignment.target.variable]
                for root, whole in aliases.roots(assignment.value):
                    aliases.flow(root, binding, whole and not assignment.target.path)
                if assignment.target.path:
                    aliases.write_into(binding, deep=len(assignment.target.path) > 1)
        case syntax.CallStep():
            _call_step(action, aliases, names)
        case syntax.For():
            _loop(action, aliases, names)
        case syntax.Parallel(body=syntax.For() as loop):
            _loop(loop, aliases, names)
        case syntax.Return(value):
            aliases.join(routine, value)
        case syntax.Raise(value):
            aliases.join(_ERRORS, value)
        case syntax.Try():
            _attempt(action, aliases, names)
        case _:
            pass


def _call_step(call: syntax.CallStep, aliases: Aliases, names: Names) -> None:
    result = None if call.result is None else names.writes[call.result]
    callee = names.callees.get(call)
    if isinstance(callee, syntax.Routine):
        parameters = {p.variable.name: names.writes[p.variable] for p in callee.parameters}
        for position, argument in enumerate(call.arguments):
            name = argument.name
            if name is None and position < len(callee.parameters):
                name = callee.parameters[position].variable.name
            if name in parameters:
                aliases.join(parameters[name], argument.value)
        for root, _ in () if call.whole is None else aliases.roots(call.whole):
            for binding in parameters.values():
                aliases.flow(root, binding)
        if result is not None:
            aliases.flow(callee, result)
    elif isinstance(callee, Function) and callee.aliases and result is not None:
        for argument in call.arguments:
            for root, whole in aliases.roots(argument.value):
                aliases.flow(root, result, _passed_on(callee, whole))
        for root, _ in () if call.whole is None else aliases.roots(call.whole):
            aliases.flow(root, result, callee.name not in _PARTS_ONLY)


def _passed_on(function: Function, whole: bool) -> bool:
    """Whether the result may be the very object that an argument is, or one inside it."""
    if function.name == "map.get":
        return True
    return whole and function.name not in _PARTS_ONLY


def _loop(loop: syntax.For, aliases: Aliases, names: Names) -> None:
    if not isinstance(loop.items, syntax.Range):
        for root, _ in aliases.roots(loop.items):  # the elements, not the list around them
            aliases.flow(root, names.writes[loop.value])


def _attempt(attempt: syntax.Try, aliases: Aliases, names: Names) -> None:
    if attempt.handler is not None and attempt.handler.variable is not None:
        aliases.flow(_ERRORS, names.writes[attempt.handler.variable])
    if attempt.retry is not None and isinstance(attempt.retry.predicate, syntax.Embedded):
        name = attempt.retry.predicate.expression
        routine = names.reads.get(name) if isinstance(name, syntax.Name) else None
        if isinstance(routine, syntax.Routine):
            for parameter in routine.parameters[:1]:
                aliases.flow(_ERRORS, names.writes[parameter.variable])
