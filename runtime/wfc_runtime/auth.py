"""Who a request says it is from: the `auth` argument of `http.*`, and who has the tokens (spec 06).

In goes the map that a workflow wrote, out comes an `OAuth2` or `OIDC`; an `Authorizer` turns that
into headers: `NoAuth`, `FixedToken`, or `DefaultAuth`, which is used where nothing is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from wfc_runtime.errors import WorkflowError, auth_error, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

CLOUD_PLATFORM = ("https://www.googleapis.com/auth/cloud-platform",)
"""The scopes of who names none."""

TOKEN_VARIABLE = "WFC_AUTH_TOKEN"
"""The environment variable with a fixed token; no workflow sees it."""

HOW_WITHOUT = f"to do without, run with `--auth none` or with a token in {TOKEN_VARIABLE}"

_TYPES = ("OIDC", "OAuth2")
_KEYS = ("audience", "scope", "scopes", "type")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class OAuth2:
    """An access token for these scopes, as Google's APIs take it."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OIDC:
    """An ID token for this audience, as services on Cloud Run take it."""

    audience: str


Needed: TypeAlias = OAuth2 | OIDC


class Authorizer(Protocol):
    """Has the tokens of an execution; concurrent branches ask at the same time.

    `headers` returns what a request gets to prove who it is from, `Authorization` as a rule; none
    sends it without.  Any exception of it becomes the workflow's AuthError.
    """

    async def headers(self, needed: Needed) -> Mapping[str, str]: ...


class NoAuth:
    """Requests go out without a token."""

    __slots__ = ()

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        return {}


class FixedToken:
    """One token for every request with `auth`, whatever scope or audience it names."""

    __slots__ = ("_headers",)

    def __init__(self, token: str) -> None:
        token = token.strip().removeprefix("Bearer ").lstrip()
        self._headers = {"Authorization": f"Bearer {token}"} if _TOKEN.fullmatch(token) else None

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        if self._headers is None:
            which = f"the fixed token, such as that in {TOKEN_VARIABLE},"
            raise auth_error(f"{which} is empty or has characters that no token has")
        return self._headers


class DefaultAuth:
    """The token in the environment if there is one, else Google's default credentials."""

    __slots__ = ("_chosen",)

    def __init__(self) -> None:
        self._chosen: Authorizer | None = None

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        if self._chosen is None:
            self._chosen = _chosen()
        return await self._chosen.headers(needed)


def _chosen() -> Authorizer:
    token = os.environ.get(TOKEN_VARIABLE)
    if token is not None:
        return FixedToken(token)
    from wfc_runtime.credentials import DefaultCredentials

    return DefaultCredentials()


async def authorization(authorizer: Authorizer, needed: Needed) -> Mapping[str, str]:
    """The headers that an authorizer gives; AuthError whatever goes wrong."""
    try:
        return await authorizer.headers(needed)
    except WorkflowError:
        raise
    except Exception as exc:
        failure = auth_error(f"the credentials could not be obtained: {type(exc).__name__}")
    raise failure  # out here, where the exception with its possible secrets is no context of it


def needed_auth(auth: Value, url: str) -> Needed | None:
    """What the `auth` argument of a request to `url` asks for.

    Raises the workflow's TypeError for a wrong type, ValueError for a type of authentication or a
    key that does not exist, and where both `scope` and `scopes` are given.
    """
    if auth is None:
        return None
    given = arguments.entries("http.request", "auth", auth)
    for key in given:
        if key not in _KEYS:
            keys = ", ".join(f"`{name}`" for name in _KEYS)
            raise value_error(f"`auth` has no key `{key}`; its keys are {keys}")
    kind = given.get("type")
    if kind is None or arguments.text("http.request", "auth.type", kind) not in _TYPES:
        raise value_error(f"`auth.type` must be {' or '.join(_TYPES)}")
    scopes, audience = _scopes(given), _audience(given, url)
    return OIDC(audience) if kind == "OIDC" else OAuth2(scopes)


def _scopes(auth: dict[str, Value]) -> tuple[str, ...]:
    """A list, or a text with blanks or commas between its scopes; `scope` and `scopes` are one."""
    names = [name for name in ("scope", "scopes") if auth.get(name) is not None]
    if len(names) > 1:
        raise value_error("`auth` takes `scope` or `scopes`, not both")
    if not names:
        return CLOUD_PLATFORM
    name, value = f"auth.{names[0]}", auth[names[0]]
    if type(value) is str:
        found = re.split(r"[\s,]+", value)
    elif type(value) is list and all(type(each) is str for each in value):
        found = [each.strip() for each in value]
    else:
        raise arguments.wrong("http.request", name, "a string or a list of strings", value)
    return tuple(dict.fromkeys(filter(None, found))) or CLOUD_PLATFORM


def _audience(auth: dict[str, Value], url: str) -> str:
    audience = auth.get("audience")
    if audience is None:
        return url
    if not arguments.text("http.request", "auth.audience", audience):
        raise value_error("`auth.audience` must not be empty")
    return str(audience)
