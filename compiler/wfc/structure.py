"""graph.Graph -> shape.Shape: blocks and edges become `if`, `while`, `for` and `try`.

    0 [poll] goto 1                              poll
    1 [check] choose done -> 3 else 2            while not done:
    2 [wait] goto 0                    ->            wait
    3 [finish] finish                                poll
                                                 finish

Follows the dominator tree (Ramsey, "Beyond Relooper", 2022) with what Python offers: the innermost
loop's `continue` and `break`, `return`, and falling through.  Where that does not reach, short
endings are repeated, and at last the region becomes a dispatch loop (`dispatch`), also where it
would nest too deeply.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

from wfc import graph, shape
from wfc.dispatch import dispatch
from wfc.dominators import analyse
from wfc.frozen import frozen_value
from wfc.graph import Graph
from wfc.shape import Shape
from wfc.simplify import simplify
from wfc.tidy import tidy

Ways = dict[str, Shape]
"""How a `try` body is left under each key: statements that jump at once, or a Mark, or nothing."""

_NOWHERE = -1
"""No block: what follows cannot be reached by falling off the end."""

_BUDGET = 20_000
"""Blocks a region's attempts may visit: trying exits of nested loops must not run away."""

_DEEPEST, _MOST_LOOPS = 20, 3
"""Levels that jumps may make in a region: of `if` and `while` together, and of `while`."""


class Unstructured(Exception):
    """Jumps cross each other in this region."""


def structure(region: Graph) -> Shape:
    """Statements with the same behaviour as the graph."""
    statements = tidy(_solve(region, {}))
    return statements if shape.fits(statements) else tidy(_solve(region, {}, flat=True))


def _solve(region: Graph, ways: Ways, flat: bool = False) -> Shape:
    """`flat` takes a dispatch loop for whatever is more than a guard."""
    simple = simplify(region)
    try:
        return _structured(simple, ways, flat)
    except Unstructured:
        return dispatch(simple, ways, partial(_solve, flat=flat), flat)


def _structured(simple: Graph, ways: Ways, flat: bool) -> Shape:
    """Without repeating short endings if that works; raises Unstructured if neither does."""
    try:
        return _Structurer(simple, ways, False, flat).run()
    except Unstructured:
        return _Structurer(simple, ways, True, flat).run()


def _marked(ways: Ways, resume: graph.Resume) -> Ways:
    """Marks in place of `continue` and `break`, which a loop of the region would catch."""
    return {
        key: (graph.Mark(key, resume),)
        if any(isinstance(part, (shape.Continue, shape.Break)) for part in way)
        else way
        for key, way in ways.items()
    }


@frozen_value
class Context:
    """Where control goes from here without a jump, by `continue`, and by `break`."""

    following: int
    on_continue: int | None = None
    on_break: int | None = None
    in_loop: bool = False


