"""Parallel steps rule by rule (spec 04 §8): who goes on when, what branches see, how they fail.

Main and every branch are threads: generators that yield whenever they wait.  Exactly one runs at a
time; `Model` says which, and keeps the virtual time, the seats and the queues.  It is slow, plainly
right, and knows nothing of asyncio; what the steps do is in `tests.parallel_steps`.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tests.interpreter import assigned, copied
from tests.reference import Raised

from wfc import syntax

Path = tuple[tuple[str, int], ...]
"""Which branch: (parallel step, index) from outside inwards; () is main."""
Body = Generator[None, None, None]
"""What a thread does: it yields when it waits."""


class Exhausted(Exception):
    """The memory limit is exceeded: the execution is over at once (spec 02 §6, 05 §7)."""


@dataclass(frozen=True)
class Limits:
    """Rules 15, 18 and 27; bytes of memory as in spec 02 §6, None for any number."""

    memory: int | None = None
    active: int = 20
    nesting: int = 2
    branch_errors: int = 100


@dataclass(frozen=True)
class Event:
    """Something that can be seen from outside.

    in_all   branches that are active just after it, in the execution
    in_step  of those, the ones of the same parallel step as the branch of the event
    """

    time: float
    what: str
    branch: Path
    detail: Any
    in_all: int
    in_step: int


@dataclass
class Outcome:
    """What can be seen of an execution.

    error  what ended it: payload and places, no places for a limit
    peak   the most bytes of variables that a branch saw
    edges  for each recorded error the least memory limit that leaves room for it
    """

    result: Any = None
    error: tuple[Any, list[str]] | None = None
    events: list[Event] = field(default_factory=list)
    peak: int = 0
    edges: list[int] = field(default_factory=list)


# -- threads and parallel steps -------------------------------------------------------------------


@dataclass(eq=False)
class Thread:
    """Main, or a branch; `step` is the running parallel step that it is a branch of."""

    path: Path
    step: Fork | None = None
    body: Body | None = None
    active: bool = False


@dataclass(eq=False)
class Fork:
    """A parallel step that is running."""

    name: str
    parent: Thread
    scope: Scope
    seats: int
    """Its own (rule 16), of which `free` are nobody's."""
    free: int
    items: deque[Thread] = field(default_factory=deque)
    """Those that have not begun."""
    left: int = 0
    """How many have not ended."""
    back: deque[Thread] = field(default_factory=deque)
    """Those that have waited for a parallel step of their own and want a seat again."""
    failed: bool = False
    truncated: bool = False
    errors: list[dict[str, Any]] = field(default_factory=list)
    charged: int = 0
    """Bytes of recorded errors, which count as the parent's while the step runs."""
    active: int = 0


