"""Real files run: each ends with a result or a WorkflowError, the same in both forms.

What they are given from outside has what they read (shapes.py): arguments, environment variables,
replies, callbacks and results of child workflows.  Which files fail nevertheless, and why, is
listed in data/corpus_errors.tsv; other arguments and replies may be answered by any error.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.corpus import CorpusFile, files, needs_corpus
from tests.replies import SCRIPTS, Make, fitting
from tests.running import run
from tests.shapes import Shapes, shapes
from tests.stand_in import NEVER, Played, World, play
from tests.transcript import UUID

import wfc_runtime.v1 as wf
from wfc.parse import parse
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc.read import read

pytestmark = needs_corpus

ERRORS = Path(__file__).parent / "data" / "corpus_errors.tsv"
STEPS = 2_000
SAME_ID = {"GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": "6c1e4f0a-52d3-4b8e-9f7a-0d2b3c4e5f60"}
"""Some files name things after a part of it."""

ENDLESS = "ResourceLimitError"


@cache
def modules(file: CorpusFile) -> tuple[str, str] | None:
    """The file's module without and with accounting and history; None for what has mistakes."""
    plain, accounting = (
        compile_source(
            file.source(), terraform=file.terraform, accounting=both, history=both, layout=False
        ).module
        for both in (False, True)
    )
    return None if plain is None or accounting is None else (plain, accounting)


@cache
def read_of(file: CorpusFile) -> Shapes:
    problems = Problems()
    node = read(file.source(), problems, terraform=file.terraform)
    assert node is not None
    workflow = parse(file.source(), node, problems)
    assert workflow is not None
    return shapes(workflow)


def runnable(*kinds: str) -> Iterator[tuple[CorpusFile, str, str]]:
    for file in files():
        if file.kind in kinds and file.parses and not file.lint:
            compiled = modules(file)
            if compiled is not None:
                yield file, *compiled


@contextmanager
def about(*what: object) -> Iterator[None]:
    """Whatever is raised inside says what it is about."""
    try:
        yield
    except BaseException as exc:
        exc.add_note(" ".join(map(str, what)))
        raise


def listed(*kinds: str) -> dict[str, str]:
    with ERRORS.open(encoding="utf-8") as listing:
        rows = list(csv.DictReader(listing, delimiter="\t"))
    known = {file.name: file.kind for file in files()}
    assert all(row["reason"] for row in rows)
    return {row["file"]: row["tag"] for row in rows if known[row["file"]] in kinds}


def text(value: Any) -> str:
    """What two runs have in common: ids differ from run to run."""
    return UUID.sub("UUID", repr(value))


# -- files that reach nothing ----------------------------------------------------------------------


def alone(file: CorpusFile, plain: str, accounting: str, args: Any) -> Played:
    """How a run ends; without accounting it ends the same way, places and logs included."""
    counted = run(accounting, args, accounting=True, steps=STEPS)
    played = Played("result", counted.result)
    if counted.error is not None:
        played = Played("error", counted.error[0])
    if played.tag != ENDLESS:
        assert text(run(plain, args, accounting=False)) == text(counted)
    return played


@pytest.mark.parametrize("args", [None, {}, [], "text", 7], ids=repr)
def test_hermetic_files_end_with_a_result_or_an_error_whatever_they_are_given(args: Any) -> None:
    endings = set()
    for file, plain, accounting in runnable("hermetic"):
        with about(file.name, args):
            endings.add(alone(file, plain, accounting, args).tag)
    assert {"result", "raised", "TypeError"} <= endings


def test_hermetic_files_give_a_result_for_what_they_read_or_are_listed() -> None:
    failed = {}
    for file, plain, accounting in runnable("hermetic"):
        args = read_of(file).argument.example()
        with about(file.name, args):
            played = alone(file, plain, accounting, args)
        if played.ending != "result":
            failed[file.name] = played.tag
    assert failed == listed("hermetic")


