"""Runs executions: who may run, who waits, and what an execution has come to (`interface.Engine`).

An execution with a seat is ACTIVE and in a worker; one without is QUEUED (`beginnings`).  What an
API answers with is committed first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from wfc_runtime.limits import PROFILES
from wfc_service.engine.admission import RETRY_AFTER
from wfc_service.engine.beginnings import Beginnings
from wfc_service.engine.children import Children
from wfc_service.engine.hosting import Hosting
from wfc_service.engine.identity import identity
from wfc_service.engine.insistence import Insistence, Pause
from wfc_service.engine.interface import CallbackRequest, Follower, NewExecution
from wfc_service.engine.modules import Modules
from wfc_service.engine.news import News
from wfc_service.engine.overdue import PAUSE
from wfc_service.engine.workers import Workers
from wfc_service.errors import ApiError, not_found
from wfc_service.names import PEAK, Place
from wfc_service.settings import Settings
from wfc_service.store.database import Database
from wfc_service.store.journal_rows import clear_ended, end
from wfc_service.store.records import Execution, Revision
from wfc_service.store.retention import delete_executions_of, keep
from wfc_service.times import Now
from wfc_service.worker.pipe import Message


class Runs:
    """Belongs to the event loop in which it is opened; `open` it, and `close` it in the end."""

    def __init__(
        self,
        database: Database,
        place: Place,
        settings: Settings,
        now: Now,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._database = database
        self._place = place
        self._settings = settings
        self._now = now
        self._modules = Modules(database)
        self._folders = settings.peak.working_folders(database.folder)
        self.followers: list[Follower] = []
        longest = PROFILES[settings.limits].duration
        self._hosting = Hosting(database, self._modules, longest, now, self)
        self.stopping = self._hosting.stopping
        self._insistence = Insistence(database, pause)
        self._beginnings = Beginnings(
            database, self._insistence, settings, now, self._hosting, self.followers
        )
        self._ending: dict[str, Execution] = {}
        """What executions have come to that could not be written yet, or just is."""
        self._children = Children(database, place, self)
        self._resuming: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_open = False
        self.news = News()

    async def open(self) -> None:
        """Starts the workers and lets go on what an earlier life of the service has left.

        Raises ValueError for settings that cannot be.
        """
        self._settings.check()
        told = self._settings.for_workers(self._database.folder)
        settings = {**told, **await identity(self._database, self._place)}
        self._hosting.workers = Workers(self._settings.workers, settings, self._hosting)
        await self._database.write(clear_ended)
        await self._folders.remove_unless_in(self._beginnings.restore())
        await self._hosting.workers.start()
        self._is_open = True
        self._resuming = asyncio.create_task(self._beginnings.resume())
        retention = self._settings.retention
        keeping = keep(self._database, self._folders, retention, self._now)
        self._keeping = asyncio.create_task(keeping)
        self._looking = asyncio.create_task(self._look_for_overdue())

    async def close(self, patience: float = 5.0) -> None:
        """Takes no more executions and ends the workers; what is active goes on the next time.

        Requests under way have `patience` seconds to end, so that they need not be sent again.
        """
        self._is_open = False
        tasks = [task for task in (self._resuming, self._keeping, self._looking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._hosting.workers.stop(patience)
        await self._insistence.close()

    def kill(self) -> None:
        """Ends the workers at once: for who cannot wait for `close` any longer."""
        self._hosting.workers.kill()

    @property
    def workers(self) -> Workers:
        return self._hosting.workers

    @property
    def active(self) -> int:
        return self._beginnings.active

    @property
    def queued(self) -> int:
        return self._beginnings.queued

    # Engine

    async def create(self, new: NewExecution) -> Execution:
        if not self._is_open:
            message = "the service is being stopped"
            raise ApiError("UNAVAILABLE", message, retry_after=RETRY_AFTER)
        return await self._beginnings.create(new)

    async def cancel(self, execution: Execution) -> Execution:
        ticket = self._beginnings.find(execution.id)
        hosted = self._hosting.find(execution.id)
        if ticket is not None:
            self._beginnings.withdraw(ticket)
            cancelled = replace(execution, state="CANCELLED", end_time=self._now())
        elif hosted is not None and hosted.is_active:
            steps = tuple(hosted.steps)
            now = max(self._now(), hosted.execution.start_time or 0)
            cancelled = replace(hosted.execution, state="CANCELLED", end_time=now, steps=steps)
            self._hosting.stop(hosted, cancelled)
        elif (refused := self._ending.get(execution.id)) and refused.state == "CANCELLED":
            await asyncio.shield(self._database.write(partial(end, refused)))  # asked for again
            return refused
        else:
            state = await self._settled(execution)
            hosted = self._hosting.find(execution.id)
            if hosted is not None and hosted.is_active:  # its end could not be written
                return await self.cancel(execution)
            message = f"cancelling execution in state {state} is not allowed"
            raise ApiError("FAILED_PRECONDITION", message)
        await asyncio.shield(self._end(cancelled))
        return cancelled

    async def receive(self, execution: str, callback: str, request: CallbackRequest) -> None:
        ticket = self._beginnings.find(execution)
        if ticket is not None and ticket.seated and self._resuming is not None:
            await asyncio.shield(self._resuming)
        hosted = self._hosting.find(execution)
        if hosted is None or not hosted.is_active:
            raise not_found(callback)
        await self._hosting.receive(hosted, callback, request)

    def callbacks(self, execution: str) -> Iterable[Mapping[str, Any]]:
        hosted = self._hosting.find(execution)
        return () if hosted is None or not hosted.is_active else hosted.endpoints

    def current_steps(self, execution: str) -> Sequence[Mapping[str, Any]]:
        hosted = self._hosting.find(execution)
        return () if hosted is None else hosted.steps

    async def forget(self, workflow: str) -> None:
        withdrawn = self._beginnings.withdraw_all(workflow)
        gone = [replace(execution, state="CANCELLED") for execution in withdrawn]
        for hosted in self._hosting.all():
            if hosted.execution.workflow == workflow:
                hosted.forgotten = True
                self._folders.keep_until_left(hosted.execution.id)
                if hosted.is_active:  # else its end is told when it is durable
                    self._hosting.stop(hosted, replace(hosted.execution, state="CANCELLED"))
                    gone.append(hosted.execution)
        self._modules.forget(workflow)
        delete = partial(delete_executions_of, workflow, self._beginnings.last)
        await asyncio.shield(self._insistence.write(delete, partial(self._forgotten, gone)))
        await self._folders.removed()

    async def deployed(self, revision: Revision) -> None:
        self._modules.add(revision)

    async def wait(self, execution: str) -> Execution:
        """How an execution has ended, once it has; LookupError where there is none."""
        ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

        def tell(execution: Execution) -> None:
            if not ended.done():
                ended.set_result(execution)

        self._children.when_ended(execution, tell)
        return await ended

    # Owner: what executions in workers come to

    def left(self, executions: Sequence[Execution]) -> None:
        for execution in executions:
            self._folders.left(execution.id)
        self._beginnings.left([execution.workflow for execution in executions])

    def failed(self, execution: Execution) -> None:
        self._end(execution)

    async def interrupted(self, executions: Iterable[Execution]) -> None:
        peaks = [one.id for one in executions if one.workflow.startswith(PEAK)]
        await self._folders.interrupted(peaks)

    def ended(self, execution: Execution) -> None:
        self._children.ended(execution)
        for follower in self.followers:
            follower.ended(execution)
        self.told(execution)

    def told(self, execution: Execution) -> None:
        self.news.tell(execution.id)

    def asked(self, parent: Execution, answer: Callable[..., None], wanted: Message) -> None:
        self._children.asked(parent, answer, wanted)

    async def _look_for_overdue(self) -> None:
        while True:
            self._hosting.end_overdue()
            await asyncio.sleep(PAUSE)

    def _end(self, execution: Execution) -> asyncio.Future[None]:
        """Writes how an execution has ended of which no worker says so: the first try."""
        self._ending[execution.id] = execution

        def written(_: None) -> None:
            del self._ending[execution.id]
            self.ended(execution)

        return self._insistence.write(partial(end, execution), written)

    def _forgotten(self, executions: Iterable[Execution], deleted: Iterable[str]) -> None:
        """All of a workflow is deleted; these had not ended, and others may wait for them."""
        self._folders.remove_soon(deleted)
        for execution in executions:
            self.ended(execution)

    async def _settled(self, execution: Execution) -> str:
        """The state of an execution that has finished, also when that is just being written."""
        await self._database.write(lambda _: None)
        rows = self._database.read("SELECT state FROM executions WHERE id = ?", execution.id)
        return str(rows[0]["state"]) if rows else execution.state
