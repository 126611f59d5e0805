"""The text of a workflow file becomes a tree of nodes with exact places (spec 01 §6, §7).

In goes a `Source`, YAML 1.2 or JSON; out comes its root node.  A mistake that ends the scanning is
one problem, unless quotes around an expression mend it: then reading goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from wfc import nodes, read_events
from wfc.problems import Problems
from wfc.read_compose import read_compose
from wfc.read_errors import read_errors
from wfc.read_escapes import read_escapes
from wfc.read_events import Event, NotYaml
from wfc.read_json import read_json
from wfc.read_terraform import read_terraform
from wfc.read_text import Text, text_of
from wfc.source import Source

_MOST_REPAIRS = 20
_ODD = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_OLD_BREAKS = "\x85\u2028\u2029"  # line breaks to PyYAML (YAML 1.1), text in YAML 1.2
_STAND_INS = "\U00100000\U00100001\U00100002"  # private characters, while PyYAML scans
_STYLES: dict[str, read_events.Style] = {"": "plain", "'": "'", '"': '"', "|": "|", ">": ">"}


def read(
    source: Source, problems: Problems, *, terraform: bool = False, rendered: Text | None = None
) -> nodes.Node | None:
    """The tree of `source`, or None where there is none; `terraform` unescapes `$${` first.

    `rendered` is the text to read where the source is a template, with its places in the source.
    """
    text = rendered or text_of(source.text)
    if _odd_character(text, problems):
        return None
    if terraform:
        text = read_terraform(text, problems)
    found = bool(problems)
    root = _tree(text, problems)
    if root is None or (isinstance(root, nodes.Scalar) and root.text == "" and root.plain):
        if bool(problems) == found:
            problems.add(
                "WFC005",
                "this file holds no workflow",
                text.span(0, 0),
                hint="a workflow has at least one step: `main: {steps: [{done: {return: ok}}]}`",
            )
        return None
    if not terraform and "$${" in text.content and read_escapes(root, problems):
        return None
    return root


def _tree(text: Text, problems: Problems) -> nodes.Node | None:
    events = read_json(text.content)
    if events is not None:
        return read_compose(text, events, problems)
    for _ in range(_MOST_REPAIRS):
        try:
            return read_compose(text, _yaml_events(text.content), problems)
        except NotYaml as error:
            expressions = read_errors(text, error, problems)
            if not expressions:
                return None
            text = text.replaced(
                [edit for expression in expressions for edit in _quotes(text.content, *expression)]
            )
    return None


def _quotes(content: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The insertions that put `content[start:end]` in YAML's single quotes."""
    inner = [at for at in range(start, end) if content[at] == "'"]
    return [(at, at, "'") for at in (start, *inner, end)]


def _odd_character(text: Text, problems: Problems) -> bool:
    odd = _ODD.search(text.content)
    if odd is None:
        return False
    problems.add(
        "WFC003",
        f"the character U+{ord(odd.group()):04X} cannot stand in a workflow file",
        text.span(odd.start(), odd.end()),
        hint="remove it, or write it as an escape in double quotes",
    )
    return True


class _PurePython(yaml.SafeLoader):
    """PyYAML without libyaml, where a tab may separate tokens as it may in libyaml."""

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()


_LOADER: Any = getattr(yaml, "CSafeLoader", _PurePython)


def _yaml_events(content: str) -> Iterator[Event]:
    """The events of `content`; raises `NotYaml` where the scanner gives up."""
    table = None
    if any(old in content for old in _OLD_BREAKS):
        table = str.maketrans(_STAND_INS, _OLD_BREAKS)
        content = content.translate(str.maketrans(_OLD_BREAKS, _STAND_INS))
    parsed: Iterator[Any] = yaml.parse(content, Loader=_LOADER)
    try:
        for event in parsed:
            start, end = event.start_mark.index, event.end_mark.index
            match event:
                case yaml.ScalarEvent():
                    value = event.value.translate(table) if table else event.value
                    style = _STYLES[event.style or ""]
                    yield read_events.Leaf(start, end, value, style, event.anchor, event.tag)
                case yaml.MappingStartEvent():
                    yield read_events.Open(start, end, "mapping", event.anchor, event.tag)
                case yaml.SequenceStartEvent():
                    yield read_events.Open(start, end, "sequence", event.anchor, event.tag)
                case yaml.CollectionEndEvent():
                    yield read_events.Close(end)
                case yaml.AliasEvent():
                    yield read_events.Alias(start, end, event.anchor or "")
                case yaml.DocumentStartEvent():
                    yield read_events.Document(start, end)
                case _:  # ends of documents, the stream
                    pass
    except yaml.MarkedYAMLError as error:
        around = error.context_mark.index if error.context_mark else None
        place = error.problem_mark.index if error.problem_mark else around or 0
        words = ": ".join(part for part in (error.context, error.problem) if part)
        raise NotYaml(words, place, around) from None
