"""`json.*` (spec 06)."""

from __future__ import annotations

from wfc_runtime import jsontext
from wfc_runtime.errors import quoted, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

_INDENT = {"prefix": "", "indent": "    "}


def decode(data: Value) -> Value:
    """The value of a JSON text, which is a string or bytes in UTF-8.

    A number without fraction and exponent is an integer if 64 bits hold it, any other a double
    (OQ-15); of two equal keys the last counts.  Raises ValueError for what is not JSON.
    """
    if type(data) is str or type(data) is bytes:
        return jsontext.decode(data)
    raise arguments.wrong("json.decode", "data", "a string or bytes", data)


def encode(data: Value, indent: Value = None) -> bytes:
    """The JSON text of a value as bytes in UTF-8, otherwise like `json.encode_to_string`.

    Raises what `json.encode_to_string` raises.
    """
    return _encode("json.encode", data, indent).encode()


def encode_to_string(data: Value, indent: Value = None) -> str:
    """The JSON text of a value, its keys sorted.

    `indent`: true, or a map with `prefix` (default none) and `indent` (default four blanks), puts
    every element on a line of its own; false, the default, leaves no blanks.  Raises TypeError for
    bytes, ValueError for NaN, infinity, and lists and maps more than 500 deep.
    """
    return _encode("json.encode_to_string", data, indent)


def _encode(function: str, data: Value, indent: Value) -> str:
    if indent is None or indent is False:
        return jsontext.encode(data)
    layout = dict(_INDENT)
    if indent is not True:
        if type(indent) is not dict:
            raise arguments.wrong(function, "indent", "a boolean or a dict", indent)
        for key, value in indent.items():
            if key not in layout:
                raise value_error(f"{function}(): `indent` has no {quoted(str(key))}")
            layout[key] = arguments.text(function, f"indent.{key}", value)
    return jsontext.encode(data, layout["indent"], layout["prefix"])
