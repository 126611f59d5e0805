"""What an execution is started with: in goes the body of `execute`, out comes what is kept of it.

    {"params": {"global": {…}, "stepWise": {…}}, "stepsToRun": [{"stepName": …, "runDAG": true}]}

All of it may be left out (spec 11 §3.1).
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Final

from wfc_runtime.jsontext import encode
from wfc_runtime.peak.params import Params, steps_to_run
from wfc_service.errors import ApiError
from wfc_service.store.records import Revision

_KEYS: Final = ("params", "stepsToRun")


def checked_argument(body: object, revision: Revision) -> str:
    """The argument of an execution of a revision, as JSON text.

    Raises ApiError INVALID_ARGUMENT for what is no such body, and for steps that do not exist.
    """
    try:
        if not isinstance(body, dict | None):
            raise TypeError(f"the body must be a map, not {type(body).__name__}")
        argument = {} if body is None else body
        for key in argument:
            if key not in _KEYS:
                keys = " and ".join(f"`{each}`" for each in _KEYS)
                raise ValueError(f"the body has no key `{key}`; its keys are {keys}")
        names = step_names(revision.module)
        Params(argument.get("params")).check(names)
        if (chosen := argument.get("stepsToRun")) is not None:
            steps_to_run(chosen, names)
    except (TypeError, ValueError) as error:
        raise ApiError("INVALID_ARGUMENT", str(error)) from None
    return encode(argument)


@lru_cache(maxsize=256)
def step_names(module: str) -> tuple[str, ...]:
    """The names of a workflow's steps, each after those before it, from its compiled module."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.keyword) and node.arg == "lines":
            return tuple(ast.literal_eval(node.value))
    raise ValueError("the module has no steps")
