"""Real files run: each ends with a result or a WorkflowError, the same in both forms.

What they are given from outside has what they read (shapes.py): arguments, environment variables,
replies, callbacks and results of child workflows.  Which files fail nevertheless, and why, is
listed in data/corpus_errors.tsv; other arguments and replies may be answered by any error.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.corpus import CorpusFile, files, needs_corpus
from tests.running import run
from tests.shapes import Shapes, shapes
from tests.stand_in import ALWAYS, HOST, Played, Script, World, play
from tests.transcript import UUID

from wfc.parse import parse
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc.read import read

pytestmark = needs_corpus

ERRORS = Path(__file__).parent / "data" / "corpus_errors.tsv"
STEPS = 2_000
ENDLESS = "ResourceLimitError"


@cache
def modules(file: CorpusFile) -> tuple[str, str] | None:
    """The file's module without and with accounting; None for what has mistakes."""
    plain, accounting = (
        compile_source(
            file.source(), terraform=file.terraform, accounting=accounting, layout=False
        ).module
        for accounting in (False, True)
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


def json_reply(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers=ALWAYS)


def fitting(read: Shapes) -> Script:
    """Replies with what the file reads; Google's operations have ended."""
    example, headers = read.reply.example(), read.headers.example()
    given = headers if isinstance(headers, dict) else {}

    def script(request: web.BaseRequest, before: int) -> web.Response:
        body = example
        if request.headers[HOST].endswith(".googleapis.com") and not isinstance(body, list):
            body = (body if isinstance(body, dict) else {}) | operation(request)
        reply = json_reply(body)
        reply.headers.update({name: str(value) for name, value in given.items()})
        return reply

    return script


def operation(request: web.BaseRequest) -> dict[str, Any]:
    """The fields by which APIs say that work has ended."""
    api = request.headers[HOST].removesuffix(".googleapis.com")
    ended = {"done": True, "name": "operations/7", "state": "SUCCEEDED"}
    if api == "bigquery":
        return {**ended, "status": {"state": "DONE"}}
    if request.path.startswith("/apis/"):
        return {**ended, "status": {"conditions": [{"type": "Completed", "status": "True"}]}}
    if api in ("compute", "container") and (
        request.method != "GET" or "operations" in request.path
    ):
        return {**ended, "status": "DONE", "selfLink": f"https://{api}.example/operations/7"}
    return ended


def recovering(read: Shapes) -> Script:
    """Each request fails once."""
    later = fitting(read)

    def script(request: web.BaseRequest, before: int) -> web.Response:
        return later(request, before) if before else failing(503)(read)(request, before)

    return script


def failing(status: int) -> Callable[[Shapes], Script]:
    error = {"error": {"code": status, "message": "it is so", "status": "UNAVAILABLE"}}
    return lambda read: lambda request, before: json_reply(error, status)


def always(body: Any) -> Callable[[Shapes], Script]:
    return lambda read: lambda request, before: json_reply(body)


def page(read: Shapes) -> Script:
    return lambda request, before: web.Response(text="<p>hello</p>", headers=ALWAYS)


def cut(read: Shapes) -> Script:
    """Breaks the connection off."""

    def script(request: web.BaseRequest, before: int) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return script


SCRIPTS: dict[str, tuple[Callable[[Shapes], Script], str]] = {
    "not found": (failing(404), "HttpError"),
    "unavailable at first": (recovering, "HttpError"),
    "unavailable": (failing(503), "HttpError"),
    "an empty list": (always([]), "TypeError"),
    "an empty map": (always({}), "KeyError"),
    "null": (always(None), "TypeError"),
    "a page": (page, "TypeError"),
    "cut off": (cut, "ConnectionError"),
}
"""What is replied to every request, and an error that some file ends with then."""


def environment(read: Shapes) -> dict[str, str]:
    """What the service itself does not set, and an id that is the same in each run."""
    given = read.environment.found().parts
    return {
        name: str(shape.example())
        for name, shape in given.items()
        if not name.startswith("GOOGLE_CLOUD_")
    } | {"GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": "6c1e4f0a-52d3-4b8e-9f7a-0d2b3c4e5f60"}


def among_others(file: CorpusFile, plain: str, accounting: str, script: Script) -> Played:
    """How a run ends; without accounting it asks the same and ends the same way."""
    read = read_of(file)
    args = read.argument.example()
    world = World(script, read.callback.example(), read.child.example(), environment(read))
    counted = play(accounting, args, world, accounting=True, steps=STEPS)
    if counted.tag not in (ENDLESS, "cancelled"):
        other = play(plain, args, world, accounting=False, steps=STEPS)
        assert text([other.ending, other.value]) == text([counted.ending, counted.value])
        assert sorted(map(text, other.asked)) == sorted(map(text, counted.asked))
    return counted


ASKING = ("http", "connector", "callback")


def test_asking_files_give_a_result_for_fitting_replies_or_are_listed() -> None:
    failed = {}
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name):
            played = among_others(file, plain, accounting, fitting(read_of(file)))
        if played.ending != "result":
            failed[file.name] = played.tag
    assert failed == listed(*ASKING)


@pytest.mark.parametrize("name", SCRIPTS)
def test_asking_files_end_with_a_result_or_an_error_whatever_is_replied(name: str) -> None:
    script, expected = SCRIPTS[name]
    endings = set()
    for file, plain, accounting in runnable(*ASKING):
        with about(file.name, name):
            endings.add(among_others(file, plain, accounting, script(read_of(file))).tag)
    assert {"result", expected} <= endings
