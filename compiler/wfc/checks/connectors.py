"""Literal `connector_params` of connector calls (spec 06, Connectors).

Unknown keys, wrong types and numbers out of range are errors, because Google's published schema
rejects them.  `gke.await_job` has the `polling_policy` as an argument of its own.
"""

from __future__ import annotations

from wfc import syntax
from wfc.checks.arguments import bound
from wfc.checks.types import NUMBER, Possible, Types, actions, constant, named
from wfc.library import Function
from wfc.names import Names
from wfc.problems import Problems
from wfc.similar import Speller

_MAP: Possible = frozenset({"map"})
_PARAMS: dict[str, Possible] = {
    "timeout": NUMBER,
    "polling_policy": _MAP,
    "skip_polling": frozenset({"boolean"}),
    "scopes": frozenset({"string", "list"}),
}
_POLICY: dict[str, Possible] = {
    "initial_delay": NUMBER,
    "multiplier": NUMBER,
    "max_delay": NUMBER,
}
_MOST = {"timeout": 31_536_000}
"""Seconds in a year."""


def connectors(workflow: syntax.Workflow, names: Names, types: Types, problems: Problems) -> None:
    checker = _Checker(types, problems)
    for action in actions(workflow):
        if isinstance(action, syntax.CallStep):
            function = names.callees.get(action)
            if isinstance(function, Function):
                given = bound(action, function)
                if "connector_params" in given:
                    checker.entry("connector_params", given["connector_params"], _MAP)
                elif function.name == "gke.await_job" and "polling_policy" in given:
                    checker.entry("polling_policy", given["polling_policy"], _MAP)


class _Checker:
    def __init__(self, types: Types, problems: Problems) -> None:
        self.types = types
        self.problems = problems
        self.speller = Speller()

    def entry(self, name: str, value: syntax.Expression, accepted: Possible) -> None:
        """Reports a value that its name cannot have, and what is wrong inside of it."""
        possible = self.types.get(value, accepted)
        if not possible & (accepted | {"null"}):
            message = f"`{name}` is {named(accepted)}, not {named(possible)}"
            self.problems.add("WFC348", message, value.span, named(possible))
        elif accepted == NUMBER:
            self.number(name, value)
        elif name == "connector_params":
            self.entries(name, value, _PARAMS)
        elif name == "polling_policy":
            self.entries(name, value, _POLICY)

    def entries(self, owner: str, value: syntax.Expression, known: dict[str, Possible]) -> None:
        if not isinstance(value, syntax.MapLiteral):
            return
        for entry in value.entries:
            match entry.key:
                case syntax.Constant(str() as key) if key in known:
                    self.entry(key, entry.value, known[key])
                case syntax.Constant(str() as key):
                    meant = self.speller.similar(key, known)
                    inside = "write it inside `polling_policy`" if key in _POLICY else ""
                    self.problems.add(
                        "WFC347",
                        f"`{owner}` has no key `{key}`",
                        entry.key.span,
                        f"not a key of `{owner}`",
                        hint=f"did you mean `{meant}`?" if meant else inside,
                        note=f"its keys are {', '.join(f'`{name}`' for name in known)}",
                    )

    def number(self, name: str, value: syntax.Expression) -> None:
        literal = constant(value)
        if not isinstance(literal, (int, float)):
            return
        most = _MOST.get(name)
        if literal <= 0:
            message = f"`{name}` must be greater than 0"
            self.problems.add("WFC348", message, value.span, "too small")
        elif most is not None and literal > most:
            message = f"`{name}` is at most {most} seconds"
            self.problems.add("WFC348", message, value.span, "too long")
