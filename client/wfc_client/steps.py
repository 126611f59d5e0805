"""The step history of an execution: in, its entries; out, a tree of them on stdout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from wfc_client.errors import ServiceError
from wfc_client.outcome import value_of
from wfc_client.service import Resource, Service
from wfc_client.tables import brief, print_table, seconds

_TITLES = ("STEP", "TYPE", "STATE", "STARTED", "")
_MOST_CHILDREN = 50
"""Of one entry, such as the iterations of a loop; those in the middle are left out."""


async def read_steps(service: Service, execution: str) -> list[Resource]:
    """Every entry, in the order in which the steps began.

    Raises ServiceError where the service keeps no history.
    """
    try:
        return [entry async for entry in service.steps(execution)]
    except ServiceError as error:
        if error.code != 404:
            raise
    raise ServiceError(f"the service at `{service.url}` keeps no history of steps")


def print_steps(entries: Sequence[Resource]) -> None:
    """Each entry below the one that it is part of."""
    known = {entry.get("entryId") for entry in entries}
    children: defaultdict[str, list[Resource]] = defaultdict(list)
    for entry in entries:
        parent = str((entry.get("navigationInfo") or {}).get("parent") or "")
        children[parent if parent in known else ""].append(entry)
    if not entries:
        print("no steps are recorded")
        return
    print_table(_TITLES, list(_rows(children, "", 0)))


def _rows(
    children: Mapping[str, Sequence[Resource]], parent: str, depth: int
) -> Iterator[list[str]]:
    mine = children.get(parent, ())
    left_out = len(mine) - _MOST_CHILDREN
    for number, entry in enumerate(mine):
        if left_out > 0 and number == _MOST_CHILDREN // 2:
            yield [f"{'  ' * depth}… {left_out} more", "", "", "", ""]
        if left_out > 0 and _MOST_CHILDREN // 2 <= number < _MOST_CHILDREN // 2 + left_out:
            continue
        yield _row(entry, depth)
        yield from _rows(children, str(entry.get("entryId")), depth + 1)


def _row(entry: Resource, depth: int) -> list[str]:
    step, routine = entry.get("step", ""), entry.get("routine", "")
    return [
        "  " * depth + (f"{step} ({routine})" if not depth else step),
        _word(entry.get("stepType", ""), "STEP_"),
        _word(entry.get("state", ""), "STATE_"),
        seconds(entry.get("createTime", "")),
        _note(entry),
    ]


def _word(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower().replace("_", " ")


def _note(entry: Resource) -> str:
    """How far a loop is, and what a step failed with."""
    notes = []
    metadata = entry.get("stepEntryMetadata") or {}
    number, expected = metadata.get("progressNumber"), metadata.get("expectedIteration")
    if number is not None:
        notes.append(f"{number} of {expected}" if expected else f"{number}")
    payload = (entry.get("exception") or {}).get("payload")
    if payload is not None:
        error = value_of(payload)
        said = error.get("message") if isinstance(error, dict) else None
        notes.append(brief(str(said or payload), 100))
    return ", ".join(notes)
