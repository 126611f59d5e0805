"""The text that a template was rendered to, and where each part of it comes from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from wfc.frozen import frozen
from wfc.problems import Label, Problem
from wfc.read_text import Text
from wfc.source import Source, Span
from wfc.visible import visible


@frozen
class TemplateFile:
    """A file as the template engine reads it; `text` knows where its characters stand on disk."""

    source: Source
    text: Text


@frozen
class Segment:
    """Rendered text that is `file.text.content[start:end]` as it is, or what that gave.

    `undefined` is the variable without a value that it stands for, or nothing.
    """

    file: TemplateFile
    start: int
    end: int
    verbatim: bool
    text: str
    undefined: str = ""

    def at(self, offset: int) -> int:
        """Where in the file on disk the character `offset` of `text` comes from."""
        inside = min(self.start + offset, self.end) if self.verbatim else self.start
        return self.file.text.origin[inside]

    @property
    def span(self) -> Span:
        """Its place in the file on disk."""
        return self.file.text.span(self.start, self.end)

    @property
    def written(self) -> str:
        """What stands there before rendering."""
        return self.file.text.content[self.start : self.end]


@frozen
class Rendered:
    """The segments of a rendered template in order; `root` is the file that was given.

    All places are told in the root: what an included file says is where it is included.
    `starts` is where each segment begins in `content`, `before` where in the root ends what came
    of it before.
    """

    root: TemplateFile
    segments: Sequence[Segment]
    starts: Sequence[int]
    before: Sequence[int]
    content: str

    def source(self) -> Source:
        """The rendered text as if it were the file."""
        return Source(self.root.source.name, self.content)

    def text(self) -> Text:
        """The rendered text for `read`, with places in the root."""
        origin: list[int] = []
        for number, segment in enumerate(self.segments):
            if segment.file is self.root:
                origin += map(segment.at, range(len(segment.text)))
            else:
                origin += [self._included(number).start] * len(segment.text)
        origin.append(len(self.root.source.text))
        return Text(self.content, origin, self.root.source.text)

    def located(self, problem: Problem) -> Problem:
        """A problem of the rendered text as one of the root, with a note of what was rendered."""
        first, last = self._segment(problem.label.span.start), self._segment(problem.label.span.end)
        same = first == last and self.segments and self.segments[first].verbatim
        here = bool(same and self.segments[first].file is self.root)
        notes = (problem.note, "" if here else self._note(problem.label.span.start, first))
        return Problem(
            problem.code,
            problem.message,
            self._label(problem.label),
            tuple(map(self._label, problem.others)),
            problem.hint,
            "\n".join(note for note in notes if note),
        )

    def _label(self, label: Label) -> Label:
        return Label(self.span(label.span), label.text)

    def span(self, span: Span) -> Span:
        """The place in the root of a place in the rendered text."""
        if not self.segments:
            return Span(0, 0)
        first, last = self._segment(span.start), self._segment(max(span.start, span.end - 1))
        start = self._place(first, span.start).start
        end = start if span.start == span.end else self._place(last, span.end - 1).end
        return Span(start, max(start, end))

    def _segment(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _place(self, number: int, offset: int) -> Span:
        """The character of the root that gave the one at `offset`, or the tag that did."""
        segment = self.segments[number]
        if segment.file is not self.root:
            return self._included(number)
        if not segment.verbatim:
            return segment.span
        inside = segment.at(offset - self.starts[number])
        return Span(inside, inside + 1)

    def _included(self, number: int) -> Span:
        """The tag of the root that includes a segment of another file."""
        start = self.before[number]
        text = self.root.source.text
        begin = text.find("{%", start)
        if begin < 0 or text[start:begin].strip():
            return Span(start, start)
        end = text.find("%}", begin)
        return Span(begin, end + 2 if end >= 0 else begin)

    def _note(self, offset: int, number: int) -> str:
        """What the line says after rendering, and which file it is of."""
        if not self.segments:
            return ""
        source = Source("", self.content)
        line, _ = source.line_column(min(offset, len(self.content)))
        said = f"`{visible(source.line(line).strip())[:120]}`"
        segment = self.segments[number]
        if segment.file is self.root:
            return f"the rendered line is {said}"
        inside = max(0, offset - self.starts[number])
        place, column = segment.file.source.line_column(segment.at(inside))
        return f"from {visible(segment.file.source.name)}:{place}:{column}: {said}"


def rendered(root: TemplateFile, segments: Sequence[Segment]) -> Rendered:
    """The whole of its segments, of which those without text are left out."""
    kept = [segment for segment in segments if segment.text]
    starts, before = [], []
    length = end = 0
    for segment in kept:
        starts.append(length)
        before.append(end)
        length += len(segment.text)
        end = segment.span.end if segment.file is root else end
    return Rendered(root, kept, starts, before, "".join(segment.text for segment in kept))
