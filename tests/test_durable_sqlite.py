"""The journal in SQLite: what is awaited is in the file, in order, and each failure is its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.http_server import serving

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.durable import Entry, JournalError, Recorded, SqliteJournal, Started

STARTED = Started("revision", 1.5, '{"a":1}', "00ff", {"REGION": "north"}, "https://a", "LOG_NONE")


def entry(number: int, kind: Any = "done", key: str = "a#1") -> Entry:
    return Entry(number, 2.0 + number, kind, key, "GET https://a", "[1.0]")


def test_what_is_recorded_is_loaded_in_order(tmp_path: Path) -> None:
    async def scenario() -> Recorded | None:
        journal = SqliteJournal(tmp_path / "runs.db")
        writes = [journal.begin("e", STARTED), journal.begin("other", STARTED)]
        for number in range(1, 200):
            writes += [journal.commit("e", entry(number)), journal.commit("other", entry(number))]
        writes += [journal.start_sleep("e", key, 9.0) for key in ("b#1", "c#1")]
        writes.append(journal.commit("e", entry(200, "slept", "b#1")))
        await asyncio.gather(*writes)
        journal.close()
        return await SqliteJournal(tmp_path / "runs.db").load("e")

    recorded = asyncio.run(scenario())
    assert recorded is not None
    assert recorded.started == STARTED
    expected = [entry(number) for number in range(1, 200)]
    assert list(recorded.entries) == [*expected, entry(200, "slept", "b#1")]
    assert recorded.wakes == {"c#1": 9.0}


def test_a_write_that_fails_fails_alone(tmp_path: Path) -> None:
    async def scenario() -> list[Any]:
        journal = SqliteJournal(tmp_path / "runs.db")
        await journal.begin("e", STARTED)
        writes: list[Any] = [journal.commit("e", entry(number)) for number in range(1, 20)]
        writes += [journal.commit("e", entry(7)), journal.commit("unknown", entry(1))]
        writes += [journal.begin("e", STARTED), journal.commit("e", entry(20))]
        results = await asyncio.gather(*writes, return_exceptions=True)
        recorded = await journal.load("e")
        assert recorded is not None
        assert [each.number for each in recorded.entries] == list(range(1, 21))
        journal.close()
        return [result for result in results if result is not None]

    failed = asyncio.run(scenario())
    assert [type(error) for error in failed] == [JournalError] * 3
    assert "runs twice" in str(failed[0])


def test_a_run_that_is_forgotten_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = SqliteJournal(tmp_path / "runs.db")
        await journal.begin("e", STARTED)
        await asyncio.gather(journal.commit("e", entry(1)), journal.start_sleep("e", "b#1", 1.0))
        await journal.forget("e")
        assert await journal.load("e") is None
        journal.close()

    asyncio.run(scenario())
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        for table in ("runs", "entries", "wakes"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


PROGRAM = """\
import asyncio, json, sys, threading
from wfc_runtime.durable import SqliteJournal, run_durably
import flow

async def main():
    journal = SqliteJournal(sys.argv[1], sys.argv[2])
    args = {"api": sys.argv[3]}
    result = await run_durably(flow.workflow, args, execution="e", journal=journal)
    journal.close()
    with open(sys.argv[4], "w") as file:
        json.dump(result, file)

asyncio.run(main())
"""

FLOW = """
main:
  params: [args]
  steps:
    - init:
        assign: [{total: 0}, {found: {}}]
    - fan:
        parallel:
          shared: [total, found]
          for:
            value: n
            range: [1, 6]
            steps:
              - before:
                  call: http.post
                  args: {url: '${args.api + "/before/" + string(n)}', body: {n: '${n}'}}
                  result: one
              - nap:
                  call: sys.sleep
                  args: {seconds: '${n * 0.02}'}
              - again:
                  try:
                    call: http.post
                    args: {url: '${args.api + "/flaky/" + string(n)}', body: {n: '${n}'}}
                    result: two
                  retry:
                    predicate: ${http.default_retry_predicate}
                    max_retries: 5
                    backoff: {initial_delay: 0.01, max_delay: 0.1, multiplier: 2}
              - add:
                  assign:
                    - total: ${total + one.body + two.body}
                    - found[string(n)]: ${two.body}
    - last:
        call: http.post
        args: {url: '${args.api + "/last"}', body: {total: '${total}'}}
        result: answer
    - done:
        return: {total: '${total}', found: '${found}', last: '${answer.body}'}
