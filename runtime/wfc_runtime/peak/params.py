"""The parameters of an execution: in goes the body of `execute`, out comes what each step sees.

`{"global": {"batch_id": "1"}, "stepWise": {"load": {"mode": "full"}}}` (spec 11 §3.1, §3.2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from wfc_runtime.jsontext import encode
from wfc_runtime.peak.steps import Step

_KEYS = ("global", "stepWise")
_STEP_KEYS = ("stepName", "runDAG")


class StepToRun(TypedDict, total=False):
    """An item of `stepsToRun`; `runDAG` also runs the steps that depend on it."""

    stepName: str
    runDAG: bool


class Params:
    """Checked parameters; TypeError or ValueError says what cannot be."""

    __slots__ = ("_everywhere", "_single")

    def __init__(self, given: object = None) -> None:
        parts = _map("params", {} if given is None else given)
        for key in parts:
            if key not in _KEYS:
                raise ValueError(f"params has no key `{key}`; its keys are `global` and `stepWise`")
        self._everywhere = _texts("params.global", parts.get("global"))
        steps = _map("params.stepWise", {} if (each := parts.get("stepWise")) is None else each)
        self._single = {name: _texts(f"params.stepWise.{name}", own) for name, own in steps.items()}

    def of(self, step: str) -> dict[str, str]:
        """What a step sees: its own go before those for all."""
        return {**self._everywhere, **self._single.get(step, {})}

    def check(self, names: Iterable[str]) -> None:
        """ValueError for a step that does not exist."""
        known = list(names)
        for name in self._single:
            _known("params.stepWise", name, known)


def steps_to_run(given: object, names: Sequence[str]) -> dict[str, bool]:
    """`stepsToRun` by the names of its steps: whether those that depend on one run, too.

    Raises TypeError or ValueError for what cannot be, or for a step that does not exist.
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise TypeError(f"stepsToRun must be a list, not {type(given).__name__}")
    found: dict[str, bool] = {}
    for item in given:
        entry = {"stepName": item} if isinstance(item, str) else _map("an item of stepsToRun", item)
        for key in entry:
            if key not in _STEP_KEYS:
                keys = " and ".join(f"`{each}`" for each in _STEP_KEYS)
                raise ValueError(f"an item of stepsToRun has no key `{key}`; its keys are {keys}")
        if "stepName" not in entry:
            raise ValueError("an item of stepsToRun has no `stepName`")
        name = _known("stepsToRun", entry["stepName"], names)
        descendants = entry.get("runDAG")
        if not isinstance(descendants, bool | None):
            raise TypeError(f"stepsToRun: `runDAG` of `{name}` must be true or false")
        found[name] = bool(descendants) or found.get(name, False)
    return found


def asked_steps(steps: Sequence[Step], given: Sequence[StepToRun | str]) -> set[str]:
    """The names of the steps that shall run; all where none are given (spec 11 §3.1).

    Raises as `steps_to_run`.
    """
    names = [step.name for step in steps]
    if not given:
        return set(names)
    asked = steps_to_run(given, names)
    roots = {name for name, descendants in asked.items() if descendants}
    for step in steps:  # each stands after all before it
        if roots.intersection(step.after):
            roots.add(step.name)
    return roots.union(asked)


def _known(where: str, name: object, names: Sequence[str]) -> str:
    if name not in names:
        listed = ", ".join(f"`{each}`" for each in names)
        raise ValueError(f"{where}: there is no step `{name}`; the steps are {listed}")
    return str(name)


def _map(where: str, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} must be a map, not {type(value).__name__}")
    return {str(key): entry for key, entry in value.items()}


def _texts(where: str, value: object) -> dict[str, str]:
    """Numbers and booleans become their JSON text, which is what a step's environment can hold."""
    found = {}
    for name, entry in _map(where, {} if value is None else value).items():
        if not isinstance(entry, (str, int, float)):
            raise TypeError(f"{where}.{name} must be a string, number or boolean")
        text = entry if isinstance(entry, str) else encode(entry)
        if not name or "=" in name or "\0" in name + text:
            raise ValueError(f"{where}: `{name}` cannot be an environment variable")
        found[name] = text
    return found
