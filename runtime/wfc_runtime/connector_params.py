"""The `connector_params` of a connector call: in goes what a workflow gave, out come settings.

Nulls count as left out.  A wrong type raises the workflow's TypeError, a bad value its ValueError.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from wfc_runtime.errors import type_error, value_error
from wfc_runtime.values import Value, word

LONGEST_TIMEOUT = 31_536_000
"""Seconds in a year (spec 06, Connectors)."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How long to wait before each question, in seconds."""

    initial_delay: float = 1.0
    multiplier: float = 1.25
    max_delay: float = 60.0

    def delay(self, question: int) -> float:
        """Seconds to wait before the 1-based `question`."""
        try:
            return min(self.initial_delay * self.multiplier ** (question - 1), self.max_delay)
        except OverflowError:
            return self.max_delay


@dataclass(frozen=True, slots=True)
class Settings:
    """timeout       seconds that the whole call may take, its polling included
    polling       how a long-running operation is asked for
    skip_polling  return the first reply instead of waiting for the operation
    scopes        OAuth2 scopes; None for those of the method
    """

    timeout: float = 1800.0
    polling: Polling = Polling()
    skip_polling: bool = False
    scopes: tuple[str, ...] | None = None


def settings(given: Value) -> Settings:
    """The settings in the map `connector_params`."""
    made = Settings()
    for name, value in _entries("connector_params", given).items():
        if value is None:
            continue
        match name:
            case "timeout":
                made = replace(made, timeout=timeout(value))
            case "polling_policy":
                made = replace(made, polling=polling(value))
            case "skip_polling":
                if type(value) is not bool:
                    raise type_error(f"`skip_polling` must be a boolean, not {word(value)}")
                made = replace(made, skip_polling=value)
            case "scopes":
                made = replace(made, scopes=_scopes(value))
            case _:
                raise value_error(f"`connector_params` has no `{name}`")
    return made


def timeout(value: Value) -> float:
    """A time limit for a call that may wait for an operation, in seconds."""
    seconds = _number("timeout", value)
    if seconds > LONGEST_TIMEOUT:
        raise value_error(f"`timeout` must be at most {LONGEST_TIMEOUT} seconds, not {value}")
    return seconds


def polling(given: Value) -> Polling:
    """The policy in the map `polling_policy`."""
    known = {field.name for field in fields(Polling)}
    numbers = {}
    for name, value in _entries("polling_policy", given).items():
        if name not in known:
            raise value_error(f"`polling_policy` has no `{name}`")
        if value is not None:
            numbers[name] = _number(name, value)
    return replace(Polling(), **numbers)


def _scopes(value: Value) -> tuple[str, ...]:
    """A list of scopes, or a text in which spaces or commas part them."""
    parts = re.split(r"[\s,]+", value.strip()) if type(value) is str else value
    if type(parts) is not list or not all(type(part) is str for part in parts):
        raise type_error("`scopes` must be a string or a list of strings")
    return tuple(parts)


def _entries(name: str, given: Value) -> dict[str, Value]:
    if given is None:
        return {}
    if type(given) is not dict:
        raise type_error(f"`{name}` must be a dict, not {word(given)}")
    return given


def _number(name: str, value: Value) -> float:
    if type(value) is not int and type(value) is not float:
        raise type_error(f"`{name}` must be a number, not {word(value)}")
    if not value > 0:
        raise value_error(f"`{name}` must be greater than 0, not {value}")
    return float(value)
