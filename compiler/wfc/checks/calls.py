"""Calls: are the arguments those that the routine or library function takes (spec 01 §3, 06)?

Named arguments come from the map form of `args`, positional ones from its list form and from calls
inside expressions (OQ-8).  The names in `args: ${map}` are known only at run time.

    call: twice, args: {y: 4}     error: `twice` has no parameter `y`
    ${map.get(m, "k", 0)}         error: `map.get` takes 2 arguments, 3 are given
"""

from __future__ import annotations

from collections.abc import Sequence

from wfc import syntax, walk
from wfc.checks.types import actions, expressions
from wfc.frozen import frozen_value
from wfc.library import PARAMETER_ALIASES, Connector, Function
from wfc.names import Names
from wfc.problems import Label, Problems
from wfc.similar import Speller
from wfc.source import Source, Span

_OF_CONNECTOR_PARAMS = ("timeout", "polling_policy", "skip_polling", "scopes")


def calls(source: Source, workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    speller = Speller()
    for action in actions(workflow):
        if isinstance(action, syntax.CallStep) and action.whole is None:
            callee = names.callees.get(action)
            if callee is not None:
                signature = _signature(callee, _in_query(action, callee))
                _step(action, signature, speller, problems)
    for root in expressions(workflow):
        for part in walk.within(root):
            if isinstance(part, syntax.Call):
                callee = names.callees.get(part)
                if isinstance(callee, Function) and callee.blocking:
                    _blocking(part, problems)
                elif callee is not None:
                    hint = _instead(source, part)
                    place = part.function_span
                    _positional(place, part.arguments, _signature(callee), hint, problems)


@frozen_value
class _Signature:
    """What a callee takes: parameter -> whether it is required, in order.

    `places` says where a routine's parameters are, `routine` where its name is.
    """

    name: str
    required: dict[str, bool]
    places: dict[str, Span]
    routine: Span | None = None
    connector: Connector | None = None

    def takes(self) -> str:
        """`no arguments`, `1 argument`, `2 to 4 arguments`."""
        most = len(self.required)
        least = sum(self.required.values())
        if most == 0:
            return "no arguments"
        count = str(most) if least == most else f"{least} to {most}"
        return f"{count} argument{'' if most == 1 else 's'}"

    def shown(self) -> list[Label]:
        """The parameters of a routine, in the file."""
        if self.routine is None:
            return []
        if not self.places:
            return [Label(self.routine, "has no parameters")]
        first, *_, last = (*self.places.values(), *self.places.values())
        return [Label(first.to(last), "its parameters")]

    def listed(self) -> str:
        """The parameters of a library function, in words."""
        if self.routine is not None:
            return ""
        own = list(self.required)
        if self.connector is not None:  # not those that all methods take
            special = {"body", "connector_params", self.connector.region, *self.connector.query}
            own = [name for name in own if self.required[name] or name in special]
        names = ", ".join(f"`{name}`" for name in own)
        return f"`{self.name}` takes {names or 'no arguments'}"

    def elsewhere(self, argument: str) -> str:
        """The hint for what is no parameter itself, but belongs into one."""
        if self.connector is not None and argument in _OF_CONNECTOR_PARAMS:
            return f"write `{argument}` inside `connector_params`"
        return ""


def _signature(
    callee: syntax.Routine | Function, in_query: frozenset[str] = frozenset()
) -> _Signature:
    """What a call has to give by name; `in_query` are parameters that it gives otherwise."""
    if isinstance(callee, Function):
        required = {
            parameter.name: parameter.required and parameter.name not in in_query
            for parameter in callee.parameters
        }
        connector = callee if isinstance(callee, Connector) else None
        return _Signature(callee.name, required, {}, connector=connector)
    variables = {parameter.variable: parameter.default is None for parameter in callee.parameters}
    return _Signature(
        callee.name,
        {variable.name: required for variable, required in variables.items()},
        {variable.name: variable.span for variable in variables},
        callee.name_span,
    )


def _in_query(call: syntax.CallStep, callee: syntax.Routine | Function) -> frozenset[str]:
    """The parameters of a connector that its argument `query` gives, as a map."""
    if not isinstance(callee, Connector) or "query" in callee.query:
        return frozenset()
    for argument in call.arguments:
        if argument.name == "query":
            if not isinstance(argument.value, syntax.MapLiteral):
                return frozenset(callee.query)  # which, is known only when it runs
            keys = [entry.key for entry in argument.value.entries]
            return frozenset(str(key.value) for key in keys if isinstance(key, syntax.Constant))
    return frozenset()


def _step(
    call: syntax.CallStep, signature: _Signature, speller: Speller, problems: Problems
) -> None:
    if any(argument.name is None for argument in call.arguments):
        values = [argument.value for argument in call.arguments]
        _positional(call.span, values, signature, "", problems)
    else:
        _named(call, signature, speller, problems)


def _named(
    call: syntax.CallStep, signature: _Signature, speller: Speller, problems: Problems
) -> None:
    """The map form: every name a parameter, every required parameter there (OQ-7)."""
    given: dict[str, Span] = {}
    unknown: list[syntax.Argument] = []
    for argument in call.arguments:
        written = argument.name or ""
        name = PARAMETER_ALIASES.get((signature.name, written), written)
        if name not in signature.required:
            unknown.append(argument)
        elif name in given:
            problems.add(
                "WFC343",
                f"`{name}` is given twice",
                argument.name_span,
                "given again",
                others=[Label(given[name], "given here")],
                hint=f"leave one of them out; the parameter is called `{name}`",
            )
        else:
            given[name] = argument.name_span
    missing = [name for name, needed in signature.required.items() if needed and name not in given]
    for argument in unknown:
        # A misspelt required argument is one mistake, not two.
        free = [name for name in signature.required if name not in given]
        meant = speller.similar(argument.name or "", free, cutoff=0.6)  # `uri` for `url`
        if meant:
            given[meant] = argument.name_span
        missing = [name for name in missing if name != meant]
        problems.add(
            "WFC340",
            f"`{signature.name}` has no parameter `{argument.name}`",
            argument.name_span,
            "not a parameter",
            others=signature.shown(),
            hint=f"did you mean `{meant}`?" if meant else signature.elsewhere(argument.name or ""),
            note=signature.listed(),
        )
    _report_missing(call.span, missing, signature, problems)


def _positional(
    place: Span,
    values: Sequence[syntax.Expression],
    signature: _Signature,
    hint: str,
    problems: Problems,
) -> None:
    names = list(signature.required)
    if len(values) > len(names):
        given = len(values)
        problems.add(
            "WFC342",
            f"`{signature.name}` takes {signature.takes()}, {given} {_are(given)} given",
            values[len(names)].span,
            "one too many",
            others=signature.shown(),
            hint=hint,
            note=signature.listed(),
        )
    missing = [name for name in names[len(values) :] if signature.required[name]]
    _report_missing(place, missing, signature, problems)


def _report_missing(
    place: Span, missing: Sequence[str], signature: _Signature, problems: Problems
) -> None:
    if not missing:
        return
    listed = " and ".join(f"`{name}`" for name in missing)
    problems.add(
        "WFC341",
        f"`{signature.name}` needs {listed}, which {_are(len(missing))} not given",
        place,
        "called here",
        others=[Label(signature.places[name], "required") for name in missing if signature.places],
        note=signature.listed(),
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _instead(source: Source, call: syntax.Call) -> str:
    """What to write for a call that gives `map.get` a third argument, a default."""
    if call.function != "map.get" or len(call.arguments) != 3:
        return ""
    base, key, otherwise = (source.slice(argument.span) for argument in call.arguments)
    return f"write `default(map.get({base}, {key}), {otherwise})`"


def _blocking(call: syntax.Call, problems: Problems) -> None:
    """Spec 03 §9."""
    problems.add(
        "WFC344",
        f"`{call.function}` is blocking, so an expression cannot call it",
        call.function_span,
        "called inside an expression",
        hint=f"make it a step of its own: `call: {call.function}` with `args` and `result: answer`",
    )
