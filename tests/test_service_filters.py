"""Filters and orders of lists: what they mean, and what is said of others (AIP-160, AIP-132)."""

from __future__ import annotations

import json
import operator
import sqlite3
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_service.errors import ApiError
from wfc_service.google.columns import Column
from wfc_service.google.filters import where
from wfc_service.google.ordering import order
from wfc_service.times import read_duration, read_timestamp

COLUMNS = {
    "executionId": Column("id"),
    "state": Column("state", "enum", values=("STATE_ACTIVE", "STATE_FAILED")),
    "startTime": Column("start", "timestamp", unset=True),
    "duration": Column("length", "duration", unset=True),
    "waits": Column("waits", "bool"),
    "parent": Column("parent", "integer", unset=True),
    "stepName": Column("json_extract(value, '$.step')", inside="steps"),
    "label": Column("value", "labels", inside="labels"),
}
ROWS: list[dict[str, Any]] = [
    {
        "id": "a-1",
        "state": "STATE_ACTIVE",
        "start": read_timestamp("2023-08-01T00:00:00Z"),
        "length": None,
        "waits": 0,
        "parent": None,
        "steps": ["read", "write"],
        "labels": {"env": "prod", "my-team": "x[1]"},
    },
    {
        "id": "b*2",
        "state": "STATE_FAILED",
        "start": read_timestamp("2023-08-02T12:30:00.5Z"),
        "length": read_duration("1.5s"),
        "waits": 1,
        "parent": 7,
        "steps": [],
        "labels": {"env": "test"},
    },
    {
        "id": "AND",
        "state": "STATE_FAILED",
        "start": None,
        "length": read_duration("20s"),
        "waits": 0,
        "parent": 0,
        "steps": ["read"],
        "labels": {},
    },
]


@cache
def table() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    names = list(ROWS[0])
    connection.execute(f"CREATE TABLE rows ({', '.join(names)})")
    for row in ROWS:
        steps = json.dumps([{"step": step} for step in row["steps"]])
        stored = row | {"steps": steps, "labels": json.dumps(row["labels"])}
        marks = ", ".join("?" * len(names))
        connection.execute(f"INSERT INTO rows VALUES ({marks})", list(stored.values()))
    return connection


