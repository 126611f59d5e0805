"""Which variables without a value are placeholders that a request's payload has for its run.

payload: '{"id": "{{id}}"}'       filled in when the step runs (spec 11 §1.7)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wfc import nodes
from wfc.peak.rendered import Segment
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source

_PLACEHOLDER = re.compile(r"\{\{-?\s*[A-Za-z_]\w*\s*-?\}\}")
_STAND_IN = re.compile("wfcplaceholder([0-9]+)x")


def placeholders(segments: Sequence[Segment]) -> set[int]:
    """The numbers of the segments that are; found by reading the text with words in their place."""
    pieces = []
    candidates = False
    for number, segment in enumerate(segments):
        if segment.undefined and _PLACEHOLDER.fullmatch(segment.written):
            candidates = True
            pieces.append(f"wfcplaceholder{number}x")
        else:
            pieces.append(segment.text)
    if not candidates:
        return set()
    node = read(Source("", "".join(pieces)), Problems())
    found = [] if node is None else _payloads(node)
    return {int(name[1]) for payload in found for name in _STAND_IN.finditer(payload)}


def _payloads(node: nodes.Node) -> Iterator[str]:
    """The payloads of http steps; those of watchers have no placeholders."""
    match node:
        case nodes.Sequence(items):
            for item in items:
                yield from _payloads(item)
        case nodes.Mapping(entries):
            payload, kind = node.get("payload"), node.get("type")
            is_http = isinstance(kind, nodes.Scalar) and kind.text == "http"
            if isinstance(payload, nodes.Scalar) and (is_http or node.get("auth") is not None):
                yield payload.text
            for entry in entries:
                yield from _payloads(entry.value)
        case nodes.Scalar():
            pass