class _Structurer:
    def __init__(self, region: Graph, ways: Ways, duplicate: bool, flat: bool) -> None:
        self.region = region
        self.ways = ways
        self.duplicate = duplicate
        self.flat = flat
        self.flow = analyse(region)
        if not self.flow.reducible:
            raise Unstructured
        self.hoisted: set[int] = set()
        self.inside: set[int] = set()  # the headers of the loops that are being written
        self.depth = 0
        self.budget = _BUDGET
        self.sizes: dict[int, int] = {}
        for block in reversed(self.flow.order):
            below = sum(self.sizes[child] for child in self.flow.children[block])
            self.sizes[block] = 1 + len(region.blocks[block].operations) + below

    def run(self) -> Shape:
        return self.code(self.region.entry, Context(self.region.fall))

    # -- blocks ------------------------------------------------------------------------------------

    def code(self, block: int | None, context: Context) -> Shape:
        """A block and all it dominates, followed by whatever `context` says."""
        out: list[shape.Statement] = []
        while block is not None:
            self.budget -= 1
            if self.budget < 0:
                raise Unstructured
            if block in self.flow.loops:
                statements, block = self.loop(block, context)
                out.extend(statements)
                continue
            merges = self.merges(block)
            inner = replace(context, following=merges[0]) if merges else context
            statements, following = self.one(block, inner, bool(merges))
            out.extend(statements)
            for merge, after in pairwise(merges):
                out.extend(self.code(merge, replace(context, following=after)))
            block = merges[-1] if merges else following
        return tuple(out)

    def merges(self, block: int) -> list[int]:
        """The blocks after this one that several ways lead to."""
        entries = self.flow.entries
        return [
            child
            for child in self.flow.children[block]
            if entries[child] > 1 and child not in self.hoisted and not self.is_exit(child)
        ]

    def is_exit(self, block: int) -> bool:
        """Whether a jump to the block is written as a statement at the jump."""
        here = self.region.blocks[block]
        if not here.operations and isinstance(here.exit, (graph.Fall, graph.BreakOut, graph.Leave)):
            return True
        return self.duplicate and self.is_short(block)

    def is_short(self, block: int) -> bool:
        """An ending of two lines or fewer."""
        here = self.region.blocks[block]
        return isinstance(here.exit, (graph.Finish, graph.Throw)) and all(
            isinstance(part, (graph.Heading, graph.Count, graph.Begin)) for part in here.operations
        )

    def one(self, block: int, context: Context, merging: bool) -> tuple[Shape, int | None]:
        """One block's own statements, and the block to go on with if that is simply the next."""
        here = self.region.blocks[block]
        out = [self.operation(operation) for operation in here.operations]
        match here.exit:
            case graph.Goto(target):
                if self.inlines(target, context) and not merging:
                    return tuple(out), target
                out.extend(self.goto(target, context))
            case graph.Choose(test, then, otherwise) if then == otherwise:
                out.append(shape.If(test, (), ()))  # asked all the same: it may raise
                if self.inlines(then, context) and not merging:
                    return tuple(out), then
                out.extend(self.goto(then, context))
            case graph.Choose(test, then, otherwise):
                flip = self.inlines(then, context) and self.size(then) > self.size(otherwise)
                guarded, large = (otherwise, then) if flip else (then, otherwise)
                guard = self.goto(guarded, context)
                guard_test = shape.Not(test) if flip else test
                if not merging and self.inlines(large, context) and shape.ends(guard):
                    out.append(shape.If(guard_test, guard, ()))
                    return tuple(out), large
                out.append(shape.If(guard_test, guard, self.goto(large, context)))
            case graph.Resume() as resume:
                statements, following = self.resume(resume, context, merging)
                out.extend(statements)
                return tuple(out), following
            case graph.Finish(place, value):
                out.append(shape.Return(place, value))
            case graph.Throw(place, value):
                out.append(shape.Raise(place, value))
            case graph.Fall() | graph.BreakOut() | graph.Leave():
                out.extend(self.leave(block, context))
        return tuple(out), None

    def operation(self, operation: graph.Operation) -> shape.Statement:
        match operation:
            case graph.Loop(place, loop, body):
                return shape.For(place, loop, _solve(body, {}, self.flat))
            case graph.Fan(place, parallel, bodies):
                solved = tuple(_solve(body, {}, self.flat) for body in bodies)
                return shape.Parallel(place, parallel, solved)
            case _:
                return operation

    # -- jumps -------------------------------------------------------------------------------------

    def inlines(self, target: int, context: Context) -> bool:
        """Whether the target's code is simply written where the jump stands."""
        return (
            target not in (context.following, context.on_continue, context.on_break)
            and self.flow.entries[target] == 1
            and target not in self.hoisted
            and target not in self.inside
            and not self.is_exit(target)
        )

    def goto(self, target: int, context: Context) -> Shape:
        if target == context.following:
            return ()
        if target == context.on_continue:
            return (shape.Continue(),)
        if target == context.on_break:
            return (shape.Break(),)
        if self.is_exit(target):
            return self.leave(target, context)
        if self.inlines(target, context):
            return self.nested(target, context)
        raise Unstructured

    def nested(self, block: int, context: Context) -> Shape:
        """The same as `code`, in an `if` or a loop."""
        deepest, loops = (2, 0) if self.flat else (_DEEPEST, _MOST_LOOPS)
        level = 0 if self.region.chooses_at_once(block) else 1  # an `elif` is no deeper
        if self.depth + level > deepest or len(self.inside) > loops:
            raise Unstructured
        self.depth += level
        try:
            return self.code(block, context)
        finally:
            self.depth -= level

    def leave(self, block: int, context: Context) -> Shape:
        """The statements of an ending, wherever they are wanted."""
        here = self.region.blocks[block]
        out = tuple(self.operation(operation) for operation in here.operations)
        match here.exit:
            case graph.Finish(place, value):
                return (*out, shape.Return(place, value))
            case graph.Throw(place, value):
                return (*out, shape.Raise(place, value))
            case graph.BreakOut():
                return (*out, *self.jump_out(shape.Break(), context))
            case graph.Leave(key):
                way = self.ways[key]
                if way and isinstance(way[-1], (shape.Continue, shape.Break)):
                    return (*out, *self.jump_out(way[-1], context))
                if shape.ends(way):
                    return (*out, *way)
                return (*out, *way, *self.fall(context))
            case _:
                return (*out, *self.fall(context))

    def jump_out(self, jump: shape.Statement, context: Context) -> Shape:
        """`continue` or `break` of a loop around the region: not from inside one of its own."""
        if context.in_loop:
            raise Unstructured
        return (jump,)

    def fall(self, context: Context) -> Shape:
        """To the end of the region."""
        if context.following == self.region.fall:
            return ()
        if self.region.kind in ("routine", "branch"):
            return (shape.Return(None, None),)
        if self.region.kind == "loop" and not context.in_loop:
            return (shape.Continue(),)
        if context.on_break == self.region.fall:
            return (shape.Break(),)
        raise Unstructured

    # -- loops -------------------------------------------------------------------------------------

    def loop(self, header: int, context: Context) -> tuple[Shape, int | None]:
        """`while True:` and the block to go on with: the largest thing after the loop."""
        body = self.flow.body(header)
        within = set(body)
        after = [child for child in self.merges(header) if child not in within]
        exits = [
            target
            for block in body
            for target in self.region.successors(block)
            if target not in within
        ]
        candidates: list[int | None] = [*after[:1]]
        if not after:
            candidates = [*sorted(dict.fromkeys(exits), key=self.size, reverse=True)] or [None]
        for follow in candidates:
            saved = self.hoisted
            self.hoisted = saved | set(after) | ({follow} if follow is not None else set())
            try:
                inside = Context(header, on_continue=header, on_break=follow, in_loop=True)
                statements = self.bare(header, inside)
                self.hoisted = saved
                return self.after_loop(statements, header, follow, after, context)
            except Unstructured:
                self.hoisted = saved
        raise Unstructured

    def bare(self, header: int, context: Context) -> shape.While:
        """The loop's body: the header without being a loop again."""
        loops = self.flow.loops
        own = loops.pop(header)
        self.inside.add(header)
        try:
            return shape.While(None, self.nested(header, context))
        finally:
            loops[header] = own
            self.inside.discard(header)

    def after_loop(
        self, loop: shape.While, header: int, follow: int | None, after: list[int], context: Context
    ) -> tuple[Shape, int | None]:
        if follow is None:
            return (loop,), None
        if after:
            out: list[shape.Statement] = [loop]
            for merge, following in pairwise(after):
                out.extend(self.code(merge, replace(context, following=following)))
            return tuple(out), after[-1]
        if self.flow.dominates(header, follow) and not self.is_exit(follow):
            return (loop,), follow
        return (loop, *self.goto(follow, context)), None

    def size(self, block: int) -> tuple[int, int]:
        """How much code hangs below a block; of equals, the later one counts as larger."""
        return (0 if self.is_exit(block) else self.sizes[block]), self.flow.number[block]

    # -- try ---------------------------------------------------------------------------------------

    def resume(
        self, resume: graph.Resume, context: Context, merging: bool
    ) -> tuple[Shape, int | None]:
        """A `try`; jumps out of it are written inside where Python can, else marked."""
        ways = {key: self.way(key, target, resume, context) for key, target in resume.leaves}
        try:
            made = [_structured(simplify(part), ways, self.flat) for part in resume.regions]
        except Unstructured:
            ways = _marked(ways, resume)
            made = [_solve(part, ways, self.flat) for part in resume.regions]
        left = {k for k, way in ways.items() if any(isinstance(p, graph.Mark) for p in way)}
        marked = [(key, to) for key, to in resume.leaves if key in left]
        attempt = shape.Try(
            resume.place, resume.attempt, made[0], made[1] if resume.handler else None
        )
        if not marked and not merging and self.inlines(resume.after, context):
            return (attempt,), resume.after
        rest = self.goto(resume.after, context)
        for key, target in reversed(marked):
            rest = (shape.If(shape.Marked(key, resume), self.goto(target, context), rest),)
        cleared = (graph.Mark("", resume),) if marked else ()
        return (*cleared, attempt, *rest), None

    def way(self, key: str, target: int, resume: graph.Resume, context: Context) -> Shape:
        """How a jump out of a `try` body to `target` is written inside it."""
        if target == resume.after:
            return ()
        mark: Shape = (graph.Mark(key, resume),)
        caught_by_retry = resume.attempt.retry is not None
        inside = context
        if resume.after != context.following:  # falling off the body's end leads elsewhere
            inside = replace(context, following=_NOWHERE)
        try:
            direct = self.goto(target, inside) if self.jumps_only(target, inside) else mark
        except Unstructured:
            return mark
        match direct:
            case ():
                return ()
            case (shape.Continue() | shape.Break(),):
                return mark if caught_by_retry else direct
            case (shape.Return(place=None),):
                return direct
            case _:
                return self.ending(key, target, resume, context) or mark

    def ending(self, key: str, target: int, resume: graph.Resume, context: Context) -> Shape:
        """The code at the target, where it never comes back and only one `except` jump leads to it.

        An `except` body is not guarded by its own `try`, so the code means the same there.
        """
        jumps = resume.handler.jumps_out(key) if resume.handler is not None else 0
        if jumps != 1 or resume.body.jumps_out(key) or not self.inlines(target, context):
            return ()
        try:
            code = self.code(target, context)
        except Unstructured:
            return ()
        return code if shape.ends(code) and not shape.leaves_loop(code) else ()

    def jumps_only(self, target: int, context: Context) -> bool:
        here = self.region.blocks[target]
        return target in (context.following, context.on_continue, context.on_break) or (
            not here.operations and isinstance(here.exit, (graph.Fall, graph.BreakOut, graph.Leave))
        )
