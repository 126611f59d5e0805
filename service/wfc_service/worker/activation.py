"""Threads in which workflows run, one after the other, until one of them takes long.

One thread takes all the work that comes.  What computes for longer than `LONG` keeps that thread,
and another one goes on with the rest (as Go's scheduler does it): whoever computes slows the others
by sharing the interpreter with them, and in no other way.
"""

from __future__ import annotations

import asyncio
import ctypes
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final

from wfc_service.worker.marks import SLOTS, Marks

LONG: Final = 0.02
"""Seconds after which another thread goes on with the rest."""

_TICK: Final = 0.01
"""Seconds between two looks at the work that goes on."""

_QUIET: Final = 50
"""Looks without any work; then nobody looks until there is some."""


class Interrupted(BaseException):
    """Raised in the middle of work that is to end, wherever that is; no workflow catches it."""


class _Work:
    """`done` gets what `work` returns, or true and what it raises; `told` says that it has."""

    __slots__ = ("done", "number", "told", "work")

    def __init__(
        self,
        number: int,
        work: Callable[[], bool],
        done: Callable[[bool, BaseException | None], None],
    ) -> None:
        self.number = number
        self.work = work
        self.done = done
        self.told = False


class _Turn:
    """One thread's.

    work      what it is at, if anything
    began     when that began, 0 for nothing
    replaced  whether another thread goes on with the rest: it ends when its work does
    """

    __slots__ = ("began", "replaced", "slot", "thread", "work")

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.work: _Work | None = None
        self.began = 0.0
        self.replaced = False
        self.thread: Thread


class Activator:
    """Belongs to the event loop in which it is made."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Work] = SimpleQueue()
        self._done: deque[tuple[_Work, bool, BaseException | None]] = deque()
        self._told = False
        """Whether the event loop knows that there is something in `_done`."""
        self._turns: dict[int, _Turn] = {}
        """By the slot of each thread that there is."""
        self._awake = Event()
        self._paused = False
        self._turn = self._start(0)
        Thread(target=self._watch, name="wfc watch", daemon=True).start()

    def submit(
        self,
        number: int,
        work: Callable[[], bool],
        done: Callable[[bool, BaseException | None], None],
    ) -> None:
        """Does work for the execution with a number; then calls `done` in the event loop."""
        if self._paused:
            return
        self._queue.put(_Work(number, work, done))
        if not self._awake.is_set():
            self._awake.set()

    def pause(self) -> None:
        """Takes no more work, and tells nobody what has been done: it is done again another time.

        Work that is under way now would else begin something that nobody waits for.
        """
        self._paused = True

    def interrupt(self, number: int) -> None:
        """Ends the work that goes on for an execution, if any, by raising Interrupted in it."""
        for turn in list(self._turns.values()):
            work, thread = turn.work, turn.thread.ident
            if turn.replaced and work is not None and work.number == number and thread is not None:
                raised = ctypes.py_object(Interrupted)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)

    def _complete(self) -> None:
        """In the event loop: tells who has asked for the work that has been done."""
        self._told = False
        while self._done:
            work, result, error = self._done.popleft()
            if not work.told and not self._paused:
                work.told = True
                work.done(result, error)

    # in threads; an interrupt may come after the work that it was meant for, so that whatever
    # follows may be cut short at any call, and is done again then

    def _start(self, slot: int) -> _Turn:
        turn = self._turns[slot] = _Turn(slot)
        turn.thread = Thread(target=self._serve, args=(turn,), name="wfc activation", daemon=True)
        turn.thread.start()
        return turn

    def _serve(self, turn: _Turn) -> None:
        while True:
            try:
                while not turn.replaced:
                    self._do(turn, self._queue.get())
                self._turns.pop(turn.slot, None)
                return
            except Interrupted as late:
                self._finish(turn, True, late)
                self._loop.call_soon_threadsafe(self._complete)

    def _do(self, turn: _Turn, work: _Work) -> None:
        turn.work = work
        turn.began = time.monotonic()
        self._marks.set(turn.slot, work.number)
        result, error = True, None
        try:
            result = work.work()
        except BaseException as exc:
            error = exc
        self._finish(turn, result, error)

    def _finish(self, turn: _Turn, result: bool, error: BaseException | None) -> None:
        turn.began = 0.0
        if turn.work is not None:
            self._done.append((turn.work, result, error))
            turn.work = None
        self._marks.clear(turn.slot)
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._complete)

    def _watch(self) -> None:
        quiet = 0
        while True:
            turn = self._turn
            began = turn.began
            if began and time.monotonic() - began > LONG:
                self._replace(turn)
            quiet = 0 if began else quiet + 1
            if quiet > _QUIET:
                self._awake.clear()
                if not turn.began and self._queue.empty():
                    self._awake.wait()
                quiet = 0
            time.sleep(_TICK)

    def _replace(self, turn: _Turn) -> None:
        """Lets another thread take what comes, unless there are as many as there may be.

        If the work has ended just now, both threads take some for a moment.
        """
        free = next((slot for slot in range(SLOTS) if slot not in self._turns), None)
        if free is not None:
            turn.replaced = True
            self._turn = self._start(free)
