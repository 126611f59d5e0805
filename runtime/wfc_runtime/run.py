"""The running execution as one branch or one routine call sees it; the only way to the world.

Generated code reaches calls, time, logs, randomness, the environment and parallel steps through its
`run`, so that one module works unchanged on any driver.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from wfc_runtime import logs
from wfc_runtime.connectors import Connector
from wfc_runtime.errors import recursion_error, value_error
from wfc_runtime.limits import exceeded
from wfc_runtime.parallel import UNLIMITED, parallel
from wfc_runtime.retry import Policy, Retry, policy_of
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.execution import Execution
    from wfc_runtime.memory import Ledger
    from wfc_runtime.observer import BranchPath
    from wfc_runtime.parallel import Seat

_NOT_GIVEN: Final = object()

LONGEST_SLEEP = 31_536_000
"""Seconds in a year (spec 07 §2)."""


class Run:
    """`depth` counts nested subworkflow calls, `nesting` the parallel steps around this branch."""

    __slots__ = ("branch", "depth", "execution", "ledger", "nesting", "seat")

    def __init__(
        self,
        execution: Execution,
        ledger: Ledger | None = None,
        *,
        depth: int = 0,
        nesting: int = 0,
        branch: BranchPath = (),
        seat: Seat | None = None,
    ) -> None:
        self.execution = execution
        self.ledger = ledger
        self.depth = depth
        self.nesting = nesting
        self.branch = branch
        self.seat = seat

    # calls and waiting

    async def call(
        self, step: str, function: Callable[..., Awaitable[Value]], /, **given: Value
    ) -> Value:
        """Calls a blocking library function or a connector, which take the run first."""
        if self.execution.observer is None:
            return await function(self, **given)
        with self.observed(step, _what(function)):
            return await function(self, **given)

    async def sleep(self, step: str, seconds: Value) -> Value:
        """`sys.sleep`; its result is null."""
        if not 0 <= arguments.number("sys.sleep", "seconds", seconds) <= LONGEST_SLEEP:
            raise value_error(f"sys.sleep(): `seconds` must be from 0 to {LONGEST_SLEEP}")
        await self.wait(step, seconds, "sleep")

    async def sleep_until(self, step: str, time: Value) -> Value:
        """`sys.sleep_until`, whose result is null; a time that has passed is not waited for."""
        from wfc_runtime.stdlib.time import parse

        await self.wait(step, max(0.0, parse(time) - self.now()), "sleep")

    async def wait(self, step: str, seconds: float, what: str) -> None:
        if self.execution.observer is None:
            await self.execution.clock.sleep(seconds)
        else:
            with self.observed(step, what):
                await self.execution.clock.sleep(seconds)

    @contextmanager
    def observed(self, step: str, what: str) -> Iterator[None]:
        """Tells the observer, if there is one, how the block starts and ends."""
        observer = self.execution.observer
        if observer is None:
            yield
            return
        observer.step_started(self.branch, step, what)
        try:
            yield
        except BaseException as exc:
            observer.step_finished(self.branch, step, what, exc)
            raise
        observer.step_finished(self.branch, step, what, None)

    # what the machine knows

    def now(self) -> float:
        """`sys.now`: Unix seconds."""
        return float(self.execution.clock.time())

    def uuid(self) -> str:
        """`uuid.generate`"""
        from uuid import uuid4

        return str(uuid4())

    def log(
        self,
        data: Value = None,
        severity: Value = "DEFAULT",
        text: Value = None,
        json: Value = None,
        timeout: Value = None,
    ) -> Value:
        """`sys.log`; its result is null."""
        self.execution.log(logs.entry(self.now(), data, severity, text, json, timeout))

    def get_env(self, name: Value, default: Value = None) -> Value:
        """`sys.get_env`; null with a warning for what is neither set nor has a default (OQ-60)."""
        if default is not None:
            default = arguments.text("sys.get_env", "default", default)
        value = self.execution.env.get(arguments.text("sys.get_env", "name", name), default)
        if value is None:
            self.execution.warn_unset(name)
        return value

    # control flow

    def retry(
        self,
        step: str,
        policy: Value = _NOT_GIVEN,
        *,
        predicate: Value = None,
        max_retries: Value = None,
        backoff: Value = None,
        initial_delay: Value = None,
        max_delay: Value = None,
        multiplier: Value = None,
    ) -> Retry:
        """The retries of a `try` step: a policy, or its parts (retry.py shows how it is used)."""
        if policy is not _NOT_GIVEN:
            return Retry(self, step, policy_of(policy))
        delays = {"initial_delay": initial_delay, "max_delay": max_delay, "multiplier": multiplier}
        return Retry(
            self, step, Policy(predicate, max_retries, delays if backoff is None else backoff)
        )

    async def parallel(
        self,
        step: str,
        branches: Sequence[Callable[[Run], Awaitable[None]]],
        *,
        limit: Value = UNLIMITED,
    ) -> None:
        """A `parallel` step with branches."""

        async def start(run: Run, branch: Callable[[Run], Awaitable[None]], index: int) -> None:
            await branch(run)

        await parallel(self, step, branches, start, limit)

    async def parallel_for(
        self,
        step: str,
        items: Iterable[Value],
        body: Callable[[Run, Value, int], Awaitable[None]],
        *,
        limit: Value = UNLIMITED,
    ) -> None:
        """A `parallel` step with `for`; the body takes its run, the item and the item's index."""
        await parallel(self, step, items, body, limit)

    def for_branch(self, step: str, index: int, seat: Seat) -> Run:
        """The run of one branch or iteration of a parallel step."""
        return Run(
            self.execution,
            None if self.ledger is None else self.ledger.branch(),
            depth=self.depth,
            nesting=self.nesting + 1,
            branch=(*self.branch, (step, index)),
            seat=seat,
        )

    def nested(self) -> Run:
        """The run of a subworkflow call: one deeper, with variables of its own."""
        depth = self.depth + 1
        limit = self.execution.limits.depth
        if depth > limit:
            raise recursion_error(exceeded("nested subworkflow calls", depth, limit, "depth"))
        return Run(
            self.execution,
            None if self.ledger is None else self.ledger.routine(),
            depth=depth,
            nesting=self.nesting,
            branch=self.branch,
            seat=self.seat,
        )

    # accounting, in modules that were compiled with it

    def steps(self, count: int) -> None:
        """Counts executed steps (spec 04 §11)."""
        self.execution.count_steps(count)

    def hold(self, name: str, value: Value) -> None:
        """Accounts a variable at its present size (spec 02 §6)."""
        if self.ledger is not None:
            self.ledger.hold(name, value)

    def release(self, *names: str) -> None:
        """Forgets variables whose block has ended."""
        if self.ledger is not None:
            self.ledger.release(*names)


def _what(function: Callable[..., Awaitable[Value]]) -> str:
    """`http.get`; a connector by its own name."""
    if isinstance(function, Connector):
        return function.name
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
