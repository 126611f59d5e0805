"""`filter` of lists (https://google.aip.dev/160): text → a condition in SQL and its values.

    state = "FAILED" AND startTime > "2023-08-01"
    state IS ? AND ifnull(start_time > ?, 0)

Names are those of the columns; nothing of the text becomes SQL.  A field that is not set equals
nothing and is neither smaller nor larger than anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wfc_service.errors import ApiError, invalid
from wfc_service.google.columns import Column, Columns, find
from wfc_service.times import read_duration, read_timestamp

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_LONGEST: Final = 4000
"""Characters of a filter."""
_DEEPEST: Final = 15
"""Parentheses inside one another: SQLite's parser has a stack of 100 words."""

_Condition: TypeAlias = "tuple[str, list[Any]]"


@dataclass(frozen=True, slots=True)
class _Argument:
    """What a field is compared with, and at which character of the filter it stands."""

    text: str
    quoted: bool
    at: int


def where(columns: Columns, filter: str) -> _Condition:
    """The condition of a filter, "" for an empty one.

    Raises ApiError INVALID_ARGUMENT that says what is wrong and at which character.
    """
    if not filter.strip():
        return "", []
    if len(filter) > _LONGEST:
        raise invalid("filter", f"{len(filter)} characters are more than {_LONGEST}")
    tree = _parse(filter)
    return _Conditions(columns).of(tree, 0) if tree.children else ("", [])


