"""What describes a block: its metadata, release, images and parameters (spec 11 §2)."""

from __future__ import annotations

import re

from wfc.nodes import Entry, Mapping
from wfc.parse_shapes import head, short
from wfc.peak import syntax
from wfc.peak.parse_images import built_image
from wfc.peak.parse_shapes import (
    choice,
    fields,
    inside,
    mapping,
    maps,
    needed_word,
    optional_word,
    require,
    switch,
)
from wfc.problems import Label, Problems

_METADATA_KEYS = (
    *("name", "summary", "title", "description", "descriptionContentType", "imageUrl", "tags"),
)
_TYPES = (
    *("boolean", "string", "string_array", "number", "number_array", "object", "object_array"),
)
_PARAMETER_KEYS = (
    *("name", "type", "required", "title", "description", "defaultValue", "options", "hideValue"),
    *("conditions", "properties"),
)
_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


def tag(node: Mapping, problems: Problems) -> syntax.Word:
    found = fields(node, ("name",), "a tag", problems)
    require(found, ("name",), "a tag", head(node), problems)
    return needed_word(found, "name", head(node), problems)


def metadata(
    entry: Entry, problems: Problems
) -> tuple[syntax.Word, syntax.Word, syntax.Word | None]:
    """Name, summary and title of a spec; what would be the flag for parallel runs has no effect."""
    node = mapping(entry, problems)
    flag = None if node is None else _flag(node)
    if node is None:
        node = Mapping((), entry.value.span)
    if flag is not None:
        problems.add(
            "WFC802",
            "`allowConcurrentExecution` has no effect here, where the spec is described",
            flag.key.span,
            hint="put it into the metadata of `config`:\n"
            "config:\n  metadata:\n    allowConcurrentExecution: true",
        )
        node = Mapping(tuple(other for other in node.entries if other is not flag), node.span)
    what = "the metadata of the spec"
    found = fields(node, _METADATA_KEYS, what, problems)
    if "descriptionContentType" in found:
        choice(found["descriptionContentType"], ("text/plain", "text/markdown"), problems)
    for key in ("description", "imageUrl"):
        optional_word(found, key, problems)
    if "tags" in found:
        maps(found["tags"], tag, problems)
    require(found, ("name", "summary"), what, entry.key.span, problems)
    return (
        needed_word(found, "name", entry.key.span, problems),
        needed_word(found, "summary", entry.key.span, problems),
        optional_word(found, "title", problems),
    )


def _flag(node: Mapping) -> Entry | None:
    entries = (entry for entry in node.entries if entry.key.text == "allowConcurrentExecution")
    return next(entries, None)


def release(entry: Entry, problems: Problems) -> syntax.Word:
    """The version of a release, which is a semantic one."""
    found = inside(entry, ("version", "notes"), "`release`", problems)
    optional_word(found, "notes", problems)
    require(found, ("version",), "`release`", entry.key.span, problems)
    version = needed_word(found, "version", entry.key.span, problems)
    if "version" in found and not _VERSION.fullmatch(version.text):
        message = f"`{short(version.text)}` is no semantic version"
        problems.add("WFC705", message, version.span, hint="write `version: 1.0.0`")
    return version


def images(entry: Entry, problems: Problems) -> tuple[syntax.NamedImage, ...]:
    """`config.images`: a map from names to images that are built."""
    node = mapping(entry, problems)
    return tuple(
        syntax.NamedImage(syntax.Word(one.key.text, one.key.span), built_image(one, problems))
        for one in (() if node is None else node.entries)
    )


def parameters(entry: Entry, problems: Problems) -> tuple[syntax.Parameter, ...]:
    """Build or run parameters, or properties of one; each name once."""
    found = maps(entry, _parameter, problems)
    first: dict[str, syntax.Parameter] = {}
    for one in found:
        before = first.setdefault(one.name.text, one)
        if before is not one and one.name.text:
            message = f"two parameters are named `{short(one.name.text)}`"
            others = [Label(before.name.span, "the first")]
            problems.add("WFC742", message, one.name.span, others=others)
    return found


def _properties(entry: Entry, kind: str, problems: Problems) -> None:
    """What the maps are made of that a parameter takes: parameters, too."""
    if kind not in ("object", "object_array"):
        message = f"a parameter of type `{kind}` has no `properties`"
        hint = "write `type: object`, or `type: object_array` for a list of maps"
        problems.add("WFC702", message, entry.key.span, hint=hint)
        return
    parameters(entry, problems)


def _parameter(node: Mapping, problems: Problems) -> syntax.Parameter:
    span = head(node)
    found = fields(node, _PARAMETER_KEYS, "a parameter", problems)
    for key in ("title", "description"):
        optional_word(found, key, problems)
    require(found, ("name", "type", "required"), "a parameter", span, problems)
    kind = choice(found["type"], _TYPES, problems) if "type" in found else None
    switch(found, "hideValue", problems)
    if "properties" in found and kind is not None:
        _properties(found["properties"], kind, problems)
    default = found.get("defaultValue")
    return syntax.Parameter(
        needed_word(found, "name", span, problems),
        kind or "string",
        switch(found, "required", problems),
        None if default is None else default.value,
    )
