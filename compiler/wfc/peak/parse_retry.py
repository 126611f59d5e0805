"""`retryOptions`, of a workflow or of one of its steps (spec 11 §1.4)."""

from __future__ import annotations

from wfc.nodes import Entry
from wfc.parse_shapes import head
from wfc.peak import syntax
from wfc.peak.parse_shapes import inside, integer, items, switch, whole
from wfc.problems import Problems

_KEYS = ("duration", "exitCodes", "exponentialBackoff", "numberOfRetries")
DURATION, LONGEST = 5, 120  # seconds
RETRIES, MOST_RETRIES = 3, 5


def retry(entry: Entry, problems: Problems) -> syntax.Retry | None:
    found = inside(entry, _KEYS, "`retryOptions`", problems)
    codes = None
    if "exitCodes" in found:
        read = (
            integer(item, "an item of exitCodes", head(item), problems)
            for item in items(found["exitCodes"], problems, "write `exitCodes: [1]`")
        )
        codes = tuple(code for code in read if code is not None)
    duration = whole(found, "duration", problems, least=0, most=LONGEST, unit=" seconds")
    retries = whole(found, "numberOfRetries", problems, least=0, most=MOST_RETRIES)
    return syntax.Retry(
        DURATION if duration is None else duration,
        codes,
        switch(found, "exponentialBackoff", problems),
        RETRIES if retries is None else retries,
        entry.key.span,
    )
