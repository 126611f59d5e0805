"""Which service is meant: in, the options that all of its commands share; out, what they are."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from wfc.wrong_use import WrongUse
from wfc_client.service import Service

_LABEL = re.compile(r"(?P<key>[a-z][a-z0-9_-]{0,62})=(?P<value>[a-z0-9_-]{0,63})")
"""As the service takes them (spec 07 §4)."""


def ask(service: Service, action: Callable[[Service], Awaitable[int]]) -> int:
    """Does something with a service and gives the exit code."""

    async def within() -> int:
        async with service:
            return await action(service)

    return asyncio.run(within())


def read_token(file: str | None) -> str:
    """The token of `--token-file`, else that of the variable WFC_TOKEN, else none."""
    where, token = "WFC_TOKEN", os.environ.get("WFC_TOKEN", "").strip()
    if file is not None:
        where, token = file, _text(file).strip()
    if not token.isascii() or not token.isprintable() or " " in token or (file and not token):
        raise WrongUse(f"`{where}` holds no token: a token is one word of ASCII characters")
    return token


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"cannot read `{file}`: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"cannot read `{file}`: it is not UTF-8") from None


def read_labels(pairs: Sequence[str]) -> dict[str, str]:
    """The labels of `--label KEY=VALUE`, several of which may stand in one, with commas."""
    found = {}
    for pair in ",".join(pairs).split(",") if pairs else ():
        match = _LABEL.fullmatch(pair)
        if match is None:
            hint = (
                "  = hint: write `--label team=sales`: lower-case letters, digits, `_` and `-`,"
                " at most 63, the key with a letter first"
            )
            raise WrongUse(f"a label cannot be used: `{pair}`", hint)
        found[match["key"]] = match["value"]
    return found