class Model:
    """Time, seats and queues.  A branch is active with a seat of its step and of the execution.

    Whoever is given a seat or a lock, begins, or has its branches ended, acts on it as soon as the
    running thread waits: `woken` has these acts in their order.
    """

    def __init__(self, limits: Limits, seed: int | None) -> None:
        self.limits = limits
        self.chance = None if seed is None else Random(seed)
        self.now = 0.0
        self.ready: list[tuple[float, Thread]] = []
        """Who can go on, and when, in the order in which they came."""
        self.woken: deque[Callable[[], None]] = deque()
        self.free = limits.active  # rules 18, 19: shared by all steps
        self.queue: deque[Thread] = deque()
        self.active = 0
        self.recorded = 0
        self.locks: dict[tuple[Scope, str], deque[Thread]] = {}
        """For each variable that is being assigned, who waits to do so."""
        self.peak = 0
        self.edges: list[int] = []
        self.events: list[Event] = []

    def run(self, main: Thread) -> None:
        """Runs main and all branches to the end; raises Exhausted."""
        self.go_on(main)
        while self.ready:
            thread = self.choose()
            if thread.step is not None and not thread.active:
                self.count(thread, +1)
            self.go_on(thread)
        assert (self.free, self.active, len(self.queue)) == (self.limits.active, 0, 0)

    def go_on(self, thread: Thread) -> None:
        """Runs a thread until it waits or ends."""
        assert thread.body is not None
        next(thread.body, None)
        while self.woken:
            self.woken.popleft()()

    def choose(self) -> Thread:
        """The project's scheduler: the first at the earliest time, or any by chance."""
        time = min(time for time, _ in self.ready)
        together = [thread for at, thread in self.ready if at == time]
        thread = together[0]
        if self.chance is not None:
            thread = self.chance.choice(sorted(together, key=lambda thread: thread.path))
        self.ready.remove((time, thread))
        self.now = time
        return thread

    def event(self, what: str, thread: Thread, detail: Any) -> None:
        in_step = thread.step.active if thread.step else 0
        event = Event(self.now, what, thread.path, detail, self.active, in_step)
        self.events.append(event)

    def sleep(self, thread: Thread, seconds: float) -> Body:
        self.ready.append((self.now + seconds, thread))
        yield

    # -- seats -------------------------------------------------------------------------------------

    def count(self, thread: Thread, change: int) -> None:
        """How many are active, in the thread's step and in all, never exceeds the seats."""
        if thread.step is not None:
            thread.active = change > 0
            thread.step.active += change
            self.active += change
            assert 0 <= thread.step.active <= thread.step.seats - thread.step.free
            assert 0 <= self.active <= self.limits.active - self.free

    def fork(self, step: Fork) -> Body:
        """Waits for all branches of a step (rules 2, 16 to 19); who waits is not active."""
        parent = step.parent
        self.count(parent, -1)
        self.event("parallel", parent, step.name)
        if not step.left:  # rule 30
            self.count(parent, +1)
            return
        self.begin(step)
        self.leave(parent)
        yield
        step.scope.charged -= step.charged

    def begin(self, step: Fork) -> None:
        """Items take free seats of their step, in the order of their index."""
        while step.free and step.items:
            step.free -= 1
            self.woken.append(partial(self.ask, step.items.popleft()))

    def leave(self, thread: Thread) -> None:
        """A branch gives its seats back while it waits for others (rule 17)."""
        step = thread.step
        if step is not None:
            self.give_back()
            self.give_back_in(step)
            self.begin(step)

    def ended(self, thread: Thread) -> None:
        """A branch has come to its end, good or bad; the next item takes its place at once."""
        step = thread.step
        assert step is not None
        self.give_back()
        if step.items and not step.back:
            self.ask(step.items.popleft())
        else:
            self.give_back_in(step)
        step.left -= 1
        if not step.left:  # rule 2
            self.woken.append(partial(self.come_back, step.parent))

    def give_back_in(self, step: Fork) -> None:
        """A seat of a step is given up, to whoever was there before and has waited longest."""
        if step.back:
            self.woken.append(partial(self.ask, step.back.popleft()))
        else:
            step.free += 1

    def come_back(self, thread: Thread) -> None:
        """What a thread waited for is over; a branch needs its seats again."""
        if thread.step is None:
            self.ready.append((self.now, thread))
        elif thread.step.free:
            thread.step.free -= 1
            self.ask(thread)
        else:
            thread.step.back.append(thread)

    def ask(self, thread: Thread) -> None:
        """The branch has a seat in its step and wants one of the execution."""
        if self.free:
            self.free -= 1
            self.ready.append((self.now, thread))
        else:
            self.queue.append(thread)  # rule 18

    def give_back(self) -> None:
        """A seat of the execution is given up, to whoever has waited longest."""
        if self.queue:
            other = self.queue.popleft()
            self.woken.append(lambda: self.ready.append((self.now, other)))
        else:
            self.free += 1

    # -- atomic assignments (rule 8) ---------------------------------------------------------------

    def lock(self, thread: Thread, variable: tuple[Scope, str], step: str) -> Body:
        """From here to `unlock` no other branch assigns the variable; who waits is not active."""
        if variable not in self.locks:
            self.locks[variable] = deque()
            return
        self.locks[variable].append(thread)
        self.count(thread, -1)
        self.event("lock", thread, step)
        self.leave(thread)
        yield
        self.event("lock over", thread, (step, False))

    def unlock(self, variable: tuple[Scope, str]) -> None:
        if self.locks[variable]:
            self.woken.append(partial(self.come_back, self.locks[variable].popleft()))
        else:
            del self.locks[variable]

    # -- memory and errors (spec 02 §6, 05 §6) -----------------------------------------------------

    def account(self, scope: Scope) -> None:
        """After every assignment, as the branch that made it sees the variables."""
        used = scope.used()
        self.peak = max(self.peak, used)
        if self.limits.memory is not None and used > self.limits.memory:
            raise Exhausted

    def record(self, step: Fork, index: int, raised: Raised) -> None:
        """Rules 25 to 27; called in the order in which branches fail."""
        step.failed = True
        if self.recorded >= self.limits.branch_errors:
            return  # OQ-53
        self.recorded += 1
        error: dict[str, Any] | None = None
        size, used, memory = measure(raised.payload), step.scope.used(), self.limits.memory
        self.edges.append(used - -size * 10 // 9)
        if memory is None or size * 10 <= (memory - used) * 9:
            lines = ['RuntimeError: "branch error"', *places(raised)]
            error = {"context": "\n".join(lines), "payload": copied(raised.payload)}
            step.scope.charged += size
            step.charged += size
        else:
            step.truncated = True  # OQ-52
        step.errors.append({"id": str(index), "error": error})  # OQ-51


def places(raised: Raised) -> list[str]:
    return [place for _, place in getattr(raised, "places", [])]


# -- variables (spec 02 §4 to §6) -----------------------------------------------------------------


class Scope:
    """The variables of a routine, loop, `except`, branch or iteration.

    `own` are the variables that its head defines.  `around` is the scope that its names may also
    mean, `below` the one under it in memory: for a routine its caller's.  A name that a scope
    around assigns is the variable there (OQ-19).
    """

    def __init__(
        self,
        below: Scope | None,
        around: Scope | None,
        steps: tuple[syntax.Step, ...],
        own: dict[str, Any],
    ) -> None:
        self.below = below
        self.around = around
        self.values: dict[str, Any] = copied(own)
        self.unset: set[str] = set()
        self.charged = 0
        for name in assigned(steps):
            if not self.knows(name):
                self.values[name] = None  # OQ-20
                self.unset.add(name)

    def chain(self) -> list[Scope]:
        return [self, *(self.around.chain() if self.around else [])]

    def knows(self, name: str) -> bool:
        return any(name in scope.values for scope in self.chain())

    def visible(self) -> ChainMap[str, Any]:
        return ChainMap(*[scope.values for scope in self.chain()])

    def home(self, name: str) -> Scope:
        return next(scope for scope in self.chain() if name in scope.values)

    def store(self, name: str, value: Any) -> None:
        self.values[name] = copied(value)
        self.unset.discard(name)

    def used(self) -> int:
        """Bytes that a branch sees: its parent's variables and its own (rule 28)."""
        held = [value for name, value in self.values.items() if name not in self.unset]
        return sum(map(measure, held)) + self.charged + (self.below.used() if self.below else 0)


def measure(value: Any) -> int:
    match value:
        case str():
            return 8 + len(value.encode())
        case list():
            return 8 + sum(map(measure, value))
        case dict():
            return 8 + sum(map(measure, value)) + sum(map(measure, value.values()))
        case _:
            return 8
