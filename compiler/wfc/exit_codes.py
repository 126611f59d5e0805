"""How the command ends: in, the problems of all files; out, the exit code.

0    succeeded
1    the source has problems, nothing ran or was deployed
2    wrong use: unknown options, files that cannot be read or must not be overwritten
3    the execution failed; of a batch, at least one line did not succeed
4    the service cannot be reached, or refuses what was asked
70   a bug in wfc
130  cancelled
141  the reader of the output went away
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wfc.problems import Problem

PROBLEMS = 1
WRONG_USE = 2
FAILED = 3
SERVICE = 4
BUG = 70
CANCELLED = 130
BROKEN_PIPE = 141

_UNREADABLE = "WFC001"


def exit_code(problems: Iterable[Problem], *, strict: bool = False) -> int:
    """0 when there is no error, or with `strict` not even a warning."""
    counted = {problem.code for problem in problems if strict or problem.severity == "error"}
    if _UNREADABLE in counted:
        return WRONG_USE
    return PROBLEMS if counted else 0
