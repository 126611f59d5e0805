"""The deterministic half of a durable execution: in go deliveries, out comes what it asks for.

It runs on a loop of its own (loop.py) and touches nothing but that.  What it asks of the world is a
future until an entry with the same key is delivered; between deliveries it does nothing.  Whether
an entry has just happened or comes from a journal makes no difference here, which is what makes a
replay go as the first time, interleaved writes of shared variables included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Coroutine, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NoReturn

from wfc_runtime.callbacks import Endpoint
from wfc_runtime.durable.codec import decode
from wfc_runtime.durable.journal import DivergenceError, Entry
from wfc_runtime.durable.loop import inner_loop
from wfc_runtime.durable.visits import Work
from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.execution import uuid_text
from wfc_runtime.logs import LogEntry, LogSink
from wfc_runtime.observer import BranchPath, Observer
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from wfc_runtime.durable.client import Client
    from wfc_runtime.proxies import Proxies

_ROUNDS: Final = 1000
"""Back edges after which a busy branch lets others go on."""

_DELIVERIES: Final = 64
_CALLBACKS: Final = 10_000
"""As many at one go; then other executions have their turn."""

_NOTHING: Final = nullcontext()


class Asked:
    """A call (`work`) or a sleep (`seconds`) that the workflow waits for, `since` that time."""

    __slots__ = ("future", "key", "seconds", "since", "what", "work")

    def __init__(
        self,
        key: str,
        what: str,
        future: asyncio.Future[Value],
        work: Work | None,
        seconds: float | None,
        since: float,
    ) -> None:
        self.key = key
        self.what = what
        self.future = future
        self.work = work
        self.seconds = seconds
        self.since = since


class Delivery:
    """An entry that has become durable; `value` is what its text stands for, where that is known.

    muted  it was delivered in an earlier life: what follows has been logged already
    """

    __slots__ = ("entry", "known", "muted", "value")

    def __init__(
        self, entry: Entry, value: Value = None, *, known: bool = False, muted: bool = False
    ) -> None:
        self.entry = entry
        self.value = value
        self.known = known
        self.muted = muted


class Inside:
    """One execution as it runs; belongs to one thread at a time.

    now        the time of the last delivery, in Unix seconds
    ready      what is durable and has not been delivered; others may append to it at any time
    told       calls of listeners that are due
    asked      what the workflow waits for, by key
    endpoints  the callback endpoints that it has opened, by id
    muted      whether what it logs has been logged before
    cancelled  whether it has been told to end
    """

    __slots__ = (
        "_dropped",
        "_fresh",
        "_gone",
        "_id",
        "_loop",
        "_main",
        "_seed",
        "_wakes",
        "asked",
        "cancelled",
        "client",
        "endpoints",
        "muted",
        "now",
        "ready",
        "ticker",
        "told",
    )

    def __init__(
        self, id: str, seed: str, now: float, client: Client, wakes: Container[str]
    ) -> None:
        self._id = id
        self._seed = bytes.fromhex(seed)
        self.now = now
        self.client = client
        self._wakes = wakes
        """The keys of sleeps that an earlier life has begun."""
        self.ticker = InnerTicker()
        self.asked: dict[str, Asked] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.ready: list[Delivery] = []
        self.told: list[Callable[[], None]] = []
        self.muted = False
        self.cancelled = False
        self._fresh: dict[str, Asked] = {}
        """Asked for since `take`."""
        self._dropped: list[str] = []
        """Taken before, and not waited for any more."""
        self._gone: set[str] = set()
        """Not waited for any more, though there may be an entry to come."""
        self._loop = inner_loop()
        self._main: asyncio.Task[Value] | None = None

    # deliveries

    def begin(self, main: Coroutine[Any, Any, Value]) -> None:
        """Makes the workflow's task; `go_on` runs it."""
        self._main = self._loop.create_task(main)

    def go_on(self) -> bool:
        """Delivers what is in `ready`, one entry after the other, each when every task is blocked.

        Returns after a while even if there is more to do, which is to say false then.
        Raises DivergenceError for an entry that this workflow does not wait for.
        """
        ready, done = self.ready, 0
        try:
            for _ in range(_DELIVERIES):
                is_blocked = self._loop.run_ready(_CALLBACKS)
                if self._loop.bug is not None:
                    raise self._loop.bug
                following = ready[done] if done < len(ready) else None
                if not is_blocked and (following is None or following.entry.kind != "cancel"):
                    return False
                if following is None:
                    return True
                done += 1
                if self.task.done() or self.cancelled:
                    self._after_the_end(following.entry)
                else:
                    self.now = following.entry.time
                    self.muted = following.muted
                    self._deliver(following)
            return False
        finally:
            del ready[:done]

    def take(self, writing: Iterable[Entry]) -> tuple[list[Asked], list[str]]:
        """What is asked for anew, and the keys of what was taken and is not waited for any more.

        `writing` are entries that are not durable yet.
        """
        fresh, dropped = list(self._fresh.values()), self._dropped
        self._fresh.clear()
        self._dropped = []
        if self._gone:
            coming = {entry.key for entry in writing}
            coming.update(delivery.entry.key for delivery in self.ready)
            self._gone &= coming
        return fresh, dropped

    def release(self) -> None:
        """Ends the tasks of an execution that will not go on in this life."""
        self.muted = self.cancelled = True
        if self._main is not None:
            self._main.cancel()
            self._loop.run_ready(_CALLBACKS)

    @property
    def task(self) -> asyncio.Task[Value]:
        """The workflow itself."""
        assert self._main is not None
        return self._main

    def _deliver(self, delivery: Delivery) -> None:
        entry = delivery.entry
        if entry.kind == "cancel":
            self.cancelled = True
            self.task.cancel()
            return
        value: Value = delivery.value
        if not delivery.known and entry.value:
            value = decode(entry.value)
        if entry.kind == "callback":
            endpoint = self.endpoints.get(entry.key)
            if endpoint is None:
                self._diverge(entry)
            method, headers, query, body = value
            endpoint.take(method, headers, [(name, text) for name, text in query], body)
            return
        asked = self.asked.pop(entry.key, None)
        if asked is None:
            if entry.key not in self._gone:
                self._diverge(entry)
            self._gone.discard(entry.key)
            return
        self._fresh.pop(entry.key, None)
        if asked.what != entry.what:
            self._diverge(entry, asked)
        match entry.kind:
            case "failed":
                asked.future.set_exception(WorkflowError(value))
            case "limit":
                message, silent = value
                asked.future.set_exception(ResourceLimit(message, silent=silent))
            case _:
                asked.future.set_result(value)

    def _after_the_end(self, entry: Entry) -> None:
        known = entry.kind in ("cancel", "callback", "ended") or self.cancelled
        if not known and entry.key not in self._gone:
            self._diverge(entry)

    def _diverge(self, entry: Entry, asked: Asked | None = None) -> NoReturn:
        recorded = f"{entry.key!r} ({entry.what or entry.kind})"
        if asked is not None:
            found = f"under this key it now asks for {asked.what}"
        elif self.task.done():
            found = "it has ended"
        else:
            waits = [f"{each.key!r} ({each.what})" for each in self.asked.values()]
            found = f"it waits for {', '.join(waits[:3]) or 'nothing'}"
            found += f" and {len(waits) - 3} more" if len(waits) > 3 else ""
        raise DivergenceError(
            f"execution {self._id}: entry {entry.number} of its journal is for {recorded}, but "
            f"{found}: another module, or another version of the runtime, wrote this journal"
        )

    # what the workflow asks for

    async def ask(
        self, key: str, what: str, *, work: Work | None = None, seconds: float | None = None
    ) -> Value:
        """What is delivered under a key."""
        if self.cancelled:
            raise asyncio.CancelledError
        if not self.muted and key in self._wakes:
            # an earlier life has come so far: what goes before this has been passed on
            self.muted = True
            self.told.clear()
        asked = Asked(key, what, self._loop.create_future(), work, seconds, self.now)
        self.asked[key] = self._fresh[key] = asked
        try:
            return await asked.future
        except asyncio.CancelledError:
            if self.asked.pop(key, None) is not None:
                self._gone.add(key)
                if self._fresh.pop(key, None) is None:
                    self._dropped.append(key)
            raise

    def uuid(self, key: str) -> str:
        """A random UUID that only who has the seed can know."""
        return uuid_text(blake2b(key.encode(), digest_size=16, key=self._seed).digest())

    # what the workflow's `Execution` needs; its clock is this

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        raise RuntimeError("all waiting is done by keys (`Visits.sleep`)")

    def outside(self) -> AbstractContextManager[None]:
        return _NOTHING

    def callbacks(self, address: str) -> InnerCallbacks:
        """Where its callback endpoints are."""
        return InnerCallbacks(self, address)

    def session(self) -> ClientSession:
        return self.client.session()

    @property
    def proxies(self) -> Proxies | None:
        return self.client.proxies


