"""Problems as SARIF 2.1.0 (code scanning, editors): in, the problems of each file; out, one log.

Columns count in characters, which the log states as `unicodeCodePoints` (SARIF 2.1.0 §3.14.17).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from wfc.codes import CODES
from wfc.problems import Label, Problem
from wfc.source import Source
from wfc.version import VERSION
from wfc.visible import visible_json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(files: Sequence[tuple[Source, Sequence[Problem]]]) -> str:
    """One log with one run over all files, also when there is no problem."""
    found = {problem.code: problem for _, problems in files for problem in problems}
    rules = sorted(found)
    run = {
        "tool": {
            "driver": {
                "name": "wfc",
                "semanticVersion": VERSION,
                "rules": [_rule(found[code]) for code in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(source, problem, rules.index(problem.code))
            for source, problems in files
            for problem in problems
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return visible_json(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _rule(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.code,
        "shortDescription": {"text": CODES[problem.code]},
        "help": {"text": f"wfc explain {problem.code}"},
        "defaultConfiguration": {"level": problem.severity},
    }


def _result(source: Source, problem: Problem, rule: int) -> dict[str, Any]:
    text = problem.message
    text += f"\nhint: {problem.hint}" if problem.hint else ""
    text += f"\nnote: {problem.note}" if problem.note else ""
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": text},
        "locations": [_location(source, problem.label)],
    }
    if problem.others:
        result["relatedLocations"] = [
            {"id": number, **_location(source, label)}
            for number, label in enumerate(problem.others, 1)
        ]
    return result


def _location(source: Source, label: Label) -> dict[str, Any]:
    line, column = source.line_column(label.span.start)
    end_line, end_column = source.line_column(label.span.end)
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    place = {"artifactLocation": {"uri": _uri(source.name)}, "region": region}
    shown = {"message": {"text": label.text}} if label.text else {}
    return {"physicalLocation": place, **shown}


def _uri(name: str) -> str:
    """A relative path stays relative, so that a log can move between machines."""
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")
