"""A call of something that cannot be called -> the problem that explains it best."""

from __future__ import annotations

from itertools import chain
from typing import assert_never

from wfc import library, syntax
from wfc.discovery import Unknown
from wfc.names import Binding
from wfc.problems import Label, Problems
from wfc.resolve_jumps import StepTable
from wfc.similar import Speller
from wfc.source import Span

# What people from other languages write, by the last part of the name (spec 03 §8, OPEN-QUESTIONS
# G); the right side is the function that does it, or what to write where none does.
_FUNCTIONS = {
    "abs": "math.abs",
    "atob": "base64.decode",
    "btoa": "base64.encode",
    "coalesce": "default",
    "dumps": "json.encode_to_string",
    "env": "sys.get_env",
    "float": "double",
    "floor": "math.floor",
    "get_time": "sys.now",
    "getenv": "sys.get_env",
    "iif": "if",
    "integer": "int",
    "length": "len",
    "loads": "json.decode",
    "log": "sys.log",
    "lower": "text.to_lower",
    "lowercase": "text.to_lower",
    "match": "text.match_regex",
    "max": "math.max",
    "min": "math.min",
    "now": "sys.now",
    "number": "double",
    "parse_int": "int",
    "parseInt": "int",
    "print": "sys.log",
    "replace": "text.replace_all",
    "size": "len",
    "sleep": "sys.sleep",
    "str": "string",
    "stringify": "json.encode_to_string",
    "substr": "text.substring",
    "to_string": "string",
    "toLowerCase": "text.to_lower",
    "toString": "string",
    "toUpperCase": "text.to_upper",
    "type": "get_type",
    "typeof": "get_type",
    "upper": "text.to_upper",
    "uppercase": "text.to_upper",
    "urlencode": "text.url_encode",
    "uuid4": "uuid.generate",
    "wait": "sys.sleep",
}
_PHRASES = {
    "append": "write `list.concat(items, item)`, which returns a new list",
    "bool": "compare instead, as in `x == true`",
    "concat": "join texts with `+`; `list.concat(items, item)` adds to a list",
    "contains": 'write `"key" in map` or `item in list`; for text, `text.match_regex(source, …)`',
    "endsWith": 'write `text.match_regex(source, "…$")`',
    "endswith": 'write `text.match_regex(source, "…$")`',
    "format": "join the parts with `+`",
    "has": 'write `"key" in map`',
    "includes": 'write `"key" in map` or `item in list`',
    "join": "join the parts with `+`",
    "push": "write `list.concat(items, item)`, which returns a new list",
    "range": "a loop counts by itself: `range: [first, last]` in its `for`",
    "round": "write `math.floor(x + 0.5)`",
    "startsWith": 'write `text.match_regex(source, "^…")`',
    "startswith": 'write `text.match_regex(source, "^…")`',
    "sum": "add up in a `for` loop",
}


class UnknownFunctions:
    """Reports calls; `resolve_reads` has found that no routine or library function is meant."""

    def __init__(self, workflow: syntax.Workflow, table: StepTable, problems: Problems) -> None:
        self.table = table
        self.problems = problems
        self.speller = Speller()
        self.routines = {routine.name: routine for routine in workflow.routines}
        self.undescribed = False

    def report(
        self,
        call: syntax.Call | syntax.CallStep,
        span: Span,
        step: syntax.Step,
        routine: syntax.Routine,
    ) -> None:
        name = call.function
        first = name.partition(".")[0]
        note = ""
        if first not in library.MODULES:  # the service's text names the first part (spec 09 §2)
            note = f"symbol '{first}' not found"
            if isinstance(call, syntax.CallStep):
                note = f"failed to build: error in step {step.name}: {note}"
        hint, others = self._advice(name)
        steps = self.table[routine].get(name, [])
        if steps and isinstance(call, syntax.CallStep):
            hint = f"to go to the step, write `next: {name}`"
            others = [Label(steps[0].name_span, "a step, not a function")]
        message = f"no function or routine is named `{name}`"
        self.problems.add("WFC205", message, span, others=others, hint=hint, note=note)

    def report_variable(
        self, call: syntax.Call | syntax.CallStep, span: Span, variable: Binding
    ) -> None:
        """`x(…)` or `x.y(…)` where `x` is a variable; values have no functions of their own."""
        base, _, last = call.function.rpartition(".")
        function = base and (_FUNCTIONS.get(last) or self._by_last_part(last))
        hint = _PHRASES.get(last, "") if base else ""
        if function:
            hint = f"write `{function}({base}{', …' if call.arguments else ''})`"
        self.problems.add(
            "WFC208",
            f"`{variable.name}` is a variable and cannot be called",
            span,
            others=[Label(variable.origin, "the variable")],
            hint=hint,
        )

    def report_connector(self, name: str, span: Span, unknown: Unknown) -> None:
        """A name that begins as a connector's does; the caret shows which part of it is wrong."""
        place = _part(name, span, unknown)
        cutoff = 0.85 if unknown.kind == "service" else 0.7  # there are hundreds of them
        meant = self.speller.similar(unknown.part, unknown.near, cutoff) or unknown.elsewhere
        hint = f"did you mean `{meant}`?" if meant else ""
        match unknown.kind:
            case "package":
                if not self.undescribed:  # one is enough to say it
                    self.undescribed = True
                    message = "the package that describes connectors is not installed"
                    hint = 'write `pip install "wfc-compiler[gcp]"` in a shell'
                    self.problems.add("WFC503", message, place, "a connector", hint=hint)
            case "service":
                message = f"no connector is for an API called `{unknown.part}`"
                rest = "call its REST API: `call: http.request` with `auth: {type: OAuth2}`"
                self.problems.add("WFC210", message, place, "unknown API", hint=hint or rest)
            case "version":
                message = f"the API `{unknown.there}` has no version `{unknown.part}`"
                note = f"its versions are {', '.join(unknown.near)}"
                self.problems.add("WFC210", message, place, "unknown", hint=hint, note=note)
            case "method":
                message = f"`{unknown.there}` has no method or resource `{unknown.part}`"
                note = f"it has {_listed(unknown.near)}"
                self.problems.add("WFC211", message, place, "unknown", hint=hint, note=note)
            case _:
                assert_never(unknown.kind)

    def _advice(self, name: str) -> tuple[str, list[Label]]:
        last = name.rpartition(".")[2]
        meant = _FUNCTIONS.get(last, "")
        similar = self.speller.similar(name, chain(self.routines, library.FUNCTIONS))
        if similar in self.routines:
            return f"did you mean `{similar}`?", [
                Label(self.routines[similar].name_span, "a routine with a similar name")
            ]
        if last in _PHRASES and not meant:
            return _PHRASES[last], []
        meant = meant or similar or self._by_last_part(last)
        return (f"did you mean `{meant}`?" if meant else ""), []

    def _by_last_part(self, last: str) -> str:
        """The library function that is called so in its module: `text.split` for `split`."""
        for name in library.FUNCTIONS:
            if (
                name.count(".") < 2
                and name.rpartition(".")[2].replace("_", "") == last.replace("_", "").lower()
            ):
                return name
        return ""


def _part(name: str, span: Span, unknown: Unknown) -> Span:
    """Where the wrong part of a connector's name stands; all of it where it is missing."""
    quotes = span.end - span.start - len(name)
    if quotes not in (0, 2) or not unknown.part:
        return span
    start = span.start + quotes // 2 + unknown.start
    return Span(start, start + len(unknown.part))


def _listed(names: tuple[str, ...]) -> str:
    most = 12
    shown = ", ".join(f"`{name}`" for name in names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{shown}{more}" if names else "none"
