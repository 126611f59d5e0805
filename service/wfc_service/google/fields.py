"""Reads JSON and query parameters as protobuf does: each field by either of its names, checked.

In goes what a client sent; out come the fields that it set, under their names in JSON.  Errors are
those of Google's APIs, all of a request in one answer: which name is unknown, which value is none.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from wfc_service.errors import bad_request
from wfc_service.google.messages import MESSAGES, Field, Message
from wfc_service.times import read_duration, read_timestamp

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_BOUNDS: Final = {"int32": 2**31, "int64": 2**63}
_LONGEST_SHOWN = 100


class _Wrong(Exception):
    """A value that its field cannot hold."""


def read_json(text: bytes) -> Any:
    """What a body holds; raises ApiError for one that is no JSON.  An empty one is `{}`."""
    if not text.strip():
        return {}
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reason = str(error)
    except UnicodeDecodeError:
        reason = "It is not UTF-8"
    except RecursionError:
        reason = "It is nested too deeply"
    except ValueError:
        reason = "A number is infinite, not a number or too long"
    raise bad_request([("", f"Invalid JSON payload received. {reason}.")])


def read_message(message: Message, value: Any, at: str = "") -> dict[str, Any]:
    """The fields of a message from its JSON; `at` is where it stands in the request.

    Raises ApiError INVALID_ARGUMENT.
    """
    violations: list[tuple[str, str]] = []
    if not isinstance(value, dict):
        if at:
            raise bad_request([(at, _invalid(at, f"type.googleapis.com/{message.name}", value))])
        said = 'Unknown name "": Root element must be a message.'
        raise bad_request([("", f"Invalid JSON payload received. {said}")])
    result = _message(message, value, at, violations)
    if violations:
        raise bad_request(violations)
    return result


def read_query(known: Mapping[str, Field], pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Query parameters by their names in protobuf; of one that is given twice the last counts."""
    violations: list[tuple[str, str]] = []
    result: dict[str, Any] = {}
    for name, text in pairs:
        field = known.get(name)
        if field is None:
            violations.append(("", _unbound(name)))
            continue
        try:
            result[field.proto] = _scalar(field, _from_query(field, text))
        except _Wrong:
            violations.append((field.proto, _invalid(field.proto, field.type, text)))
    if violations:
        raise bad_request(violations)
    return result


def is_text(value: str) -> bool:
    """Whether it can be UTF-8: half a surrogate pair cannot."""
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _message(
    message: Message, value: dict[str, Any], at: str, violations: list[tuple[str, str]]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, item in value.items():
        field = message.fields.get(name)
        if field is None:
            where = f" at '{at}'" if at else ""
            said = f"Unknown name {json.dumps(name)}{where}: Cannot find field."
            violations.append((at, f"Invalid JSON payload received. {said}"))
        elif item is not None:
            place = f"{at}.{field.proto}" if at else field.proto
            result[field.name] = _field(field, item, place, violations)
    return result


def _field(field: Field, value: Any, at: str, violations: list[tuple[str, str]]) -> Any:
    if field.shape == "one":
        return _one(field, value, at, violations)
    if field.shape == "list" and isinstance(value, list):
        return [_one(field, item, f"{at}[{index}]", violations) for index, item in enumerate(value)]
    if field.shape == "map" and isinstance(value, dict):
        return {
            _one(field, key, at, violations): _one(field, item, f"{at}[{_shown(key)}]", violations)
            for key, item in value.items()
        }
    violations.append((at, _invalid(at, field.type, value)))
    return None


def _shown(key: str) -> str:
    """A key as a message can name it."""
    return key if is_text(key) else json.dumps(key)


def _one(field: Field, value: Any, at: str, violations: list[tuple[str, str]]) -> Any:
    if field.kind == "message" and isinstance(value, dict):
        return _message(MESSAGES[field.of], value, at, violations)
    try:
        return _scalar(field, value)
    except _Wrong:
        violations.append((at, _invalid(at, field.type, value)))
        return None


def _scalar(field: Field, value: Any) -> Any:
    """The value in one form: an enum by its name, an integer as one, bytes in base64."""
    match field.kind:
        case "string" | "mask" if isinstance(value, str) and is_text(value):
            return value
        case "bool" if isinstance(value, bool):
            return value
        case "int32" | "int64":
            return _integer(value, _BOUNDS[field.kind])
        case "enum":
            return _enum(field.values, value)
        case "bytes" if isinstance(value, str):
            return _bytes(value)
        case "timestamp" if isinstance(value, str) and read_timestamp(value) is not None:
            return value
        case "duration" if isinstance(value, str) and read_duration(value) is not None:
            return value
        case "struct" | "any" if isinstance(value, dict):
            return value
        case _:
            raise _Wrong


def _integer(value: Any, bound: int) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not -bound <= value < bound:
        raise _Wrong
    return value


def _enum(values: tuple[str, ...], value: Any) -> str:
    if isinstance(value, str) and value in values:
        return value
    number = _integer(value, _BOUNDS["int32"])
    if not 0 <= number < len(values):
        raise _Wrong
    return values[number]


def _bytes(value: str) -> str:
    """Base64 of either alphabet, padded or not → of the usual one, padded."""
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _Wrong from None
    return base64.b64encode(data).decode()


def _from_query(field: Field, text: str) -> Any:
    if field.kind != "bool":
        return text
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


def _invalid(at: str, type_: str, value: Any) -> str:
    try:
        shown = json.dumps(value)
    except RecursionError:  # it could just be read, one call less deep
        shown = "…"
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return f"Invalid value at '{at}' ({type_}), {shown}"


def _unbound(name: str) -> str:
    quoted = json.dumps(name)
    return (
        f"Invalid JSON payload received. Unknown name {quoted}: Cannot bind query parameter."
        f" Field '{name}' could not be found in request message."
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
