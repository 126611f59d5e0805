"""pytree.Module and its printed text -> the source map: which Python lines came from where.

    main
     12 3:9+6 init
     15:27-15:48 9:16+22

The tree and the text's own syntax tree are walked side by side: black changes the layout of a
statement, never its structure.
"""

from __future__ import annotations

import ast

from wfc import pytree
from wfc.graph import Place
from wfc.source import Source, Span
from wfc.visible import named


def positions(source: Source, module: pytree.Module, text: str) -> str:
    """The map in the form that the runtime's `SourceMap` reads."""
    parsed = {
        node.name: node
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    mapper = _Mapper(source, module)
    for routine, function in module.functions.items():
        mapper.lines.append(named(routine))
        mapper.last = None
        mapper.body(function.body, parsed[function.name].body)
    return "\n".join(mapper.lines) + "\n"


class _Mapper:
    def __init__(self, source: Source, module: pytree.Module) -> None:
        self.source = source
        self.origins = module.origins
        self.lines: list[str] = []
        self.last: tuple[str, Span] | None = None

    def body(self, body: pytree.Body, printed: list[ast.stmt]) -> None:
        statements = [part for part in body if not isinstance(part, pytree.Comment)]
        for statement, node in zip(statements, printed, strict=True):
            self.statement(statement, node)

    def statement(self, statement: pytree.Statement, node: ast.stmt) -> None:
        if not isinstance(statement, pytree.Comment) and statement.place is not None:
            self.place(statement.place, node.lineno)
        match statement, node:
            case pytree.Simple(inner), _:
                for ours, theirs in zip(_parts(inner), _parts(node), strict=True):
                    self.expression(ours, theirs)
            case pytree.If(test, body, orelse), ast.If():
                self.expression(test, node.test)
                self.body(body, node.body)
                self.body(orelse, node.orelse)
            case pytree.While(test, body), ast.While():
                self.expression(test, node.test)
                self.body(body, node.body)
            case pytree.For(_, items, body), ast.For():
                self.expression(items, node.iter)
                self.body(body, node.body)
            case pytree.Try(body, _, handler), ast.Try():
                self.body(body, node.body)
                self.last = None
                self.place(statement.place, node.handlers[0].lineno)
                self.body(handler, node.handlers[0].body)
            case pytree.With(body=body), ast.AsyncWith():
                self.body(body, node.body)
            case pytree.Def(body=body), ast.FunctionDef() | ast.AsyncFunctionDef():
                self.body(body, node.body)
                self.last = None

    def place(self, place: Place, line: int) -> None:
        """One entry for neighbouring statements of the same step."""
        here = (place.step.name, place.position)
        if here != self.last:
            self.last = here
            self.lines.append(f" {line} {self.where(place.position)} {named(place.step.name)}")

    def expression(self, ours: ast.expr, theirs: ast.expr) -> None:
        assert type(ours) is type(theirs), "layout changes no meaning"
        span = self.origins.get(ours)
        if span is not None:
            start = f"{theirs.lineno}:{theirs.col_offset}"
            end = f"{theirs.end_lineno}:{theirs.end_col_offset}"
            self.lines.append(f" {start}-{end} {self.where(span)}")
        if isinstance(ours, (ast.Name, ast.Constant)):
            return
        for inner, printed in zip(_parts(ours), _parts(theirs), strict=True):
            self.expression(inner, printed)

    def where(self, span: Span) -> str:
        line, column = self.source.line_column(span.start)
        length = len(self.source.slice(span).encode("utf-8", "surrogatepass"))
        return f"{line}:{column}+{length}"


def _parts(node: ast.AST) -> list[ast.expr]:
    """The expressions directly inside a node; faster than `ast.iter_child_nodes`."""
    parts: list[ast.expr] = []
    for field in node._fields:
        inside = getattr(node, field, None)
        for child in inside if isinstance(inside, list) else (inside,):
            if isinstance(child, ast.expr):
                parts.append(child)
            elif isinstance(child, ast.keyword):
                parts.append(child.value)
    return parts
