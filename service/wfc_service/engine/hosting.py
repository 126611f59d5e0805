"""Executions in workers: each is sent to one, and to another when that one dies.

    to a worker      settings  module  run  durable  cancel  callback  answer  ping  stop
    from a worker    entry  sleep  end  flush  log  history  steps  endpoints  refused  ask  pong

All that a worker says has the number of an execution second, 0 for none (`pong`).
What the messages of a frame write is committed together; the worker is then told how many of its
entries are durable.  A worker whose messages cannot be written is killed: its executions can only
go on from what is written.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, Final, Protocol

from wfc_service.engine.admission import RETRY_AFTER
from wfc_service.engine.hosted import Cut, Frame, Hosted, Request
from wfc_service.engine.interface import CallbackRequest
from wfc_service.engine.modules import Modules
from wfc_service.engine.overdue import overdue
from wfc_service.engine.workers import Worker, Workers
from wfc_service.errors import ApiError, not_found, system_error
from wfc_service.names import PEAK
from wfc_service.store.database import Database
from wfc_service.store.journal_rows import recorded
from wfc_service.store.records import Execution
from wfc_service.times import Now
from wfc_service.worker.beginning import Beginning
from wfc_service.worker.pipe import Message

_WRITTEN: Final = {"entry", "sleep", "end", "flush"}
"""What a worker waits for until it is durable."""

_AT_ONCE: Final = 100
"""Executions that are sent to other workers before anything else has its turn."""

DEATHS: Final = 3
"""Workers that an execution may take with it without getting any further; then it fails.

Who is to blame does it again in the replay, before anything new is recorded.  Who is not happened
to run when its worker was killed, and next time mostly has gone on by then.
"""

MOVES: Final = 10
"""As DEATHS, for one of Peak's: it is not known whether its steps are what a worker died of."""


class Owner(Protocol):
    """Who gives executions to workers."""

    def left(self, executions: Sequence[Execution]) -> None:
        """The seats of these are free."""

    def failed(self, execution: Execution) -> None:
        """An execution has ended, of which no worker has said so: that has to be written."""

    def ended(self, execution: Execution) -> None:
        """What an execution came to is durable."""

    async def interrupted(self, executions: Iterable[Execution]) -> None:
        """The worker of these has died; they go on when this returns."""

    def told(self, execution: Execution) -> None:
        """There is something new to be read of an execution."""

    def asked(self, parent: Execution, answer: Callable[..., None], wanted: Message) -> None:
        """An execution wants something of another one (see `children`)."""


