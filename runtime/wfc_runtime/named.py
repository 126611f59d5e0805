"""Arguments whose names are known only when the call is made: `args: ${map}` (spec 04 §2)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from keyword import iskeyword

from wfc_runtime.accelerator import reference
from wfc_runtime.connectors import Connector
from wfc_runtime.errors import type_error
from wfc_runtime.values import Value, word

_OURS = ("run", "step")
"""Parameters that the generated code fills itself."""


def named(function: Callable[..., object], given: Value, /, **other_names: str) -> dict[str, Value]:
    """The entries of a map as keyword arguments of `function`.

    A parameter spelled with a trailing `_`, as Python keywords are, answers to its own name;
    `other_names` gives parameters under further names (OQ-61).  A connector looks at the names
    itself.
    Raises the workflow's TypeError for what is no map, an unknown name, and a missing one (OQ-7).
    """
    if type(given) is not dict:
        raise type_error(f"`args` must be a dict, not {word(given)}")
    if isinstance(function, Connector):
        return {str(name): value for name, value in given.items()}
    parameters = {
        parameter.name: parameter.default is inspect.Parameter.empty
        for parameter in inspect.signature(reference(function)).parameters.values()
        if parameter.name not in _OURS
    }
    keywords = {}
    for name, value in given.items():
        own = other_names.get(name, name)
        spelled = next((each for each in (own, f"{own}_") if each in parameters), None)
        if spelled is None:
            raise type_error(f"{function.__name__}(): no parameter is named `{name}`")
        if spelled in keywords:
            raise type_error(f"{function.__name__}(): `{own}` is given twice")
        keywords[spelled] = value
    for name, required in parameters.items():
        if required and name not in keywords:
            own = name.removesuffix("_") if iskeyword(name.removesuffix("_")) else name
            raise type_error(f"{function.__name__}(): the argument `{own}` is missing")
    return keywords
