"""The running execution as one branch or one routine call sees it; the only way to the world.

Generated code reaches calls, time, logs, randomness, the environment and parallel steps through its
`run`, so that one module works unchanged on any driver.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from wfc_runtime import logs
from wfc_runtime.documented import documented
from wfc_runtime.errors import recursion_error, value_error
from wfc_runtime.execution import random_id
from wfc_runtime.limits import exceeded
from wfc_runtime.lock import Exclusive, Lock
from wfc_runtime.parallel import UNLIMITED, parallel
from wfc_runtime.retry import Policy, Retry, policy_of
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.durable.visits import Visits, Work
    from wfc_runtime.execution import Execution
    from wfc_runtime.history import Activation
    from wfc_runtime.memory import Ledger
    from wfc_runtime.observer import BranchPath
    from wfc_runtime.parallel import Seat

T = TypeVar("T")

_NOT_GIVEN: Final = object()

LONGEST_SLEEP = 31_536_000
"""Seconds in a year (spec 07 §2)."""


class Run:
    """`depth` counts nested subworkflow calls, `nesting` the parallel steps around this branch.

    `visits` names what the branch waits for on the durable driver; it is None on the plain one.
    """

    __slots__ = (
        "branch",
        "depth",
        "execution",
        "history",
        "inner",
        "ledger",
        "nesting",
        "seat",
        "ticker",
        "visits",
    )

    def __init__(
        self,
        execution: Execution,
        ledger: Ledger | None = None,
        *,
        depth: int = 0,
        nesting: int = 0,
        branch: BranchPath = (),
        seat: Seat | None = None,
        visits: Visits | None = None,
    ) -> None:
        self.execution = execution
        self.ledger = ledger
        self.depth = depth
        self.nesting = nesting
        self.branch = branch
        self.seat = seat
        self.visits = visits
        self.history: Activation | None = None
        """What records the steps, if anything does."""
        self.ticker = execution.ticker
        """Tested by loops: see `pause`."""
        self.inner: Run | None = None
        """What `nested` gave, where it serves for all subworkflow calls of this one."""

    # calls and waiting

    async def call(
        self, step: str, function: Callable[..., Awaitable[Value]], /, **given: Value
    ) -> Value:
        """Calls a blocking library function or a connector, which take the run first."""
        if self.visits is not None:
            self.visits.step = step
        if self.execution.observer is None and self.execution.call_log == "LOG_NONE":
            return await function(self, **given)
        name = documented(function)
        with self.observed(step, name):
            return await self.logged(step, name, given, function(self, **given))

    async def logged(
        self, step: str, name: str, given: dict[str, Value], call: Awaitable[Value]
    ) -> Value:
        """The result of a call that waits; it is logged where calls are (spec 08 §4)."""
        if self.execution.call_log == "LOG_NONE":
            return await call
        from wfc_runtime.call_log import logging

        with logging(self, step, name, given) as ended:
            result = await call
            ended(result)
        return result

    async def sleep(self, step: str, seconds: Value) -> Value:
        """Waits; ValueError for a negative time and for more than a year (31,536,000 seconds)."""
        if self.execution.call_log == "LOG_NONE":
            await self._sleep(step, seconds)
        else:
            slept = self._sleep(step, seconds)
            await self.logged(step, "sys.sleep", {"seconds": seconds}, slept)

    async def _sleep(self, step: str, seconds: Value) -> None:
        if not 0 <= arguments.number("sys.sleep", "seconds", seconds) <= LONGEST_SLEEP:
            raise value_error(f"sys.sleep(): `seconds` must be from 0 to {LONGEST_SLEEP}")
        await self.wait(step, seconds, "sleep")

    async def sleep_until(self, step: str, time: Value) -> Value:
        """Waits until a time in RFC 3339; one that has passed is not waited for.

        Raises what `time.parse` raises.
        """
        return await self.logged(
            step, "sys.sleep_until", {"time": time}, self._sleep_until(step, time)
        )

    async def _sleep_until(self, step: str, time: Value) -> Value:
        from wfc_runtime.stdlib.time import instant

        until = instant("sys.sleep_until", "time", time)
        await self.wait(step, max(0.0, until - self.now()), "sleep")

    async def wait(self, step: str, seconds: float, what: str) -> None:
        execution, visits = self.execution, self.visits
        if visits is not None:
            visits.step = step
        if execution.observer is None and (visits is not None or execution.scheduler is None):
            await (execution.clock if visits is None else visits).sleep(seconds)  # the usual case
            return
        with self.observed(step, what):
            await self.rest(seconds)

    async def rest(self, seconds: float) -> None:
        """Waits in the middle of a call, which an observer knows of already."""
        if self.visits is not None:
            await self.visits.sleep(seconds)
        elif self.execution.scheduler is None:
            await self.execution.clock.sleep(seconds)
        else:
            await self.execution.scheduler.wait(self.branch, seconds)

    async def outside(self, what: Callable[[], str], work: Work) -> Value:
        """The result of `work`, which does something in the world; all that does goes through here.

        `what` says in words without secrets what it is.  `work` takes the key by which repeats of
        it can be told, where there may be any.
        """
        if self.visits is not None:
            return await self.visits.outside(what(), work)
        with self.execution.clock.outside():
            return await work(None)

    async def pause(self) -> None:
        """Lets others go on; loops that may never wait call it when `run.ticker.due`."""
        await self.ticker.pause(self.branch)

    async def turn(self) -> None:
        """Under a scheduler, waits until this branch is the one to go on."""
        if self.execution.scheduler is not None:
            await self.execution.scheduler.turn(self.branch)

    def exclusive(self, step: str, lock: Lock) -> Exclusive:
        """For `async with`: one branch at a time assigns the variable that the lock stands for."""
        return Exclusive(self, step, lock)

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

    # call steps that do not wait for the library, in modules that were compiled to log them

    def log_call(
        self, step: str, name: str, function: Callable[..., Value], /, *args: Value, **given: Value
    ) -> Value:
        """The result of a library function, or of a subworkflow, whose run stands in `args`."""
        if self.execution.call_log == "LOG_NONE":
            return function(*args, **given)
        from wfc_runtime.call_log import logging

        with logging(self, step, name, given) as ended:
            result = function(*args, **given)
            ended(result)
        return result

    async def log_wait(
        self,
        step: str,
        name: str,
        function: Callable[..., Awaitable[Value]],
        /,
        *args: Value,
        **given: Value,
    ) -> Value:
        """The result of a subworkflow that waits."""
        if self.execution.call_log == "LOG_NONE":
            return await function(*args, **given)
        from wfc_runtime.call_log import logging

        with logging(self, step, name, given) as ended:
            result = await function(*args, **given)
            ended(result)
        return result

    # what the machine knows

    def now(self) -> float:
        """The time in Unix seconds, with a fraction."""
        return float(self.execution.clock.time())

    def uuid(self) -> str:
        """A random UUID (version 4), as text in small letters."""
        return random_id() if self.visits is None else self.visits.uuid()

    def log(
        self,
        data: Value = None,
        severity: Value = "DEFAULT",
        text: Value = None,
        json: Value = None,
        timeout: Value = None,
    ) -> Value:
        """Writes a log entry: one of `data`, `text` and `json`; null counts as left out.

        `json`, and `data` that is a map, become the entry's `jsonPayload`; anything else is text.
        `severity` is `DEFAULT`, `DEBUG`, `INFO`, `NOTICE`, `WARNING`, `ERROR`, `CRITICAL`, `ALERT`
        or `EMERGENCY`; raises ValueError for another one, TypeError unless one value is given.
        """
        self.execution.log(logs.entry(self.now(), data, severity, text, json, timeout))

    def create_callback_endpoint(self, http_callback_method: Value = None) -> Value:
        """Opens an endpoint that other programs can call; the result is a map with its `url`.

        It takes requests of one method until the execution ends: GET, HEAD, POST, PUT, DELETE,
        OPTIONS or PATCH.  `wfc run` logs the `url`, which is on this machine.

        Raises ValueError for another method.
        """
        from wfc_runtime.stdlib.events import create_callback_endpoint

        return create_callback_endpoint(self, http_callback_method)

    def get_env(self, name: Value, default: Value = None) -> Value:
        """An environment variable; else `default`; else null, with a warning (OQ-60)."""
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

    def for_branch(self, seat: Seat) -> Run:
        """A run for the branches of a parallel step that have this seat one after the other.

        Each of them has a `branch` and a `ledger` of its own.
        """
        nesting = self.nesting + 1
        return Run(self.execution, depth=self.depth, nesting=nesting, seat=seat)

    def for_child(self, execution: Execution, workflow_id: str, number: int) -> Run:
        """The run of a child execution, which an observer sees below the step that started it."""
        visits = self.visits
        if visits is not None:
            visits = visits.branch(visits.visit(workflow_id), number)
        return Run(execution, branch=(*self.branch, (workflow_id, number)), visits=visits)

    def nested(self) -> Run:
        """The run of a subworkflow call: one deeper, with variables of its own.

        Without a ledger and a history it has nothing of its own and is made once:
        `run.inner or run.nested()`.
        """
        depth = self.depth + 1
        limit = self.execution.limits.depth
        if depth > limit:
            raise recursion_error(exceeded("nested subworkflow calls", depth, limit, "depth"))
        run = Run(
            self.execution,
            None if self.ledger is None else self.ledger.routine(),
            depth=depth,
            nesting=self.nesting,
            branch=self.branch,
            seat=self.seat,
            visits=self.visits,
        )
        if self.history is not None:
            run.history = self.history.nested()
        elif self.ledger is None:
            self.inner = run
        return run

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

    # step history, in modules that were compiled with it (history.py)

    def begin(self, number: int, failed: BaseException | None = None) -> None:
        """A step or a block of the module's table begins, after what is beside it has failed."""
        if self.history is not None:
            self.history.begin(number, failed)

    def iterations(self, number: int, items: Iterable[T]) -> Iterable[T]:
        """The items of a loop, each of which begins a block of the table."""
        return items if self.history is None else self.history.iterations(number, items)

    def returned(self, value: T) -> T:
        """The value, with which the routine is left."""
        if self.history is not None:
            self.history.returned()
        return value
