"""What a step does: command, request, query, unloading of a table (spec 11 §1.6 – §1.8)."""

from __future__ import annotations

import re
from dataclasses import replace

from wfc.nodes import Entry, Scalar
from wfc.parse_shapes import describe, is_text, place, short
from wfc.peak import syntax
from wfc.peak.parse_images import IMAGE_KEYS, image
from wfc.peak.parse_inputs import check_inside, inputs, outputs, repository
from wfc.peak.parse_requests import http
from wfc.peak.parse_shapes import (
    Fields,
    choice,
    inside,
    needed_word,
    optional_word,
    reference,
    require,
    switch,
    whole,
)
from wfc.problems import Label, Problems
from wfc.source import Span

ACTION_KEYS = {
    "standard": (
        *("command", *IMAGE_KEYS, "resources", "stepTimeout", "clearImageCache", "repository"),
        *("parameters", "outputParameters"),
    ),
    "http": ("method", "url", "payload", "headers", "auth", "parameters", "outputParameters"),
    "export": ("schema", "table", "sortBy", "sortOrder", "compression"),
    "sql": ("sqlQueryPath", "repository", "parameters"),
}
"""The keys that a step of each kind has beside those that all have."""

_STORAGE = re.compile(r"([0-9]{1,9})GB")


def action(
    kind: str, found: Fields, what: str, span: Span, in_block: bool, problems: Problems
) -> syntax.Action:
    """The action of a step of this `kind`; `what` and `span` are the step in messages."""
    match kind:
        case "http":
            return http(found, what, span, problems)
        case "sql":
            return _sql(found, what, span, problems)
        case "export":
            return _export(found, what, span, problems)
        case _:
            return _standard(found, what, span, in_block, problems)


def _standard(
    found: Fields, what: str, span: Span, in_block: bool, problems: Problems
) -> syntax.Standard:
    clone = None
    if "repository" in found:
        clone = repository(found["repository"], ("branch", "url"), problems)
    require(found, ("command",), what, span, problems)
    written = outputs(found, problems)
    for output in written:
        check_inside(output.file, "the working folder", problems)
    return syntax.Standard(
        needed_word(found, "command", span, problems),
        image(found, what, span, in_block, problems),
        _resources(found, problems),
        whole(found, "stepTimeout", problems, least=1, unit=" second"),
        switch(found, "clearImageCache", problems),
        clone,
        inputs(found, ("env", "inherit", "secrets"), problems),
        written,
    )


def _resources(found: Fields, problems: Problems) -> syntax.Resources:
    if "resources" not in found:
        return syntax.Resources(None, None)
    inner = inside(found["resources"], ("instanceTypeId", "storage"), "`resources`", problems)
    storage = None
    if "storage" in inner:
        storage = _storage(inner["storage"], problems)
    return syntax.Resources(whole(inner, "instanceTypeId", problems), storage)


def _storage(entry: Entry, problems: Problems) -> int | None:
    node = entry.value
    if reference(node) is not None:
        return None
    size = _STORAGE.fullmatch(node.text) if is_text(node) else None
    if size is None:
        shown = describe(node)
        hint = "write `storage: 10GB`"
        if isinstance(node, Scalar) and node.value is not None:
            shown = f"`{short(node.text)}`"
            if digits := re.match(r"\s*([0-9]{1,9})\s*(?:[Gg](?:i?[Bb])?)?\s*$", node.text):
                hint = f"write `storage: {digits[1]}GB`"
        message = f"`storage` is a size such as `10GB`, not {shown}"
        problems.add("WFC712", message, place(entry), hint=hint)
        return None
    return int(size[1])


def _sql(found: Fields, what: str, span: Span, problems: Problems) -> syntax.Sql:
    path, clone = found.get("sqlQueryPath"), found.get("repository")
    query: syntax.Word | syntax.Repository = syntax.Word("", span)
    if path is None and clone is None:
        problems.add(
            "WFC722",
            f"{what} has neither `sqlQueryPath` nor `repository`",
            span,
            hint="add `sqlQueryPath: path/to/script`, or a `repository` with a `filePath`",
        )
    elif path is not None and clone is not None:
        first, second = (path, clone) if path.key.span < clone.key.span else (clone, path)
        problems.add(
            "WFC722",
            f"{what} has both `sqlQueryPath` and `repository`",
            second.key.span,
            others=[Label(first.key.span, "the other")],
            hint="keep one of them",
        )
    if clone is not None:
        query = repository(clone, ("branch", "url", "filePath"), problems)
    path_word = optional_word(found, "sqlQueryPath", problems)
    for script in (path_word, query.file if isinstance(query, syntax.Repository) else None):
        if script is not None:
            relative = replace(
                script, text=script.text.lstrip("/")
            )  # SQL Explorer's begin with one
            check_inside(relative, "the folder of scripts", problems)
    return syntax.Sql(path_word or query, inputs(found, ("env", "inherit"), problems))


def _export(found: Fields, what: str, span: Span, problems: Problems) -> syntax.Export:
    require(found, ("schema", "table", "sortBy"), what, span, problems)
    order = None
    if "sortOrder" in found:
        order = choice(found["sortOrder"], ("asc", "desc"), problems)
    return syntax.Export(
        needed_word(found, "schema", span, problems),
        needed_word(found, "table", span, problems),
        needed_word(found, "sortBy", span, problems),
        order == "desc",
        switch(found, "compression", problems),
    )
