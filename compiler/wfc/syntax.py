"""The tree that `parse` returns: what the author wrote, as routines, steps and expressions.

Nodes compare by identity, so that a pass can keep what it finds out in a dictionary keyed by node.
"""

from __future__ import annotations

from typing import Literal as OneOf

from wfc.frozen import frozen
from wfc.source import Span

# -- expressions (spec 03) ------------------------------------------------------------------------

UnaryOperator = OneOf["-", "+", "not"]
BinaryOperator = OneOf[
    "+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=", "in", "and", "or"
]


@frozen
class Constant:
    """`null`, `true`, `3`, `1.5`, `"text"`; also a YAML scalar that is no expression."""

    value: bool | int | float | str | None
    span: Span


@frozen
class Name:
    """`total`: a variable, a routine, or (alone) a name nobody knows."""

    name: str
    span: Span


@frozen
class Member:
    """`base.name`; `name_span` covers the name alone."""

    base: Expression
    name: str
    name_span: Span
    span: Span


@frozen
class Index:
    """`base[index]`."""

    base: Expression
    index: Expression
    span: Span


@frozen
class Call:
    """`function(arguments)`; `function` is a dotted name as written, `function_span` its place."""

    function: str
    function_span: Span
    arguments: tuple[Expression, ...]
    span: Span


@frozen
class Unary:
    operator: UnaryOperator
    operand: Expression
    span: Span


@frozen
class Binary:
    """A left-associative operator; chains nest to the left."""

    operator: BinaryOperator
    left: Expression
    right: Expression
    span: Span


@frozen
class ListLiteral:
    """`[a, b]` in an expression, or a YAML sequence."""

    items: tuple[Expression, ...]
    span: Span


@frozen
class MapEntry:
    """A key of a YAML mapping is a `Constant` (a string or an integer, OQ-13) or an `Embedded`."""

    key: Constant | Embedded
    value: Expression


@frozen
class MapLiteral:
    """A YAML mapping used as a value; expressions themselves have no map literal."""

    entries: tuple[MapEntry, ...]
    span: Span


@frozen
class Embedded:
    """A scalar whose whole text is `${expression}`; `span` runs from `$` to `}`.

    Run-time errors inside it are reported at `span` (spec 05 §3).
    """

    expression: Expression
    span: Span


Expression = (
    Constant | Name | Member | Index | Call | Unary | Binary | ListLiteral | MapLiteral | Embedded
)

# -- steps (spec 01 §4, 04) -----------------------------------------------------------------------


@frozen
class Variable:
    """A name where a variable is defined: a parameter, `result`, `value`, `as`, `shared`."""

    name: str
    span: Span


@frozen
class Target:
    """The left side of an assignment: `name`, then `.key` and `[index]` parts in `path`.

    A `.key` part is a `Constant` string; a `[…]` part is any expression.
    """

    variable: Variable
    path: tuple[Expression, ...]
    span: Span


@frozen
class Assignment:
    target: Target
    value: Expression


@frozen
class Assign:
    """`assign: [- target: value, …]`"""

    assignments: tuple[Assignment, ...]


@frozen
class Argument:
    """One named argument of a `call` step; `name` is None for a positional one (list `args`)."""

    name: str | None
    name_span: Span
    value: Expression


@frozen
class CallStep:
    """`call: function`, `args`, `result`; `span` is that of the function's name.

    `whole` is the one expression of `args: ${map}`, whose names are known only at run time.
    """

    function: str
    span: Span
    arguments: tuple[Argument, ...]
    whole: Expression | None
    result: Variable | None


@frozen
class Jump:
    """`next: target`; `end`, `break` and `continue` are the built-in jumps (spec 04 §4)."""

    target: str
    span: Span


@frozen
class Case:
    """One `switch` entry; `position` is its first key, where run-time errors are reported."""

    condition: Expression
    action: Action | None
    next: Jump | None
    position: Span


@frozen
class Switch:
    cases: tuple[Case, ...]


@frozen
class Range:
    """`range: [begin, end]` (both inclusive); `whole` is the one expression of `range: ${pair}`."""

    begin: Expression | None
    end: Expression | None
    whole: Expression | None
    span: Span


@frozen
class For:
    """A `for` body, of an ordinary loop or of a parallel one; `span` is the `for` key's."""

    value: Variable
    index: Variable | None
    items: Expression | Range
    steps: tuple[Step, ...]
    span: Span


@frozen
class Branch:
    name: str
    name_span: Span
    steps: tuple[Step, ...]


@frozen
class Parallel:
    """`body` is either the named branches or the loop; `span` is the `parallel` key's."""

    body: tuple[Branch, ...] | For
    shared: tuple[Variable, ...]
    concurrency_limit: Expression | None
    span: Span


@frozen
class Retry:
    """`retry:` as a map (any part may be missing, OQ-43), or as one `policy` expression.

    `backoff` is the one expression of `backoff: ${…}`; otherwise its parts stand below it.
    """

    policy: Expression | None
    predicate: Expression | None
    max_retries: Expression | None
    backoff: Expression | None
    initial_delay: Expression | None
    max_delay: Expression | None
    multiplier: Expression | None
    span: Span


@frozen
class Except:
    """`except:`; a scope of its own (spec 02 §4)."""

    variable: Variable | None
    steps: tuple[Step, ...]
    span: Span


@frozen
class Try:
    """`try:` with a list of steps; an unnamed step body becomes one step with `anonymous` set."""

    steps: tuple[Step, ...]
    retry: Retry | None
    handler: Except | None
    span: Span


@frozen
class Raise:
    value: Expression


@frozen
class Return:
    value: Expression


@frozen
class Steps:
    """A nested `steps:` list; no scope (spec 04 §6)."""

    steps: tuple[Step, ...]


Action = Assign | CallStep | Switch | For | Parallel | Try | Raise | Return | Steps


@frozen
class Step:
    """One named step.  `action` is None for a step that is only a `next`.

    `position` is the first key of the body, where step-level run-time errors are reported
    (spec 05 §3).  An `anonymous` step is the body of a `try:` or of a `switch` entry without a
    step of its own; it bears the name of the step around it and cannot be jumped to.
    """

    name: str
    name_span: Span
    action: Action | None
    next: Jump | None
    position: Span
    anonymous: bool = False


@frozen
class Parameter:
    """`name` or `name: default`; a default is a literal (OQ-5)."""

    variable: Variable
    default: Expression | None


@frozen
class Routine:
    """`main` or a subworkflow."""

    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]


@frozen
class Workflow:
    """A whole file; `main` first among equals only by its name."""

    routines: tuple[Routine, ...]

    @property
    def main(self) -> Routine:
        return next(routine for routine in self.routines if routine.name == "main")