def _parse(filter: str) -> Tree[Token]:
    from lark.exceptions import UnexpectedInput

    try:
        return _parser().parse(filter)
    except UnexpectedInput as error:
        at = error.pos_in_stream
        if at is None or at >= len(filter) or getattr(error, "token", None) == "":
            raise _wrong(len(filter), "the filter ends too early") from None
        found = getattr(error, "token", filter[at])
        raise _wrong(at, f"{str(found)!r} is not expected here") from None


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = files("wfc_service.google").joinpath("filter.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


class _Conditions:
    """Conditions bind more tightly than AND and NOT do, in parentheses where they are joined."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def of(self, tree: Any, depth: int) -> _Condition:
        match tree.data:
            case "start":
                return self.of(tree.children[0], depth)
            case "group":
                if depth == _DEEPEST:
                    reason = f"more than {_DEEPEST} levels of parentheses"
                    raise _wrong(tree.children[0].start_pos, reason)
                return self.of(tree.children[1], depth + 1)
            case "every" | "some":
                return self._joined(tree, depth)
            case "negated":
                sql, values = self.of(tree.children[-1], depth)
                return f"NOT {sql}", values
            case _:
                return self._restriction(*tree.children)

    def _joined(self, tree: Any, depth: int) -> _Condition:
        parts = [self.of(part, depth) for part in tree.children if hasattr(part, "data")]
        word = " AND " if tree.data == "every" else " OR "
        if len(parts) == 1:
            return parts[0]
        sql = word.join(part for part, _ in parts)
        return f"({sql})", [value for _, values in parts for value in values]

    def _restriction(self, member: Any, comparator: Any, argument: Any) -> _Condition:
        at = member.children[0].start_pos
        path = [_unquoted(token) for token in member.children]
        name, column, key = self._column(path, at)
        token = argument.children[0]
        given = _Argument(_unquoted(token), argument.data == "quoted", token.start_pos)
        if column.kind == "labels":
            return _label(column, key, str(comparator), given, at)
        differs = comparator == "!="  # of several values none may be equal, of one it may not
        compared = "=" if differs else str(comparator)
        test, values = _test(name, column, compared, given, comparator.start_pos)
        if column.inside:
            test = f"EXISTS (SELECT 1 FROM json_each({column.inside}) WHERE {test})"
        return (f"NOT {test}" if differs else test), values

    def _column(self, path: list[str], at: int) -> tuple[str, Column, str | None]:
        """The column that a dotted name stands for, and which label of it."""
        for length in (len(path), len(path) - 1):
            name = find(self._columns, ".".join(path[:length])) if length else None
            if name is None:
                continue
            column, rest = self._columns[name], path[length:]
            if not rest or column.kind == "labels":
                return name, column, rest[0] if rest else None
        known = ", ".join(self._columns)
        raise _wrong(at, f"there is no field {'.'.join(path)!r}; the fields are {known}")


def _label(
    column: Column, key: str | None, comparator: str, given: _Argument, at: int
) -> _Condition:
    """`labels.key = "value"`, `labels.key:*`, `labels:key`"""
    some = f"EXISTS (SELECT 1 FROM json_each({column.inside}) WHERE "
    if key is None:
        if comparator != ":":
            raise _wrong(at, 'name a label, as in labels.key = "value", or ask labels:key')
        return f"{some}key = ?)", [given.text]
    if comparator == ":" and given.text == "*":
        return f"{some}key = ?)", [key]
    if comparator not in ("=", "!=", ":"):
        raise _wrong(at, "a label can only be compared by =, != and :")
    test, values = _equal("value", given.text)
    negation = "NOT " if comparator == "!=" else ""
    return f"{negation}{some}key = ? AND {test})", [key, *values]


def _test(name: str, column: Column, comparator: str, given: _Argument, at: int) -> _Condition:
    sql = column.sql
    if comparator == ":" and given.text == "*" and not given.quoted:
        return f"{sql} IS NOT NULL", []
    if comparator == ":":
        comparator = "="
    value = _value(name, column, given)
    if comparator == "=":
        return _equal(sql, value) if column.kind == "text" else (f"{sql} IS ?", [value])
    if column.kind in ("enum", "bool"):
        raise _wrong(at, f"{name} can only be compared by = and !=")
    return f"ifnull({sql} {comparator} ?, 0)", [value]


def _equal(sql: str, value: str) -> _Condition:
    """Equality of texts; `*` stands for any characters."""
    if "*" not in value:
        return f"{sql} IS ?", [value]
    pattern = re.sub(r"[?\[]", r"[\g<0>]", value)
    return f"ifnull({sql} GLOB ?, 0)", [pattern]


def _value(name: str, column: Column, given: _Argument) -> Any:
    """What the text of an argument stands for, as the column has it."""
    text = given.text
    match column.kind:
        case "text":
            return text
        case "enum":
            return _enum(name, column, given)
        case "bool" if text in ("true", "false"):
            return text == "true"
        case "integer" if re.fullmatch("-?[0-9]{1,18}", text):
            return int(text)
        case "timestamp" if (time := read_timestamp(text, day=True)) is not None:
            return _in_range(time, given)
        case "duration" if (length := read_duration(text)) is not None:
            return _in_range(length, given)
    raise _wrong(given.at, f"{text!r} is no {_FORMS[column.kind]}")


_FORMS: Final = {
    "bool": "true or false",
    "integer": "integer",
    "timestamp": "time in the form of RFC 3339, such as 2023-08-01T12:00:00Z or 2023-08-01",
    "duration": "duration, such as 5s or 0.5s",
}


def _enum(name: str, column: Column, given: _Argument) -> str:
    """A name of an enum; what all of its names begin with may be left out."""
    for value in (given.text, f"STATE_{given.text}", f"STEP_{given.text}"):
        if value in column.values:
            return value
    known = ", ".join(column.values)
    raise _wrong(given.at, f"{name} is none of {given.text!r}; it is one of {known}")


def _in_range(value: int, given: _Argument) -> int:
    if not -(2**63) <= value < 2**63:
        raise _wrong(given.at, f"{given.text!r} is out of range")
    return value


def _unquoted(token: Token) -> str:
    if token.type != "STRING":
        return str(token)
    return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)


def _wrong(at: int, reason: str) -> ApiError:
    return invalid("filter", f"at character {at + 1}: {reason}")
