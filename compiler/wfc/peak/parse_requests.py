"""A step that makes a request (spec 11 §1.7)."""

from __future__ import annotations

from wfc.nodes import Entry
from wfc.parse_shapes import is_text, place, short
from wfc.peak import syntax
from wfc.peak.parse_inputs import inputs, outputs
from wfc.peak.parse_shapes import (
    Fields,
    choice,
    inside,
    needed_word,
    require,
    variables,
    word,
    wrong_kind,
)
from wfc.problems import Problems
from wfc.source import Span

_METHODS: tuple[syntax.Method, ...] = ("get", "post", "put", "patch", "delete")
_NEEDED: dict[str, tuple[str, ...]] = {
    "no-auth": (),
    "oauth": ("clientId", "clientSecret", "authUrl"),
    "basic": ("username", "password"),
    "api-key": ("apiKey",),
    "bearer-token": ("bearerToken",),
}
"""What each kind of authentication needs."""

RESPONSE = "response.txt"


def http(found: Fields, what: str, span: Span, problems: Problems) -> syntax.Http:
    payload = _payload(found, problems)
    headers = Fields()
    if "headers" in found:
        headers = inside(found["headers"], ("absolute", "secrets"), "`headers`", problems)
    absolute, secret = (
        variables(headers[key], problems) if key in headers else ()
        for key in ("absolute", "secrets")
    )
    written = outputs(found, problems)
    for output in written:
        if output.file.text != RESPONSE:
            problems.add(
                "WFC721",
                f"the output of a request is in `{RESPONSE}`, not in `{short(output.file.text)}`",
                output.file.span,
                hint=f"write `{short(output.name.text)}: {RESPONSE}`",
            )
    require(found, ("url", "auth"), what, span, problems)
    return syntax.Http(
        _method(found, payload, problems),
        needed_word(found, "url", span, problems),
        payload,
        absolute,
        secret,
        _auth(found["auth"], problems) if "auth" in found else syntax.NoAuth(),
        inputs(found, ("env", "inherit", "secrets"), problems),
        written,
    )


def _method(found: Fields, payload: syntax.Word | None, problems: Problems) -> syntax.Method:
    """What is written, else post with a payload and get without (spec 11 §1.7, a guess)."""
    chosen = choice(found["method"], _METHODS, problems) if "method" in found else None
    for method in _METHODS:
        if method == chosen:
            return method
    return "get" if payload is None else "post"


def _payload(found: Fields, problems: Problems) -> syntax.Word | None:
    entry = found.get("payload")
    if entry is None:
        return None
    if is_text(entry.value):
        return word(entry, problems)
    hint = "write the JSON as text: `payload: |` and the JSON below it"
    wrong_kind("payload", "text that is JSON", entry.value, place(entry), problems, hint)
    return None


def _auth(entry: Entry, problems: Problems) -> syntax.Auth:
    every = tuple(dict.fromkeys(key for keys in _NEEDED.values() for key in keys))
    found = inside(entry, ("type", *every), "`auth`", problems)
    span = entry.key.span
    require(found, ("type",), "`auth`", span, problems)
    kind = choice(found["type"], tuple(_NEEDED), problems) if "type" in found else None
    needed = _NEEDED[kind or "no-auth"]
    require(found, needed, f"`auth` of type `{kind}`", span, problems)
    values = [needed_word(found, key, span, problems) for key in needed]
    match kind:
        case "oauth":
            return syntax.OAuth(*values)
        case "basic":
            return syntax.Basic(*values)
        case "api-key":
            return syntax.ApiKey(*values)
        case "bearer-token":
            return syntax.BearerToken(*values)
        case _:
            return syntax.NoAuth()
