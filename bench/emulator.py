"""A case -> how long PyPI's workflows-emulator takes for it, as a multiple of by hand.

python -m bench.emulator NAME

It is no dependency: `pip install workflows-emulator` for the column.  It runs in a process of its
own, since an error inside an assignment leaves its lock taken, and it changes how imports work.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import yaml
from bench.catalog import CASES, Case
from bench.server import ROOT, answering

_LONGEST = 60
"""Seconds that a case may take."""


def compared(case: Case) -> float | str | None:
    """The ratio, or why there is none; None where the emulator is not installed."""
    if importlib.util.find_spec("workflows_emulator") is None:
        return None
    command = [sys.executable, "-m", "bench.emulator", case.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        return f"it takes more than {_LONGEST} s"
    if done.returncode:
        return done.stderr.strip().rpartition("\n")[2][:120]
    ratio: float | str = json.loads(done.stdout)
    return ratio


def _ratio(case: Case, url: str) -> float | str:
    execute_workflow = importlib.import_module("workflows_emulator.main").execute_workflow
    logging.disable()
    given = case.given(case.small, url)
    tree = yaml.safe_load(case.text)
    (parameter,) = tree["main"]["params"]

    def emulated() -> Any:
        return execute_workflow(yaml.safe_load(case.text), {parameter: given})

    async def awaited() -> Any:
        return await case.by_hand(given)

    result = emulated()
    expected = asyncio.run(awaited())
    if json.dumps(result, sort_keys=True) != json.dumps(expected, sort_keys=True):
        return f"its result is {json.dumps(result)[:60]}"
    return min(_cpu(emulated) for _ in range(2)) / min(
        _cpu(lambda: asyncio.run(awaited())) for _ in range(5)
    )


def _cpu(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def main(name: str) -> None:
    (case,) = [case for case in CASES if case.name == name]
    if case.delay is None:
        print(json.dumps(_ratio(case, "")))
    else:
        with answering(case.delay) as url:
            print(json.dumps(_ratio(case, url)))


if __name__ == "__main__":
    main(sys.argv[1])
