"""Control-flow graphs and structured statements as text, for the goldens of `structure`.

1 init: assign → 2                         # init
2 check: done ? 4 : 3                      assign
3 wait: call sys.sleep → 2                 while not done:
4 finish: return n                             call sys.sleep
                                           return n
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wfc import graph, shape, syntax
from wfc.source import Source


def draw_graph(region: graph.Graph, source: Source) -> str:
    """The blocks that can be reached, one a line; regions inside them are indented."""
    return "\n".join(_Drawing(source).region(region, ""))


def draw_shape(statements: shape.Shape, source: Source) -> str:
    """What Python would say, in the words of the workflow."""
    return "\n".join(_Drawing(source).statements(statements, ""))


@dataclass(frozen=True, slots=True)
class _Drawing:
    source: Source

    def text(self, expression: syntax.Expression | None) -> str:
        if expression is None:
            return ""
        written = self.source.slice(expression.span)
        return written.strip("\"'").removeprefix("${").removesuffix("}").strip()

    def action(self, action: syntax.Assign | syntax.CallStep) -> str:
        return "assign" if isinstance(action, syntax.Assign) else f"call {action.function}"

    # -- graphs -----------------------------------------------------------------------------------

    def region(self, region: graph.Graph, indent: str) -> Iterator[str]:
        reached = {region.entry}
        waiting = [region.entry]
        while waiting:
            for target in region.successors(waiting.pop()):
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        for number in sorted(reached, key=lambda number: (number != region.entry, number)):
            yield from self.block(number, region.blocks[number], indent)

    def block(self, number: int, block: graph.Block, indent: str) -> Iterator[str]:
        done: list[str] = []
        inner: list[tuple[str, graph.Graph]] = []
        for operation in block.operations:
            match operation:
                case graph.Do(_, action):
                    done.append(self.action(action))
                case graph.Loop(_, loop, body):
                    done.append(f"for {loop.value.name}")
                    inner.append(("for", body))
                case graph.Fan(_, _, bodies):
                    done.append("parallel")
                    inner += [("branch", body) for body in bodies]
                case graph.Heading() | graph.Mark():
                    pass
        if isinstance(block.exit, graph.Resume):
            inner.append(("try", block.exit.body))
            if block.exit.handler is not None:
                inner.append(("except", block.exit.handler))
        line = " ".join([f"{indent}{number} {block.label}:", *done, self.exit(block.exit)])
        yield line.rstrip()
        for kind, body in inner:
            yield f"{indent}    {kind}"
            yield from self.region(body, indent + "        ")

    def exit(self, exit: graph.Exit) -> str:
        match exit:
            case graph.Goto(target):
                return f"→ {target}"
            case graph.Choose(test, then, otherwise):
                return f"{self.test(test)} ? {then} : {otherwise}"
            case graph.Resume(after=after, leaves=leaves, attempt=attempt):
                word = "try" if attempt.retry is None else "try again and again"
                ways = [f"→ {after}", *(f"{key} → {target}" for key, target in leaves)]
                return f"{word} {', '.join(ways)}"
            case graph.Finish(_, value):
                return f"return {self.text(value)}".rstrip()
            case graph.Throw(_, value):
                return f"raise {self.text(value)}"
            case graph.Fall():
                return "end"
            case graph.BreakOut():
                return "break"
            case graph.Leave(key):
                return f"leave to {key}"

    def test(self, test: shape.Test) -> str:
        match test:
            case graph.Condition(_, expression):
                return self.text(expression)
            case graph.AnyOf(conditions):
                return " or ".join(self.test(condition) for condition in conditions)
            case shape.Not(inner):
                words = self.test(inner)
                return f"not ({words})" if " " in words else f"not {words}"
            case shape.Marked(key):
                return f"left to {key}"

    # -- statements -------------------------------------------------------------------------------

    def statements(self, statements: shape.Shape, indent: str) -> Iterator[str]:
        for statement in statements:
            for line in self.statement(statement):
                yield indent + line

    def body(self, head: str, statements: shape.Shape) -> Iterator[str]:
        yield f"{head}:"
        yield from self.statements(statements, "    ") if statements else ["    pass"]

    def statement(self, statement: shape.Statement) -> Iterator[str]:
        match statement:
            case graph.Heading(step):
                yield f"# {step.name}"
            case graph.Do(_, action):
                yield self.action(action)
            case graph.Mark(key):
                yield f"leave to {key}" if key else "leave to nowhere"
            case shape.If(test, then, otherwise):
                yield from self.body(f"if {self.test(test)}", then)
                if otherwise:
                    yield from self.body("else", otherwise)
            case shape.While(test, inner):
                yield from self.body(f"while {'True' if test is None else self.test(test)}", inner)
            case shape.For(_, loop, inner):
                yield from self.body(f"for {loop.value.name}", inner)
            case shape.Try(_, attempt, inner, handler):
                word = "try" if attempt.retry is None else "try again and again"
                yield from self.body(word, inner)
                if handler is not None:
                    yield from self.body("except", handler)
            case shape.Parallel(_, _, bodies):
                for inner in bodies:
                    yield from self.body("branch", inner)
            case shape.Return(_, value):
                yield f"return {self.text(value)}".rstrip()
            case shape.Raise(_, value):
                yield f"raise {self.text(value)}"
            case shape.Break():
                yield "break"
            case shape.Continue():
                yield "continue"
            case shape.GoTo(label):
                yield f"go to {label or 'the end'}"
            case shape.Dispatch(first, blocks, jumps):
                crossing = ", ".join(f"{source} → {target}" for source, target in jumps)
                yield f"# crossing: {crossing}"
                yield f"dispatch from {first}:"
                for label, inner in blocks:
                    yield from (f"    {line}" for line in self.body(label, inner))
