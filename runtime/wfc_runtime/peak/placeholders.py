"""`{{name}}` in payloads and SQL: in go a text and the inputs of a step, out comes it filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from wfc_runtime.jsontext import encode
from wfc_runtime.peak.failure import unusable

_PLACEHOLDER = re.compile(r"\{\{\s*(?P<name>[^\s{}]+)\s*\}\}")
_PART = re.compile(rf"{_PLACEHOLDER.pattern}|\\.|\"", re.DOTALL)


def filled(text: str, inputs: Mapping[str, str]) -> str:
    """Every placeholder replaced; raises StepFailed for one that no input has the name of."""
    return _PLACEHOLDER.sub(lambda found: _value(found["name"], inputs), text)


def filled_json(text: str, inputs: Mapping[str, str]) -> str:
    """The same for JSON: inside a string a value is written as a string holds it.

    Raises StepFailed where the whole is no JSON (spec 11 §1.7).
    """
    inside = False

    def part(found: re.Match[str]) -> str:
        nonlocal inside
        if found[0] == '"':
            inside = not inside
        if found["name"] is None:
            return found[0]
        value = _value(found["name"], inputs)
        return encode(value)[1:-1] if inside else value

    payload = _PART.sub(part, text)
    try:
        json.loads(payload)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
    except RecursionError:
        where = "nested too deeply"
    else:
        return payload
    raise unusable(
        f"the payload is no JSON once its placeholders are filled in ({where})",
        'put text between quotes, as in `{"day": "{{day}}"}`',
    )


def _value(name: str, inputs: Mapping[str, str]) -> str:
    if name not in inputs:
        known = ", ".join(f"`{each}`" for each in inputs) or "none"
        raise unusable(
            f"`{{{{{name}}}}}` is no input of the step",
            f"give it in `parameters` or as a parameter of the run; the inputs are: {known}",
        )
    return inputs[name]
