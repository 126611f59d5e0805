"""Starting the lines of a batch, each once: in, a line; out, the name of its execution.

Before a line is started the journal says so, and its wish goes along in two ways: as the header
`Idempotency-Key`, by which our service knows it again, and as a label.  Where no answer comes, or
this process ends before it has noted the answer, the line is in doubt; then the label is looked for
among the latest executions before the line is started again.

Of Peak's workflows a line is `params.global`, and the service itself knows a wish again.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Final

from wfc_client.backoff import delay
from wfc_client.batch_inputs import Line
from wfc_client.batch_journal import Journal
from wfc_client.batch_progress import STARTING, Progress
from wfc_client.errors import ServiceError
from wfc_client.peak_api import is_peak
from wfc_client.service import Resource, Service
from wfc_client.wait import PATIENCE

LABEL: Final = "wfc-batch"

_SLACK: Final = 2.0
"""Seconds by which the clock of a service's `Date` may be ahead of that of its `createTime`."""


class Starter:
    def __init__(
        self,
        service: Service,
        workflow: str,
        fields: Resource,
        journal: Journal,
        progress: Progress,
    ) -> None:
        self._service = service
        self._workflow = workflow
        self._peak = is_peak(workflow)
        self._fields = fields
        self._journal = journal
        self._progress = progress
        self._stopped = asyncio.Event()
        self._searching = asyncio.Lock()
        self._doubtful = {line for line, begun in journal.begun.items() if not begun.execution}

    def stop(self) -> None:
        """Starts nothing more; what has been sent is still waited for."""
        self._stopped.set()

    async def start(self, line: Line) -> str:
        """The execution of a line, new or found; "" where the starter was stopped before.

        A service without room is asked again for as long as it takes, one that is gone for some two
        minutes; then that is raised, or what else a ServiceError says.
        """
        number = line.number
        self._progress.does(number, STARTING)
        failures = gone = 0
        while not self._stopped.is_set():
            try:
                if number in self._doubtful:
                    await self._settle(number)
                begun = self._journal.begun.get(number)
                if begun is not None and begun.execution:
                    return begun.execution
                return await self._create(line)
            except ServiceError as error:
                full = error.code == HTTPStatus.TOO_MANY_REQUESTS
                # another execution of a workflow of Peak's that allows no second one (spec 11 §3.5)
                alone = self._peak and error.code == HTTPStatus.CONFLICT
                failures, gone = failures + 1, 0 if full or alone else gone + 1
                if not (error.temporary or alone) or gone >= PATIENCE:
                    raise
                self._progress.refused += full
                await self._pause(delay(failures, error.retry_after, random.uniform))
        return ""

    async def _create(self, line: Line) -> str:
        number, wish = line.number, self._journal.wish(line.number)
        self._journal.begin(number, line.checksum, self._service.now)
        labels = {**self._fields.get("labels", {}), LABEL: wish}
        argument = f'{{"global": {line.text}}}' if self._peak else line.text
        fields = {**self._fields, "argument": argument, "labels": labels}
        try:
            execution = await self._service.create_execution(self._workflow, fields, wish)
        except ServiceError as error:
            if error.in_doubt:
                self._doubtful.add(number)
            raise
        self._journal.started(number, execution["name"])
        self._progress.does(number, str(execution.get("state")))
        return str(execution["name"])

    async def _settle(self, line: int) -> None:
        """Finds out whether a line has been started: one search for all that are in doubt."""
        if self._peak:
            self._doubtful.discard(line)
            return
        async with self._searching:
            if line in self._doubtful:
                await self._search(set(self._doubtful))

    async def _search(self, lines: set[int]) -> None:
        wishes = {self._journal.wish(line): line for line in lines}
        since = min(self._journal.begun[line].after for line in lines) - _SLACK
        latest = self._service.executions(self._workflow, view="FULL", page=100)
        async for execution in latest:
            created = datetime.fromisoformat(execution["createTime"]).timestamp()
            if created < since or not wishes:
                break
            line = wishes.pop(execution.get("labels", {}).get(LABEL, ""), None)
            if line is not None:
                self._journal.started(line, execution["name"])
        self._doubtful -= lines

    async def _pause(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)
