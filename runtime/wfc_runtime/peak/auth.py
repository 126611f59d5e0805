"""How an http step says who it is (spec 11 §1.7).  Values of secrets are never shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class OAuth:
    """A token for a client, from `url`, with OAuth 2's client credentials (RFC 6749 §4.4)."""

    url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Basic:
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The header `x-api-key`."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerToken:
    token: str = field(repr=False)


Auth: TypeAlias = OAuth | Basic | ApiKey | BearerToken
