"""The credentials that a request asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OAuth2:
    """An access token for Google's APIs."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OIDC:
    """An identity token for the service `audience`."""

    audience: str
