"""What a webhook is sent, as the body of `execute` (spec 11 §1.2, §3.1)."""

from __future__ import annotations

from typing import Any, Final

from wfc_service.peak.bodies import parse_json
from wfc_service.peak.errors import bad

LIMIT: Final = 120 * 1024
"""Bytes: what is sent is an environment variable of commands, which can have 128 KiB on Linux."""

PAYLOAD: Final = "payload"

_EXECUTE: Final = {"params", "stepsToRun"}


def read_webhook(body: bytes) -> Any:
    """What has only `params` and `stepsToRun`, as it is; other JSON as the parameter `payload`.

    The parameter is the text as it was sent, which an http step can send on as `{{payload}}` (spec
    11 §1.7).  Raises ApiError 400 for what is no JSON; nothing at all is `{}`.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad("the body is not UTF-8") from None
    sent = parse_json(text.encode(), "the body") if text.strip() else {}
    if isinstance(sent, dict) and sent.keys() <= _EXECUTE:
        return sent
    return {"params": {"global": {PAYLOAD: text}}}
