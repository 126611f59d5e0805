"""Pages of rows: in go a table, a filter and an order, out come rows and the next page's token.

A page begins after the last row of the one before, so that what is added meanwhile neither moves
nor repeats anything.  A token is that row's place and a digest of the query that it belongs to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wfc_service.errors import ApiError, invalid
from wfc_service.google.columns import Columns
from wfc_service.google.fields import is_text
from wfc_service.google.filters import where
from wfc_service.google.ordering import Term, order
from wfc_service.store.database import Database


@dataclass(frozen=True, slots=True)
class Listing:
    """A table that can be listed.

    source   what follows FROM, up to where conditions may follow
    key      the SQL of a column that no two rows share
    columns  what filters may name
    sorts    what orders may name
    usual    the order where none is asked for
    """

    source: str
    key: str
    columns: Columns
    sorts: Sequence[str]
    usual: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a client asks for."""

    size: int
    token: str = ""
    filter: str = ""
    order_by: str = ""


async def read_page(
    database: Database,
    listing: Listing,
    select: str,
    condition: str,
    values: Sequence[Any],
    query: Query,
    *,
    skip: int = 0,
) -> tuple[list[sqlite3.Row], str]:
    """The rows of a page, and the token of the next one, "" where there is none.

    `condition` and its `values` say whose rows there are at all; `skip` leaves out the first of
    what follows.  Raises ApiError INVALID_ARGUMENT for a filter, an order or a token that is none.
    """
    asked = query.order_by if query.order_by.strip() else listing.usual
    terms = order(listing.columns, listing.sorts, listing.key, asked)
    digest = _digest((listing.source, condition, *values), query)
    wanted, given = where(listing.columns, query.filter)
    conditions, parameters = [condition, wanted], [*values, *given]
    if query.token:
        after, places = _after(terms, _read_token(query.token, digest, len(terms)))
        conditions.append(after)
        parameters += places
    places_sql = ", ".join(f"{term.sql} AS place_{n}" for n, term in enumerate(terms))
    order_sql = ", ".join(f"{term.sql} {'DESC' if term.descending else 'ASC'}" for term in terms)
    sql = (
        f"SELECT {select}, {places_sql} FROM {listing.source}"
        f" WHERE {' AND '.join(f'({one})' for one in conditions if one)}"
        f" ORDER BY {order_sql} LIMIT ? OFFSET ?"
    )
    parameters += (query.size + 1, skip)
    if query.filter or query.order_by or skip:
        rows = await database.scan(sql, *parameters)
    else:  # by an index
        rows = database.read(sql, *parameters)
    if len(rows) <= query.size:
        return rows, ""
    rows.pop()
    last = [rows[-1][f"place_{n}"] for n in range(len(terms))]
    return rows, _token(digest, last)


async def count(
    database: Database,
    listing: Listing,
    condition: str,
    values: Sequence[Any],
    query: Query,
) -> int:
    """How many rows match, on all pages."""
    wanted, given = where(listing.columns, query.filter)
    conditions = " AND ".join(f"({one})" for one in (condition, wanted) if one)
    sql = f"SELECT count(*) FROM {listing.source} WHERE {conditions}"
    return int((await database.scan(sql, *values, *given))[0][0])


def page_of(ids: Sequence[str], query: Query, whose: str) -> tuple[Sequence[str], str]:
    """A page of sorted ids that are in memory; `whose` says what they belong to."""
    digest = _digest((whose,), query)
    if query.token:
        (after,) = _read_token(query.token, digest, 1)
        ids = [id for id in ids if id > str(after)]
    page = ids[: query.size]
    return page, _token(digest, [page[-1]]) if len(ids) > len(page) else ""


def _after(terms: Sequence[Term], places: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition for rows behind a place: a later first column, or the same and so on."""
    alternatives: list[str] = []
    parameters: list[Any] = []
    for n, term in enumerate(terms):
        equal = [f"{earlier.sql} = ?" for earlier in terms[:n]]
        beyond = f"{term.sql} {'<' if term.descending else '>'} ?"
        alternatives.append(" AND ".join([*equal, beyond]))
        parameters += places[: n + 1]
    first = terms[0]
    bound = f"{first.sql} {'<=' if first.descending else '>='} ?"  # what an index can use
    return f"{bound} AND ({' OR '.join(alternatives)})", [places[0], *parameters]


def _digest(whose: tuple[Any, ...], query: Query) -> str:
    """What tells queries apart, but for the size of a page."""
    text = repr((whose, query.filter, query.order_by))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _token(digest: str, places: Sequence[Any]) -> str:
    text = json.dumps([digest, *places], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str, digest: str, length: int) -> list[Any]:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found, *places = list[Any](json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise _no_token("it is none that this service has given") from None
    if found != digest or len(places) != length:
        raise _no_token("it belongs to another query")
    if not all(map(_is_place, places)):
        raise _no_token("it is none that this service has given")
    return places


def _is_place(value: Any) -> bool:
    """Whether it can be in a row: a token may have been made up."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str) and is_text(value)


def _no_token(reason: str) -> ApiError:
    return invalid("page_token", reason)
