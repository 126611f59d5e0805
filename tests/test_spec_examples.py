"""The specification's own examples give what its page prints, line numbers included."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.compiled import load

import wfc_runtime.v1 as wf
from wfc.load import load as load_source
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc_runtime.testing import VirtualClock

SHARED = Path(__file__).parent.parent.parent / "shared"
SEEDS = SHARED / "spec" / "seeds"
EXPECTED = SHARED / "corpus" / "expected"

_MESSAGE = (
    "UnhandledBranchError: One or more branches or iterations encountered an unhandled"
    " runtime error"
)
_TAGS = ["UnhandledBranchError", "RuntimeError"]

needs_seeds = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the specification's examples are not beside the repository"
)


def _compiled(path: Path, *, accounting: bool) -> Any:
    source = load_source(path, Problems())
    compiled = compile_source(source, accounting=accounting)
    assert compiled.module is not None, compiled.problems
    return load(compiled.module, path.stem)


def _branch(index: str, step: str, line: int, payload: object) -> dict[str, object]:
    context = f'RuntimeError: "branch error"\nin step "{step}", routine "main", line: {line}'
    return {"id": index, "error": {"context": context, "payload": payload}}


def _error_map(*branches: dict[str, object]) -> dict[str, object]:
    return {"branches": [*branches], "message": _MESSAGE, "tags": _TAGS, "truncated": False}


@needs_seeds
@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
def test_nested_errors_are_reported_as_printed(accounting: bool) -> None:
    module = _compiled(SEEDS / "nested_errors.yaml", accounting=accounting)
    with pytest.raises(wf.WorkflowError) as raised:
        asyncio.run(module.run(limits="google" if accounting else "local"))
    inner = _error_map(_branch("0", "checkEven", 15, "how odd!"))
    assert raised.value.payload == _error_map(_branch("1", "parentLoop", 8, inner))


@needs_seeds
@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
def test_caught_errors_are_reported_as_printed(accounting: bool) -> None:
    """The page prints the failures as 3, 5, 1: their order differs from run to run."""
    module = _compiled(SEEDS / "error_handling.yaml", accounting=accounting)
    logged: list[wf.LogEntry] = []
    result = asyncio.run(module.run(limits="google" if accounting else "local", log=logged.append))
    result["branches"].sort(key=lambda branch: branch["id"])
    assert result == _error_map(
        *(_branch(index, "checkEven", 12, "how odd!") for index in ("1", "3", "5"))
    )
    assert len(logged) == 1


def _cases() -> list[Path]:
    return sorted(EXPECTED.glob("*.json")) if EXPECTED.is_dir() else []


@pytest.mark.skipif(
    not EXPECTED.is_dir(), reason="the worked-out results are not beside the repository"
)
def test_there_are_worked_out_results() -> None:
    assert len(_cases()) > 30


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.stem)
@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
def test_corpus_files_give_their_worked_out_results(case: Path, accounting: bool) -> None:
    expected = json.loads(case.read_text(encoding="utf-8"))
    path = SHARED / "corpus" / expected["file"]
    if "deployment_error" in expected["expect"]:
        source = load_source(path, Problems())
        assert compile_source(source).module is None
        return
    module = _compiled(path, accounting=accounting)
    limits = "google" if accounting else "local"
    result = asyncio.run(module.run(expected["args"], limits=limits, clock=VirtualClock()))
    assert result == expected["expect"]["result"]