# -- files that ask others -------------------------------------------------------------------------


def environment(read: Shapes) -> dict[str, str]:
    """What the service itself does not set."""
    given = read.environment.found().parts
    return {
        name: str(shape.example())
        for name, shape in given.items()
        if not name.startswith("GOOGLE_CLOUD_")
    }


def requests(played: Played) -> list[str]:
    """What was asked, in any order: branches ask side by side."""
    return sorted(
        text([sent.method, sent.url, sent.headers, sent.body, sent.timeout, sent.auth])
        for sent in played.asked
    )


def world_of(file: CorpusFile, script: Make) -> World:
    """One where all but the replies is as the file wants it."""
    read = read_of(file)

    async def child(run: wf.Run, given: Any) -> Any:
        return read.child.example()

    return World(script(read), read.callback.example(), child, environment(read) | SAME_ID)


def among_others(plain: str, accounting: str, args: Any, world: World) -> Played:
    """How a run ends; without accounting it asks the same and ends the same way."""
    counted = play(accounting, args, world, accounting=True, steps=STEPS)
    if counted.tag not in (ENDLESS, "cancelled"):
        other = play(plain, args, world, accounting=False, steps=STEPS)
        assert text([other.ending, other.value]) == text([counted.ending, counted.value])
        assert requests(other) == requests(counted)
    return counted


ASKING = ("http", "connector", "callback")


def test_asking_files_give_a_result_for_fitting_replies_or_are_listed() -> None:
    failed = {}
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name):
            args = read_of(file).argument.example()
            played = among_others(plain, accounting, args, world_of(file, fitting))
        if played.ending != "result":
            failed[file.name] = played.tag
    assert failed == listed(*ASKING)


@pytest.mark.parametrize("name", SCRIPTS)
def test_asking_files_end_with_a_result_or_an_error_whatever_is_replied(name: str) -> None:
    script, expected = SCRIPTS[name]
    endings = set()
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name, name):
            args = read_of(file).argument.example()
            endings.add(among_others(plain, accounting, args, world_of(file, script)).tag)
    assert {"result", expected} <= endings


@pytest.mark.parametrize("args", [None, {}, "text"], ids=repr)
def test_asking_files_end_with_a_result_or_an_error_whatever_they_are_given(args: Any) -> None:
    endings = set()
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name, args):
            endings.add(among_others(plain, accounting, args, world_of(file, fitting)).tag)
    assert {"result", "TypeError"} <= endings


async def failing_child(run: wf.Run, given: Any) -> Any:
    raise wf.WorkflowError({"code": 7, "message": "it cannot"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"callback": NEVER}, "TimeoutError"),
        ({"callback": {"unheard": ["of"]}}, "KeyError"),
        ({"child": None}, "HttpError"),
        ({"child": failing_child}, "OperationError"),
        ({"env": SAME_ID}, "TypeError"),
    ],
    ids=["no callback", "another callback", "no child", "a child that fails", "no environment"],
)
def test_asking_files_end_with_a_result_or_an_error_whatever_is_missing(
    change: dict[str, Any], expected: str
) -> None:
    endings = set()
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name, change):
            world = replace(world_of(file, fitting), **change)
            args = read_of(file).argument.example()
            endings.add(among_others(plain, accounting, args, world).tag)
    assert {"result", expected} <= endings


@pytest.mark.soak
@pytest.mark.parametrize("name", SCRIPTS)
def test_asking_files_end_with_a_result_or_an_error_in_every_order(name: str) -> None:
    """Branches in the orders of some seeds, where the two forms need not agree."""
    script, expected = SCRIPTS[name]
    endings = set()
    for file, _, accounting in runnable(*ASKING):
        args = read_of(file).argument.example()
        for seed in range(10):
            with about(file.name, name, seed):
                world = replace(world_of(file, script), seed=seed)
                endings.add(play(accounting, args, world, accounting=True, steps=STEPS).tag)
    assert {"result", expected} <= endings
