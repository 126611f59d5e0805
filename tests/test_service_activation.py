"""The threads of a worker: one for all, until something takes long; interrupted, whatever it does.

What takes long waits for an event here, or computes until it is interrupted: nothing is timed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from wfc_service.worker.activation import Activator, Interrupted
from wfc_service.worker.marks import SLOTS, Marks


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


class Threads:
    """An activator, and what has come of the work that it was given."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.activator = Activator(self.marks)

    def do(self, number: int, work: Callable[[], bool]) -> asyncio.Future[bool]:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def tell(result: bool, error: BaseException | None) -> None:
            if isinstance(error, Exception | None):
                done.set_exception(error) if error else done.set_result(result)
            else:
                done.set_exception(RuntimeError(type(error).__name__))

        self.activator.submit(number, work, tell)
        return done


def endless() -> bool:
    while True:
        pass


def test_short_work_is_done_in_its_order_in_one_thread() -> None:
    async def main() -> None:
        threads, seen = Threads(), []

        def note(n: int) -> Callable[[], bool]:
            def work() -> bool:
                seen.append((n, threading.get_ident()))
                return n % 2 == 0

            return work

        results = await asyncio.gather(*(threads.do(n + 1, note(n)) for n in range(100)))
        assert results == [n % 2 == 0 for n in range(100)]
        assert [n for n, _ in seen] == list(range(100))
        assert len({thread for _, thread in seen}) == 1
        assert threads.marks.numbers() == []

    run(main())


def test_what_work_raises_is_told_and_the_rest_goes_on() -> None:
    async def main() -> None:
        threads = Threads()

        def fail() -> bool:
            raise ValueError("no")

        failing, fine = threads.do(1, fail), threads.do(2, lambda: True)
        with pytest.raises(ValueError, match="no"):
            await failing
        assert await fine

    run(main())


def test_who_takes_long_keeps_one_thread_and_no_more() -> None:
    async def main() -> None:
        threads, event = Threads(), threading.Event()
        waiting = [threads.do(n, event.wait) for n in (1, 2, 3)]
        assert await threads.do(4, lambda: True)
        assert sorted(threads.marks.numbers()) == [1, 2, 3]
        event.set()
        assert await asyncio.gather(*waiting) == [True] * 3
        assert await threads.do(5, lambda: True)
        assert threads.marks.numbers() == []

    run(main())


def test_there_are_only_so_many_threads_and_then_others_wait() -> None:
    async def main() -> None:
        threads, event = Threads(), threading.Event()
        waiting = [threads.do(n + 1, event.wait) for n in range(SLOTS)]
        last = threads.do(SLOTS + 1, lambda: True)
        while len(threads.marks.numbers()) < SLOTS:
            await asyncio.sleep(0)
        assert not last.done()
        event.set()
        assert await last
        assert await asyncio.gather(*waiting) == [True] * SLOTS

    run(main())


def test_endless_work_is_interrupted_and_others_are_not() -> None:
    async def main() -> None:
        threads, event = Threads(), threading.Event()
        spinning, waiting = threads.do(1, endless), threads.do(2, event.wait)
        assert await threads.do(3, lambda: True)  # so others have been given threads of their own
        threads.activator.interrupt(1)
        with pytest.raises(RuntimeError, match=Interrupted.__name__):
            await spinning
        threads.activator.interrupt(1)  # which is over
        event.set()
        assert await waiting
        assert await threads.do(4, lambda: True)

    run(main())


def test_what_is_under_way_at_a_pause_is_told_to_nobody() -> None:
    """Else it could ask for a request just as the process ends, and for the same again later."""

    async def main() -> None:
        threads, begun, event = Threads(), threading.Event(), threading.Event()

        def work() -> bool:
            begun.set()
            return event.wait()

        under_way = threads.do(1, work)
        await asyncio.to_thread(begun.wait)
        threads.activator.pause()
        late = threads.do(2, lambda: True)
        event.set()
        while threads.marks.numbers():
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # what has been done would be told of now
        assert not under_way.done()
        assert not late.done()

    run(main())
