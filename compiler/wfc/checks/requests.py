"""Literal arguments of `http.*` calls (spec 06 §http).

A method or a kind of authentication that does not exist is an error, because Google's published
schema rejects it.  A URL without its scheme and an `auth` that cannot be used are warnings: that is
found out at run time.
"""

from __future__ import annotations

from wfc import syntax
from wfc.checks.arguments import bound
from wfc.checks.text import braceless, interpolated, variable_names
from wfc.checks.types import Possible, Types, actions, bare, named
from wfc.library import Function
from wfc.names import Names
from wfc.problems import Label, Problems
from wfc.similar import Speller

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_AUTH_TYPES = ("OIDC", "OAuth2")
_AUTH_KEYS: dict[str, Possible] = {
    "type": frozenset({"string"}),
    "scope": frozenset({"string", "list"}),
    "scopes": frozenset({"string", "list"}),
    "audience": frozenset({"string"}),
}
"""Each key of `auth` with the types that it takes."""

_WITHOUT_EFFECT = {"OIDC": ("scope", "scopes"), "OAuth2": ("audience",)}


def requests(workflow: syntax.Workflow, names: Names, types: Types, problems: Problems) -> None:
    speller, variables = Speller(), variable_names(names)
    for action in actions(workflow):
        if isinstance(action, syntax.CallStep):
            function = names.callees.get(action)
            if isinstance(function, Function) and function.name.startswith("http."):
                given = bound(action, function)
                _choice("method", given.get("method"), _METHODS, problems)
                _url(given.get("url"), variables, problems)
                auth = given.get("auth")
                if isinstance(auth, syntax.MapLiteral):
                    _auth(auth, speller, problems)
                    _together(auth, types, problems)


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


def _auth(auth: syntax.MapLiteral, speller: Speller, problems: Problems) -> None:
    """Each key by itself."""
    for entry in auth.entries:
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


def _together(auth: syntax.MapLiteral, types: Types, problems: Problems) -> None:
    """What the keys say together: a type is there, one list of scopes, and nothing idle."""
    if any(not isinstance(entry.key, syntax.Constant) for entry in auth.entries):
        return  # which keys these are is known only at run time
    given = {
        str(entry.key.value): entry
        for entry in auth.entries
        if isinstance(entry.key, syntax.Constant) and not _is_null(entry.value)
    }
    for key, accepted in _AUTH_KEYS.items():
        possible = types.get(given[key].value) if key in given else None
        if possible is not None and not possible & accepted:
            message = f"`auth` takes {named(accepted)} as `{key}`, not {named(possible)}"
            problems.add("WFC640", message, given[key].value.span, named(possible))
    if "type" not in given and given.keys() <= _AUTH_KEYS.keys():
        hint = (
            "write `type: OIDC` for a service on Cloud Run, `type: OAuth2` for an API of Google's"
        )
        problems.add("WFC645", "`auth` has no `type`", auth.span, "of no type", hint=hint)
    if "scope" in given and "scopes" in given:
        problems.add(
            "WFC645",
            "`auth` takes `scope` or `scopes`, not both",
            given["scopes"].key.span,
            "given as well",
            others=[Label(given["scope"].key.span, "given here")],
            hint="write all of them as `scopes`",
        )
    match bare(given["type"].value) if "type" in given else None:
        case syntax.Constant(str() as kind):
            for key in _WITHOUT_EFFECT.get(kind, ()):
                if key in given:
                    message = f"`{key}` has no effect with `type: {kind}`"
                    hint = f"leave `{key}` out"
                    problems.add("WFC646", message, given[key].key.span, "not used", hint=hint)


def _is_null(value: syntax.Expression) -> bool:
    return isinstance(value, syntax.Constant) and value.value is None
