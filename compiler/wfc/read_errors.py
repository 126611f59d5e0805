"""What a YAML scanner's complaint means, in plain words; and the repair where it is certain.

In go the text and the complaint; a problem is added.  Where the cause is an unquoted `${…}`, out
comes the place to put in single quotes, so that reading can go on (spec 01 §6).
"""

from __future__ import annotations

import re

from wfc.problems import Label, Problems
from wfc.read_compose import too_deep
from wfc.read_events import NotYaml
from wfc.read_expression import expression_end, quoted
from wfc.read_meanings import MEANINGS
from wfc.read_slips import read_slips
from wfc.read_text import Text
from wfc.source import Span

_FARTHEST = 4000  # how far back the `${` of a broken expression may be
_MOST_OPEN = 10  # and how many others may stand between
_INDENTATION = re.compile(r"(?:^|(?<=\n))[ \t]*")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_WORD = re.compile(r"\S+")
_NAMES_ONLY = re.compile(r" *(?:- +)*(?:shared|params):")


def read_errors(text: Text, error: NotYaml, problems: Problems) -> list[tuple[int, int]]:
    """Report `error`; returns the expressions that quotes would mend, if they are the cause."""
    place = min(error.place, len(text.content))
    expression = _broken_expression(text.content, place)
    if expression is None:
        if not _tab(text, place, problems):
            _other(text, error, place, problems)
        return []
    if text.content[place - 1 : place + 1] == "${":
        return _in_flow(text, expression, problems)
    _unquoted(text, place, expression, problems)
    return [expression]


def _broken_expression(content: str, place: int) -> tuple[int, int] | None:
    """The unquoted `${…}` that `place` lies in."""
    first, start = max(0, place - _FARTHEST), place + 1
    for _ in range(_MOST_OPEN):
        start = content.rfind("${", first, start)
        if start < 0:
            break
        end = expression_end(content, start)
        if end is not None and end > place:
            if content[max(start - 1, 0) : start] == "$":  # escaped for Terraform
                start -= 1
            return (start, end) if _is_bare(content, start) else None
    return None


def _is_bare(content: str, start: int) -> bool:
    """Whether no YAML quotes stand around what begins at `start`."""
    line_start = content.rfind("\n", 0, start) + 1
    quotes = _QUOTED.finditer(content, line_start, _line_end(content, start))
    return not any(found.start() < start < found.end() for found in quotes)


def _unquoted(text: Text, place: int, expression: tuple[int, int], problems: Problems) -> None:
    others = []
    message = "YAML cannot read this expression without quotes"
    if text.content.startswith(":", place):
        message = "an expression that contains `: ` must be in quotes"
        others = [Label(text.span(place, place + 1), "YAML reads a key up to here")]
    problems.add(
        "WFC011", message, text.span(*expression), others=others, hint=_mended(text, [expression])
    )


def _in_flow(text: Text, expression: tuple[int, int], problems: Problems) -> list[tuple[int, int]]:
    """`[${a}, ${b}]`: every expression of the line, so that it is one problem."""
    content = text.content
    found = [expression]
    line_end = _line_end(content, expression[1])
    start = content.find("${", expression[1], line_end)
    while start >= 0:
        end = expression_end(content, start)
        if end is None or end > line_end:
            break
        if _is_bare(content, start):
            found.append((start, end))
        start = content.find("${", end, line_end)
    problems.add(
        "WFC013",
        "an expression inside YAML's own `[…]` or `{…}` must be in quotes",
        text.span(*expression),
        "YAML reads this brace as the start of a map",
        hint=_mended(text, found),
    )
    return found


def _mended(text: Text, expressions: list[tuple[int, int]]) -> str:
    """The line as it should be, as a hint."""
    content = text.content
    done = content.rfind("\n", 0, expressions[0][0]) + 1
    bare = _NAMES_ONLY.match(content, done) is not None
    line = ""
    for start, end in expressions:
        whole = text.written(start, end)
        line += text.written(done, start) + (whole[2:-1].strip() if bare else quoted(whole))
        done = end
    line += text.written(done, _line_end(content, done))
    if "\n" in line.strip():
        return "put all of it, `${` to `}`, in single quotes"
    return f"write `{line.strip()}`"


def _line_end(content: str, position: int) -> int:
    end = content.find("\n", position)
    return end if end >= 0 else len(content)


def _tab(text: Text, place: int, problems: Problems) -> bool:
    line_start = text.content.rfind("\n", 0, place) + 1
    found = _INDENTATION.match(text.content, line_start)
    indentation = found.group() if found else ""
    at = indentation.find("\t")
    if at < 0:
        return False
    start = line_start + at
    run = len(indentation) - at - len(indentation[at:].lstrip("\t"))
    problems.add(
        "WFC015",
        "a tab stands in the indentation; YAML indents with blanks only",
        text.span(start, start + max(run, 1)),
        hint="replace every tab by blanks",
    )
    return True


def _other(text: Text, error: NotYaml, place: int, problems: Problems) -> None:
    if "nesting depth" in error.words:  # libyaml 0.2.6 and later give up by themselves
        too_deep(_word(text, place), "", problems)
        return
    meaning = next((known for known in MEANINGS if known.words.search(error.words)), None)
    if meaning is None:
        span = _word(text, place)
        problems.add("WFC010", f"this is not valid YAML: {error.words}", span)
        return
    others = []
    if meaning.there and error.context is not None:
        place = error.context
    elif meaning.around and error.context is not None:
        others.append(Label(text.span(error.context, error.context + 1), meaning.around))
    if not read_slips(text, error.words, place, problems):
        hint = meaning.hint
        if text.content.startswith("- ", place) and "map" in meaning.around:
            hint = "give the `-` of one list the same indentation, and each of its entries a `-`"
        problems.add("WFC010", meaning.message, _word(text, place), others=others, hint=hint)


def _word(text: Text, place: int) -> Span:
    """What stands at `place` up to a blank, or the last character before it."""
    found = _WORD.match(text.content, place)
    if found:
        return text.span(place, found.end())
    end = len(text.content[:place].rstrip())
    return text.span(max(end - 1, 0), end)
