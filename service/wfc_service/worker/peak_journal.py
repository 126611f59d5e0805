"""The ends of a Peak execution's steps as entries of its journal, and back."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any, Final, TypeAlias

from wfc_runtime.jsontext import decode, encode
from wfc_runtime.peak.v1 import StepEnd, StepResult

Entry: TypeAlias = list[Any]
"""number, time, kind, key, what, value; the last is JSON text"""

_KIND: Final = "step"


def entry_of(number: int, end: StepEnd) -> Entry:
    """The entry with a number; it has the outputs as they are, since later steps inherit them."""
    value = {
        "result": asdict(end.result),
        "outputs": dict(end.outputs),
        "secrets": list(end.secrets),
    }
    return [number, time.time(), _KIND, end.result.name, end.ending, encode(value)]


def end_of(entry: Entry) -> StepEnd:
    *_, ending, text = entry
    value: Any = decode(text)
    return StepEnd(StepResult(**value["result"]), ending, value["outputs"], value["secrets"])
