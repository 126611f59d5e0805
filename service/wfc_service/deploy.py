"""Compiles what is deployed, in processes of its own: the event loop never waits for a compiler.

In goes the source of a workflow, out come the module's text or the `google.rpc.Status` that the
operation ends with.  The status says the first error; its details are a `BadRequest` with every
error and a `DebugInfo` with all of them as `wfc check` prints them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final

_INVALID_ARGUMENT: Final = 3
_BUILD_FAILED: Final = "failed to build: "
"""How the service's own messages begin (spec 09 §1)."""

_TYPE: Final = "type.googleapis.com/google.rpc"


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a source.

    module  the Python text, "" where `error` says why there is none
    error   a google.rpc.Status
    report  errors and warnings as `wfc check` prints them, "" where there is nothing to say
    """

    module: str
    error: dict[str, Any] | None
    report: str


class Builder:
    """A pool of processes that compile; they start with the first source."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, context, initializer=_start)

    async def build(self, file_name: str, source: str, *, colour: bool = False) -> Built:
        """Compiles a source; `file_name` is what messages and the module call it.

        `colour` asks for terminal colours in the report.

        Raises BrokenProcessPool where compiling it ended the process, twice.
        """
        loop = asyncio.get_running_loop()
        pool = self._pool
        try:
            return await loop.run_in_executor(pool, build, file_name, source, colour)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = self._new_pool()
            return await loop.run_in_executor(self._pool, build, file_name, source, colour)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def build(file_name: str, source: str, colour: bool = False) -> Built:
    """Compiles a source in this process."""
    from wfc.pipeline import compile_source
    from wfc.render import render
    from wfc.source import Source

    text = Source(file_name, source.removeprefix("\ufeff"))
    compiled = compile_source(text, accounting=True, call_log=True, layout=False)
    report = render(compiled.problems, text, colour=colour)
    if compiled.module is not None:
        return Built(compiled.module, None, report)
    errors = [problem for problem in compiled.problems if problem.severity == "error"]
    violations = []
    for problem in errors:
        line, column = text.line_column(problem.label.span.start)
        place = f"{file_name}:{line}:{column}: "
        description = f"{place}{problem.message} [{problem.code}]"
        if problem.hint:
            description += f" (hint: {problem.hint})"
        violations.append({"field": "workflow.source_contents", "description": description})
    first = errors[0]
    message = f"{_BUILD_FAILED}{violations[0]['description']}"
    if first.note.startswith(_BUILD_FAILED):  # the service's own words, where they are known
        message = first.note
    if len(errors) > 1:
        message += f", and {len(errors) - 1} more"
    details = [
        {"@type": f"{_TYPE}.BadRequest", "fieldViolations": violations},
        {"@type": f"{_TYPE}.DebugInfo", "detail": report},
    ]
    status = {"code": _INVALID_ARGUMENT, "message": message, "details": details}
    return Built("", status, report)


def _start() -> None:
    """Makes a process of the pool end with its parent, and only with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
