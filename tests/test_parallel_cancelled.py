"""A cancelled execution stops every branch and leaves no task, timer, thread or connection."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import load, workflow
from tests.http_server import serving

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

ASK = {"ask": {"call": "http.get", "args": {"url": "${address}"}}}
NAP = {"nap": {"call": "sys.sleep", "args": {"seconds": 3600}}}
SPIN = {"spin": {"next": "spin"}}
RETRY = {
    "again": {
        "try": {"call": "http.get", "args": {"url": "http://127.0.0.1:9"}},
        "retry": {
            "predicate": "${retry.always}",
            "max_retries": 100,
            "backoff": {"initial_delay": 3600, "max_delay": 3600, "multiplier": 1},
        },
    }
}


def branch(name: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {name: {"steps": list(steps)}}


def each(value: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"for": {"value": value, "range": [1, 40], "steps": list(steps)}}


def compiled(*, accounting: bool = False) -> str:
    """Branches that wait in every way there is, queue, compute, or hold a lock; two levels deep."""
    inner = {"inner": {"parallel": {"concurrency_limit": 3, **each("j", ASK)}}}
    locked = {"lock": {"assign": [{"shared": "${ask_first(shared, address)}"}]}}
    branches = [
        branch("asks", ASK),
        branch("naps", NAP),
        branch("computes", SPIN),
        branch("retries", RETRY),
        branch("nests", inner),
        branch("locks", locked),
        branch("queues_for_the_lock", {"lock_too": locked["lock"]}),
    ]
    fan = {"fan": {"parallel": {"shared": ["shared"], "branches": branches}}}
    start = {"start": {"assign": [{"shared": 0}]}}
    caught = {"guarded": {"try": {"steps": [fan]}, "except": {"steps": [
        {"never": {"call": "sys.log", "args": {"text": "handled"}}}]}}}  # fmt: skip
    workflow = {
        "main": {"params": ["address"], "steps": [start, caught]},
        "ask_first": {
            "params": ["value", "address"],
            "steps": [{"ask_too": ASK["ask"]}, {"answer": {"return": "${value + 1}"}}],
        },
    }
    made = compile_source(Source("all.json", json.dumps(workflow)), accounting=accounting)
    assert made.module is not None, made.problems
    return made.module


class Stalled:
    """A server that answers nothing, and knows how many wait."""

    def __init__(self) -> None:
        self.waiting = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.waiting += 1
        try:
            await asyncio.Event().wait()
            return web.Response()
        finally:
            self.waiting -= 1


BUSY = 1 + 3 + 1
"""Requests in flight once everything waits: of `asks`, of `nests`, of the holder of the lock."""


async def _until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("accounting", [False, True])
@pytest.mark.parametrize("times", [1, 3])
def test_cancelling_leaves_nothing_behind(accounting: bool, times: int) -> None:
    module = load(compiled(accounting=accounting))

    async def scenario() -> None:
        stalled = Stalled()
        async with serving(stalled) as address:
            before = asyncio.all_tasks()
            limits = "google" if accounting else "local"
            log: list[Any] = []
            run = asyncio.create_task(module.run(address, limits=limits, log=log.append))
            await _until(lambda: stalled.waiting == BUSY)
            for _ in range(times):
                run.cancel()
                await asyncio.sleep(0)
            with pytest.raises(asyncio.CancelledError):
                await run
            left = asyncio.all_tasks() - before
            assert [task for task in left if "RequestHandler" not in repr(task)] == []
            assert not [thread for thread in threading.enumerate() if "ticker" in thread.name]
            await _until(lambda: stalled.waiting == 0)  # the server hears that they are gone
            assert log == []
        scheduled = getattr(asyncio.get_running_loop(), "_scheduled")  # noqa: B009
        assert [timer for timer in scheduled if not timer.cancelled()] == []

    if accounting:  # its branch that computes would stop at the limit of steps
        module = load(compiled(accounting=True).replace("run.steps(", "run.steps(0 * "))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(scenario(), debug=True)
        gc.collect()


def test_cancelling_under_the_virtual_clock_leaves_nothing_behind() -> None:
    async def main(run: Any) -> None:
        async def inner(run: Any, item: Any, index: int) -> None:
            await run.sleep("nap", 100)

        async def outer(run: Any, item: Any, index: int) -> None:
            await run.parallel_for("inner", range(50), inner, limit=2)

        await run.parallel_for("outer", range(50), outer, limit=4)

    async def scenario() -> None:
        clock = VirtualClock(seed=1)
        run = asyncio.create_task(workflow(main).run(clock=clock))
        await asyncio.wait({run}, timeout=0)
        for _ in range(200):
            await asyncio.wait({run}, timeout=0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario(), debug=True)


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process there")
@pytest.mark.usefixtures("loop_of_programs")
def test_ctrl_c_leaves_nothing_behind_and_says_nothing_else(tmp_path: Path) -> None:
    """In development mode Python complains about every task, socket and coroutine that is left."""
    (tmp_path / "all.py").write_text(compiled(), encoding="utf-8")

    async def scenario() -> tuple[int | None, bytes, bytes]:
        stalled = Stalled()
        async with serving(stalled) as address:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-X", "dev", "-W", "error", "all.py", json.dumps(address)),
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            await _until(lambda: stalled.waiting == BUSY)
            process.send_signal(signal.SIGINT)
            out, err = await process.communicate()
            await _until(lambda: stalled.waiting == 0)
            return process.returncode, out, err

    code, out, err = asyncio.run(scenario())
    said = [line for line in err.splitlines() if not line.startswith(b"Executing")]  # slowly
    assert (code, out, said) == (130, b"", [b"cancelled"])
