"""JSON text, written and read in one place (spec 05 §2, OQ-15, OQ-31, OQ-48).

Written: keys sorted, no blanks, nothing escaped that need not be, doubles as Go prints them.
Read: a number without fraction and exponent is an integer if 64 bits hold it, any other a double.
What JSON cannot hold raises the workflow's ValueError or TypeError, as `WorkflowError`.
"""

from __future__ import annotations

import math
import re
from json import JSONDecodeError, JSONDecoder
from json.encoder import encode_basestring as _quote

from wfc_runtime.accelerator import accelerated
from wfc_runtime.doubles import json_text
from wfc_runtime.errors import WorkflowError, type_error, value_error
from wfc_runtime.values import INT_MAX, INT_MIN, MAX_DEPTH, Value, clean_text, deeper_than, word


def encode(value: Value, indent: str | None = None, prefix: str = "") -> str:
    """The JSON text of a value.

    With `indent` every element stands on its own line, which starts with `prefix` and one `indent`
    a level; the first line starts with neither (as Go's MarshalIndent).
    Raises ValueError for NaN, infinity and nesting beyond `MAX_DEPTH`, TypeError for bytes.
    """
    try:
        if indent is None:
            return clean_text(_compact(value, 0))
        return clean_text(_indented(value, indent, "\n" + prefix, 0))
    except RecursionError:
        raise _too_deep() from None


@accelerated
def check(value: Value) -> None:
    """Raises what `encode` raises for a value that has no form in JSON."""
    if not _has_form(value):
        encode(value)


_NO_ERROR = {type(None), bool, int, str}
_CONTAINERS = {list, dict}
_IN_JSON = _NO_ERROR | _CONTAINERS | {float}


def _has_form(value: Value) -> bool:
    """Whether a value surely has a form in JSON; all items of a depth are looked at together."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        kinds = set(map(type, level))
        if kinds <= _NO_ERROR:
            return True
        if not kinds <= _IN_JSON:
            return False
        if float in kinds and not all(math.isfinite(x) for x in level if type(x) is float):
            return False
        containers = [item for item in level if type(item) in _CONTAINERS]
        level = []
        for item in containers:
            level.extend(item if type(item) is list else item.values())
    return False


@accelerated
def _compact(value: Value, depth: int) -> str:
    kind = type(value)
    if kind is list:
        _check_depth(depth)
        items = []
        for item in value:
            items.append(_compact(item, depth + 1))
        return f"[{','.join(items)}]"
    if kind is dict:
        _check_depth(depth)
        entries = []
        for key, item in _sorted(value):
            entries.append(f"{_quote(key)}:{_compact(item, depth + 1)}")
        return f"{{{','.join(entries)}}}"
    return _scalar(value)


def _indented(value: Value, indent: str, line: str, depth: int) -> str:
    """`line` is the line end with what the line of the closing bracket starts with."""
    kind = type(value)
    if (kind is not list and kind is not dict) or not value:
        return _compact(value, depth)
    _check_depth(depth)
    inner = line + indent
    parts = []
    if kind is list:
        for item in value:
            parts.append(inner + _indented(item, indent, inner, depth + 1))
        return f"[{','.join(parts)}{line}]"
    for key, item in _sorted(value):
        parts.append(f"{inner}{_quote(key)}: {_indented(item, indent, inner, depth + 1)}")
    return f"{{{','.join(parts)}{line}}}"


def _scalar(value: Value) -> str:
    kind = type(value)
    if kind is str:
        return _quote(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        if math.isfinite(value):
            return json_text(value)
        raise value_error("a double that is not a finite number has no form in JSON")
    raise type_error(f"{word(value)} has no form in JSON")


def _sorted(value: dict[Value, Value]) -> list[tuple[str, Value]]:
    """The entries by key; integer keys as text (OQ-13), the later of two that become the same."""
    return sorted({str(key): item for key, item in value.items()}.items())


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _too_deep()


def _too_deep() -> WorkflowError:
    return value_error(f"JSON must not be nested more than {MAX_DEPTH} deep")


def decode(text: str | bytes) -> Value:
    """The value that a JSON text (bytes: in UTF-8) stands for.

    Of two equal keys the last counts.  Raises ValueError for what is not JSON, NaN and Infinity
    among it, for a number beyond the range of doubles, and for nesting beyond `MAX_DEPTH`.
    """
    try:
        return _read(text.decode() if isinstance(text, bytes) else text)
    except JSONDecodeError as exc:
        what = exc.msg[:1].lower() + exc.msg[1:].removesuffix(" at")
        raise value_error(f"not JSON: {what} at line {exc.lineno}, column {exc.colno}") from None
    except UnicodeDecodeError:
        raise value_error("not JSON: the bytes are not UTF-8") from None
    except ValueError as exc:
        raise value_error(f"not JSON: {exc}") from None
    except RecursionError:
        raise _too_deep() from None


def _read(text: str) -> Value:
    value = _DECODER.decode(text)
    if text.count("[") + text.count("{") > MAX_DEPTH and deeper_than(value, MAX_DEPTH):
        raise _too_deep()
    plain = text.isascii() and "\\u" not in text
    return value if plain or not _SURROGATE.search(text) else _cleaned(value)


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def _cleaned(value: Value) -> Value:
    """The value with half surrogate pairs replaced in its strings and keys."""
    if type(value) is str:
        return clean_text(value)
    if type(value) is list:
        for index, item in enumerate(value):
            value[index] = _cleaned(item)
    elif type(value) is dict:
        entries = list(value.items())
        value.clear()
        for key, item in entries:
            value[clean_text(key)] = _cleaned(item)
    return value


@accelerated
def _integer(text: str) -> int | float:
    if len(text) < 19:
        return int(text)
    if len(text) < 21 and INT_MIN <= (number := int(text)) <= INT_MAX:
        return number
    return _double(text)


@accelerated
def _double(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is beyond the range of doubles")
    return number


def _no_constant(name: str) -> Value:
    raise ValueError(f"`{name}` is no number")


_DECODER = JSONDecoder(parse_int=_integer, parse_float=_double, parse_constant=_no_constant)
