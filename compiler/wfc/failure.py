"""A failed execution as text for people: in, its error and the source; out, frames with carets.

execution failed: KeyError: key not found: qty
  --> order.yaml:14:19
   |
14 |           - sum: ${item.qty + 1}
   |                  ^^^^^^^^^^^^^^^ in step `calc`, routine `sub`
  --> order.yaml:5:9
   |
 5 |         call: sub
   |         ---- in step `go`, routine `main`
   = tags: KeyError, LookupError
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import wfc_runtime.v1 as wf
from wfc.excerpt import Paint, excerpt, plain
from wfc.problems import Label
from wfc.render_text import aside, colours
from wfc.source import Source, Span
from wfc.visible import visible

_FRAME = re.compile(
    r'in step "(?P<step>.*?)", routine "(?P<routine>.*?)", line: (?P<line>\d+)', re.DOTALL
)
"""A frame as text; names may have line breaks."""

_LONGEST = 2_000
_MOST_BRANCHES = 10


def render_failure(
    error: wf.WorkflowError, source: Source, *, colour: bool = False, hint: str = ""
) -> str:
    """The message, each frame with its line, what else the error holds, and failed branches."""
    paint = colours if colour else plain
    frames = [_label(source, element) for element in error.stack_trace.get("elements", [])]
    notes: list[str] = getattr(error, "__notes__", [])
    places = [found for note in notes if (found := _FRAME.fullmatch(note))]
    frames = frames or [_line_label(source, found) for found in places]
    message = str(error)
    if error.context is not None and frames:
        message = error.context.rsplit('\nin step "', len(frames))[0]
    lines = [*_report("execution failed", message, error.payload, frames, source, paint)]
    for note in notes:
        if not _FRAME.fullmatch(note):
            lines.append(aside("note", note, _margin(source, frames), paint))
    if hint:
        lines.append(aside("hint", hint, _margin(source, frames), paint))
    return "\n".join(lines)


def _report(
    title: str,
    message: str,
    payload: wf.Value,
    frames: list[Label],
    source: Source,
    paint: Paint,
    around: str = "",
) -> Iterator[str]:
    """`around` are the ids of the branches that this is in, as in `3 › 0 › `."""
    yield paint("error", title) + paint("strong", f": {visible(_cut(message))}")
    margin = _margin(source, frames)
    for number, (label, times) in enumerate(_counted(frames)):
        style = "other" if number else "error"
        yield from excerpt(source, label, style=style, paint=paint, margin=margin)[0]
        if times > 1:
            yield " " * margin + f"     … {times} times in a row"
    if not isinstance(payload, dict):
        return
    branches = payload.get("branches")
    if isinstance(payload.get("tags"), list):
        yield aside("tags", ", ".join(map(str, payload["tags"])), margin, paint)
    rest = {key: payload[key] for key in payload if key not in ("message", "tags")}
    match rest:
        case {"code": int(code), "body": {"error": {"message": str(said)}}}:  # as Google's APIs do
            yield aside("response", f"{code}: {said}", margin, paint)
        case {"operation": {"name": str(name), "error": {"context": str(context)}}}:  # a child
            yield aside("operation", f"{name}\n{context}", margin, paint)
        case _ if rest and not isinstance(branches, list):
            yield aside("payload", _json(rest), margin, paint)
    if isinstance(branches, list):
        for branch in branches[:_MOST_BRANCHES]:
            yield ""
            yield from _branch(branch, source, paint, around)
        if len(branches) > _MOST_BRANCHES:
            yield f"\nand {len(branches) - _MOST_BRANCHES} more failed"


def _margin(source: Source, frames: list[Label]) -> int:
    """The width of the line numbers."""
    return len(str(max((source.line_column(frame.span.start)[0] for frame in frames), default=1)))


def _counted(frames: list[Label]) -> Iterator[tuple[Label, int]]:
    """Equal frames in a row, as a recursion has them, as one."""
    for label, equal in groupby(frames):
        yield label, len(list(equal))


def _branch(branch: wf.Value, source: Source, paint: Paint, around: str) -> Iterator[str]:
    """One entry of a branch error's map (spec 05 §6); of a place it has only the line."""
    match branch:
        case {"id": str(name), "error": {"context": str(context), "payload": payload}}:
            frames = [_line_label(source, found) for found in _FRAME.finditer(context)]
            path = around + visible(name)
            message = _message(payload)
            yield from _report(
                f"branch {path}", message, payload, frames, source, paint, f"{path} › "
            )
        case {"id": str(name), "error": None}:  # spec 05 §6, `truncated`
            said = ": its error is left out: it was too large for the memory"
            yield paint("error", f"branch {around}{visible(name)}") + paint("strong", said)
        case _:
            yield visible(_json(branch))


def _message(payload: wf.Value) -> str:
    match payload:
        case {"message": str(message)}:
            return message
        case str():
            return payload
        case _:
            return _json(payload)


def _label(source: Source, element: dict[str, wf.Value]) -> Label:
    """A frame of the stack trace, whose length counts UTF-8 bytes (spec 05 §3)."""
    position = element["position"]
    start = source.offset(int(position["line"]), int(position["column"]))
    length = int(position["length"])
    covered = source.text[start : start + length].encode(errors="replace")[:length]
    end = start + len(covered.decode(errors="ignore"))
    return Label(Span(start, end), f"in step `{element['step']}`, routine `{element['routine']}`")


def _line_label(source: Source, frame: re.Match[str]) -> Label:
    number = min(int(frame["line"]), source.line_count)
    line = source.line(number)
    start = source.offset(number, 1) + len(line) - len(line.lstrip())
    end = source.offset(number, 1) + len(line.rstrip())
    return Label(Span(start, end), f"in step `{frame['step']}`, routine `{frame['routine']}`")


def _json(value: wf.Value) -> str:
    try:
        text = wf.json.encode_to_string(value)
    except wf.WorkflowError:
        return "something that has no form in JSON"
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
