"""Prints what compiled workflows take, as a multiple of the same work written by hand.

python -m bench.suite [--case NAME]… [--rounds N] [--write]

A round runs both, one after the other, often enough to take `LEAST` seconds each; results are
compared first.  A run is all of `asyncio.run`: to make and to close the event loop is part of both.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench import emulator, results
from bench.catalog import CASES, Case
from bench.compiled import compiled
from bench.measure import Samples, in_turns
from bench.results import Row
from bench.server import answering

from wfc.source import Source

ROUNDS = 15
LEAST = 0.03

Function = Callable[[Any], Awaitable[Any]]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.suite", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = [case.name for case in CASES]
    parser.add_argument("--case", action="append", choices=names, metavar="NAME", default=[])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least 2, else {ROUNDS}")
    parser.add_argument("--write", action="store_true", help="all cases, to bench/RESULTS.md")
    options = parser.parse_args(argv)
    if options.rounds < 2:
        parser.error("a median and its spread need at least 2 rounds")
    if options.write and options.case:
        parser.error("bench/RESULTS.md has all cases: leave --case out")
    rows = []
    for case in CASES:
        if not options.case or case.name in options.case:
            rows.append(measured(case, options.rounds))
            print(results.line(rows[-1]), flush=True)
    print(results.console(rows))
    if options.write:
        results.FILE.write_text(results.page(rows, options.rounds), encoding="utf-8")


def measured(case: Case, rounds: int) -> Row:
    """Both sides of a case; ValueError where their results differ."""
    workflow, by_hand = compiled(source(case)), case.by_hand
    with served(case) as url:
        given = case.given(case.size, url)
        compare(case, workflow.run, by_hand, given)
        gc.freeze()  # the compiler's own objects are nothing to collect in every round
        timed = in_turns(
            {
                "by hand": partial(seconds, by_hand, given, runs(by_hand, given)),
                "wfc": partial(seconds, workflow.run, given, runs(workflow.run, given)),
            },
            rounds,
        )
    cpu, wall = (
        [Samples(tuple(pair[at] for pair in timed[side])) for side in ("wfc", "by hand")]
        for at in (0, 1)
    )
    return Row(case, (cpu[0], cpu[1]), (wall[0], wall[1]), emulator.compared(case))


def source(case: Case) -> Source:
    return Source(f"{case.program}.yaml", case.text)


@contextmanager
def served(case: Case) -> Iterator[str]:
    """The URL of the server that a case asks; empty where it needs none."""
    if case.delay is None:
        yield ""
    else:
        with answering(case.delay) as url:
            yield url


def compare(case: Case, run: Function, by_hand: Function, given: Any) -> None:
    """ValueError unless both have the same result, as JSON: 1, 1.0 and true are three."""
    ours, theirs = (
        json.dumps(asyncio.run(awaited(side, given)), sort_keys=True) for side in (run, by_hand)
    )
    if ours != theirs:
        raise ValueError(f"{case.name}: {ours[:200]} is not what is made by hand, {theirs[:200]}")


def runs(function: Function, given: Any) -> int:
    """How many runs take at least `LEAST` seconds."""
    number = 1
    while (taken := seconds(function, given, number)[1] * number) < LEAST:
        number = max(number + 1, min(10 * number, round(1.2 * LEAST / taken * number)))
    return number


def seconds(function: Function, given: Any, number: int) -> tuple[float, float]:
    """The processor and wall time of one run, out of `number`."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(number):
        asyncio.run(awaited(function, given))
    return (time.process_time() - cpu) / number, (time.perf_counter() - wall) / number


async def awaited(function: Function, given: Any) -> Any:
    return await function(given)


if __name__ == "__main__":
    main()
