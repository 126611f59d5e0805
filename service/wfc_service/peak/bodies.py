"""Bodies of requests: read up to a limit, and only as long as something comes.

Every request of Peak's SDK has a body, also GET and DELETE.  A multipart one that it sends again
after a retry has its headers only, and would be waited for without an end (spec 11 §2).
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from typing import Any, Final, NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope

from wfc_service.errors import ApiError
from wfc_service.peak.errors import bad, too_large, too_slow

PATIENCE: Final = 20.0
"""Seconds in which something more of a body has to come."""

JSON_LIMIT: Final = 1024 * 1024
FORM_LIMIT: Final = 256 * 1024 * 1024
"""Bytes of the largest body; of a form the artifact is in a file while it is read."""

_FIELD_LIMIT: Final = JSON_LIMIT
_MOST_FIELDS: Final = 20


class Form(dict[str, str]):
    """The fields of a multipart body, but for its files."""


def bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """`receive` of a body that is neither too large nor too slow.

    It raises ApiError 413 and 408.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limit:
            raise too_large(limit)
    left = limit

    async def read() -> Message:
        nonlocal left
        try:
            async with asyncio.timeout(PATIENCE):
                message = await receive()
        except TimeoutError:
            raise too_slow(PATIENCE) from None
        left -= len(message.get("body", b""))
        if left < 0:
            raise too_large(limit)
        return message

    return read


async def read_json(scope: Scope, receive: Receive) -> Any:
    """What a body holds; `{}` where it is empty.  Raises ApiError 400 for what is no JSON."""
    text = await _read(scope, bounded(scope, receive, JSON_LIMIT))
    return {} if not text.strip() else parse_json(text, "the body")


async def read_bytes(scope: Scope, receive: Receive, limit: int) -> bytes:
    """A body as it is."""
    return await _read(scope, bounded(scope, receive, limit))


async def skip(scope: Scope, receive: Receive) -> None:
    """Reads a body that means nothing."""
    await _read(scope, bounded(scope, receive, JSON_LIMIT))


async def read_form(scope: Scope, receive: Receive) -> Form:
    """Raises ApiError 400 for a body that is none."""
    request = Request(scope, bounded(scope, receive, FORM_LIMIT))
    try:
        async with request.form(
            max_files=1, max_fields=_MOST_FIELDS, max_part_size=_FIELD_LIMIT
        ) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        "".join(fields.values()).encode()  # some charsets have halves of characters
        return Form(fields)
    except HTTPException as error:
        raise bad(f"the form cannot be read: {error.detail}") from None
    except UnicodeError:  # by a `charset` of the Content-Type that not everything can be read in
        raise bad("the form cannot be read: it is not in its charset") from None
    except ClientDisconnect:
        raise _gone() from None


def json_field(form: Form, name: str, usual: Any) -> Any:
    """A field that holds JSON; `usual` where it is missing, empty or null."""
    text = form.get(name, "")
    value = parse_json(text.encode(), name) if text.strip() else None
    return usual if value is None else value


def is_form(scope: Scope) -> bool:
    return any(
        name == b"content-type" and value.lower().startswith(b"multipart/")
        for name, value in scope["headers"]
    )


async def _read(scope: Scope, receive: Receive) -> bytes:
    try:
        return await Request(scope, receive).body()
    except ClientDisconnect:
        raise _gone() from None


def parse_json(text: bytes, what: str) -> Any:
    """The value of JSON; raises ApiError 400, with `what` it was, for what is none."""
    try:
        # not left to `loads`, which takes UTF-16, too, and halves of characters
        value = json.loads(
            text.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise bad(f"{what} is no JSON: {error}") from None
    except UnicodeDecodeError:
        raise bad(f"{what} is not UTF-8") from None
    except UnicodeEncodeError:
        raise bad(f"{what} has half a character") from None
    except RecursionError:
        raise bad(f"{what} is nested too deeply") from None
    except ValueError:
        raise bad(f"{what} has a number that is infinite, none or too long") from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    """What other readers of JSON, the runtime too, have no number for is none here either."""
    number = int(text)
    if not -sys.float_info.max <= number <= sys.float_info.max:
        raise ValueError(text)
    return number


def _gone() -> ApiError:
    return ApiError("CANCELLED", "the client went away")