class InnerCallbacks:
    """Callback endpoints by id; `DurableExecution.receive` hands requests over to them."""

    __slots__ = ("_address", "_inside")

    def __init__(self, inside: Inside, address: str) -> None:
        self._inside = inside
        self._address = address

    def open(self, endpoint: Endpoint) -> str:
        if not self._address:
            raise RuntimeError(
                "callback endpoints of a durable execution need an address that lasts: "
                "give `callbacks`, such as `https://example.com`"
            )
        self._inside.endpoints[endpoint.id] = endpoint
        return self._address + endpoint.path

    def close(self, endpoint: Endpoint) -> None:
        del self._inside.endpoints[endpoint.id]


class Told:
    """Keeps log entries and events of a delivery until the driver passes them on.

    Those that an earlier life has passed on are left out.
    """

    __slots__ = ("_inside", "_observer", "_sink")

    def __init__(self, inside: Inside, sink: LogSink, observer: Observer | None) -> None:
        self._inside = inside
        self._sink = sink
        self._observer = observer

    def sink(self, entry: LogEntry) -> None:
        self._tell(self._sink, entry)

    def step_started(self, branch: BranchPath, step: str, what: str) -> None:
        if self._observer is not None:
            self._tell(self._observer.step_started, branch, step, what)

    def step_finished(
        self, branch: BranchPath, step: str, what: str, error: BaseException | None
    ) -> None:
        if self._observer is not None:
            self._tell(self._observer.step_finished, branch, step, what, error)

    def branch_started(self, branch: BranchPath) -> None:
        if self._observer is not None:
            self._tell(self._observer.branch_started, branch)

    def branch_finished(self, branch: BranchPath, error: Exception | None) -> None:
        if self._observer is not None:
            self._tell(self._observer.branch_finished, branch, error)

    def log(self, entry: LogEntry) -> None:
        if self._observer is not None:
            self._tell(self._observer.log, entry)

    def _tell(self, listener: Callable[..., None], *what: Any) -> None:
        if not self._inside.muted:
            self._inside.told.append(partial(listener, *what))


class InnerTicker:
    """Lets busy branches take turns by the number of their rounds, which a replay repeats."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = _ROUNDS

    @property
    def due(self) -> bool:
        self._left -= 1
        if self._left:
            return False
        self._left = _ROUNDS
        return True

    async def pause(self, branch: BranchPath) -> None:
        await asyncio.sleep(0)
