"""Prints what step history costs the suite's programs: nobody listens, basic, detailed.

python -m bench.step_history [--case NAME]… [--rounds N]

`plain` is compiled without history.  The sink takes the entries and does nothing with them.  The
runs of an http server are left out: there, waiting is the point.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.catalog import CASES, Case
from bench.compiled import compiled
from bench.measure import interleaved, machine, table
from bench.suite import source

import wfc_runtime.v1 as wf

ROUNDS = 7
LEAST = 0.05

Recording = Callable[[], wf.Recorder | None]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.step_history", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = [case.name for case in CASES if case.delay is None]
    parser.add_argument("--case", action="append", choices=names, metavar="NAME", default=[])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"else {ROUNDS}")
    options = parser.parse_args(argv)
    print(machine(), end="\n\n")
    rows = []
    for case in CASES:
        if case.name in (options.case or names):
            rows.append(measured(case, options.rounds))
            print(case.name, flush=True)
    heads = ("case", "entries", "plain ms", "off ×", "basic ×", "basic µs each", "detailed µs each")
    print("", table(heads, rows), sep="\n")


def measured(case: Case, rounds: int) -> tuple[str, ...]:
    """A row; detailed history is measured at the small size, since it shows values of any size."""
    plain, recording = compiled(source(case)), compiled(source(case), history=True)
    given, small = case.given(case.size, ""), case.given(case.small, "")
    found = interleaved(
        {
            "plain": partial(seconds, plain, given, nobody),
            "off": partial(seconds, recording, given, nobody),
            "basic": partial(seconds, recording, given, partial(wf.Recorder, ignore)),
            "plain, small": partial(seconds, plain, small, nobody),
            "detailed": partial(
                seconds, recording, small, partial(wf.Recorder, ignore, detailed=True)
            ),
        },
        rounds,
    )
    before, entries = found["plain"], counted(recording, given)
    basic = found["basic"].excess(before) / entries
    detailed = found["detailed"].excess(found["plain, small"]) / counted(recording, small)
    return (
        case.name,
        str(entries),
        f"{before.median * 1000:.2f}",
        f"{found['off'].ratio(before):.2f}",
        f"{found['basic'].ratio(before):.2f}",
        f"{basic * 1e6:.2f}",
        f"{detailed * 1e6:.1f}",
    )


def nobody() -> None:
    return None


def ignore(entry: wf.StepEntry) -> None:
    pass


def counted(workflow: wf.Workflow, given: Any) -> int:
    """How many entries a run has."""
    latest: list[wf.StepEntry] = []

    def keep(entry: wf.StepEntry) -> None:
        if not latest or entry.number > latest[0].number:
            latest[:] = [entry]

    asyncio.run(workflow.run(given, history=wf.Recorder(keep)))
    return latest[0].number


def seconds(workflow: wf.Workflow, given: Any, recorder: Recording) -> float:
    """The processor time of one run, out of as many as take `LEAST` seconds together."""
    gc.collect()
    runs = 0
    start = time.process_time()
    while (taken := time.process_time() - start) < LEAST or not runs:
        asyncio.run(workflow.run(given, history=recorder()))
        runs += 1
    return taken / runs


if __name__ == "__main__":
    main()
