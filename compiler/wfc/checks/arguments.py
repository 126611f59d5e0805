"""Arguments of library functions whose value is certain to be wrong (spec 06).

The service finds these at run time, so they are warnings: `sys.sleep` with `seconds: "5"`, a
`severity` that does not exist, a timeout beyond the limit, `sys.log` with nothing to log.
"""

from __future__ import annotations

from collections.abc import Iterator

from wfc import syntax, walk
from wfc.checks.types import NUMBER, Possible, Types, actions, constant, expressions, named
from wfc.library import PARAMETER_ALIASES, Function
from wfc.names import Names
from wfc.problems import Label, Problems

_ACCEPTED = """
base64.decode data:string padding:boolean
base64.encode data:bytes padding:boolean
double value:string|number
gke.await_job cluster_id:string job_name:string query:map timeout:number
gke.create_job cluster_id:string job:map query:map timeout:number
gke.delete_job cluster_id:string job_name:string query:map timeout:number
gke.request cluster_id:string path:string method:string headers:map query:map timeout:number
hash.compute_checksum data:bytes algorithm:string
hash.compute_hmac key:bytes data:bytes algorithm:string
http.request method:string
if condition:boolean|null
int value:string|number
json.decode data:bytes|string
json.encode data:null|boolean|number|string|list|map indent:boolean|map
json.encode_to_string data:null|boolean|number|string|list|map indent:boolean|map
keys map:map
len value:string|list|map
list.concat objs:list
list.prepend objs:list
map.delete map:map key:string|integer
map.get keys:string|integer|list
map.merge first:map second:map
map.merge_nested first:map second:map
math.abs x:number
math.floor x:number
math.max x:number y:number
math.min x:number y:number
string value:number|boolean|string
sys.get_env name:string default:string
sys.log severity:string json:map timeout:number
sys.sleep seconds:number
sys.sleep_until time:string
text.decode data:bytes charset:string
text.encode text:string charset:string
text.find_all source:string substr:string
text.find_all_regex source:string regexp:string
text.match_regex source:string regexp:string
text.replace_all source:string substr:string repl:string
text.replace_all_regex source:string regexp:string repl:string
text.split source:string separator:string
text.substring source:string start:integer end:integer
text.to_lower source:string
text.to_upper source:string
text.url_decode source:string
text.url_encode source:string
text.url_encode_plus source:string
time.format seconds:number timezone:string
time.parse value:string
"""
_REQUESTS = ("delete", "get", "patch", "post", "put", "request")
_OF_REQUESTS = "url:string timeout:number headers:map query:map auth:map"


def _types(text: str) -> Possible:
    names = set(text.split("|"))
    return frozenset(names - {"number"} | NUMBER if "number" in names else names)


def _accepted() -> Iterator[tuple[tuple[str, str], Possible]]:
    requests = [f"http.{verb} {_OF_REQUESTS}" for verb in _REQUESTS]
    for line in (*_ACCEPTED.strip().splitlines(), *requests):
        function, *parameters = line.split()
        for parameter in parameters:
            name, _, types = parameter.partition(":")
            yield (function, name), _types(types)


ACCEPTED: dict[tuple[str, str], Possible] = dict(_accepted())
"""The types a parameter takes; a parameter without an entry takes any."""

_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("hash.compute_checksum", "algorithm"): _HASHES,  # OQ-55
    ("hash.compute_hmac", "algorithm"): _HASHES,
    ("sys.log", "severity"): (
        *("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING"),
        *("ERROR", "CRITICAL", "ALERT", "EMERGENCY"),
    ),
}

_LIMITS: dict[tuple[str, str], tuple[int, int]] = {
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
        if value is not None:
            accepted = ACCEPTED.get((function.name, parameter.name))
            if accepted is not None and not parameter.required:
                accepted |= {"null"}  # as if it were not given
            if _has_type(function, parameter.name, value, accepted, types, problems):
                _has_value(function, parameter.name, value, problems)


def _has_type(
    function: Function,
    parameter: str,
    value: syntax.Expression,
    accepted: Possible | None,
    types: Types,
    problems: Problems,
) -> bool:
    possible = types.get(value)
    if accepted is None or possible is None or possible & accepted:
        return True
    wanted = accepted - {"null"}
    problems.add(
        "WFC640",
        f"`{function.name}` takes {named(wanted)} as `{parameter}`, not {named(possible)}",
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
