"""Both event loops: tests that take one of these fixtures run on asyncio's own and on uvloop's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from wfc_runtime.accelerator import SWITCH
from wfc_runtime.eventloop import loop_factory

LOOPS = ["asyncio", "uvloop"]


@pytest.fixture(params=LOOPS)
def loop_of_programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of the programs that a test starts."""
    monkeypatch.setenv(SWITCH, "" if _wanted(request) else "1")


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of `asyncio.run` in a test."""
    if make := _wanted(request):

        def run(main: Coroutine[Any, Any, Any], *, debug: bool | None = None) -> Any:
            with asyncio.Runner(debug=debug, loop_factory=make) as runner:
                return runner.run(main)

        monkeypatch.setattr(asyncio, "run", run)


def _wanted(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None for asyncio's own."""
    if request.param == "asyncio":
        return None
    make = loop_factory()
    if make is None:
        pytest.skip("uvloop is not installed, or switched off")
    return make
