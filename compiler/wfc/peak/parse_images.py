"""The image of a standard step: one that exists, or in a block one that is built (spec 11 §2).

A workflow says `imageId`; a step of a block has `image`, `imageRef` or `imageDetails` instead.
"""

from __future__ import annotations

from wfc.nodes import Entry, Mapping
from wfc.parse_shapes import is_number, place
from wfc.peak import syntax
from wfc.peak.parse_shapes import (
    Fields,
    inside,
    optional_word,
    optional_words,
    reference,
    require,
    switch,
    variables,
    whole,
    word,
)
from wfc.problems import Label, Problems
from wfc.source import Span

_OF_A_WORKFLOW = ("imageId", "imageVersionId")
_OF_A_BLOCK = ("image", "imageRef", "imageDetails")
IMAGE_KEYS = (*_OF_A_WORKFLOW, *_OF_A_BLOCK)


def image(
    found: Fields, what: str, span: Span, in_block: bool, problems: Problems
) -> syntax.Image | None:
    """The one image that is written, None where there is none."""
    _out_of_place(found, in_block, problems)
    ways = [found[key] for key in ("imageId", *_OF_A_BLOCK) if key in found]
    if len(ways) > 1 and in_block:
        problems.add(
            "WFC723",
            f"{what} has several images",
            ways[1].key.span,
            others=[Label(ways[0].key.span, "the other")],
            hint="keep one of `image`, `imageRef` and `imageDetails`",
        )
    elif not ways:
        hint = "add `imageDetails: {id: 1}`" if in_block else "add `imageId: 1`"
        problems.add("WFC806", f"{what} has no image to run in", span, hint=hint)
    made = [_image(entry, found, problems) for entry in ways]
    return made[0] if made else None


def _out_of_place(found: Fields, in_block: bool, problems: Problems) -> None:
    """`imageId` in a block and the reverse."""
    for key in _OF_A_WORKFLOW if in_block else _OF_A_BLOCK:
        if key not in found:
            continue
        entry = found[key]
        where = "a step of a block" if in_block else "a step of a workflow"
        other = "imageDetails" if in_block else "imageId"
        problems.add(
            "WFC724",
            f"`{key}` does not belong to {where}; `{other}` does",
            entry.key.span,
            hint=_instead(found, entry, in_block),
        )


def _instead(found: Fields, entry: Entry, in_block: bool) -> str:
    """The same image written as it should be, as far as it is known."""
    if in_block:
        parts = [f"id: {_number(found.get('imageId')) or '1'}"]
        if version := _number(found.get("imageVersionId")):
            parts.append(f"versionId: {version}")
        return f"write `imageDetails: {{{', '.join(parts)}}}`"
    details = entry.value.entries if isinstance(entry.value, Mapping) else ()
    known = next((_number(one) for one in details if one.key.text == "id"), "")
    return f"write `imageId: {known or '1'}`"


def _number(entry: Entry | None) -> str:
    """A number as it is written, nothing where there is none."""
    return entry.value.text if entry is not None and is_number(entry.value) else ""


def _image(entry: Entry, found: Fields, problems: Problems) -> syntax.Image | None:
    match entry.key.text:
        case "imageId":
            number = whole(found, "imageId", problems)
            version = whole(found, "imageVersionId", problems)
            return None if number is None else syntax.ExistingImage(number, version, place(entry))
        case "imageDetails":
            return _details(entry, problems)
        case "imageRef":
            return syntax.ImageReference(word(entry, problems))
        case _:
            return built_image(entry, problems)


def _details(entry: Entry, problems: Problems) -> syntax.ExistingImage | None:
    if reference(entry.value) is not None:
        return None
    inner = inside(entry, ("id", "versionId"), "`imageDetails`", problems)
    require(inner, ("id",), "`imageDetails`", entry.key.span, problems)
    number = whole(inner, "id", problems)
    version = whole(inner, "versionId", problems)
    return None if number is None else syntax.ExistingImage(number, version, entry.key.span)


def built_image(entry: Entry, problems: Problems) -> syntax.BuiltImage:
    """`image` of a step, or an entry of `config.images`."""
    allowed = ("version", "dockerfile", "context", "useCache", "buildArguments", "secrets")
    inner = inside(entry, allowed, f"`{entry.key.text}`", problems)
    arguments: tuple[syntax.Variable, ...] = ()
    if "buildArguments" in inner:
        arguments = variables(inner["buildArguments"], problems)
    return syntax.BuiltImage(
        optional_word(inner, "version", problems),
        optional_word(inner, "dockerfile", problems),
        optional_word(inner, "context", problems),
        switch(inner, "useCache", problems, default=True),
        arguments,
        optional_words(inner, "secrets", problems),
        entry.key.span,
    )
