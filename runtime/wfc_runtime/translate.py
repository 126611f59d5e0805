"""Python's own exceptions as the workflow's errors: in goes an exception, out comes its error map.

Generated code writes Python's operators where they do what the workflow means; when one fails, the
error is worded here, exactly as the helper in `operators` would have worded it (OQ-50).  Whether
the exception came from generated code at all is for the caller to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wfc_runtime.errors import (
    WorkflowError,
    access_error,
    index_range_error,
    index_type_error,
    key_error,
    map_key_error,
    membership_error,
    operand_error,
    single_operand_error,
    type_error,
    value_error,
    zero_division_error,
)
from wfc_runtime.values import Value, word

_WORDS = {
    "NoneType": "null",
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "str": "string",
    "bytes": "bytes",
    "list": "list",
    "dict": "dict",
}


def translate(exc: BaseException) -> dict[str, Value] | None:
    """The error map for a native exception of an operator, index or call; None for any other."""
    error = _error(exc)
    return None if error is None else error.payload


def _error(exc: BaseException) -> WorkflowError | None:
    match exc:
        case KeyError(args=(key,)):
            return key_error(key) if type(key) in (str, int) else map_key_error(word(key))
        case IndexError():
            return index_range_error()
        case ZeroDivisionError():
            return zero_division_error()
        case OverflowError():
            return value_error("a number is out of range")
        case TypeError():
            return _type_error(str(exc))
        case _:
            return None


def _type_error(text: str) -> WorkflowError:
    for pattern, worded in _TEXTS:
        if found := pattern.match(text):
            return worded(*found.groups())
    return type_error("a value has the wrong type for what is done with it")


def _word(name: str) -> str:
    return _WORDS.get(name, "function")


def _index(name: str) -> WorkflowError:
    return index_type_error("double" if name == "float" else _word(name))


def _operands(operator: str, left: str, right: str) -> WorkflowError:
    return operand_error(operator, _word(left), _word(right))


def _missing(function: str, names: str) -> WorkflowError:
    return type_error(f"{function}(): missing arguments: {names.replace(chr(39), chr(96))}")


_TEXTS: tuple[tuple[re.Pattern[str], Callable[..., WorkflowError]], ...] = tuple(
    (re.compile(pattern), worded)
    for pattern, worded in (
        (r"'(\w+)' object is not subscriptable", lambda name: access_error(_word(name))),
        (
            r"'(\w+)' object does not support item assignment",
            lambda name: access_error(_word(name)),
        ),
        (r"string indices must be integers", lambda: access_error("string")),
        (r"byte indices must be integers", lambda: access_error("bytes")),
        (r"list indices must be integers or slices, not (\w+)", _index),
        (r".*unhashable type: '(\w+)'", lambda name: map_key_error(_word(name))),
        (r"unsupported operand type\(s\) for (//|[-+*/%])=?: '(\w+)' and '(\w+)'", _operands),
        (
            r"can only concatenate (\w+) \(not \"(\w+)\"\)",
            lambda left, right: _operands("+", left, right),
        ),
        (r"'([<>]=?)' not supported between instances of '(\w+)' and '(\w+)'", _operands),
        (
            r"bad operand type for unary ([-+]): '(\w+)'",
            lambda operator, name: single_operand_error(f"unary {operator}", _word(name), "number"),
        ),
        (r"argument of type '(\w+)' is not", lambda name: membership_error(_word(name))),
        (r"'in <string>' requires string", lambda: membership_error("string")),
        (r"(?:.*\.)?(\w+)\(\) missing \d+ required .*arguments?: (.+)", _missing),
        (
            r"(?:.*\.)?(\w+)\(\) got an unexpected keyword argument '(.+?)'",
            lambda function, name: type_error(f"{function}(): no parameter is named `{name}`"),
        ),
        (
            r".*argument after \*\* must be a mapping, not (\w+)",
            lambda name: type_error(f"the arguments of a call must be a dict, not {_word(name)}"),
        ),
        (r"keywords must be strings", lambda: type_error("argument names must be strings")),
    )
)
"""Python's texts for what can fail in generated code, of 3.11 and later."""
