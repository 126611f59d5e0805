"""A template and its values -> the text of a workflow, as Peak's command makes it (spec 11 §1.0).

Jinja2 in its sandbox: a template calls nothing of Python's, and includes only what is in the folder
of the file.  It is rendered twice, with and without marks that say where text comes from; where the
marks change what comes out (a template may look at the length of a text), all of it is said to come
from the first tag.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from typing import Any

import jinja2

from wfc.load import LARGEST
from wfc.parse_shapes import short
from wfc.peak.placeholders import placeholders
from wfc.peak.rendered import Rendered, Segment, TemplateFile, rendered
from wfc.peak.template_files import IncludeRefused, TemplateFiles
from wfc.peak.template_marks import Mark, Marking, marked, without_marks
from wfc.peak.template_sandbox import Sandbox, TooMuch
from wfc.problems import Problems
from wfc.source import Source, Span

_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_OPENING = re.compile(r"\{[{%#]")


def template(source: Source, values: Mapping[str, Any], problems: Problems) -> Rendered | None:
    """The rendered text; None where it cannot be (reported).

    `values` are the variables, `os_env` among them.  Reports variables without a value, which are
    rendered as nothing, but for run-time placeholders in the payload of a request.
    """
    files = TemplateFiles(source)
    try:
        plain, names = _render(files, values, marking=False)
        text, marked_names = _render(files, values, marking=True)
    except IncludeRefused as error:
        _report(error, "WFC753", error.message, error.hint, files, problems)
        return None
    except jinja2.TemplateSyntaxError as error:
        message = f"the template cannot be read: {_words(error)}"
        hint = "write `{% raw %}` before and `{% endraw %}` after text that is no template"
        _report(error, "WFC751", message, hint, files, problems)
        return None
    except Exception as error:  # what a template computes with can fail in any way
        message = f"the template cannot be rendered: {_words(error)}"
        _report(error, "WFC752", message, "", files, problems)
        return None
    if without_marks(text) != plain:
        return _unmarked(files.root, plain, names, problems)
    segments = _segments(files, text, marked_names)
    return rendered(files.root, _settled(segments, files.root, problems))


def _render(
    files: TemplateFiles, values: Mapping[str, Any], *, marking: bool
) -> tuple[str, list[str]]:
    """The text, and the names of variables without a value in the order in which they occur."""
    environment = Sandbox(files, [Marking] if marking else [])
    parts: list[str] = []
    length = 0
    for part in environment.get_template(files.root_name).generate({"os_env": {}, **values}):
        parts.append(part)
        length += len(part)
        if length > LARGEST and not marking:
            raise TooMuch(f"it gives more than {LARGEST // 1_000_000} MB of text")
    return "".join(parts), environment.without_value


def _segments(files: TemplateFiles, text: str, names: list[str]) -> list[Segment]:
    found = []
    here: Mark | None = None
    for mark, part in marked(text):
        if mark is not None and mark.is_undefined:
            if here is not None:
                file = files.numbered(here.file)
                found.append(Segment(file, here.start, here.end, False, "", names[mark.start]))
        elif mark is not None:
            here = mark
        if here is not None:
            file = files.numbered(here.file)
            found.append(Segment(file, here.start, here.end, here.is_verbatim, part))
    return found


def _settled(segments: list[Segment], root: TemplateFile, problems: Problems) -> list[Segment]:
    """Variables without a value: a placeholder of a payload as it is written, else nothing."""
    kept = placeholders(segments)
    settled: list[Segment] = []
    for number, segment in enumerate(segments):
        if not segment.undefined:
            settled.append(segment)
            continue
        span, where = segment.span, ""
        if segment.file is not root:
            where = f"in `{segment.file.source.name}`"
            shown = Segment(segment.file, segment.start, segment.end, False, "?")
            so_far = rendered(root, [*segments[:number], shown])
            span = so_far.span(Span(len(so_far.content) - 1, len(so_far.content)))
        if number in kept:
            written = segment.written
            settled.append(Segment(segment.file, segment.start, segment.end, True, written))
            problems.add(
                "WFC807",
                f"`{short(written)}` is lost when Peak's command renders this file",
                span,
                hint=f"write `{{% raw %}}{short(written)}{{% endraw %}}`",
                note="\n".join(filter(None, (where, "here it is kept for the run"))),
            )
        else:
            _without_value(segment.undefined, span, where, problems)
    return settled


def _without_value(name: str, span: Span, where: str, problems: Problems) -> None:
    shown = short(name)
    hint = f"give it one with `-p {shown}=…`, or in a file with `-v`" if name.isidentifier() else ""
    message = f"the variable `{shown}` of the template has no value, and becomes nothing"
    problems.add("WFC805", message, span, hint=hint, note=where)


def _unmarked(root: TemplateFile, text: str, names: list[str], problems: Problems) -> Rendered:
    """The text as coming from the first tag, where marks would change it."""
    found = _TAG.search(root.text.content)
    start, end = found.span() if found else (0, 0)
    for name in dict.fromkeys(names):
        _without_value(name, root.text.span(start, end), "", problems)
    return rendered(root, [Segment(root, start, end, False, text)])


def _words(error: Exception) -> str:
    """What the engine says, as one line."""
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    if isinstance(error, RecursionError):
        text = "it calls itself without end"
    line = " ".join(str(text).split()).rstrip(".")
    return line[:1].lower() + line[1:200]


def _report(
    error: Exception, code: str, message: str, hint: str, files: TemplateFiles, problems: Problems
) -> None:
    """The problem at the line of the root where the error is, or is included."""
    frames = [
        (frame.filename, frame.lineno or 1)
        for frame in traceback.extract_tb(error.__traceback__)
        if files.get(frame.filename) is not None
    ]
    if isinstance(error, jinja2.TemplateSyntaxError):
        frames.append((error.name or files.root_name, error.lineno))
    line = next((number for name, number in reversed(frames) if name == files.root_name), 1)
    note = ""
    if frames and frames[-1][0] != files.root_name:
        file = files.get(frames[-1][0])
        note = f"in `{file.source.name if file else frames[-1][0]}`, line {frames[-1][1]}"
    problems.add(code, message, _line(files.root, line), hint=hint, note=note)


def _line(root: TemplateFile, number: int) -> Span:
    """What stands on a line, from its first tag on."""
    source = Source("", root.text.content)
    line = source.line(min(number, source.line_count))
    start = source.offset(min(number, source.line_count), 1)
    tag = _OPENING.search(line)
    begin = tag.start() if tag else len(line) - len(line.lstrip())
    return root.text.span(start + begin, start + len(line.rstrip()))
