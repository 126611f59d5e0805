"""The parameters of a block: what a release declares and what somebody gives → all values.

A parameter is `{name, type, required, defaultValue, options, hideValue, conditions}`; those whose
conditions do not hold need not be given (spec 11 §2).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wfc_service.peak.errors import bad

_HIDDEN: Final = "********"

_CONDITION: Final = '{"dependsOn": "NAME", "operator": "equals", "value": "…"}'

Declared = Sequence[Mapping[str, Any]]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _all(value: Any, is_one: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(is_one, value))


_TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string_array": lambda value: _all(value, lambda one: isinstance(one, str)),
    "number_array": lambda value: _all(value, _is_number),
    "object_array": lambda value: _all(value, lambda one: isinstance(one, dict)),
}


def check_declared(parameters: Mapping[str, Any]) -> None:
    """Raises ApiError 400 for what the compiler lets stand: options, conditions, defaults."""
    for kind in ("build", "run"):
        for one in parameters.get(kind) or ():
            at = f"parameters.{kind}.{one['name']}"
            if one["type"] not in _TYPES:  # a reference, which the compiler lets stand anywhere
                raise bad(f"{at}.type: `{one['type']}` is none of {', '.join(_TYPES)}")
            options = one.get("options") or []
            if not _all(options, lambda option: isinstance(option, dict) and "value" in option):
                raise bad(f"{at}.options must be a list of maps with `value`")
            if not _is_condition(one.get("conditions") or []):
                raise bad(f"{at}.conditions must be as {_CONDITION}")
            if "defaultValue" in one:
                _check(f"{at}.defaultValue", one, one["defaultValue"])


def checked(kind: str, declared: Declared, given: Any, *, partial: bool = False) -> dict[str, Any]:
    """The values of all parameters of a kind, `build` or `run`, defaults where none are given.

    With `partial` only what is given.  Raises ApiError 400 for a name or a value that cannot be,
    and for one that is missing.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise bad(f"parameters.{kind} must be a map from names to values")
    known = {one["name"]: one for one in declared}
    for name, value in given.items():
        if name not in known:
            raise bad(f"parameters.{kind}: there is no parameter `{name}`{_listed(known)}")
        _check(f"parameters.{kind}.{name}", known[name], value)
    if partial:
        return dict(given)
    found = {one["name"]: one["defaultValue"] for one in declared if "defaultValue" in one}
    found |= given
    for name, one in known.items():
        if one.get("required") and name not in found and _applies(one.get("conditions"), found):
            raise bad(f"parameters.{kind}: the parameter `{name}` has no value")
    return found


def shown(declared: Declared, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for people to see, without those that are to be hidden."""
    hidden = {one["name"] for one in declared if one.get("hideValue")}
    return {name: _HIDDEN if name in hidden else value for name, value in values.items()}


def _check(at: str, parameter: Mapping[str, Any], value: Any) -> None:
    kind = parameter["type"]
    if not _TYPES[kind](value):
        raise bad(f"{at} must be of the type {kind}")
    if options := parameter.get("options"):
        allowed = [option["value"] for option in options]
        chosen = value if isinstance(value, list) else [value]
        for one in chosen:
            if one not in allowed:
                listed = ", ".join(json.dumps(option, ensure_ascii=False) for option in allowed)
                raise bad(f"{at} must be one of {listed}")


def _applies(conditions: Any, values: Mapping[str, Any]) -> bool:
    """Whether the conditions of a parameter hold; a list of them is joined by AND."""
    if not conditions:
        return True
    if isinstance(conditions, list):
        return all(_applies(one, values) for one in conditions)
    if "conditions" in conditions:
        joined = any if conditions.get("conditionType") == "OR" else all
        return joined(_applies(one, values) for one in conditions["conditions"])
    equal = values.get(conditions["dependsOn"]) == conditions["value"]
    return equal is (conditions["operator"] == "equals")


def _is_condition(conditions: Any) -> bool:
    if isinstance(conditions, list):
        return all(map(_is_condition, conditions))
    if not isinstance(conditions, dict):
        return False
    if "conditions" in conditions:
        joined = conditions["conditions"]
        is_known = conditions.get("conditionType", "AND") in ("AND", "OR")
        return is_known and isinstance(joined, list) and _is_condition(joined)
    is_compared = conditions.get("operator") in ("equals", "not-equals") and "value" in conditions
    return is_compared and isinstance(conditions.get("dependsOn"), str)


def _listed(known: Mapping[str, Any]) -> str:
    return f"; there are {', '.join(f'`{name}`' for name in known)}" if known else ""
