"""Kill -9 of workers and of the service, and its end by SIGTERM, while Peak's workflows run.

A step that has ended is never run again, one that runs never meets what an earlier life has left
of it, the results are what they are without kills, and in the end no process is there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.many_kills import many_kills
from tests.processes import children, gone, needs_proc

from wfc_service.engine.hosting import MOVES

ROOT = Path(__file__).parent.parent
SOAK = 120.0
STEPS: list[tuple[str, str, dict[str, str]]] = [
    ("a", "Success", {"x": "{n}"}),
    ("b", "Success", {"y": "b{n}"}),
    ("c", "Failed", {}),
    ("d", "Success", {"z": "db{n}"}),
    ("e", "Skipped", {}),
]
"""As each of them ends."""

PARENTS = {"a": "", "b": "a", "c": "a", "d": "bc", "e": "c"}


class Killed:
    """A service in a process of its own, which is started again whenever it has ended."""

    def __init__(self, folder: Path, count: int, kills: int) -> None:
        folder.mkdir()
        self._folder = folder
        self._count = count
        self._wanted = kills
        self.mark = f"killed-{os.getpid()}-{folder.name}"
        self.kills = 0
        self._tell_kills()
        self.noted: list[tuple[int, set[tuple[str, str]]]] = []
        """How long the ledger was at an end of the service, and which steps had ended for good."""
        self.start()

    def start(self) -> None:
        arguments = [str(self._folder), str(self._count), str(self._wanted), self.mark]
        command = [sys.executable, "-m", "tests.killed_peak_service", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT)

    def end(self, how: signal.Signals) -> None:
        """Ends the service and starts it again."""
        self._count_kill()
        self.process.send_signal(how)
        self.process.wait()
        if how == signal.SIGTERM:
            assert gone(self.mark), "the service has stopped, and commands have not"
        self.noted.append((len(self.ledger()), self._ended()))
        self.start()

    def abandon(self) -> None:
        """Ends the service; no command waits for another kill."""
        (self._folder / "kills").write_text(str(self._wanted))
        self.process.kill()
        self.process.wait()

    def kill_worker(self, rng: random.Random) -> bool:
        """Whether there was one."""
        workers = children(self.process.pid, "wfc_service.worker")
        if workers:
            self._count_kill()
            with suppress(ProcessLookupError):  # it has ended since the last kill
                os.kill(rng.choice(workers), signal.SIGKILL)
        return bool(workers)

    def _count_kill(self) -> None:
        self.kills += 1
        self._tell_kills()

    def _tell_kills(self) -> None:
        """Says it to the executions, which wait for it."""
        (self._folder / "new").write_text(str(self.kills))
        (self._folder / "new").replace(self._folder / "kills")

    def ledger(self) -> list[list[str]]:
        """Number of the execution, step and what happened, in order."""
        try:
            text = (self._folder / "ledger").read_text()
        except FileNotFoundError:
            return []
        return [line.split(" ") for line in text.split("\n")[:-1]]

    def unfinished(self) -> int:
        """How many executions have not ended, those that have not been created included."""
        [(ended,)] = self._read("SELECT count(*) FROM executions WHERE end_time IS NOT NULL") or [
            (0,)
        ]
        return self._count - int(ended)

    def executions(self) -> list[tuple[str, str, str]]:
        """request id, state, result"""
        return self._read("SELECT request_id, state, result FROM executions ORDER BY number")

    def _ended(self) -> set[tuple[str, str]]:
        """The steps whose ends are in a journal, and those of executions that have ended."""
        journals = self._read(
            "SELECT request_id, key FROM journal JOIN executions ON execution = executions.number"
        )
        over = self._read("SELECT request_id FROM executions WHERE end_time IS NOT NULL")
        every = [(wish, step) for (wish,) in over for step, _, _ in STEPS]
        return {(wish.removeprefix("wish "), step) for wish, step in [*journals, *every]}

    def _read(self, query: str) -> list[Any]:
        try:
            with sqlite3.connect(f"file:{self._folder}/service.db?mode=ro", uri=True) as file:
                return list(file.execute(query))
        except sqlite3.OperationalError:
            return []  # it is not there yet


def survive(folder: Path, count: int, kills: int, seed: int) -> int:
    """Runs workflows among so many kills to their end and checks them.

    Most lives of the service get as far as to begin a step; the others end whenever it may be.
    """
    rng = random.Random(seed)
    service = Killed(folder, count, kills)
    deaths = 0  # of workers since the service began; `MOVES` could be the same execution's
    before = 0  # lines of the ledger when it began
    try:
        while service.kills < kills:
            time.sleep(rng.uniform(0.05, 0.4))
            if deaths < MOVES - 1 and rng.random() < 0.5:
                deaths += service.kill_worker(rng)
            elif service.ledger() or rng.random() < 0.5:
                may_wait = rng.random() < 0.75
                while may_wait and len(service.ledger()) <= before:
                    assert service.process.poll() is None, "the service has ended by itself"
                    time.sleep(0.02)
                service.end(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
                deaths, before = 0, len(service.ledger())
        while left := service.unfinished():
            assert service.process.poll() is None, f"{left} executions are left, and no service"
            time.sleep(0.02)
        check(service, count)
    finally:
        service.abandon()
    assert gone(service.mark)
    return kills


def check(service: Killed, count: int) -> None:
    found = service.executions()
    assert [wish for wish, _, _ in sorted(found, key=number_of)] == [
        f"wish {n}" for n in range(count)
    ]
    for wish, state, result in found:
        assert state == "FAILED"
        steps = json.loads(result)["steps"]
        number = wish.removeprefix("wish ")
        wanted = [
            (name, status, {key: text.format(n=number) for key, text in outputs.items()})
            for name, status, outputs in STEPS
        ]
        assert [(one["name"], one["status"], one.get("outputs", {})) for one in steps] == wanted
    ledger = service.ledger()
    assert [line for line in ledger if line[2] == "overlap"] == []
    begun = Counter((n, step) for n, step, what in ledger if what == "begin")
    assert max(begun.values()) <= 1 + service.kills
    assert len(begun) == 4 * count
    for length, ended in service.noted:
        again = {(n, step) for n, step, what in ledger[length:] if what == "begin"}
        assert not again & ended, "steps that had ended began again"
    check_progress(ledger)


def check_progress(ledger: list[list[str]]) -> None:
    """No step begins once a step after it has begun."""
    gone_on_from: set[tuple[str, str]] = set()
    for n, step, what in ledger:
        if what == "begin":
            assert (n, step) not in gone_on_from, f"{n}: {step} began after a step after it"
            gone_on_from |= {(n, parent) for parent in PARENTS[step]}


def number_of(found: tuple[str, str, str]) -> int:
    return int(found[0].removeprefix("wish "))


@needs_proc
def test_workflows_survive_kills_of_workers_and_service(tmp_path: Path) -> None:
    survive(tmp_path / "0", 20, 6, seed=1)


@needs_proc
@pytest.mark.soak
def test_workflows_survive_hundreds_of_kills(tmp_path: Path) -> None:
    assert many_kills(lambda seed: survive(tmp_path / str(seed), 60, 20, seed), SOAK) > 0
