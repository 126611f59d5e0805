"""`wfc batch`: in, a workflow and a file of arguments; out, an execution and a result for each.

    {"line": 17, "input": …, "execution": "projects/…", "state": "SUCCEEDED", "result": …}

At most so many executions are unfinished at a time.  What has been started is started only once,
however often the batch is interrupted (see `batch_start`).
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Final

import wfc_runtime.v1 as wf
from wfc.exit_codes import CANCELLED, FAILED
from wfc.terminal import tell
from wfc.wrong_use import WrongUse
from wfc_client.batch_inputs import Inputs, Line
from wfc_client.batch_journal import SUCCEEDED, Journal
from wfc_client.batch_progress import Progress
from wfc_client.batch_start import Starter
from wfc_client.errors import ApiError, ServiceError
from wfc_client.find import find_name
from wfc_client.outcome import ended
from wfc_client.peak_api import check_fields, is_peak
from wfc_client.service import Resource, Service
from wfc_client.wait import wait_until_finished

REFUSED: Final = "REFUSED"
"""The state of a line that is no JSON, or that the service does not take."""

_GRACE: Final = 5.0
"""Seconds for which an interrupted batch waits for what is active."""

_LINE_IS_WRONG: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_RESUME: Final = "  = hint: the same command goes on where it stopped, and starts nothing twice"

_Result = dict[str, wf.Value]


async def run_batch(
    service: Service,
    workflow: str,
    inputs: str,
    output: str,
    fields: Resource,
    *,
    concurrency: int,
    rate: float,
    retry_failed: bool,
) -> int:
    """Runs every line that has no result yet; 0 when all have succeeded.

    fields       of each Execution resource, besides its argument; none for a workflow of Peak's
    concurrency  unfinished executions at most
    rate         executions that are started in a second at most, 0 for any number
    """
    if inputs == "-" and not output:
        hint = "  = hint: name one with `--output results.jsonl`"
        raise WrongUse("inputs from standard input need a file for their results", hint)
    source = Inputs(inputs)
    results = Path(output or Path(inputs).with_suffix(".results.jsonl"))
    name = await find_name(service, workflow)
    if is_peak(name):
        check_fields(name, fields)
        if concurrency > 1 and not await service.peak.is_concurrent(name):
            tell("one line after the other: the workflow has no `allowConcurrentExecution: true`")
            concurrency = 1
    with closing(Journal(results, name, service.url)) as journal:
        if journal.counts or journal.begun:
            known, begun = journal.counts.total(), len(journal.begun)
            tell(f"resuming: {known:,} lines have results, {begun:,} are begun")
        if retry_failed:
            tell(f"starting {journal.forget_failed():,} lines again that had not succeeded")
        progress = Progress(sys.stderr, journal.counts, source.total)
        starter = Starter(service, name, fields, journal, progress)
        batch = Batch(service, source, journal, progress, starter)
        with progress:
            whole = await batch.run(concurrency, rate)
        tell(f"{progress.summary()}\nresults: {results}")
        if not whole:
            tell(f"interrupted, {len(journal.begun):,} executions may go on\n{_RESUME}")
            return CANCELLED
        if journal.begun:
            tell(f"{len(journal.begun):,} lines that were started are not in the inputs any more")
        return 0 if journal.counts.total() == journal.counts[SUCCEEDED] else FAILED


class Batch:
    """The lines of one run of the command."""

    def __init__(
        self,
        service: Service,
        inputs: Inputs,
        journal: Journal,
        progress: Progress,
        starter: Starter,
    ) -> None:
        self._service = service
        self._inputs = inputs
        self._journal = journal
        self._progress = progress
        self._starter = starter

    async def run(self, concurrency: int, rate: float) -> bool:
        """Whether all lines have been run; not so after Ctrl-C.

        Raises ServiceError where it makes no sense to go on, WrongUse where the inputs are others.
        """
        loop = asyncio.get_running_loop()
        running = asyncio.ensure_future(self._run_all(concurrency, rate))
        interrupts = 0

        def interrupt() -> None:
            nonlocal interrupts
            interrupts += 1
            self._inputs.end()
            self._starter.stop()
            if interrupts == 1:
                tell(f"interrupted: waiting {_GRACE:.0f} s for what is active, Ctrl-C ends it now")
                loop.call_later(_GRACE, running.cancel)
            else:
                running.cancel()

        with suppress(NotImplementedError):  # where there are no signals, Ctrl-C ends it at once
            loop.add_signal_handler(signal.SIGINT, interrupt)
        try:
            await running
        except asyncio.CancelledError:
            if not interrupts:
                raise
        except ServiceError as error:
            error.detail = f"{error.detail}\n{_RESUME}".lstrip("\n")
            raise
        finally:
            running.cancel()
        return not interrupts

    async def _run_all(self, concurrency: int, rate: float) -> None:
        from aiostream import pipe, stream

        lines = stream.iterate(self._wanted())
        if rate:
            lines = lines | pipe.spaceout(1 / rate)
        results = lines | pipe.amap(
            lambda line, *_: self._run(line), ordered=False, task_limit=concurrency
        )
        async with results.stream() as finished:
            async for number, result in finished:
                self._progress.leaves(number)
                if result is not None:
                    self._journal.finish(number, result)

    async def _wanted(self) -> AsyncIterator[Line]:
        """The lines that have no result."""
        async for line in self._inputs.lines():
            if not line.text and not line.error:
                self._progress.blank()
            elif self._journal.is_changed(line.number, line.checksum):
                raise WrongUse(
                    f"line {line.number} of the inputs is another than when the batch began",
                    "  = hint: put it back, or begin a new batch with another `--output`",
                )
            elif not self._journal.is_done(line.number):
                yield line

    async def _run(self, line: Line) -> tuple[int, _Result | None]:
        """A line's result; None where it has not been started."""
        number = line.number
        if line.error:
            return number, _refused(line.text, {"message": line.error})
        try:
            value = wf.json.decode(line.text)
        except wf.WorkflowError as error:
            why = str(error).removeprefix("ValueError: ")
            return number, _refused(line.text, {"message": why})
        try:
            execution = await self._starter.start(line)
        except ApiError as error:
            if error.code not in _LINE_IS_WRONG:
                raise
            return number, _refused(value, error.shown())
        if not execution:
            return number, None
        try:
            found = await wait_until_finished(
                self._service,
                execution,
                seen=lambda seen: self._progress.does(number, str(seen.get("state"))),
            )
        except ApiError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
            return number, {**_refused(value, error.shown()), "execution": execution}  # deleted
        return number, {"input": value, "execution": execution, **ended(found)}


def _refused(input: wf.Value, error: Mapping[str, wf.Value]) -> _Result:
    return {"input": input, "state": REFUSED, "error": dict(error)}
