"""Durable runs of compiled workflows: started anew, or resumed from their journal.

    journal = SqliteJournal("runs.db")
    result = await run_durably(order.workflow, {"x": 1}, execution="order-17", journal=journal)

The same call, made again in another process after this one was killed, goes on where it was.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from wfc_runtime.auth import TOKEN_VARIABLE, Authorizer, DefaultAuth
from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.durable import codec
from wfc_runtime.durable.callback_server import CallbackPlace
from wfc_runtime.durable.client import Client
from wfc_runtime.durable.driver import DurableExecution, Threads
from wfc_runtime.durable.inside import Inside, Told
from wfc_runtime.durable.journal import (
    DivergenceError,
    Journal,
    Recorded,
    Started,
    Writer,
)
from wfc_runtime.durable.visits import Visits
from wfc_runtime.execution import Execution, workflow_id
from wfc_runtime.limits import Limits
from wfc_runtime.logs import LogSink, print_entry
from wfc_runtime.observer import Observer
from wfc_runtime.routes import Routes
from wfc_runtime.run import Run
from wfc_runtime.values import Value
from wfc_runtime.workflow import Workflow, routes_of

if TYPE_CHECKING:
    from wfc_runtime.children import Finder
    from wfc_runtime.recorder import Recorder
    from wfc_runtime.service import Service


async def run_durably(
    workflow: Workflow,
    args: object = None,
    *,
    execution: str,
    journal: Journal,
    limits: str | Limits = "local",
    env: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    observer: Observer | None = None,
    log: LogSink | None = None,
    auth: Authorizer | None = None,
    routes: Mapping[str, str] | None = None,
    callbacks: CallbackPlace | None = None,
    children: Finder | None = None,
    call_log: Literal["LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE"] = "LOG_NONE",
    idempotency_keys: bool = True,
) -> Value:
    """Executes a workflow so that it survives the end of the process; returns its result.

    execution  names it: one that the journal knows goes on with the argument that it began with;
               where it has ended, what is recorded is returned or raised
    journal    keeps it
    env        as of `Workflow.run`, and kept with the execution; by default each process that the
               execution lives in gives it its own environment, which is not kept
    callbacks  where its callback endpoints are (callback_server.py); without, it can have none
    idempotency_keys
               whether http requests have the header `Idempotency-Key`, by which a service can tell
               that one is repeated

    The other options are those of `Workflow.run`; give the same ones again.

    What has ended and is in the journal is never done again.  Requests and sleeps that are under
    way when the process ends begin again, a sleep for the rest of its time.  Log entries since the
    last entry of the journal may be written again.  Cancelling the task stops the execution, which
    can go on later.

    Raises what `Workflow.run` raises, ExecutionCancelled, DivergenceError for a module that does
    something else than the one that began, and what the journal raises.
    """
    clock = clock or RealClock()
    recorded = await journal.load(execution)
    if recorded is None:
        address = "" if callbacks is None else callbacks.address
        started = start(workflow, args, limits, env, clock, address, call_log)
        await journal.begin(execution, started)
        recorded = Recorded(started)
    client = Client()
    try:
        durable = resume(
            workflow,
            execution,
            recorded,
            journal,
            client,
            limits=limits,
            clock=clock,
            observer=observer,
            log=log,
            auth=auth,
            routes=routes,
            children=children,
            idempotency_keys=idempotency_keys,
        )
        ending = durable.start()
        if callbacks is not None:
            callbacks.add(durable)
        try:
            await asyncio.wait([ending])
        finally:
            if callbacks is not None:
                callbacks.remove(durable)
            await durable.stop()
    finally:
        await client.close()
    return ending.result().value()


def start(
    workflow: Workflow,
    args: object,
    limits: str | Limits,
    env: Mapping[str, str] | None,
    clock: Clock,
    callbacks: str,
    call_log: str,
) -> Started:
    """What a journal keeps of the beginning of a new execution."""
    return Started(
        revision_of(workflow),
        clock.time(),
        codec.encode(workflow.argument(args, limits)),
        os.urandom(32).hex(),
        None if env is None else dict(env),
        callbacks,
        call_log,
    )


def resume(
    workflow: Workflow,
    id: str,
    recorded: Recorded,
    journal: Writer,
    client: Client,
    *,
    limits: str | Limits = "local",
    clock: Clock | None = None,
    observer: Observer | None = None,
    log: LogSink | None = None,
    auth: Authorizer | None = None,
    routes: Mapping[str, str] | Routes | None = None,
    children: Finder | None = None,
    idempotency_keys: bool = True,
    threads: Threads | None = None,
    name: str = "",
    generation: int = 0,
    service: Service | None = None,
    history: Recorder | None = None,
) -> DurableExecution:
    """An execution that goes on from what its journal has, which may be just its beginning.

    The options are those of `Workflow.run`.  `threads` are those in which the workflow runs; `name`
    is the workflow's id, where that is not what its file is called; `service` runs the executions
    that it asks for, in place of `children`, and `generation` counts those that asked down to it.
    `history` hears of the steps of all lives, in the thread in which the workflow runs.
    Raises DivergenceError for a journal of another module.
    """
    started = recorded.started
    if started.revision != revision_of(workflow):
        raise DivergenceError(
            f"execution {id} was begun by revision {started.revision[:12]} of its module and "
            f"cannot go on with revision {revision_of(workflow)[:12]}"
        )
    allowed = workflow.limits(limits)
    where = routes if routes is None or isinstance(routes, Routes) else routes_of(routes)
    variables = dict(os.environ if started.env is None else started.env)
    variables.pop(TOKEN_VARIABLE, None)  # a token is no workflow's to read

    def prepare(inside: Inside) -> Coroutine[Any, Any, Value]:
        told = Told(inside, log or print_entry, observer)
        inner = Execution(
            name or workflow_id(workflow.source),
            workflow.sha256,
            allowed,
            inside,
            variables,
            told.sink,
            None if observer is None else told,
            auth or DefaultAuth(),
            where,
            inside.callbacks(started.callbacks),
            children,
            started.call_log,
            generation,
            id,
            inside,
            service,
        )
        inner.history = history
        argument = codec.decode(started.argument)
        return workflow.execute(Run(inner, visits=Visits(inside)), argument)

    return DurableExecution(
        id,
        recorded,
        prepare,
        journal,
        client,
        clock or RealClock(),
        idempotency_keys=idempotency_keys,
        threads=threads,
    )


@lru_cache(maxsize=256)
def revision_of(workflow: Workflow) -> str:
    """What tells two modules apart: the hash of the workflow's text and of where all of it is."""
    text = f"{workflow.sha256}\n{workflow.source_map.text}"
    return sha256(text.encode()).hexdigest()
