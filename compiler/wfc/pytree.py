"""The tree that `lower` returns: Python statements and comments; expressions are `ast.expr`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from wfc.frozen import frozen
from wfc.graph import Place
from wfc.source import Span


@frozen
class Comment:
    """A line of its own; `spaced` asks for a blank line before it."""

    text: str
    spaced: bool = False


@frozen
class Simple:
    """A statement of one line: an assignment, a call, `return`, `raise`, `continue`, …"""

    statement: ast.stmt
    place: Place | None


@frozen
class If:
    test: ast.expr
    body: Body
    orelse: Body
    place: Place | None


@frozen
class While:
    test: ast.expr
    body: Body
    place: Place | None


@frozen
class For:
    target: ast.expr
    items: ast.expr
    body: Body
    place: Place


@frozen
class Try:
    """`try: body`, `except Exception as error: handler`."""

    body: Body
    error: str
    handler: Body
    place: Place


@frozen
class With:
    """`async with held: body`"""

    held: ast.expr
    body: Body
    place: Place


@frozen
class Def:
    """A function; `waits` makes it `async def`.  A nested one is a branch."""

    name: str
    parameters: ast.arguments
    returns: ast.expr
    body: Body
    waits: bool
    place: Place | None


Statement = Comment | Simple | If | While | For | Try | With | Def
Body = tuple[Statement, ...]


@dataclass(slots=True, eq=False)
class Module:
    """constants  assignments at the top, in the order of their first use
    functions  one Def a routine, by the routine's name, in source order
    origins    the source span of the `${…}` scalar that an expression came from
    takes_argument  whether `main` has a parameter
    steps      the table of the steps that it reports; empty where it reports none
    runtime    what it imports
    facts      what its `workflow` is told besides its source, where that is not the source map
    """

    constants: list[ast.stmt] = field(default_factory=list)
    functions: dict[str, Def] = field(default_factory=dict)
    origins: dict[ast.expr, Span] = field(default_factory=dict)
    takes_argument: bool = False
    steps: str = ""
    runtime: str = "wfc_runtime.v1"
    facts: dict[str, ast.expr] | None = None