class Hosting:
    """Hears from all workers (`workers.Host`)."""

    def __init__(
        self, database: Database, modules: Modules, longest: int | None, now: Now, owner: Owner
    ) -> None:
        """`longest` is how many seconds an execution may last."""
        self._database = database
        self._modules = modules
        self._longest = longest
        self._now = now
        self._owner = owner
        self._by_number: dict[int, Hosted] = {}
        self._by_id: dict[str, Hosted] = {}
        self._homeless: list[Hosted] = []
        """Those that wait for a worker to be there."""
        self._moving: set[asyncio.Task[None]] = set()
        self._tags = count(1)
        self.workers: Workers
        self.stopping: dict[str, str] = {}
        """Executions that were stopped and have not left, with their workflows."""

    def find(self, execution: str) -> Hosted | None:
        return self._by_id.get(execution)

    def all(self) -> list[Hosted]:
        return list(self._by_number.values())

    def host(self, number: int, execution: Execution, *, journalled: bool = False) -> None:
        """Gives an active execution to a worker; one with a journal goes on where that ends."""
        hosted = Hosted(number, execution, journalled, begun=journalled)
        self._by_number[number] = self._by_id[execution.id] = hosted
        self._dispatch(hosted)

    def end_overdue(self) -> None:
        """Ends those that have lasted longer than they may."""
        for hosted in self.all():
            if hosted.is_active and (error := self._overdue(hosted)) is not None:
                self.stop(hosted, self._failed(hosted, error))
                self._owner.failed(hosted.execution)

    def stop(self, hosted: Hosted, execution: Execution) -> None:
        """Lets what is left of an execution end; `execution` is what it has become."""
        hosted.execution = execution
        self.stopping[execution.id] = execution.workflow
        if hosted.worker is not None:
            hosted.worker.send("cancel", hosted.number)
        else:  # it waits for a worker: nothing of it is anywhere
            self._leave([hosted])

    async def receive(self, hosted: Hosted, callback: str, request: CallbackRequest) -> None:
        """See `Engine.receive`; while the execution is being replayed, the request waits."""
        tag = next(self._tags)
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        hosted.requests[tag] = waiting = Request(callback, request, answer)
        if hosted.worker is not None:
            waiting.send(hosted.worker, hosted.number, tag)
        # one who hangs up does not take the request back: it may be in the journal already
        await asyncio.shield(answer)

    # workers.Host

    def joined(self, worker: Worker) -> None:
        worker.failures = self._database.failures
        homeless, self._homeless = self._homeless, []
        for hosted in homeless:
            if hosted.number in self._by_number:  # else it has been stopped
                self._dispatch(hosted)

    def lost(self, worker: Worker, suspects: list[int]) -> None:
        moving = asyncio.create_task(self._move(worker, suspects))
        self._moving.add(moving)
        moving.add_done_callback(self._moving.discard)

    def received(self, worker: Worker, messages: list[Message]) -> None:
        frame, before = Frame(), worker.entries
        try:
            for message in messages:
                if message[0] in _WRITTEN:
                    worker.entries += 1
                if (hosted := self._by_number.get(message[1])) is not None:
                    frame.whose.add(hosted)
                    self._hear(worker, hosted, message, frame)
        except Exception:  # a bug, of which the pipe ends: its executions go on elsewhere
            frame.undo()
            raise
        if worker.entries > before or frame.rows:
            self._write(frame, worker)
        else:
            self._tell(frame)

    # what workers say

    def _hear(self, worker: Worker, hosted: Hosted, message: Message, frame: Frame) -> None:
        rows, execution = frame.rows, hosted.execution
        match message:
            case ["entry", number, entry] if hosted.is_active:
                hosted.journalled = True
                frame.grown.add(hosted)
                rows.entries.append((number, *entry))
                _, _, kind, key, *_ = entry
                if kind == "slept":
                    rows.slept.append((number, key))
                elif kind == "callback":
                    frame.accepted.append(hosted.first_request(key))
            case ["sleep", number, key, wake] if hosted.is_active:
                hosted.journalled = True
                frame.grown.add(hosted)
                rows.sleeps.append((number, key, wake))
            case ["end", _, state, time, result, error, steps]:
                if hosted.is_active:
                    hosted.execution = replace(
                        execution,
                        state=state,
                        end_time=max(time, execution.start_time or 0),
                        result_json=result,
                        error=error,
                        steps=tuple(steps or hosted.steps),
                    )
                    frame.end(hosted, was=execution)
                elif steps and execution.workflow.startswith(PEAK):
                    rows.stopped.append(replace(execution, steps=tuple(steps)))
                frame.left.append(hosted)
            case ["log", _, time, severity, entry] if not hosted.forgotten:
                rows.logs.append((execution.id, time, severity, entry))
            case ["history", _, entries] if not hosted.forgotten:
                rows.history += [(execution.id, number, entry) for number, entry in entries]
            case ["steps", _, steps]:
                hosted.steps = steps
            case ["endpoints", _, endpoints]:
                hosted.endpoints = endpoints
            case ["refused", _, tag, status, code, text]:
                retry_after = RETRY_AFTER if status == "RESOURCE_EXHAUSTED" else None
                refused = ApiError(status, text, retry_after=retry_after, code=code)
                hosted.requests.pop(tag).refuse(refused)
            case ["ask", _, tag, *wanted]:
                self._owner.asked(execution, partial(worker.send, "answer", tag), wanted)

    def _write(self, frame: Frame, worker: Worker) -> None:
        entries = worker.entries

        def done(written: asyncio.Future[None]) -> None:
            if written.cancelled() or written.exception() is not None:
                frame.give_up(written)
                worker.given_up = True
                worker.kill()
                for hosted in [hosted for hosted, _ in frame.ended if hosted.forgotten]:
                    self._owner.ended(hosted.execution)
                return
            worker.send("durable", entries)
            self._leave(frame.left)
            for hosted in frame.grown:
                hosted.deaths = hosted.moves = 0
            for request in frame.accepted:
                request.accept()
            for execution in frame.rows.ended:
                self._owner.ended(execution)
            self._tell(frame)

        written = self._database.write(partial(self._write_in_turn, frame, worker))
        written.add_done_callback(done)

    def _tell(self, frame: Frame) -> None:
        for hosted in frame.whose:
            self._owner.told(hosted.execution)

    def _write_in_turn(self, frame: Frame, worker: Worker, connection: sqlite3.Connection) -> None:
        """In the database's thread: a journal must not have what comes after something lost."""
        if worker.is_cut or worker.failures != self._database.failures:
            raise Cut
        try:
            frame.rows.write(connection)
        except Exception:  # whatever it is, it is raised on; this worker's journal has a gap now
            worker.is_cut = True
            raise

    # where executions are

    def _dispatch(self, hosted: Hosted) -> None:
        if not hosted.is_active:  # it was cancelled while it was in no worker
            self._leave([hosted])
            return
        if (error := self._overdue(hosted)) is not None:
            self._fail(hosted, error)
            return
        worker = self.workers.least_loaded()
        if worker is None:
            self._homeless.append(hosted)
            return
        number, execution = hosted.number, hosted.execution
        try:
            module = self._modules.of(execution)
        except LookupError as missing:
            self._fail(hosted, system_error(str(missing)))
            return
        if module.hash not in worker.modules:
            worker.modules.add(module.hash)
            worker.send("module", module.hash, module.text)
        entries, wakes = recorded(self._database, number) if hosted.journalled else ([], {})
        hosted.worker = worker
        worker.executions.add(number)
        beginning = Beginning(
            number,
            execution.id,
            execution.workflow,
            execution.revision,
            module.hash,
            module.service_account,
            execution.start_time or execution.create_time,
            execution.argument_json,
            dict(execution.variables),
            execution.address,
            execution.call_log_level,
            execution.history_level,
            execution.generation,
            entries,
            wakes,
            hosted.begun,
        )
        worker.send("run", *beginning)
        hosted.begun = True
        for tag, request in hosted.requests.items():
            request.send(worker, number, tag)

    async def _move(self, worker: Worker, suspects: list[int]) -> None:
        """Finds another worker for the executions of one that has died."""
        with suppress(ApiError):  # the disk is full: no group of writes is there, nor this one
            await self._database.write(_nothing)  # what it has sent is to be read
        hosts = [self._by_number[one] for one in worker.executions if one in self._by_number]
        await self._owner.interrupted([hosted.execution for hosted in hosts])
        for index, number in enumerate(sorted(worker.executions), 1):
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)  # others have their turn
            hosted = self._by_number.get(number)
            if hosted is None:
                continue
            hosted.worker = None
            if not worker.given_up:
                hosted.deaths += number in suspects
                hosted.moves += hosted.execution.workflow.startswith(PEAK)
            if not hosted.is_active:
                self._dispatch(hosted)
            elif hosted.deaths >= DEATHS:
                self._fail(hosted, system_error(f"{DEATHS} worker processes died of it"))
            elif hosted.moves >= MOVES:
                why = f"{MOVES} worker processes died while its steps ran"
                self._fail(hosted, system_error(why))
            else:
                self._dispatch(hosted)

    def _fail(self, hosted: Hosted, error: Mapping[str, Any]) -> None:
        """Ends an execution that no worker can run."""
        hosted.execution = self._failed(hosted, error)
        self._owner.failed(hosted.execution)
        self._leave([hosted])

    def _failed(self, hosted: Hosted, error: Mapping[str, Any]) -> Execution:
        """What becomes of an execution that is ended with an error."""
        execution, steps = hosted.execution, tuple(hosted.steps)
        end = max(self._now(), execution.start_time or 0)
        return replace(execution, state="FAILED", end_time=end, error=error, steps=steps)

    def _overdue(self, hosted: Hosted) -> dict[str, Any] | None:
        return overdue(hosted.execution, self._longest, self._now())

    def _leave(self, left: Sequence[Hosted]) -> None:
        """Executions have ended, and nothing of them is in a worker any more."""
        for hosted in left:
            del self._by_number[hosted.number], self._by_id[hosted.execution.id]
            self.stopping.pop(hosted.execution.id, None)
            if hosted.worker is not None:
                hosted.worker.executions.discard(hosted.number)
            for request in hosted.requests.values():
                request.refuse(not_found(request.callback))
        if left:
            self._owner.left([hosted.execution for hosted in left])


def _nothing(connection: sqlite3.Connection) -> None:
    pass
