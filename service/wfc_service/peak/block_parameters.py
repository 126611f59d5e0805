"""The parameters of a block: what a release declares and what somebody gives → all values.

A parameter is `{name, type, required, defaultValue, options, hideValue, conditions}`; those whose
conditions do not hold need not be given (spec 11 §2).  Those of types `object` and `object_array`
may have `properties`, which are parameters, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wfc_service.peak.block_configs import defaults_of
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
            _check_declared(f"parameters.{kind}.{one['name']}", one)


def checked(kind: str, declared: Declared, given: Any, *, partial: bool = False) -> dict[str, Any]:
    """The values of all parameters of a kind, `build` or `run`, defaults where none are given.

    With `partial` only what is given.  Raises ApiError 400 for a name or a value that cannot be,
    and for one that is missing.
    """
    given = {} if given is None else given
    at = f"parameters.{kind}"
    if not isinstance(given, dict):
        raise bad(f"{at} must be a map from names to values")
    return _whole(at, declared, given, "parameter", partial=partial)


def shown(declared: Declared, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for people to see, without those that are to be hidden."""
    known = {one["name"]: one for one in declared}
    return {name: _shown(known.get(name, {}), value) for name, value in values.items()}


def _shown(parameter: Mapping[str, Any], value: Any) -> Any:
    if parameter.get("hideValue"):
        return _HIDDEN
    properties = parameter.get("properties") or ()
    if isinstance(value, list):
        return [shown(properties, one) if isinstance(one, dict) else one for one in value]
    return shown(properties, value) if isinstance(value, dict) else value


def _check_declared(at: str, one: Mapping[str, Any]) -> None:
    if one["type"] not in _TYPES:  # a reference, which the compiler lets stand anywhere
        raise bad(f"{at}.type: `{one['type']}` is none of {', '.join(_TYPES)}")
    options = one.get("options") or []
    if not _all(options, lambda option: isinstance(option, dict) and "value" in option):
        raise bad(f"{at}.options must be a list of maps with `value`")
    if not _is_condition(one.get("conditions") or []):
        raise bad(f"{at}.conditions must be as {_CONDITION}")
    for inside in one.get("properties") or ():
        _check_declared(f"{at}.properties.{inside['name']}", inside)
    if "defaultValue" in one:
        _checked(f"{at}.defaultValue", one, one["defaultValue"])


def _whole(
    at: str, declared: Declared, given: Mapping[str, Any], what: str, *, partial: bool = False
) -> dict[str, Any]:
    """Given values with the defaults of what is not given."""
    known = {one["name"]: one for one in declared}
    for name in given:
        if name not in known:
            raise bad(f"{at}: there is no {what} `{name}`{_listed(known)}")
    sent = {name: _checked(f"{at}.{name}", known[name], value) for name, value in given.items()}
    if partial:
        return sent
    found = {**defaults_of(declared), **sent}
    for name, one in known.items():
        if one.get("required") and name not in found and _applies(one.get("conditions"), found):
            raise bad(f"{at}: the {what} `{name}` has no value")
    return found


def _checked(at: str, parameter: Mapping[str, Any], value: Any) -> Any:
    """A value that fits a parameter, maps with the defaults of properties that they lack."""
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
    if not (properties := parameter.get("properties")):
        return value
    if isinstance(value, dict):
        return _whole(at, properties, value, "property")
    return [
        _whole(f"{at}[{place}]", properties, one, "property") for place, one in enumerate(value)
    ]


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