"""


class Api:
    """Answers a request by its key: the first attempt at something flaky fails, and it counts."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self._called = asyncio.Condition()

    async def answer(self, request: Any) -> Any:
        from aiohttp import web

        key = request.headers["Idempotency-Key"]
        async with self._called:
            self.calls.append((key, request.path))
            self._called.notify_all()
        await asyncio.sleep(Random(key).uniform(0, 0.02))
        if request.path.startswith("/flaky/") and key.endswith("#1"):
            return web.json_response("busy", status=503)
        return web.json_response(Random(key).randrange(1000))

    async def reached(self, calls: int) -> None:
        async with self._called:
            await self._called.wait_for(lambda: len(self.calls) >= calls)


@pytest.mark.soak
@pytest.mark.parametrize("durability", ["normal", "full"])
def test_killed_at_random_moments_it_ends_as_if_it_had_not_been(
    tmp_path: Path, durability: str
) -> None:
    """kill -9 of a real process; every answer that is in the journal was asked for once.

    A life ends a moment after so many calls of its own, so that it gets on however slow it is.
    """
    made = compile_source(Source("flow.yaml", FLOW))
    assert made.module is not None, made.problems
    (tmp_path / "flow.py").write_text(made.module, encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    chance, end = Random(7), time.monotonic() + 30

    async def moment(api: Api) -> None:
        await api.reached(len(api.calls) + chance.randint(0, 8))
        await asyncio.sleep(chance.uniform(0, 0.05))

    async def lives(number: int) -> tuple[str, list[tuple[str, str]], int]:
        """The result, the calls, and the number of kills."""
        api, kills = Api(), 0
        path, result = tmp_path / f"{number}.db", tmp_path / f"{number}.json"
        async with serving(api.answer) as address:
            command = [sys.executable, "program.py", str(path), durability, address, str(result)]
            while True:
                durable = set(_durable(path))
                before = len(api.calls)
                process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path)
                ended = asyncio.ensure_future(process.wait())
                if number:
                    killing = asyncio.ensure_future(moment(api))
                    await asyncio.wait({ended, killing}, return_when=asyncio.FIRST_COMPLETED)
                    killing.cancel()
                    with suppress(ProcessLookupError):  # it has ended
                        process.kill()
                await ended
                assert process.returncode in (0, -signal.SIGKILL)
                kills += process.returncode != 0
                assert not durable & {key.partition("/")[2] for key, _ in api.calls[before:]}
                if process.returncode == 0:
                    return result.read_text(encoding="utf-8"), api.calls, kills

    expected, calls, _ = asyncio.run(lives(0))
    assert max(Counter(calls).values()) == 1
    kills, number = 0, 0
    while kills < 5 or time.monotonic() < end:
        number += 1
        result, again, killed = asyncio.run(lives(number))
        kills += killed
        assert json.loads(result) == json.loads(expected)
        assert set(again) == set(calls)
        assert max(Counter(again).values()) <= 1 + killed


def _durable(path: Path) -> list[str]:
    """The keys of the entries in a journal."""
    if not path.exists():
        return []
    connection = sqlite3.connect(path)
    try:
        return [
            key for [key] in connection.execute("SELECT key FROM entries WHERE kind <> 'slept'")
        ]
    except sqlite3.OperationalError:  # the tables are not there yet
        return []
    finally:
        connection.close()
