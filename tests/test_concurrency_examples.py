"""The examples of the specification page on concurrency limits, with the counts that it states."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import load
from tests.http_server import serving

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

EXAMPLE = Path(__file__).parent.parent.parent / "shared/spec/seeds/concurrency.yaml"


def compiled(text: str) -> wf.Workflow:
    module = compile_source(Source("example.yaml", text), layout=False).module
    assert module is not None
    made: wf.Workflow = load(module).workflow
    return made


class Active:
    """An observer that counts the active branches of each parallel step, and of all."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.total: Counter[str] = Counter()

    def _change(self, branch: wf.BranchPath, by: int) -> None:
        for name in (branch[-1][0], "in all") if branch else ():
            self.now[name] += by
            self.most[name] = max(self.most[name], self.now[name])

    def branch_started(self, branch: wf.BranchPath) -> None:
        self.total[branch[-1][0]] += 1
        self._change(branch, 1)

    def branch_finished(self, branch: wf.BranchPath, error: Exception | None) -> None:
        self._change(branch, -1)

    def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
        if what == "parallel":
            self._change(branch, -1)

    def step_finished(
        self, branch: wf.BranchPath, step: str, what: str, error: BaseException | None
    ) -> None:
        if what == "parallel":
            self._change(branch, 1)

    def log(self, entry: wf.LogEntry) -> None:
        pass


def _each(step: str, limit: int | None, seconds: int) -> dict[str, Any]:
    nap = {"nap": {"call": "sys.sleep", "args": {"seconds": seconds}}}
    limited = {} if limit is None else {"concurrency_limit": limit}
    loop = {"value": f"of_{step}", "range": [1, 30], "steps": [nap]}
    return {step: {"parallel": {**limited, "for": loop}}}


@pytest.mark.parametrize("seed", range(20))
def test_example_1_limits_are_not_inherited_and_waiting_parents_are_not_counted(seed: int) -> None:
    """Child A has a limit of 1, its grandchildren A none, B 10 and C 2."""
    grandchildren = [
        {name: {"steps": [{f"{name}_own": {"call": "sys.sleep", "args": {"seconds": 1}}},
                          _each(step, limit, 1)]}}
        for name, step, limit in (("a", "of_a", None), ("b", "of_b", 10), ("c", "of_c", 2))
    ]  # fmt: skip
    child = {"child_a": {"parallel": {"concurrency_limit": 1, "branches": grandchildren}}}
    seen = Active()
    clock = VirtualClock(seed=seed)
    asyncio.run(compiled(json.dumps([child])).run(clock=clock, observer=seen))
    assert seen.most["child_a"] == 1
    assert seen.most["of_b"] <= 10
    assert seen.most["of_c"] == 2
    assert 10 < seen.most["of_a"] <= 20  # no limit but the global one
    assert seen.most["in all"] == 20
    assert seen.total == {"child_a": 3, "of_a": 30, "of_b": 30, "of_c": 30}


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the example is not beside the repository")
def test_examples_2_and_3_two_of_three_parents_are_active_and_twelve_of_fifteen_children() -> None:
    """Real calls: each kind is answered once as many are in flight as the page says."""
    asked, in_flight, most = Counter[str](), Counter[str](), Counter[str]()
    full = {"parent": 2, "child": 12}

    async def scenario() -> None:
        reached = {kind: asyncio.Event() for kind in full}

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            kind = request.path[1:]
            asked[kind] += 1
            in_flight[kind] += 1
            most[kind] = max(most[kind], in_flight[kind])
            if in_flight[kind] == full[kind]:
                reached[kind].set()
            async with asyncio.timeout(30):
                await reached[kind].wait()
            await asyncio.sleep(0)
            in_flight[kind] -= 1
            return web.Response(text="ok")

        async with serving(answer) as address:
            text = EXAMPLE.read_text(encoding="utf-8")
            text = text.replace("www.foo.com", f"{address}/parent")
            text = text.replace("www.bar.com", f"{address}/child")
            seen = Active()
            await compiled(text).run(observer=seen)
            assert seen.most["parent"] == 2
            assert seen.most["nestedChild"] == 12
            assert seen.total == {"parent": 3, "nestedChild": 15}

    asyncio.run(scenario())
    assert asked == {"parent": 3, "child": 15}
    assert most == full
