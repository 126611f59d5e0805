"""Problems as JSON: in, the problems of each file; out, an array with one object a line.

    {"code": "WFC203", "severity": "error", "message": …, "file": "order.yaml",
     "start": {"line": 14, "column": 19, "offset": 310}, "end": {…},
     "labels": [{"text": "jumps here", "primary": true, "start": {…}, "end": {…}}],
     "hint": "did you mean `document_not_found`?", "note": null}

Lines and columns count from 1, columns and offsets in characters, `end` is just after the last
character.  Every key is always there; a hint or note that is not given is null.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wfc.problems import Label, Problem
from wfc.source import Source
from wfc.visible import visible_json


def render_json(files: Sequence[tuple[Source, Sequence[Problem]]]) -> str:
    """A JSON array, `[]` when there is no problem."""
    lines = [
        visible_json(json.dumps(_object(source, problem), ensure_ascii=False))
        for source, problems in files
        for problem in problems
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _object(source: Source, problem: Problem) -> dict[str, Any]:
    labels = [_label(source, problem.label) | {"primary": True}]
    labels += [_label(source, label) | {"primary": False} for label in problem.others]
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": source.name,
        "start": labels[0]["start"],
        "end": labels[0]["end"],
        "labels": labels,
        "hint": problem.hint or None,
        "note": problem.note or None,
    }


def _label(source: Source, label: Label) -> dict[str, Any]:
    start, end = _position(source, label.span.start), _position(source, label.span.end)
    return {"text": label.text, "start": start, "end": end}


def _position(source: Source, offset: int) -> dict[str, int]:
    line, column = source.line_column(offset)
    return {"line": line, "column": column, "offset": offset}
