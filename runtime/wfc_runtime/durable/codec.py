"""Values as a journal keeps them: in goes a value of a workflow, out comes text, and back.

It is JSON as Python writes it: integers and doubles stay apart, NaN and infinity have names.  What
has no form there (bytes, halves of surrogate pairs, keys that are integers) makes the whole text
one of maps with a single key, and `!` before it says so:

    {"body": b"\\xff"}  →  !{"$map": [["body", {"$bytes": "/w=="}]]}
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

from wfc_runtime.values import Value

_ESCAPED = "!"
_BYTES, _MAP, _TEXT = "$bytes", "$map", "$text"


class _NoForm(Exception):
    """Something that JSON has no form for."""


def _no_form(value: object) -> Any:
    raise _NoForm


_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_no_form).encode


def encode(value: Value, *, keys_are_text: bool = True) -> str:
    """The text of a value.

    Without `keys_are_text` maps may have integers for keys, as those of a workflow may; those of
    what comes from outside never do, and looking for them takes time.
    """
    try:
        if keys_are_text or not _has_other_keys(value):
            text = _plain(value)
            text.encode()
            return text
    except (_NoForm, UnicodeEncodeError):
        pass
    return _ESCAPED + _plain(_escaped(value))


def decode(text: str) -> Value:
    if text.startswith(_ESCAPED):
        return _unescaped(json.loads(text[1:]))
    return json.loads(text)


def _has_other_keys(value: Value) -> bool:
    containers = [value]
    for container in containers:  # grows while it is walked
        if type(container) is dict:
            if any(type(key) is not str for key in container):
                return True
            containers.extend(container.values())
        elif type(container) is list:
            containers.extend(container)
    return False


def _escaped(value: Value) -> Any:
    kind = type(value)
    if kind is list:
        return [_escaped(item) for item in value]
    if kind is dict:
        return {_MAP: [[_escaped(key), _escaped(item)] for key, item in value.items()]}
    if kind is bytes:
        return {_BYTES: b64encode(value).decode()}
    if kind is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            return {_TEXT: b64encode(value.encode("utf-8", "surrogatepass")).decode()}
    return value


def _unescaped(value: Any) -> Value:
    if type(value) is list:
        return [_unescaped(item) for item in value]
    if type(value) is not dict:
        return value
    [(kind, inner)] = value.items()
    if kind == _MAP:
        return {_unescaped(key): _unescaped(item) for key, item in inner}
    raw = b64decode(inner)
    return raw if kind == _BYTES else raw.decode("utf-8", "surrogatepass")
