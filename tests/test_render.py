"""Problems as people and programs see them: exact carets, safe text, valid documents."""

from __future__ import annotations

import json
import re
import unicodedata
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc.codes import CODES
from wfc.problems import Label, Problem
from wfc.render import Format, render, render_files
from wfc.source import Source, Span

CODE = next(iter(CODES))
FORMATS: tuple[Format, ...] = ("text", "json", "sarif", "github")
HOSTILE = "\x00\x07\x1b[2J\x7f\x85\x9b31m\u202egnp\u2066\ud800\r"


def label(source: Source, part: str, text: str = "", nth: int = 0) -> Label:
    """The label on the nth place where `part` stands in the source."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(part, start + 1)
    return Label(Span(start, start + len(part)), text)


def shown(text: str, at: Label | str, *others: Label, hint: str = "", note: str = "") -> str:
    """The rendering of one problem, without its first line, between line ends for comparing."""
    source = Source("order.yaml", text)
    place = label(source, at, "here") if isinstance(at, str) else at
    problem = Problem(CODE, "no step is named `x`", place, others, hint, note)
    first, _, rest = render([problem], source).partition("\n")
    assert first == f"error[{CODE}]: no step is named `x`"
    return "\n" + rest


def expected(text: str) -> str:
    return "\n" + dedent(text).lstrip("\n")


def test_two_places_a_hint_and_a_note() -> None:
    lines = [f"line {number}" for number in range(1, 13)]
    source = Source("order.yaml", "\n".join(lines))
    first, second = label(source, "12", "jumps here"), label(source, "line 9", "a similar name")
    assert shown(source.text, first, second, hint="did you mean `a`?", note="as it is") == expected(
        """
          --> order.yaml:12:6
           |
         9 | line 9
           | ------ a similar name
        ...
        12 | line 12
           |      ^^ jumps here
           = hint: did you mean `a`?
           = note: as it is
        """
    )


def test_one_line_between_is_shown_rather_than_dots() -> None:
    text = "aa\nbb\ncc\n"
    assert shown(text, "aa", label(Source("", text), "cc", "there")) == expected(
        """
         --> order.yaml:1:1
          |
        1 | aa
          | ^^ here
        2 | bb
        3 | cc
          | -- there
        """
    )


def test_texts_of_one_line_hang_below_each_other() -> None:
    text = "next: [one, two, three]"
    source = Source("", text)
    others = label(source, "next", "of this"), label(source, "three", "or this")
    assert shown(text, "one", *others) == expected(
        """
         --> order.yaml:1:8
          |
        1 | next: [one, two, three]
          | ----   ^^^       ----- or this
          | |      |
          | |      here
          | of this
        """
    )


def test_the_primary_mark_lies_above_one_around_it() -> None:
    text = "call: ${sub(a)}"
    assert shown(text, "sub", label(Source("", text), "${sub(a)}", "in this")) == expected(
        """
         --> order.yaml:1:9
          |
        1 | call: ${sub(a)}
          |       --^^^----
          |       | |
          |       | here
          |       in this
        """
    )


def test_a_folded_expression_is_marked_line_by_line() -> None:
    assert shown("a: ${x +\n\n     y\t\n   + z}\nb: 1\n", "${x +\n\n     y\t\n   + z}") == expected(
        """
         --> order.yaml:1:4
          |
        1 | a: ${x +
          |    ^^^^^
        2 |
        3 |      y
          |      ^
        4 |    + z}
          |    ^^^^ here
        """
    )


def test_of_a_long_span_the_first_lines_and_the_last_are_shown() -> None:
    text = "".join(f"- {number}\n" for number in range(9))
    assert shown(text, text) == expected(
        """
         --> order.yaml:1:1
          |
        1 | - 0
          | ^^^
        2 | - 1
          | ^^^
        ...
        9 | - 8
          | ^^^ here
        """
    )


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("a\tkey", 5),
        ("\t\tkey", 8),
        ("日本語 key", 7),
        ("👩 key", 3),
        ("e\u0301 key", 2),
        ("\x1b[31m key", 6),
        ("plain key", 6),
    ],
)
def test_carets_stand_below_after_tabs_wide_and_combining_characters(
    line: str, before: int
) -> None:
    *_, drawn, marks = shown(f"{line} ok", "key").rstrip("\n").split("\n")
    assert marks == "  | " + " " * before + "^^^ here"
    assert drawn.endswith("key ok")


def test_wide_characters_get_two_carets_each() -> None:
    assert "^^^^^^ here" in shown("name: 日本語", "日本語")


def test_line_ends_of_windows_do_not_show() -> None:
    text = "a: 1\r\nb: 2\r\n"
    assert shown(text, "b: 2\r\n") == expected(
        """
         --> order.yaml:2:1
          |
        2 | b: 2
          | ^^^^ here
        """
    )
    assert shown(text, "\r\n").endswith("1 | a: 1\n  |     ^ here\n")


@pytest.mark.parametrize(("text", "place"), [("a: 1\n", "2:1"), ("a: 1", "1:5")])
def test_an_empty_span_at_the_end_of_the_file_has_one_caret(text: str, place: str) -> None:
    drawn = shown(text, Label(Span(len(text), len(text)), "ends here"))
    assert f"--> order.yaml:{place}\n" in drawn
    assert drawn.count("^") == 1


def test_a_file_without_text_has_only_its_name() -> None:
    drawn = shown("", Label(Span(0, 0)), hint="name a file")
    assert drawn == "\n --> order.yaml\n  = hint: name a file\n"


def test_a_long_line_is_cut_around_the_mark() -> None:
    text = '{"a": "' + "x" * 5000 + '", "key": 1, "b": "' + "y" * 5000 + '"}'
    _, _, drawn, marks = shown(text, "key").strip("\n").split("\n")
    assert drawn.startswith("1 | …xxx")
    assert drawn.endswith("yyy…")
    assert len(drawn) < 140
    assert drawn[marks.index("^") : marks.rindex("^") + 1] == "key"


def test_marks_far_apart_on_one_line_are_two_excerpts() -> None:
    text = '{"near": "' + "x" * 5000 + '", "far": 1}'
    drawn = shown(text, "far", label(Source("", text), "near", "there")).split("\n")
    assert "  |   ---- there" in drawn
    assert "..." in drawn
    assert sum(line.startswith("1 | ") for line in drawn) == 2


def test_several_problems_are_counted() -> None:
    source = Source("a.yaml", "a: 1")
    error, warning = (Problem(code, "m", Label(Span(0, 1))) for code in ("WFC101", "WFC601"))
    last = [
        render_files(files).rstrip().splitlines()[-1]
        for files in (
            [(source, [error, warning])],
            [(source, [error, error]), (source, []), (source, [warning])],
        )
    ]
    assert last == ["1 error and 1 warning", "2 errors and 1 warning in 2 files"]
    assert "1 error" not in render([error], source)


def test_colour_is_only_added_never_text() -> None:
    source = Source("a.yaml", "aa: bb")
    problem = Problem(
        CODE, "m", label(source, "aa", "t"), (label(source, "bb", "u"),), hint="h", note="n"
    )
    coloured = render([problem], source, colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render([problem], source)


@pytest.mark.parametrize("format", FORMATS)
def test_no_control_character_of_a_source_reaches_the_terminal(format: Format) -> None:
    source = Source(f"{HOSTILE}.yaml", f"a: {HOSTILE} b\n")
    problem = Problem(
        CODE, HOSTILE, Label(Span(3, 9), HOSTILE), (Label(Span(0, 1), HOSTILE),), HOSTILE, HOSTILE
    )
    drawn = render([problem], source, format)
    drawn.encode("utf-8")  # no lone surrogate is left
    for char in drawn.replace("\n", ""):
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), hex(ord(char))
        assert unicodedata.bidirectional(char) not in ("RLO", "LRI"), hex(ord(char))


def test_json_keeps_its_keys_and_counts_characters() -> None:
    source = Source("dir/a.yaml", "日本: 👩 key\n")
    problem = Problem(CODE, "m", label(source, "key", "here"), (label(source, "日本"),), hint="h")
    [found] = json.loads(render([problem], source, "json"))
    start = {"line": 1, "column": 7, "offset": 6}
    end = {"line": 1, "column": 10, "offset": 9}
    other = {"line": 1, "column": 1, "offset": 0}, {"line": 1, "column": 3, "offset": 2}
    assert found == {
        "code": CODE,
        "severity": "error",
        "message": "m",
        "file": "dir/a.yaml",
        "start": start,
        "end": end,
        "labels": [
            {"text": "here", "start": start, "end": end, "primary": True},
            {"text": "", "start": other[0], "end": other[1], "primary": False},
        ],
        "hint": "h",
        "note": None,
    }
    assert json.loads(render([], source, "json")) == []


def test_json_has_one_object_a_line() -> None:
    source = Source("a.yaml", "a: 1")
    problem = Problem(CODE, "two\nlines", Label(Span(0, 1)))
    first, *objects, last = render([problem] * 3, source, "json").splitlines()
    assert (first, last) == ("[", "]")
    assert [json.loads(line.rstrip(","))["message"] for line in objects] == ["two\nlines"] * 3


def test_sarif_has_its_rules_and_regions() -> None:
    source = Source("my dir/ä.yaml", "aa: bb\ncc: 1\n")
    problems = [
        Problem("WFC203", "m", label(source, "cc", "here"), (label(source, "bb", "there"),)),
        Problem("WFC203", "m", label(source, "aa"), hint="h"),
    ]
    log: dict[str, Any] = json.loads(render(problems, source, "sarif"))
    [run] = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    [rule] = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("WFC203", CODES["WFC203"])
    first, second = run["results"]
    assert [first["ruleId"], first["ruleIndex"], first["level"]] == ["WFC203", 0, "error"]
    assert second["message"]["text"] == "m\nhint: h"
    [place] = first["locations"]
    assert place["message"]["text"] == "here"
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20dir/%C3%A4.yaml"},
        "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 3},
    }
    assert first["relatedLocations"][0]["message"]["text"] == "there"
    assert json.loads(render([], source, "sarif"))["runs"][0]["results"] == []


def test_github_escapes_what_would_end_the_command() -> None:
    source = Source("a,b:c%.yaml", "x\naa: bb\n")
    problem = Problem(CODE, "100% wrong: a, b", label(source, "bb"), hint="two\nlines")
    assert render([problem], source, "github") == (
        "::error file=a%2Cb%3Ac%25.yaml,line=2,col=5,endLine=2,endColumn=7,"
        f"title={CODE}::100%25 wrong: a, b%0Ahint: two%0Alines\n"
    )


@given(
    text=st.text(alphabet="ab:\n\r\t 日👩\u0301\x1b", max_size=80),
    ends=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=4),
    format=st.sampled_from(FORMATS),
)
def test_any_spans_over_any_text_render(
    text: str, ends: list[tuple[int, int]], format: Format
) -> None:
    """Every label's text is there, every mark's row has its gutter, and nothing is raised."""
    labels = [Label(Span(min(e), max(e)), f"label{n}") for n, e in enumerate(ends)]
    drawn = render(
        [Problem(CODE, "m", labels[0], tuple(labels[1:]))], Source("a.yaml", text), format
    )
    if format == "text" and text:
        for number in range(len(labels)):
            assert drawn.count(f"label{number}") == 1
        for line in drawn.splitlines()[2:]:
            assert re.match(r"( *\d+| *) \||\.\.\.$", line), line
