"""Literal arguments of `http.*` calls (spec 06 §http).

A method or a kind of authentication that does not exist is an error, because Google's published
schema rejects it.  A URL without its scheme is a warning: the service finds out at run time.
"""

from __future__ import annotations

from wfc import syntax
from wfc.checks.arguments import bound
from wfc.checks.text import braceless, interpolated, variable_names
from wfc.checks.types import actions, bare
from wfc.library import Function
from wfc.names import Names
from wfc.problems import Problems
from wfc.similar import Speller

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_AUTH_TYPES = ("OIDC", "OAuth2")
_AUTH_KEYS = ("type", "scope", "scopes", "audience")


def requests(workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    speller, variables = Speller(), variable_names(names)
    for action in actions(workflow):
        if isinstance(action, syntax.CallStep):
            function = names.callees.get(action)
            if isinstance(function, Function) and function.name.startswith("http."):
                given = bound(action, function)
                _choice("method", given.get("method"), _METHODS, problems)
                _url(given.get("url"), variables, problems)
                _auth(given.get("auth"), speller, problems)


def _choice(
    what: str, value: syntax.Expression | None, choices: tuple[str, ...], problems: Problems
) -> None:
    if value is None:
        return
    match bare(value):
        case syntax.Constant(str() as text) if text not in choices:
            meant = next((choice for choice in choices if choice.lower() == text.lower()), "")
            problems.add(
                "WFC345",
                f"`{text}` is not a {what}",
                value.span,
                f"not a {what}",
                hint=f"did you mean `{meant}`?" if meant else "",
                note=f"it is one of {', '.join(choices)}",
            )


def _url(value: syntax.Expression | None, variables: set[str], problems: Problems) -> None:
    if value is None:
        return
    match bare(value):
        case syntax.Constant(str() as text) if not text.lower().startswith(("http://", "https://")):
            if braceless(text, variables) or interpolated(text, variables):
                return  # `checks.text` says what is wrong with it
            hint = "" if "://" in text or "${" in text else f"write `https://{text}`"
            problems.add(
                "WFC644",
                "a URL starts with `https://` or `http://`",
                value.span,
                "has no scheme",
                hint=f"write `${{{text}}}`" if text in variables else hint,
            )


def _auth(value: syntax.Expression | None, speller: Speller, problems: Problems) -> None:
    if not isinstance(value, syntax.MapLiteral):
        return
    for entry in value.entries:
        match entry.key:
            case syntax.Constant("type"):
                _choice("type of authentication", entry.value, _AUTH_TYPES, problems)
            case syntax.Constant(str() as key) if key not in _AUTH_KEYS:
                meant = speller.similar(key, _AUTH_KEYS)
                problems.add(
                    "WFC346",
                    f"`auth` has no key `{key}`",
                    entry.key.span,
                    "not a key of `auth`",
                    hint=f"did you mean `{meant}`?" if meant else "",
                    note=f"its keys are {', '.join(f'`{name}`' for name in _AUTH_KEYS)}",
                )
