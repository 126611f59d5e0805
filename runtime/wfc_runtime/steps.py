"""A generated module's table of steps: in goes a number that it reports, out comes what begins.

The table is one string, which nobody reads unless steps are recorded:

    main items total?                  a routine, and its variables
     1 STEP_ASSIGN init total          what `run.begin(1)` begins, and the variables that it assigns
     2 STEP_FOR each
     3   STEP_FOR_ITERATION each x y?  a block inside it, and the variables of its own
     4     STEP_STD_LIB_CALL get y

A `?` stands after a variable that has no value before a step assigns it; one that Python calls
otherwise is `name=spelled`.  Numbers count from 1 through the module.
"""

from __future__ import annotations

from functools import lru_cache
from json import JSONDecoder

_ROUNDS = {
    "STEP_FOR": "PROGRESS_TYPE_FOR",
    "STEP_PARALLEL_FOR": "PROGRESS_TYPE_PARALLEL_FOR",
    "STEP_PARALLEL_BRANCH": "PROGRESS_TYPE_PARALLEL_BRANCH",
}
"""Steps with rounds, and what they and their rounds say of it."""

_SCOPES = frozenset(("STEP_FOR_ITERATION", "STEP_PARALLEL_BRANCH_ENTRY", "STEP_EXCEPT"))
"""Blocks with variables of their own (spec 02 §4)."""


class Kind:
    """What is known of a step entry before anything runs.

    depth      how many blocks of its routine are around it
    progress   the type of its progress, empty where it has none
    position   of a condition, which of its switch's it is, from 1; else 0
    variables  the names in scope in it, with what Python calls them
    unset      those of its own that have no value at first
    assigned   the names that it gives a value
    """

    __slots__ = (
        "assigned",
        "depth",
        "position",
        "progress",
        "routine",
        "step",
        "type",
        "unset",
        "variables",
    )

    def __init__(
        self, routine: str, step: str, type: str, depth: int, variables: dict[str, str]
    ) -> None:
        self.routine = routine
        self.step = step
        self.type = type
        self.depth = depth
        self.progress = _ROUNDS.get(type, "")
        self.position = 0
        self.variables = variables
        self.unset: frozenset[str] = frozenset()
        self.assigned: frozenset[str] = frozenset()


@lru_cache
def kinds(table: str) -> tuple[Kind, ...]:
    """The rows of a table by their number; nothing has the number 0.

    All executions of a module share them.
    """
    found = [Kind("", "", "", -1, {})]
    around: list[Kind] = []
    inside: dict[Kind, list[Kind]] = {}
    for line in table.strip("\n").split("\n"):
        if not line.startswith(" "):
            name, words = _named(line)
            around = [Kind(name, "", "", -1, _variables(words))]
            continue
        row = line.lstrip(" ").partition(" ")[2]
        type, _, rest = row.lstrip(" ").partition(" ")
        step, words = _named(rest)
        depth = (len(row) - len(row.lstrip(" "))) // 2
        del around[depth + 1 :]
        parent = around[-1]
        kind = Kind(parent.routine, step, type, depth, parent.variables)
        if type in _SCOPES:
            kind.variables = parent.variables | _variables(words)
            kind.unset = frozenset(word.partition("?")[0] for word in words if "?" in word)
            kind.assigned = frozenset(_variables(words)) - kind.unset
        else:
            kind.assigned = frozenset(words)
        before = inside.setdefault(parent, [])
        before.append(kind)
        match type:
            case "STEP_FOR_ITERATION" | "STEP_PARALLEL_BRANCH_ENTRY":
                kind.progress = parent.progress
            case "STEP_CONDITION":
                kind.progress = "PROGRESS_TYPE_SWITCH"
                kind.position = len(before)
            case "STEP_RETRY":
                for attempt in (kind, before[0]):
                    attempt.progress = "PROGRESS_TYPE_RETRY"
        around.append(kind)
        found.append(kind)
    return tuple(found)


def _named(text: str) -> tuple[str, list[str]]:
    """The name that a text starts with, a word or JSON, and the words after it."""
    if text.startswith('"'):
        name, end = JSONDecoder().raw_decode(text)
        rest = text[end:]
    else:
        name, _, rest = text.partition(" ")
    return name, rest.split()


def _variables(words: list[str]) -> dict[str, str]:
    pairs = [word.replace("?", "").partition("=") for word in words]
    return {name: spelled or name for name, _, spelled in pairs}
