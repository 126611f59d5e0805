"""`-v FILE` and `-p KEY=VALUE`: in, what was typed; out, the variables of a Peak template."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wfc import nodes
from wfc.load import load
from wfc.problems import Problems
from wfc.read import read
from wfc.render import render
from wfc.wrong_use import WrongUse


def template_values(file: str | None, pairs: Sequence[str]) -> dict[str, Any]:
    """The variables of the file, then the pairs, which win, and the environment as `os_env`.

    A pair has exactly one `=` (spec 11 §1.0).  Raises WrongUse for what is none, or no file of
    variables.
    """
    values = {} if file is None else _of_file(Path(file))
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or "=" in value or not name:
            raise WrongUse(f"`{pair}` is not KEY=VALUE with one `=`; put others into a file for -v")
        values[name] = value
    return {**values, "os_env": dict(os.environ)}


def _of_file(path: Path) -> dict[str, Any]:
    problems = Problems()
    source = load(path, problems)
    empty = not problems and not source.text.strip()
    node = None if problems or empty else read(source, problems)
    if problems.has_errors():
        raise WrongUse(f"`{path}` is no file of variables", render(problems.sorted(), source))
    value = _plain(node)
    if not isinstance(value, dict):
        raise WrongUse(f"`{path}` holds no map from variables to their values")
    return {name: one for name, one in value.items() if one is not None}


def _plain(node: nodes.Node | None) -> Any:
    match node:
        case None:
            return {}
        case nodes.Scalar(value=value):
            return value
        case nodes.Sequence(items):
            return [_plain(item) for item in items]
        case nodes.Mapping(entries):
            return {entry.key.text: _plain(entry.value) for entry in entries}
