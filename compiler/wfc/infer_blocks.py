"""Blocks that run again, or beside other things: what variables hold in them and after them.

What may happen at any time is in no state: an error inside a `try` may come before or after any
assignment there, and other branches may write what is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from wfc import graph, syntax, types, walk
from wfc.infer_ranges import LENGTHS
from wfc.infer_rounds import OFTEN, anew, rounds
from wfc.infer_states import State, add, join, widened, without
from wfc.names import Scope
from wfc.types import ANY, HIGHEST, NOTHING, Type

if TYPE_CHECKING:
    from wfc.infer_flow import Flow

PATIENCE = 3
"""How often a state may grow where control goes backwards before bounds are given up."""

_NUMBER = types.one("integer", "double")


def _again(to: Flow, body: graph.Graph, run: Callable[[], Iterable[State]]) -> None:
    """Calls `run` until the states that come back add nothing to the one it starts with."""
    start = join(to.at.state, to.starts.get(body, {}))
    grown = 0
    while True:
        to.at.state = dict(start)
        wider = start
        for state in run():
            wider = join(wider, state)
        if wider == start:
            break
        grown += 1
        start = widened(wider, start) if grown > PATIENCE else wider
    to.starts[body] = start
    to.at.state = dict(start)


def loop(to: Flow, operation: graph.Loop) -> None:
    """A body that runs any number of times, with variables of its own each time."""
    loop, body = operation.loop, operation.body
    scope = to.names.scopes[loop]
    value = _items(to, loop)
    left: dict[str, State] = {}

    def run() -> Iterable[State]:
        _begin_round(to, loop, value)
        outs = to.region(body, to.at.state)
        left.update((key, without(state, scope)) for key, state in outs.items())
        return [left[""]] if "" in left else []

    growth = to.at.growth
    around, sets = growth.rounds, anew(loop, body, to.names)
    growth.rounds = around.times(rounds(loop.items, to.found), sets)
    _again(to, body, run)
    growth.rounds = around
    if "break" in left:
        to.at.state = join(to.at.state, left["break"])


def _begin_round(to: Flow, loop: syntax.For, value: Type) -> None:
    to.begin(to.names.scopes[loop])
    to.at.write(to.names.writes[loop.value], value)
    if loop.index is not None:
        to.at.write(to.names.writes[loop.index], LENGTHS)


def _items(to: Flow, loop: syntax.For) -> Type:
    """The type of the values that a loop runs over."""
    at = to.at
    if not isinstance(loop.items, syntax.Range):
        found = at.type(loop.items)
        at.require(loop.items, frozenset(("list",)))
        return found.items
    if loop.items.whole is not None:
        at.type(loop.items.whole)
    bounds = walk.range_bounds(loop.items)
    if bounds is None:
        return _NUMBER
    begin, end = (at.type(bound) for bound in bounds)
    if begin.only("double"):
        return begin
    if not begin.only("integer"):
        return _NUMBER
    high = end.high if end.only("integer") else HIGHEST
    return types.integer(begin.low, max(begin.low, high))


def resume(to: Flow, resume: graph.Resume) -> Iterator[tuple[int, State]]:
    """A `try`: an error may come before or after anything that its body writes."""
    at, attempt = to.at, resume.attempt
    if attempt.retry is not None:
        for part in walk.retry_parts(attempt.retry):
            at.type(part)
            at.predicate(part)
    outs: list[dict[str, State]] = []

    def run() -> Iterable[State]:
        outs[:] = [to.region(resume.body, at.state)]
        return [to.solved[resume.body].writes] if attempt.retry is not None else []

    around = at.growth.rounds
    at.growth.rounds = around.times(OFTEN if attempt.retry is not None else 1)
    _again(to, resume.body, run)
    at.growth.rounds = around
    if resume.handler is not None and attempt.handler is not None:
        scope = to.names.scopes[attempt.handler]
        at.state = join(at.state, to.solved[resume.body].writes)
        to.begin(scope)
        if attempt.handler.variable is not None:
            to.at.write(to.names.writes[attempt.handler.variable], ANY)
        handled = to.region(resume.handler, at.state)
        outs.append({key: without(state, scope) for key, state in handled.items()})
    for key, target in (("", resume.after), *resume.leaves):
        states = [out[key] for out in outs if key in out]
        if states:
            yield target, join(states[0], states[-1])


def fan(to: Flow, fan: graph.Fan) -> None:
    """A parallel step: while it runs, what its branches write may be written at any time."""
    at, node, loop = to.at, fan.parallel, fan.parallel.body
    value = _items(to, loop) if isinstance(loop, syntax.For) else NOTHING
    if node.concurrency_limit is not None:
        at.type(node.concurrency_limit)
    before, outer = at.state, at.shared
    owners: list[syntax.For | syntax.Branch] = []
    owners += [loop] if isinstance(loop, syntax.For) else loop
    written = to.written.get(fan, {})
    grown = 0
    around = at.growth.rounds
    if isinstance(loop, syntax.For):
        at.growth.rounds = around.times(rounds(loop.items, to.found))
    while True:
        shared = {
            binding: outer.get(binding) or before.get(binding, NOTHING).join(each)
            for binding, each in written.items()
        }
        at.shared = {**outer, **shared}
        wider = dict(written)
        for owner, body in zip(owners, fan.bodies, strict=True):
            at.state = dict(before)
            if isinstance(owner, syntax.For):
                _begin_round(to, owner, value)
            else:
                to.begin(to.names.scopes[owner])
            to.region(body, at.state)
            for binding, each in to.solved[body].writes.items():
                if not _within(binding.scope, node):
                    add(wider, binding, each)
        if wider == written:
            break
        grown += 1
        written = widened(wider, written) if grown > PATIENCE else wider
    at.growth.rounds = around
    to.written[fan] = written
    at.shared = outer
    at.state = {**before, **shared}


def _within(scope: Scope, parallel: syntax.Parallel) -> bool:
    """Whether a variable is a branch's own."""
    return any(around.parallel is parallel for around in scope.outward())
