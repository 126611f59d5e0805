"""A compiled workflow: what a generated module calls `workflow`, and what runs it.

From a program it is `await workflow.run({"x": 1})`, from a shell `python order.py '{"x": 1}'`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NoReturn

from wfc_runtime.auth import Authorizer, DefaultAuth
from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.execution import Execution, variables_of, workflow_id
from wfc_runtime.jsontext import check, encode
from wfc_runtime.limits import PROFILES, Limits, exceeded
from wfc_runtime.logs import CALL_LOG_LEVELS, LogSink, print_entry
from wfc_runtime.memory import Ledger
from wfc_runtime.observer import Observer
from wfc_runtime.run import Run
from wfc_runtime.sourcemap import SourceMap
from wfc_runtime.trace import caught, context, first_line, frames, places, stack_trace
from wfc_runtime.values import Value, argument

if TYPE_CHECKING:
    from wfc_runtime.callbacks import Callbacks
    from wfc_runtime.children import Finder
    from wfc_runtime.history import Activation
    from wfc_runtime.recorder import Recorder
    from wfc_runtime.routes import Routes


class Workflow:
    """One compiled workflow.

    main        the routine `main`: takes the run, and the argument where `parameters` is 1
    source      the workflow file's name
    sha256      the hash of its text
    compiler    the version of the compiler that made the module
    positions   the source map (sourcemap.py)
    accounting  whether the module was compiled to count its steps and memory
    steps       the table of its steps (steps.py), where it was compiled to report them
    """

    __slots__ = (
        "accounting",
        "compiler",
        "main",
        "parameters",
        "sha256",
        "source",
        "source_map",
        "steps",
    )

    def __init__(
        self,
        main: Callable[..., Awaitable[Value]],
        *,
        source: str,
        sha256: str,
        compiler: str,
        parameters: int,
        positions: str,
        accounting: bool = False,
        steps: str = "",
    ) -> None:
        self.main = main
        self.source = source
        self.sha256 = sha256
        self.compiler = compiler
        self.parameters = parameters
        self.accounting = accounting
        self.steps = steps
        self.source_map = SourceMap(positions, main.__code__.co_filename)

    async def run(
        self,
        args: object = None,
        *,
        limits: str | Limits = "local",
        env: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        observer: Observer | None = None,
        log: LogSink | None = None,
        auth: Authorizer | None = None,
        routes: Mapping[str, str] | None = None,
        callbacks: Callbacks | None = None,
        children: Finder | None = None,
        call_log: Literal["LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE"] = "LOG_NONE",
        history: Recorder | None = None,
    ) -> Value:
        """Executes the workflow and returns its result.

        args       the argument, anything that JSON can hold; it is copied
        limits     "local", "google", or `Limits` of one's own (spec 07)
        env        what `sys.get_env` sees; by default the environment of the process, as
                   it is when first asked for.  The service's own variables are added where they
                   are missing
        clock      for `sys.sleep`, `sys.now`, retries and timeouts; by default the machine's
        observer   hears of every step that waits
        log        takes the entries of `sys.log`; by default they go to standard error as JSON
        auth       has the tokens of requests with `auth`; by default the one in WFC_AUTH_TOKEN, or
                   those of Google's application default credentials
        routes     where calls go instead, by the beginning of their URL (routes.py)
        callbacks  where callback endpoints are; by default a server on 127.0.0.1 while it runs
        children   finds the workflows it calls, as `{"order": order.workflow}.__getitem__` does;
                   by default there are none
        call_log   whether calls are logged, too: all, or those that fail (spec 08 §4).  They are
                   those of steps that wait, and where the module was compiled for it of every
                   `call` step
        history    records the steps, where the module was compiled with `history` (history.py)

        Raises WorkflowError when the execution fails, with payload, context and stack_trace (spec
        05 §3); TypeError or ValueError for an argument or options that cannot be.  Cancelling the
        task cancels the execution, with every branch, request and child in it.
        """
        allowed = self.limits(limits)
        given = self.argument(args, allowed)
        if call_log not in CALL_LOG_LEVELS:
            raise ValueError(
                f"call_log must be one of {', '.join(CALL_LOG_LEVELS)}, not {call_log!r}"
            )
        execution = Execution(
            workflow_id(self.source),
            self.sha256,
            allowed,
            clock or RealClock(),
            None if env is None else variables_of(env),
            log or print_entry,
            observer,
            auth or DefaultAuth(),
            routes_of(routes),
            callbacks,
            children,
            call_log,
        )
        execution.history = history
        return await self.execute(Run(execution), given)

    async def execute(self, run: Run, given: Value) -> Value:
        """Runs the workflow as an execution that has been made for it; see `run`."""
        execution = run.execution
        self.limits(execution.limits)
        if self.accounting:
            run.ledger = Ledger(execution.limits)
        if execution.history is not None:
            run.history = self._recorded(execution.history, execution.clock)
        execution.begin()
        try:
            running = self.main(run, given) if self.parameters else self.main(run)
            if run.history is not None:
                running = run.history.thread.recorded(running)
            result = await running
            check(result)  # what has no form in JSON cannot be a result (spec 04 §7)
            return result
        except asyncio.CancelledError:
            if execution.children is not None:
                execution.children.cancel()
            raise
        except WorkflowError as error:
            _describe(error, error)
            raise
        except ResourceLimit as limit:
            failure = WorkflowError(limit.payload)
            for note in getattr(limit, "__notes__", ()):
                failure.add_note(note)
            if not limit.silent:
                _describe(failure, limit)
            else:  # for people; the service's answer has none
                for where in places(frames(limit)):
                    failure.add_note(where)
            raise failure from limit
        except Exception as exc:
            failure = WorkflowError(caught(exc))
            _describe(failure, exc)
            raise failure from exc
        finally:
            await execution.close()

    def limits(self, limits: str | Limits) -> Limits:
        """The limits of that name, or those given; ValueError where it cannot be held to them."""
        if isinstance(limits, str):
            if limits not in PROFILES:
                raise ValueError(f"limits must be one of {', '.join(PROFILES)}, not {limits!r}")
            limits = PROFILES[limits]
        if limits.need_accounting and not self.accounting:
            raise ValueError(
                f"{self.source} was compiled without accounting, so that its steps and its memory "
                'cannot be limited; compile it with `--limits google` or run it with limits="local"'
            )
        return limits

    def argument(self, args: object, limits: str | Limits) -> Value:
        """What the workflow sees of an argument; TypeError or ValueError for one that cannot be."""
        value, most = argument(args), self.limits(limits).argument
        if most is not None:
            size = len(encode(value).encode())
            if size > most:
                raise ValueError(exceeded("bytes of JSON in the argument", size, most, "argument"))
        return value

    def _recorded(self, history: Recorder, clock: Clock) -> Activation:
        if not self.steps:
            raise ValueError(
                f"{self.source} was compiled without history, so that its steps cannot be "
                "recorded; compile it with `--history`"
            )
        return history.start(self.steps, clock)

    def command(self, argv: Sequence[str] | None = None) -> NoReturn:
        """The module as a program: `python order.py [JSON]`; `argv` is without the program's name.

        Exits with 0, 2 for wrong use, 3 when the execution failed, 130 when it was cancelled.
        """
        from wfc_runtime.command import command

        status = command(self, sys.argv[1:] if argv is None else argv)
        gc.freeze()  # Python ends with a collection of all there is: 8 ms for nothing
        sys.exit(status)


def routes_of(routes: Mapping[str, str] | Routes | None) -> Routes | None:
    """The `routes` of a run; ValueError for what is none.  Only who has routes pays for them."""
    if not routes:
        return None
    if not isinstance(routes, Mapping):
        return routes
    from wfc_runtime.routes import Routes

    return Routes(routes)


def _describe(failure: WorkflowError, exc: BaseException) -> None:
    """Fills in what the traceback of an exception says (spec 05 §3)."""
    trace = frames(exc)
    failure.context = context(first_line(failure.payload), trace)
    failure.stack_trace = stack_trace(trace)
