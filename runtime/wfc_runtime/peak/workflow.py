"""A compiled Peak workflow: what a generated module calls `workflow`, and what runs it.

From a program it is `await nightly.workflow.run(params={"global": {"batch_id": "1"}})`, from a
shell `python nightly.py '{"global": {"batch_id": "1"}}'`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from wfc_runtime.auth import NoAuth
from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.execution import Execution, workflow_id
from wfc_runtime.limits import LOCAL, MIB
from wfc_runtime.logs import LogSink, print_entry
from wfc_runtime.observer import Observer
from wfc_runtime.peak.params import Params, StepToRun
from wfc_runtime.peak.result import Result, StepEnd
from wfc_runtime.peak.run import Drain, OnEnd, OnStep, Run
from wfc_runtime.peak.secrets import Secrets
from wfc_runtime.peak.settings import Settings
from wfc_runtime.peak.workspace import Workspace
from wfc_runtime.workflow import routes_of

if TYPE_CHECKING:
    from wfc_runtime.routes import Routes

_LIMITS = replace(LOCAL, response=16 * MIB)


class Workflow:
    """One compiled workflow.

    main      runs the graph
    name      what the file calls the workflow, else empty
    source    the workflow file's name
    sha256    the hash of its text
    compiler  the version of the compiler that made the module
    lines     where each step is in the file
    """

    __slots__ = ("compiler", "lines", "main", "name", "sha256", "source")

    def __init__(
        self,
        main: Callable[[Run, Params], Awaitable[Result]],
        *,
        name: str,
        source: str,
        sha256: str,
        compiler: str,
        lines: Mapping[str, int],
    ) -> None:
        self.main = main
        self.name = name
        self.source = source
        self.sha256 = sha256
        self.compiler = compiler
        self.lines = lines

    async def run(
        self,
        params: object = None,
        *,
        steps: Sequence[StepToRun | str] = (),
        settings: Settings | None = None,
        log: LogSink | None = None,
        drain: Drain | None = None,
        observer: Observer | None = None,
        on_step: OnStep | None = None,
        ended: Iterable[StepEnd] | None = None,
        on_end: OnEnd | None = None,
        clock: Clock | None = None,
        routes: Mapping[str, str] | Routes | None = None,
        platform: Mapping[str, str] | None = None,
        id: str = "",
    ) -> Result:
        """Executes the workflow; a step that fails makes the result's status Failed.

        params    `{"global": {…}, "stepWise": {step: {…}}}` (spec 11 §3.1)
        steps     those to run, `stepsToRun`; none are all
        settings  what stands for the platform's secrets, images, folders and warehouse
        log       takes what the commands print, line by line; by default standard error, as JSON
        drain     is awaited now and again while a command prints: it waits if that does
        observer  hears of every step that runs
        on_step   is called with a step whenever its status changes
        ended     how steps have ended in an earlier process of this execution, if there was one;
                  the others run
        on_end    is awaited with the end of each other step, before those after it begin
        clock     for retries and timeouts; by default the machine's
        routes    where http steps go instead, by the beginning of their URL (routes.py)
        platform  variables that the platform sets, such as TENANT_ID, besides those known here
        id        of the execution; by default a random UUID

        Raises TypeError or ValueError for parameters and steps that cannot be, WorkspaceError,
        an OSError, where `workdir` cannot be written.  Cancelling the task ends all processes and
        requests.
        """
        given, how = Params(params), settings or Settings()
        execution = Execution(
            workflow_id(self.source),
            self.sha256,
            _LIMITS,
            clock or RealClock(),
            {},
            log or print_entry,
            observer,
            NoAuth(),
            routes_of(routes),
            None,
            None,
            "LOG_NONE",
            id=id,
        )
        workspace = Workspace(how.workdir, execution.id, execution.clock, keep=how.keep)
        run = Run(
            execution,
            how,
            workspace,
            name=self.name,
            source=self.source,
            lines=self.lines,
            steps_to_run=steps,
            on_step=on_step,
            earlier=ended,
            on_end=on_end,
            drain=drain,
            platform=platform or {},
            secrets=Secrets(how.secrets, os.environ),
        )
        execution.begin()
        try:
            return await self.main(run, given)
        finally:
            try:
                run.warehouse.close()
                await execution.close()
            finally:
                await workspace.close()

    def command(self, argv: Sequence[str] | None = None) -> NoReturn:
        """The module as a program: `python nightly.py [JSON]`.

        Exits with 0, 2 for wrong use, 3 when the execution failed, 130 when it was cancelled.
        """
        from wfc_runtime.peak.command import command

        sys.exit(command(self, sys.argv[1:] if argv is None else argv))
