"""Steps -> what the function of each is called in Python.

`step-1` becomes `step_1`, `1st` becomes `_1st`; a keyword or a name that another has already gets a
trailing `_`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from wfc.peak import syntax

_TAKEN = ("wf", "run", "params", "step", "__debug__")
"""Names that mean something else there."""


def spell(steps: Iterable[syntax.Step]) -> dict[syntax.Step, str]:
    """A different identifier for each step."""
    spelled: dict[syntax.Step, str] = {}
    taken = set(_TAKEN)
    for step in steps:
        name = re.sub(r"[^A-Za-z0-9_]", "_", step.name.text)
        name = name if name.isidentifier() else f"_{name}"
        while name in taken or keyword.iskeyword(name):
            name += "_"
        taken.add(name)
        spelled[step] = name
    return spelled
