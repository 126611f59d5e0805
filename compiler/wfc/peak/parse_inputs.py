"""What goes into a step and what comes out: parameters, outputs, a repository (spec 11 §1.6)."""

from __future__ import annotations

from posixpath import normpath

from wfc.nodes import Entry
from wfc.parse_shapes import is_null, short
from wfc.peak import syntax
from wfc.peak.parse_shapes import (
    Fields,
    inside,
    mapping,
    needed_word,
    optional_word,
    optional_words,
    require,
    variables,
    word,
)
from wfc.problems import Problems


def inputs(found: Fields, allowed: tuple[str, ...], problems: Problems) -> syntax.Inputs:
    """`parameters`, of which this kind of step has the keys `allowed`."""
    if "parameters" not in found:
        return syntax.Inputs()
    inner = inside(found["parameters"], allowed, "`parameters`", problems)
    env = variables(inner["env"], problems) if "env" in inner else ()
    pairs = _pairs(inner, "inherit", problems)
    for name, value in (*((one.name, one.value) for one in env), *pairs):
        _can_be_variable(name, value, problems)
    return syntax.Inputs(
        env,
        tuple(syntax.Inherited(name, output) for name, output in pairs),
        optional_words(inner, "secrets", problems),
    )


def _can_be_variable(name: syntax.Word, value: syntax.Word, problems: Problems) -> None:
    if not name.text or "=" in name.text or "\0" in name.text:
        message = f"`{short(name.text)}` cannot be the name of an environment variable"
        hint = "" if "=" not in name.text else f"write `{short(name.text.partition('=')[0])}:`"
        problems.add("WFC708", message, name.span, hint=hint)
    elif "\0" in value.text:
        message = f"the value of `{short(name.text)}` has a NUL, which no variable can hold"
        problems.add("WFC708", message, value.span)


def outputs(found: Fields, problems: Problems) -> tuple[syntax.Output, ...]:
    """`outputParameters`: a map from names to files."""
    pairs = _pairs(found, "outputParameters", problems)
    return tuple(syntax.Output(name, file) for name, file in pairs)


def check_inside(file: syntax.Word, folder: str, problems: Problems) -> None:
    """Reports a relative path that leads out of the folder that it begins in."""
    path = normpath(file.text)
    if "\0" in path or path == ".." or path.startswith(("/", "../")):
        message = f"`{short(file.text)}` is no file in {folder}"
        hint = "write the path from there, without a slash first and without `..`"
        problems.add("WFC725", message, file.span, hint=hint)


def _pairs(found: Fields, key: str, problems: Problems) -> list[tuple[syntax.Word, syntax.Word]]:
    """A map from names to texts."""
    node = mapping(found[key], problems) if key in found else None
    return [
        (syntax.Word(entry.key.text, entry.key.span), word(entry, problems))
        for entry in (() if node is None else node.entries)
        if not is_null(entry.value)
    ]


def repository(entry: Entry, needed: tuple[str, ...], problems: Problems) -> syntax.Repository:
    """A repository with the keys `needed`; a `token` is the name of a credential."""
    found = inside(entry, (*needed, "token"), "`repository`", problems)
    require(found, needed, "`repository`", entry.key.span, problems)
    branch, url = (needed_word(found, key, entry.key.span, problems) for key in ("branch", "url"))
    file = None
    if "filePath" in needed:
        file = needed_word(found, "filePath", entry.key.span, problems)
    token = optional_word(found, "token", problems)
    return syntax.Repository(branch, url, token, file, entry.key.span)
