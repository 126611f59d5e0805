"""Golden programs do on the durable driver what they do on the plain one, also after crashes.

Both have a clock that is no scheduler, since there is none inside a durable execution.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.durable import MemoryJournal, StillClock
from tests.durable_lives import Crash, End, Service, answered_by, live
from tests.test_golden_programs import FOLDERS
from tests.transcript import Recorder, Run, load, runs

from wfc_runtime.callbacks import Refused
from wfc_runtime.durable import run_durably
from wfc_runtime.durable.driver import DurableExecution
from wfc_runtime.request import Request
from wfc_runtime.stdlib import http
from wfc_runtime.testing import ScriptedCallbacks, _sent
from wfc_runtime.v1 import LogEntry

PLACE = "https://callbacks.example"


class NotingStillClock(StillClock):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.inner = self

    async def sleep(self, seconds: float) -> None:
        self.lines.append(f"sleep: {round(seconds, 6):g}")
        await super().sleep(seconds)


class Unnoted(NotingStillClock):
    """The same clock for those whose sleeps are not the workflow's."""

    def __init__(self, clock: NotingStillClock) -> None:
        self.sleep = partial(StillClock.sleep, clock)  # type: ignore[method-assign]


class PlainCallbacks(ScriptedCallbacks):
    """With URLs as durable executions have them."""

    def open(self, endpoint: Any) -> str:
        super().open(endpoint)
        return f"{PLACE}{endpoint.path}"


class StillRecorder(Recorder):
    def __init__(self, run: Run, programs: Path) -> None:
        super().__init__(run, programs)
        self.clock: Any = NotingStillClock(self.lines)
        self.callbacks = PlainCallbacks(Unnoted(self.clock), *run.callbacks)


class DurableRecorder(StillRecorder):
    """Runs a program durably; `crash` says at which write its first life ends.

    It is the place of callbacks, too.
    """

    address = PLACE

    def __init__(self, run: Run, programs: Path, crash: int | None = None) -> None:
        super().__init__(run, programs)
        self.crash = crash
        self.journal = MemoryJournal()
        _, self.send_it = http._client()
        self.opened: list[str] = []
        self.sending: list[asyncio.Task[None]] = []
        self.execution: DurableExecution | None = None

    def log(self, entry: LogEntry) -> None:
        """Callbacks are sent when the endpoint is told of."""
        super().log(entry)
        text = str(entry.payload)
        if text.startswith("callback endpoint: ") and text not in self.opened:
            self.opened.append(text)
            id, number = text.rpartition("/")[2], len(self.opened)
            for request in self.run.callbacks:
                if request.endpoint == number:
                    self.sending.append(asyncio.create_task(self.send(id, request)))

    async def send(self, id: str, request: Any) -> None:
        await StillClock.sleep(self.clock, request.after)
        kind, body = _sent(request.body)
        headers = {**({"Content-Type": kind} if kind else {}), **request.headers}
        query = list(request.query.items())
        while True:
            try:
                if self.execution is None:
                    raise asyncio.CancelledError
                await self.execution.receive(id, request.method, headers.items(), query, body)
            except Refused as refused:
                self.callbacks.answers.append(refused.code)
            except asyncio.CancelledError:  # that life is over: as if the connection had broken
                await asyncio.sleep(0)
                continue
            else:
                self.callbacks.answers.append(200)
            return

    def add(self, execution: DurableExecution) -> None:
        self.execution = execution

    def remove(self, execution: DurableExecution) -> None:
        self.execution = None

    async def exchange(self, execution: Any, sent: Request, key: str) -> Any:
        return await self.send_it(execution, sent)

    async def run_durably(self, workflow: Any, args: Any, **options: Any) -> Any:
        options.pop("callbacks")
        made = workflow
        service = Service(self.exchange)

        async def run() -> Any:
            return await run_durably(
                made,
                args,
                execution="12345678-1234-1234-1234-123456789abc",
                journal=self.journal,
                callbacks=self,
                **options,
            )

        with answered_by(service):
            try:
                try:
                    return await live(
                        self.journal, run, None if self.crash is None else End(self.crash)
                    )
                except Crash:
                    return await live(self.journal, run)
            finally:
                for task in self.sending:
                    task.cancel()


def plain(folder: Path, run: Run) -> list[str]:
    return asyncio.run(StillRecorder(run, folder.parent).record(load(folder)))


def durable(folder: Path, run: Run, crash: int | None = None) -> tuple[list[str], int]:
    """The transcript, and the number of writes."""
    recorder = DurableRecorder(run, folder.parent, crash)
    module = load(folder)

    async def start(args: Any, **options: Any) -> Any:
        return await recorder.run_durably(module.workflow, args, **options)

    lines = asyncio.run(recorder.record(SimpleNamespace(run=start)))  # type: ignore[arg-type]
    return lines, recorder.journal.writes


def all_runs(folder: Path) -> Iterator[Run]:
    return runs((folder / "run.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_programs_run_durably_as_they_run_otherwise(folder: Path) -> None:
    for run, again in zip(all_runs(folder), all_runs(folder), strict=True):
        lines, _ = durable(folder, again)
        if run.callbacks:  # a limit on a wait that is over before it begins is not slept here
            assert without(lines, "sleep: ") == without(plain(folder, run), "sleep: ")
        else:
            assert lines == plain(folder, run)


def without(lines: list[str], *beginnings: str) -> list[str]:
    return [line for line in lines if not line.startswith(beginnings)]


def essence(lines: list[str]) -> list[str]:
    """What may not happen twice: everything but log entries and the rests of sleeps."""
    text = re.sub(r"^log: .*\n(?:[ {}\[\]].*\n)*", "", "\n".join(lines), flags=re.MULTILINE)
    return without(text.split("\n"), "sleep: ")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_programs_that_crash_end_as_others_do(folder: Path) -> None:
    for number, run in enumerate(all_runs(folder)):
        lines, writes = durable(folder, run)
        for crash in range(2, writes + 1):
            again = list(all_runs(folder))[number]
            assert essence(durable(folder, again, crash)[0]) == essence(lines), crash