def found(filter: str) -> list[str]:
    condition, values = where(COLUMNS, filter)
    sql = f"SELECT id FROM rows WHERE {condition or 1} ORDER BY rowid"
    return [id for (id,) in table().execute(sql, values)]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", ["a-1", "b*2", "AND"]),
        ("  ", ["a-1", "b*2", "AND"]),
        ('executionId = "a-1"', ["a-1"]),
        ("executionId=a-1", ["a-1"]),
        ("executionID = a-1", ["a-1"]),
        ("execution_id = 'a-1'", ["a-1"]),
        ('executionId = "a*"', ["a-1"]),
        ('executionId = "*2"', ["b*2"]),
        ('executionId = "A*"', ["AND"]),
        ('executionId > "a"', ["a-1", "b*2"]),
        ('executionId != "a*"', ["b*2", "AND"]),
        ("executionId = AND", ["AND"]),
        ('executionId:"a-1"', ["a-1"]),
        ('state = "STATE_FAILED"', ["b*2", "AND"]),
        ('state="FAILED"', ["b*2", "AND"]),
        ("NOT state = FAILED", ["a-1"]),
        ("-state = FAILED", ["a-1"]),
        ("state != FAILED", ["a-1"]),
        ('startTime>"2023-08-01" AND state="FAILED"', ["b*2"]),
        ("startTime >= 2023-08-01", ["a-1", "b*2"]),
        ("startTime = 2023-08-02T14:30:00.5+02:00", ["b*2"]),
        ("startTime < 2023-08-02", ["a-1"]),
        ("startTime != 2023-08-01", ["b*2", "AND"]),
        ("startTime:*", ["a-1", "b*2"]),
        ("-startTime:*", ["AND"]),
        ("duration > 5s", ["AND"]),
        ("duration = 1.5s", ["b*2"]),
        ("duration < 100s", ["b*2", "AND"]),
        ("NOT duration < 100s", ["a-1"]),
        ("waits = true", ["b*2"]),
        ("waits != true", ["a-1", "AND"]),
        ("parent = 0", ["AND"]),
        ("parent >= 0", ["b*2", "AND"]),
        ("parent > -1", ["b*2", "AND"]),
        ("stepName = read", ["a-1", "AND"]),
        ('stepName = "wr*"', ["a-1"]),
        ("-stepName = read", ["b*2"]),
        ("stepName != read", ["b*2"]),
        ("stepName != write", ["b*2", "AND"]),
        ("label.env = prod", ["a-1"]),
        ('label.env = "*o*"', ["a-1"]),
        ("label.env:*", ["a-1", "b*2"]),
        ("label:env", ["a-1", "b*2"]),
        ("label.env != prod", ["b*2", "AND"]),
        ('label.my-team = "x[1]"', ["a-1"]),
        ('label."my-team" = "x[*"', ["a-1"]),
        ("state = FAILED AND duration = 20s OR duration = 1.5s", ["b*2", "AND"]),
        ("executionId = a-1 OR state = FAILED AND waits = true", ["b*2"]),
        ("(executionId = a-1 OR state = FAILED) AND waits = true", ["b*2"]),
        ("executionId = a-1 OR (state = FAILED AND waits = true)", ["a-1", "b*2"]),
        ("state = FAILED waits = true", ["b*2"]),
        ("NOT (state = FAILED waits = true)", ["a-1", "AND"]),
        ("\tstate\n=\nFAILED\t", ["b*2", "AND"]),
    ],
)
def test_filters_find_what_they_say(filter: str, expected: list[str]) -> None:
    assert found(filter) == expected


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ("colour = red", "at character 1: there is no field 'colour'; the fields are executionId"),
        ("state.x = FAILED", "at character 1: there is no field 'state.x'"),
        ("label.env.x = a", "at character 1: there is no field 'label.env.x'"),
        ("state = ", "at character 9: the filter ends too early"),
        ("state", "at character 6: the filter ends too early"),
        ("FAILED x", "at character 8: 'x' is not expected here"),
        ("state = FAILED)", "at character 15: ')' is not expected here"),
        ("(state = FAILED", "at character 16: the filter ends too early"),
        ("state = FAILED AND", "at character 19: the filter ends too early"),
        ("AND state = FAILED", "at character 1: 'AND' is not expected here"),
        ("state == FAILED", "at character 8: '=' is not expected here"),
        ('state = "FAILED', "at character 9: '\"' is not expected here"),
        ("state = GONE", "at character 9: state is none of 'GONE'; it is one of STATE_ACTIVE"),
        ("state > FAILED", "at character 7: state can only be compared by = and !="),
        ("waits = maybe", "at character 9: 'maybe' is no true or false"),
        ("waits < true", "at character 7: waits can only be compared by = and !="),
        (
            "startTime > yesterday",
            "at character 13: 'yesterday' is no time in the form of RFC 3339",
        ),
        ("startTime > 2023-02-30", "at character 13: '2023-02-30' is no time"),
        ("startTime > 9999-01-01", "at character 13: '9999-01-01' is out of range"),
        ("duration > 5", "at character 12: '5' is no duration, such as 5s or 0.5s"),
        ("parent = one", "at character 10: 'one' is no integer"),
        ("label = env", "at character 1: name a label, as in labels.key"),
        ("label.env > a", "at character 1: a label can only be compared by =, != and :"),
        ("(" * 16 + "waits = true" + ")" * 16, "at character 16: more than 15 levels"),
        ("waits = true " * 400, "5200 characters are more than 4000"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place(filter: str, message: str) -> None:
    with pytest.raises(ApiError) as raised:
        where(COLUMNS, filter)
    assert raised.value.status == "INVALID_ARGUMENT"
    assert str(raised.value).startswith(f"filter: {message}")


def test_the_longest_filters_are_no_trouble_to_sqlite() -> None:
    assert found("waits=true " * 360) == ["b*2"]
    assert found("waits=true OR " * 280 + "waits=true") == ["b*2"]
    nested = "waits=false"
    for _ in range(15):
        nested = f"waits=true AND NOT (waits=true waits=false OR {nested})"
    assert found(nested) == ["b*2"]


# random filters mean what the rules say, told without SQL

ARGUMENTS = {
    "executionId": ["a-1", "a*", "*", "B", "AND"],
    "state": ["STATE_ACTIVE", "FAILED"],
    "startTime": ["2023-08-01", "2023-08-02T12:30:00.5Z"],
    "duration": ["1.5s", "3s"],
    "waits": ["true", "false"],
    "parent": ["0", "7"],
}
COMPARE = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
READ: dict[str, Any] = {
    "state": lambda text: text if text.startswith("STATE_") else f"STATE_{text}",
    "startTime": lambda text: read_timestamp(text, day=True),
    "duration": read_duration,
    "waits": lambda text: int(text == "true"),
    "parent": int,
}
FIELDS = {"executionId": "id", "startTime": "start", "duration": "length"}

Tree = Any
"""`(field, comparator, argument)`, `("NOT", tree)` or `("AND" | "OR", trees)`."""


@st.composite
def restrictions(draw: st.DrawFn) -> Tree:
    field = draw(st.sampled_from(list(ARGUMENTS)))
    only_equal = field in ("state", "waits")
    comparators = ["=", "!="] if only_equal else ["=", "!=", "<", ">", "<=", ">="]
    comparator = draw(st.sampled_from(comparators))
    return field, comparator, draw(st.sampled_from(ARGUMENTS[field]))


def joined(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.tuples(st.just("NOT"), inner) | st.tuples(st.sampled_from(["AND", "OR"]), several)


TREES = st.recursive(restrictions(), joined, max_leaves=8)


def text_of(tree: Tree) -> str:
    match tree:
        case ("NOT", inner):
            return f"NOT ({text_of(inner)})"
        case ("AND" | "OR" as word, trees):
            return f" {word} ".join(f"({text_of(one)})" for one in trees)
        case (field, comparator, argument):
            return f'{field} {comparator} "{argument}"'
    raise AssertionError(tree)


def holds(tree: Tree, row: dict[str, Any]) -> bool:
    match tree:
        case ("NOT", inner):
            return not holds(inner, row)
        case ("AND", trees):
            return all(holds(one, row) for one in trees)
        case ("OR", trees):
            return any(holds(one, row) for one in trees)
    field, comparator, argument = tree
    value = row[FIELDS.get(field, field)]
    if comparator == "!=":
        return not holds((field, "=", argument), row)
    if value is None:
        return False
    if field == "executionId" and comparator == "=" and "*" in argument:
        return fnmatchcase(value, argument)
    wanted = READ[field](argument) if field in READ else argument
    return bool(COMPARE[comparator](value, wanted))


@given(TREES)
def test_random_filters_mean_what_the_rules_say(tree: Tree) -> None:
    assert found(text_of(tree)) == [row["id"] for row in ROWS if holds(tree, row)]


@given(
    st.text(alphabet="ab=<>!:()\"'\\.-*AND OR NOT state executionId 1s", max_size=40) | st.text()
)
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        found(text)
    except ApiError:
        pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("executionId", [("id", False), ("key", False)]),
        ("startTime desc", [("ifnull(start, -1)", True), ("key", True)]),
        (
            " start_time  desc , executionID asc",
            [("ifnull(start, -1)", True), ("id", False), ("key", True)],
        ),
    ],
)
def test_orders_become_terms(text: str, expected: list[tuple[str, bool]]) -> None:
    terms = order(COLUMNS, ("executionId", "startTime"), "key", text)
    assert [(term.sql, term.descending) for term in terms] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state", "'state' is none of executionId, startTime"),
        ("colour desc", "'colour' is none of executionId, startTime"),
        ("executionId up", "'executionId up' is not of the form `field` or `field desc`"),
        ("executionId,", "'' is not of the form"),
        ("executionId, execution_id desc", "'executionId' stands there twice"),
    ],
)
def test_what_is_no_order_is_refused(text: str, message: str) -> None:
    with pytest.raises(ApiError, match="order_by: ") as raised:
        order(COLUMNS, ("executionId", "startTime"), "key", text)
    assert message in str(raised.value)
