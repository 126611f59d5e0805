"""Compiles what is deployed, in processes of its own: the event loop never waits for a compiler.

In goes the source of a workflow, out come the module's text or the `google.rpc.Status` that the
operation ends with.  The status says the first error; its details are a `BadRequest` with every
error and a `DebugInfo` with all of them as `wfc check` prints them.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from wfc_service.deploy_peak import BuiltPeak, build_peak, is_peak
from wfc_service.errors import STATUS, ApiError

if TYPE_CHECKING:
    from wfc.problems import Problem
    from wfc.source import Source

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

_BUILD_FAILED: Final = "failed to build: "
"""How the service's own messages begin (spec 09 §1)."""

_LONGEST: Final = 30.0
"""Seconds of computing for one source; the longest that people write take a few."""

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


_FAILED: Final = Built(
    "",
    {"code": STATUS["INTERNAL"][1], "message": f"{_BUILD_FAILED}the compiler has failed"},
    "",
)


class Builder:
    """A pool of processes that compile; they start with the first source.

    `colour` asks for terminal colours in reports.  A source that takes more than `longest` seconds
    of computing is given up, as an ApiError INVALID_ARGUMENT: a template can go on for ever.
    """

    def __init__(
        self, processes: int = 1, *, colour: bool = False, longest: float = _LONGEST
    ) -> None:
        self._processes = processes
        self._colour = colour
        self._longest = longest
        self._pool = _pool(processes)

    async def build(self, file_name: str, source: str) -> Built:
        """Compiles a source; `file_name` is what messages and the module call it.

        A compiler that fails is an error of code 13, and its traceback is logged.
        """
        built = await self._done(build, file_name, source, self._colour)
        return _FAILED if built is None else built

    async def build_peak(
        self,
        file_name: str,
        source: str,
        values: Mapping[str, Any] | None = None,
        *,
        colour: bool = False,
    ) -> BuiltPeak:
        """Compiles a workflow or block of Peak's; see `deploy_peak`.

        Raises ApiError INTERNAL where the compiler fails, whose traceback is logged.
        """
        built = await self._done(build_peak, file_name, source, values, colour and self._colour)
        if built is None:
            raise ApiError("INTERNAL", "the compiler has failed")
        return built

    async def is_peak(self, file_name: str, source: str) -> bool:
        """Whether a file is in Peak's language, as far as that can be told."""
        return bool(await self._done(is_peak, file_name, source))

    async def _done(self, work: Callable[..., _T], file_name: str, *rest: Any) -> _T | None:
        """What a function of a source comes to in a process of the pool; None where it failed."""
        pool, bounded = self._pool, partial(_bounded, self._longest, work)
        try:
            return await _done_in(pool, bounded, file_name, *rest)
        except BrokenProcessPool:  # by this source or another one
            if self._pool is pool:
                self._pool = _pool(self._processes)
        except _TookTooLong:
            what = f"{file_name} takes more than {self._longest:g} seconds to compile"
            raise ApiError("INVALID_ARGUMENT", what) from None
        alone = _pool(1)
        try:
            return await _done_in(alone, bounded, file_name, *rest)
        except BrokenProcessPool:
            _log.error("the process that compiled %s has ended", file_name)
            return None
        finally:
            alone.shutdown(wait=False)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def build(file_name: str, source: str, colour: bool = False) -> Built:
    """Compiles a source in this process."""
    from wfc.pipeline import compile_source
    from wfc.render import render
    from wfc.source import Source

    text = Source(file_name, source.removeprefix("\ufeff"))
    compiled = compile_source(text, accounting=True, call_log=True, history=True, layout=False)
    report = render(compiled.problems, text, colour=colour)
    if compiled.peak and compiled.module is not None:
        message = f"{_BUILD_FAILED}{file_name} is one of Peak's workflows, not one of Google's"
        return Built("", {"code": STATUS["INVALID_ARGUMENT"][1], "message": message}, report)
    if compiled.module is not None:
        return Built(compiled.module, None, report)
    plain = render(compiled.problems, text)
    return Built("", _status(compiled.problems, text, plain), report)


def _status(problems: Sequence[Problem], source: Source, report: str) -> dict[str, Any]:
    """The google.rpc.Status of a source with errors."""
    errors = [problem for problem in problems if problem.severity == "error"]
    described = [_described(problem, source) for problem in errors]
    message = f"{_BUILD_FAILED}{described[0]}"
    if errors[0].note.startswith(_BUILD_FAILED):  # the service's own words, where they are known
        message = errors[0].note
    if len(errors) > 1:
        message += f", and {len(errors) - 1} more"
    violations = [{"field": "workflow.source_contents", "description": one} for one in described]
    details = [
        {"@type": f"{_TYPE}.BadRequest", "fieldViolations": violations},
        {"@type": f"{_TYPE}.DebugInfo", "detail": report},
    ]
    return {"code": STATUS["INVALID_ARGUMENT"][1], "message": message, "details": details}


def _described(problem: Problem, source: Source) -> str:
    """`order.yaml:14:19: no step is named `b` [WFC203] (hint: …)`"""
    line, column = source.line_column(problem.label.span.start)
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"{source.name}:{line}:{column}: {problem.message} [{problem.code}]{hint}"


def _pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, context, initializer=_start)


async def _done_in(
    pool: ProcessPoolExecutor, work: Callable[..., _T], file_name: str, *rest: Any
) -> _T | None:
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(pool, partial(work, file_name, *rest))
    except BrokenProcessPool:
        raise
    except Exception:  # a bug of the compiler, which is logged: it is this source's alone
        _log.exception("%s could not be compiled", file_name)
        return None


class _TookTooLong(BaseException):
    """Nothing that a compiler does with errors is to hold it up."""


def _bounded(longest: float, work: Callable[..., _T], *rest: Any) -> _T:
    """Runs in a process of the pool; only its own time counts, however busy the machine is."""
    signal.setitimer(signal.ITIMER_PROF, longest, longest)
    try:
        return work(*rest)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(number: int, frame: FrameType | None) -> NoReturn:
    raise _TookTooLong


def _start() -> None:
    """Makes a process of the pool end with its parent, and only with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _give_up)
    parent = multiprocessing.parent_process()
    assert parent is not None
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
