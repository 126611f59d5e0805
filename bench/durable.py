"""Prints what durable runs cost: runs a second, milliseconds a step, bytes of one that sleeps.

    python -m bench.durable [--rounds N]

A step is a call that is answered at once, so that what is measured is the driver and the journal.
The plain driver runs the same modules.  Runs go one after the other, where each entry has a commit
of its own, or 200 side by side, which share commits.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeAlias
from unittest.mock import patch

from bench.compiled import workflow
from bench.measure import machine, table

from wfc_runtime.clock import RealClock
from wfc_runtime.durable import Client, Recorded, SqliteJournal, resume, start
from wfc_runtime.stdlib import http
from wfc_runtime.v1 import Workflow

ROUNDS = 5
TOGETHER = 200
RUNS = 2_000
STEPS = 500
SLEEPING = 10_000

Run: TypeAlias = Callable[[], Awaitable[Any]]

_ASK = {"call": "http.get", "args": {"url": "https://service.example/"}, "result": "answer"}
_ROUND = {"value": "n", "range": [1, "${steps}"], "steps": [{"ask": _ASK}]}
TRIVIAL = workflow({"main": {"steps": [{"done": {"return": 1}}]}})
ASKING = workflow(
    {"main": {"params": ["steps"], "steps": [{"rounds": {"for": _ROUND}}, {"done": {"return": 1}}]}}
)
NAP = {"call": "sys.sleep", "args": {"seconds": 86_400}}
SLEEPER = workflow({"main": {"steps": [{"nap": NAP}, {"done": {"return": 1}}]}})


async def _answer(execution: Any, sent: Any, key: str | None = None) -> Any:
    return {"code": 200, "headers": {"Content-Type": "application/json"}, "body": {"n": 7}}


class Runs:
    """Runs of one workflow in one journal, or on the plain driver."""

    def __init__(self, made: Workflow, args: Any, journal: SqliteJournal | None) -> None:
        self.made, self.args, self.journal = made, args, journal
        self.client, self.clock, self.numbers = Client(), RealClock(), count()

    async def one(self) -> None:
        if self.journal is None:
            await self.made.run(self.args, env={})
            return
        started = start(self.made, self.args, "local", {}, self.clock, "", "LOG_NONE")
        id = f"run-{next(self.numbers)}"
        await self.journal.begin(id, started)
        running = resume(self.made, id, Recorded(started), self.journal, self.client)
        await running.start()


async def _seconds(run: Run, runs: int, together: int) -> float:
    """What `runs` runs take, so many at one time."""
    left = iter(range(runs))

    async def worker() -> None:
        for _ in left:
            await run()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(together)))
    return time.perf_counter() - began


def _measured(
    made: Workflow,
    args: Any,
    durability: Literal["normal", "full"] | None,
    runs: int,
    together: int,
    rounds: int,
) -> float:
    """The median of what all runs take, in seconds."""
    make, _ = http._client()
    found = []
    with patch.object(http, "_client", lambda: (make, _answer)):
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "runs.db"
                journal = None if durability is None else SqliteJournal(path, durability)
                run = Runs(made, args, journal).one
                found.append(asyncio.run(_seconds(run, runs, together)))
                if journal is not None:
                    journal.close()
    return statistics.median(found)


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


async def _sleepers() -> tuple[float, float, float]:
    """Bytes of each of many sleeping runs, and the seconds that it takes to resume them."""
    with tempfile.TemporaryDirectory() as folder:
        journal, client = SqliteJournal(Path(folder) / "runs.db"), Client()
        started = start(SLEEPER, None, "local", {}, RealClock(), "", "LOG_NONE")
        await asyncio.gather(*(journal.begin(str(n), started) for n in range(SLEEPING)))
        gc.collect()
        before = _resident()

        async def resume_all() -> tuple[list[Any], float]:
            began = time.perf_counter()
            executions = []
            for n in range(SLEEPING):
                recorded = await journal.load(str(n))
                assert recorded is not None
                execution = resume(SLEEPER, str(n), recorded, journal, client)
                execution.start()
                executions.append(execution)
            while not all(each.is_idle for each in executions):
                await asyncio.sleep(0.01)
            return executions, time.perf_counter() - began

        executions, first = await resume_all()
        gc.collect()
        each = (_resident() - before) / SLEEPING
        await asyncio.gather(*(execution.stop() for execution in executions))
        executions, again = await resume_all()
        await asyncio.gather(*(execution.stop() for execution in executions))
        journal.close()
        return each, first, again


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.durable", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args(argv).rounds
    print(machine(), end="\n\n")
    each, first, again = asyncio.run(_sleepers())
    rows = []
    for name, durability in (("plain", None), ("normal", "normal"), ("full", "full")):
        few = RUNS // 10 if durability == "full" else RUNS

        def measured(
            made: Workflow, args: Any, runs: int, together: int, kept: Any = durability
        ) -> float:
            return _measured(made, args, kept, runs, together, rounds) / runs

        rows.append(
            (
                name,
                f"{1 / measured(TRIVIAL, None, few, 1):,.0f}",
                f"{1 / measured(TRIVIAL, None, RUNS, TOGETHER):,.0f}",
                f"{1 / measured(ASKING, 3, RUNS, TOGETHER):,.0f}",
                f"{measured(ASKING, STEPS, 1, 1) / STEPS * 1000:.3f}",
                f"{measured(ASKING, 20, TOGETHER, TOGETHER) / 20 * 1000:.3f}",
            )
        )
    heads = (
        "journal",
        "trivial runs/s, alone",
        f"{TOGETHER} at a time",
        f"of 3 steps, {TOGETHER} at a time",
        "ms a step, alone",
        f"{TOGETHER} at a time",
    )
    print(table(heads, rows))
    print(
        f"\n{SLEEPING:,} runs that sleep: {each / 1000:.1f} kB each; "
        f"begun in {first:.1f} s, resumed in {again:.1f} s"
    )


if __name__ == "__main__":
    main()
