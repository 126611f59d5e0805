"""Operators whose operands are certain to be of types that they do not take (spec 03 §5, §6).

Types are checked at run time by the service, so these are warnings, and only where no value of the
operands could work: `x + null`, `1 < "a"`, `"a" in "abc"`.
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.checks.types import CONTAINER, NUMBER, Possible, Types, expressions, named, sum_of
from wfc.problems import Label, Problems
from wfc.source import Source

_STRING: Possible = frozenset({"string"})
_ADDABLE: Possible = NUMBER | {"string", "boolean"}
_ORDERED: Possible = NUMBER | _STRING
_KEY: Possible = frozenset({"string", "integer"})  # of maps (OQ-13)


def operators(source: Source, workflow: syntax.Workflow, types: Types, problems: Problems) -> None:
    for root in expressions(workflow):
        for part in walk.within(root):
            match part:
                case syntax.Binary(operator="in"):
                    _contains(source, part, types, problems)
                case syntax.Binary(operator="+"):
                    _plus(source, part, types, problems)
                case syntax.Binary(operator="-" | "*" | "/" | "//" | "%"):
                    _pair(part, NUMBER, types, problems)
                case syntax.Binary(operator="<" | "<=" | ">" | ">="):
                    _order(part, types, problems)
                case syntax.Unary(operator="-" | "+" as sign, operand=operand):
                    _takes(f"`{sign}`", operand, NUMBER, types, problems)
                case syntax.Member(base):
                    _takes(f"`.{part.name}`", base, frozenset({"map"}), types, problems)
                case syntax.Index():
                    _index(part, types, problems)


def _takes(
    operator: str,
    operand: syntax.Expression,
    accepted: Possible,
    types: Types,
    problems: Problems,
    hint: str = "",
) -> bool:
    """Reports an operand that can be of none of the `accepted` types; says whether it can."""
    possible = types.get(operand)
    if possible is None or possible & accepted:
        return True
    what = named(possible)
    problems.add("WFC663", f"{operator} does not take {what}", operand.span, what, hint=hint)
    return False


def _contains(source: Source, binary: syntax.Binary, types: Types, problems: Problems) -> None:
    if types.get(binary.right) != _STRING:
        _takes("`in`", binary.right, CONTAINER, types, problems)
        return
    part, whole = source.slice(binary.left.span), source.slice(binary.right.span)
    negated = isinstance(binary.left, syntax.Unary)
    problems.add(
        "WFC662",
        "`in` does not search a string",
        binary.right.span,
        "a string",
        hint="" if negated else f"write `len(text.find_all({whole}, {part})) > 0`",
    )


def _plus(source: Source, binary: syntax.Binary, types: Types, problems: Problems) -> None:
    for operand in (binary.left, binary.right):
        hint = _instead_of_plus(source, binary, types.get(operand, frozenset()))
        if not _takes("`+`", operand, _ADDABLE, types, problems, hint):
            return
    left, right = types.get(binary.left), types.get(binary.right)
    if left is not None and right is not None and not sum_of(left, right):
        _disagree(binary, left, right, problems)


def _instead_of_plus(source: Source, binary: syntax.Binary, possible: Possible) -> str:
    left, right = source.slice(binary.left.span), source.slice(binary.right.span)
    if possible == {"map"}:
        return f"write `map.merge({left}, {right})`"
    if possible != {"list"}:
        return ""
    match binary.right:
        case syntax.ListLiteral(items=(item,)):
            return f"write `list.concat({left}, {source.slice(item.span)})`"
        case _:
            return "`list.concat(list, element)` adds one element"


def _pair(binary: syntax.Binary, accepted: Possible, types: Types, problems: Problems) -> bool:
    for operand in (binary.left, binary.right):
        if not _takes(f"`{binary.operator}`", operand, accepted, types, problems):
            return False
    return True


def _order(binary: syntax.Binary, types: Types, problems: Problems) -> None:
    """Numbers compare with numbers and strings with strings (OQ-30)."""
    if not _pair(binary, _ORDERED, types, problems):
        return
    left, right = types.get(binary.left), types.get(binary.right)
    if left is None or right is None:
        return
    if not (left & NUMBER and right & NUMBER) and not left & right & _STRING:
        _disagree(binary, left, right, problems)


def _disagree(binary: syntax.Binary, left: Possible, right: Possible, problems: Problems) -> None:
    problems.add(
        "WFC663",
        f"`{binary.operator}` does not take {named(left)} and {named(right)} together",
        binary.right.span,
        named(right),
        others=[Label(binary.left.span, named(left))],
    )


def _index(index: syntax.Index, types: Types, problems: Problems) -> None:
    hint = ""
    if types.get(index.base) == _STRING:
        hint = "for one character of a text write `text.substring(source, start, end)`"
    if not _takes("`[]`", index.base, CONTAINER, types, problems, hint):
        return
    accepted = _KEY
    if types.get(index.base) == frozenset({"list"}):
        accepted = frozenset({"integer"})
    _takes("`[]`", index.index, accepted, types, problems)
