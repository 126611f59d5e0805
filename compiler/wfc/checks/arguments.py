"""Arguments of library functions whose value is certain to be wrong (spec 06).

The service finds these at run time, so they are warnings: `sys.sleep` with `seconds: "5"`, a
`severity` that does not exist, a timeout beyond the limit, `sys.log` with nothing to log.
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.checks.types import NUMBER, Possible, Types, actions, constant, expressions, named
from wfc.library import PARAMETER_ALIASES, Function, Parameter
from wfc.names import Names
from wfc.problems import Label, Problems

_REQUESTS = ("delete", "get", "patch", "post", "put", "request")
_RUN_CONNECTOR = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run"
_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("events.create_callback_endpoint", "http_callback_method"): (
        *("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
    ),
    (_RUN_CONNECTOR, "callLogLevel"): (
        *("LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE", "CALL_LOG_LEVEL_UNSPECIFIED"),
    ),
    ("hash.compute_checksum", "algorithm"): _HASHES,  # OQ-55
    ("hash.compute_hmac", "algorithm"): _HASHES,
    ("sys.log", "severity"): (
        *("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING"),
        *("ERROR", "CRITICAL", "ALERT", "EMERGENCY"),
    ),
}

_LIMITS: dict[tuple[str, str], tuple[int, int]] = {
    ("events.await_callback", "timeout"): (0, 31_536_000),
    ("experimental.executions.map", "timeout"): (0, 31_536_000),
    ("sys.sleep", "seconds"): (0, 31_536_000),
    **{(f"http.{verb}", "timeout"): (0, 1800) for verb in _REQUESTS},
}
"""Seconds, least and most (spec 07 §2)."""


def arguments(workflow: syntax.Workflow, names: Names, types: Types, problems: Problems) -> None:
    for action in actions(workflow):
        if isinstance(action, syntax.CallStep):
            function = names.callees.get(action)
            if isinstance(function, Function):
                _call(function, bound(action, function), types, problems)
                if function.name == "sys.log" and action.whole is None:
                    _logged(action, bound(action, function), types, problems)
    for root in expressions(workflow):
        for part in walk.within(root):
            if isinstance(part, syntax.Call):
                function = names.callees.get(part)
                if isinstance(function, Function):
                    parameters = (parameter.name for parameter in function.parameters)
                    given = dict(zip(parameters, part.arguments, strict=False))
                    _call(function, given, types, problems)


def bound(call: syntax.CallStep, function: Function) -> dict[str, syntax.Expression]:
    """The values of the arguments of a `call` step under their parameters' names."""
    given = {}
    for argument, parameter in zip(call.arguments, function.parameters, strict=False):
        if argument.name is None:
            given[parameter.name] = argument.value
    for argument in call.arguments:
        if argument.name is not None:
            name = PARAMETER_ALIASES.get((function.name, argument.name), argument.name)
            given[name] = argument.value
    return given


def _call(
    function: Function,
    given: dict[str, syntax.Expression],
    types: Types,
    problems: Problems,
) -> None:
    for parameter in function.parameters:
        value = given.get(parameter.name)
        if value is not None and _has_type(function, parameter, value, types, problems):
            _has_value(function, parameter.name, value, problems)


def _has_type(
    function: Function,
    parameter: Parameter,
    value: syntax.Expression,
    types: Types,
    problems: Problems,
) -> bool:
    possible = types.get(value)
    if not parameter.types or possible is None or possible & frozenset(parameter.types):
        return True
    if not parameter.required and "null" in possible:  # as if it were not given
        return True
    wanted = frozenset(parameter.types) - {"null"}
    problems.add(
        "WFC640",
        f"`{function.name}` takes {named(wanted)} as `{parameter.name}`, not {named(possible)}",
        value.span,
        named(possible),
        hint=_conversion(function, value, possible, wanted),
    )
    return False


def _conversion(
    function: Function, value: syntax.Expression, possible: Possible, wanted: Possible
) -> str:
    if possible == {"string"} and wanted == {"bytes"}:
        return "write `text.encode(…)` around the text"
    if possible == {"bytes"} and wanted == {"string"}:
        return "write `text.decode(…)` around the bytes"
    text = value.value if isinstance(value, syntax.Constant) else None
    if isinstance(text, str) and wanted == NUMBER and text.replace(".", "", 1).isdecimal():
        return f"write `{text}` without the quotes"
    if function.name == "string":
        return "write `json.encode_to_string(…)`"
    return ""


def _has_value(
    function: Function, parameter: str, value: syntax.Expression, problems: Problems
) -> None:
    literal = constant(value)
    choices = _CHOICES.get((function.name, parameter), ())
    if choices and isinstance(literal, str) and literal not in choices:
        problems.add(
            "WFC641",
            f"`{literal}` is not a value of `{parameter}`",
            value.span,
            f"not a value of `{parameter}`",
            hint=f"did you mean `{literal.upper()}`?" if literal.upper() in choices else "",
            note=f"`{parameter}` is one of {', '.join(choices)}",
        )
    limits = _LIMITS.get((function.name, parameter))
    if limits is not None and isinstance(literal, int | float):
        least, most = limits
        if not least <= literal <= most:
            problems.add(
                "WFC642",
                f"`{parameter}` of `{function.name}` is at most {most} seconds"
                if literal > most
                else f"`{parameter}` of `{function.name}` cannot be negative",
                value.span,
                "too long" if literal > most else "negative",
            )


def _logged(
    call: syntax.CallStep, given: dict[str, syntax.Expression], types: Types, problems: Problems
) -> None:
    """`sys.log` wants exactly one of `data`, `text` and `json`; null counts as not given."""
    ways = [given[name] for name in ("data", "text", "json") if name in given]
    there = [value for value in ways if "null" not in types.get(value, {"null"})]
    possibly = [value for value in ways if types.get(value) != frozenset({"null"})]
    wanted = "`sys.log` takes exactly one of `data`, `text` and `json`"
    if not possibly:
        hint = 'write what to log: `args: {text: "…"}`'
        problems.add("WFC643", f"{wanted}, none is given", call.span, "nothing to log", hint=hint)
    elif len(there) > 1:
        first, *others = there
        labels = [Label(value.span, "given as well") for value in others]
        message = f"{wanted}, {len(there)} are given"
        problems.add("WFC643", message, first.span, "given here", others=labels)
