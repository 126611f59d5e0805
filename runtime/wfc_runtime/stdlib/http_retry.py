"""The predicates of `http.default_retry` and its non-idempotent sister (spec 06 §http)."""

from __future__ import annotations

from wfc_runtime.values import Value

_IDEMPOTENT_TAGS = ("ConnectionError", "ConnectionFailedError", "TimeoutError")


def default_retry_predicate(exception: Value) -> bool:
    """True for HTTP 429, 502, 503, 504, a failed or broken connection, and a timeout.

    Takes any error value: a map counts by its `code` or `tags`, all else is false.
    """
    return _matches(exception, (429, 502, 503, 504), _IDEMPOTENT_TAGS)


def default_retry_predicate_non_idempotent(exception: Value) -> bool:
    """True where the request cannot have had an effect: HTTP 429, 503, and no connection.

    Takes any error value, like `http.default_retry_predicate`.
    """
    return _matches(exception, (429, 503), ("ConnectionFailedError",))


def _matches(exception: Value, codes: tuple[int, ...], tags: tuple[str, ...]) -> bool:
    if type(exception) is not dict:
        return False
    code, own_tags = exception.get("code"), exception.get("tags")
    if type(code) is int and code in codes:
        return True
    return type(own_tags) is list and any(type(tag) is str and tag in tags for tag in own_tags)
