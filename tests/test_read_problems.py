"""Reading what is wrong: clear problems at the right places, soon, and never a traceback."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfc import nodes
from wfc.codes import CODES
from wfc.load import LARGEST, load
from wfc.pipeline import check_source
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source


def found_in(text: str, *, terraform: bool = False) -> tuple[nodes.Node | None, list[str]]:
    """The tree, and each problem as `CODE|what its label covers|hint`."""
    source, problems = Source("w.yaml", text), Problems()
    root = read(source, problems, terraform=terraform)
    lines = [
        f"{problem.code}|{source.slice(problem.label.span)}|{problem.hint}"
        for problem in problems.sorted()
    ]
    return root, lines


def texts(node: nodes.Node | None) -> list[str]:
    match node:
        case None:
            return []
        case nodes.Scalar():
            return [node.text]
        case nodes.Sequence():
            return [text for item in node.items for text in texts(item)]
        case nodes.Mapping():
            return [text for e in node.entries for part in (e.key, e.value) for text in texts(part)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  b: 1\n c: 2\n", ["WFC010|c:|give the keys of one map the same indentation"]),
        ('a: "x\nb: c\n', ['WFC010|"x|']),
        ("a: [b, c\nd: e\n", ["WFC010|:|"]),
        ("call:http.get\nargs: {}\n", ["WFC010|call|write `call: http.get`"]),
        ('a: "${b}" + c\n', ["WFC010|+|join text and values inside of one expression: "
                             "`'${\"text \" + value}'`"]),
        ('a: "b" c\n', ["WFC010|c|put the whole value in single quotes"]),
        ("a: 'It's on'\n", ["WFC010|s|write `''` for an apostrophe inside of single quotes"]),
        ('a: "b\nc: "d"\n', ['WFC010|"b|add the closing `"`']),
        ("s:\n  call: f\n    args: {}\n", ["WFC010|args|give both keys the same indentation"]),
        ("- s\n    call: f\n", ["WFC010|s|write `s:`"]),
        ("- a: 1\n-b: 2\n", ["WFC010|-|write `- b: …`"]),
        ("a:\n  b: 1\n  - c: 2\n", ["WFC010|-|give the `-` of one list the same indentation, and "
                                   "each of its entries a `-`"]),
        ("shared: [${a}, ${b}]\n", ["WFC013|${a}|write `shared: [a, b]`"]),
        ('a: "\\q"\n', ['WFC010|\\q"|put the text in single quotes, where a backslash is only a '
                        "backslash"]),
        ("a: @b\n", ["WFC010|@b|put the text in single quotes"]),
        ("a:\n\tb: 1\n", ["WFC015|\t|replace every tab by blanks"]),
        ("a: 1\nb: 2\na: 3\na: 4\n", ["WFC020|a|", "WFC020|a|"]),
        ("1: a\n'1': b\n", ["WFC020|'1'|"]),
        ("*a : b\n", ["WFC024|*a|write `&a` before the value; put text that begins with `*` in "
                      "quotes"]),
        ("a: &a [*a]\n", ["WFC024|*a|an alias can only name a value that is complete"]),
        ("[a]: b\n", ["WFC026|[a]|put the value in quotes if braces or brackets belong to its "
                      "text"]),
        ("a: {{b.c}}\n", ["WFC026|{b.c}|write `${b.c}` for an expression"]),
        ("a: !!int 1\nb: !!str 2\nc: !!map {}\nd: !!seq []\ne: !!null\n", []),
        ("a: !!int b\n", ["WFC022|!!int|leave the tag out; put text that begins with `!` in "
                          "single quotes"]),
        ('"<<": {}\n', []),
    ],
)  # fmt: skip
def test_problems_name_the_place_and_say_what_to_do(text: str, expected: list[str]) -> None:
    assert found_in(text)[1] == expected


# -- expressions that need quotes (spec 01 §6) ----------------------------------------------------


def test_an_expression_with_a_colon_is_named_whole_and_reading_goes_on() -> None:
    text = '- a: ${"x: " + it\'s}\n  b: ${c}\n- d: ${f({\n    "k": 1})} # e\n'
    root, problems = found_in(text)
    assert problems == [
        "WFC011|${\"x: \" + it's}|write `- a: '${\"x: \" + it''s}'`",
        'WFC011|${f({\n    "k": 1})}|put all of it, `${` to `}`, in single quotes',
    ]
    assert texts(root) == ["a", '${"x: " + it\'s}', "b", "${c}", "d", '${f({ "k": 1})}']


def test_places_in_a_mended_expression_are_those_of_the_file() -> None:
    text = '- a: ${"x: " + it\'s}\n  b: ${c}\n'
    root, _ = found_in(text)
    assert isinstance(root, nodes.Sequence)
    assert isinstance(root.items[0], nodes.Mapping)
    first, second = (entry.value for entry in root.items[0].entries)
    assert isinstance(first, nodes.Scalar)
    assert isinstance(second, nodes.Scalar)
    assert [text[at] for at in first.offsets[:-1]] == list(first.text)
    assert [text[at] for at in second.offsets[:-1]] == list(second.text)


def test_an_expression_with_a_number_sign_is_read_as_meant() -> None:
    root, problems = found_in('- a: ${b + " #1"}\n- c: ${d} # comment\n')
    assert problems == ['WFC012|${b + "|write `- a: \'${b + " #1"}\'`']
    assert texts(root) == ["a", '${b + " #1"}', "c", "${d}"]


def test_expressions_in_flow_lists_and_maps_are_one_problem_a_line() -> None:
    root, problems = found_in("a: [${b}, '${c}', ${d}]\ne: {f: ${g}}\n")
    assert problems == [
        "WFC013|${b}|write `a: ['${b}', '${c}', '${d}']`",
        "WFC013|${g}|write `e: {f: '${g}'}`",
    ]
    assert texts(root) == ["a", "${b}", "${c}", "${d}", "e", "f", "${g}"]


# -- Terraform ------------------------------------------------------------------------------------


def test_escaped_expressions_are_one_problem_that_names_the_flag() -> None:
    root, problems = found_in("a: $${b}\nc: '$${d}'\n")
    assert root is None
    assert problems == ["WFC030|$${b}|add `--terraform` to the command"]


def test_a_doubled_dollar_inside_text_may_be_meant() -> None:
    root, problems = found_in("a: |\n  echo $${HOME}\nb: x$${y}\n")
    assert problems == []
    assert texts(root) == ["a", "echo $${HOME}\n", "b", "x$${y}"]


def test_with_the_flag_the_text_is_unescaped_and_places_stay() -> None:
    text = "a: $${b}\nc: 'é %%{ $${d}'\nlast: $${e}"
    root, problems = found_in(text, terraform=True)
    assert problems == []
    assert texts(root) == ["a", "${b}", "c", "é %{ ${d}", "last", "${e}"]
    assert isinstance(root, nodes.Mapping)
    for entry in root.entries:
        assert isinstance(entry.value, nodes.Scalar)
        whole = entry.value.within(0, len(entry.value.text))
        assert text[whole.start : whole.end] == text[entry.value.span.start : whole.end].strip("'")


def test_a_placeholder_of_terraform_is_a_problem() -> None:
    _, problems = found_in("a: $${b}\nc: ${d}\n", terraform=True)
    assert problems == ["WFC030|${|check the text that Terraform renders, without `--terraform`"]


# -- hostile text (issue §7): soon, and never a traceback -----------------------------------------

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "WFC005"), ("\ufeff", "WFC005"), ("---\n", "WFC005"), (" " * 1_000_000, "WFC005"),
        ("[" * 100_000, "WFC014"), ('{"a":' * 100_000, "WFC014"), ("- " * 100_000, "WFC014"),
        ("[" * 100_000 + "]" * 100_000, "WFC014"), ("? " * 100_000, "WFC014"),
        ("\n".join(" " * level + "a:" for level in range(1000)), "WFC014"),
        ("a: &a " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*a" + "]" * 60, "WFC014"),
        (BOMB, "WFC025"), ('"' * 100_001, "WFC010"), ("a: " + '"' + "\\" * 300_000, "WFC010"),
        ("a: \x00", "WFC003"), ("a: \x1b[2J", "WFC003"), ("a: \ud800", "WFC003"),
        ("a: b\ufeffc", "WFC003"), ('{"a": "\\udc00"}', "WFC004"), ("a: " + "9" * 9_999, "WFC027"),
        ("\t" * 100_000, "WFC015"), ("&a " * 50_000, "WFC010"), ("!" * 100_000, "WFC022"),
        ("a: ${b: c}\n" * 20_000, "WFC011"), (": " * 100_000, "WFC010"),
        ("a: " + "${" * 2_000 + ": ", "WFC010"), ("%YAML 9.9\n---\na: b\n", "WFC010"),
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_hostile_text_is_one_kind_of_problem_within_seconds(text: str, code: str) -> None:
    began = time.process_time()
    _, problems = found_in(text)
    assert code in {problem[:6] for problem in problems}
    assert time.process_time() - began < 5
    assert all(len(problem) < 400 or problem[7:47] in text for problem in problems)


SCRAPS = ["a", ": ", "- ", "\n", "\n  ", "  ", "${", "}", "[", "]", "{", "}", ", ", '"', "'", "\\"]
SCRAPS += ["|", ">", "#", " #", "&a ", "*a", "!t ", "<<", "? ", "%", "---\n", "...", "\t", "$${"]
SCRAPS += ["\r", "\x85", "\u2028", "é", "😀", "\ud800", "\x07", "12", "null", "@"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join), st.booleans())
def test_any_text_gives_a_tree_or_a_problem_with_places_inside_the_file(
    text: str, terraform: bool
) -> None:
    source, problems = Source("w.yaml", text), Problems()
    root = read(source, problems, terraform=terraform)
    assert root is not None or problems
    for problem in problems.sorted():
        for label in (problem.label, *problem.others):
            assert 0 <= label.span.start <= label.span.end <= len(text)


@pytest.mark.soak
def test_random_bytes_and_damaged_files_never_end_in_a_traceback(tmp_path: Path) -> None:
    """A minute of random bytes, and of real examples with pieces cut, doubled and exchanged."""
    chance = random.Random()
    examples = [
        path.read_bytes() for path in (Path(__file__).parents[1] / "golden").rglob("*.yaml")
    ]
    path = tmp_path / "w.yaml"
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        data = bytearray(
            chance.choice(examples) if chance.random() < 0.9 else chance.randbytes(200)
        )
        for _ in range(chance.randrange(1, 6)):
            start, length = chance.randrange(len(data) + 1), chance.randrange(20)
            scrap = chance.choice(SCRAPS).encode(errors="replace")
            doubled = data[start : start + length] * 2
            piece = chance.choice([b"", doubled, scrap, scrap, chance.randbytes(1)])
            data[start : start + length] = piece
        path.write_bytes(data)
        problems = Problems()
        source = load(path, problems)
        try:
            found = problems.sorted() or check_source(source)
        except Exception as error:
            raise AssertionError(f"this text ends in a traceback: {bytes(data)!r}") from error
        assert all(problem.code in CODES for problem in found)


# -- files ----------------------------------------------------------------------------------------


def loaded(path: Path) -> tuple[Source, list[str]]:
    problems = Problems()
    source = load(path, problems)
    return source, [f"{problem.code}: {problem.message}" for problem in problems.sorted()]


def test_a_file_is_decoded_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\n")
    source, problems = loaded(path)
    assert problems == []
    assert source.text == "a: é\r\n"
    assert source.name == str(path)


def test_what_is_no_readable_file_is_a_problem(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert loaded(missing)[1] == [f"WFC001: there is no file `{missing}`"]
    assert loaded(tmp_path)[1] == [f"WFC001: `{tmp_path}` is a directory"]
    assert loaded(Path("a\0b"))[1] == ["WFC001: `a\0b` cannot be read: embedded null byte"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable to root")
def test_a_file_without_permission_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.touch(mode=0)
    assert loaded(path)[1] == [f"WFC001: `{path}` cannot be read: permission denied"]


def test_a_huge_file_is_refused_without_reading_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST * 1000)
    source, problems = loaded(path)
    assert problems == [f"WFC001: `{path}` is larger than 4 MB"]
    assert source.text == ""


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"a: 1\nb: gr\xfc\xdf\n", (2, 6), "the byte 0xFC at 10 is not UTF-8"),
        (b"\xef\xbb\xbfa: \xc3\xa9 \xff", (1, 6), "the byte 0xFF at 9 is not UTF-8"),
        ("a: 1".encode("utf-16"), (1, 1), "the file is UTF-16, not UTF-8"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_shown(
    tmp_path: Path, data: bytes, place: tuple[int, int], message: str
) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(data)
    problems = Problems()
    source = load(path, problems)
    (problem,) = problems.sorted()
    assert (problem.code, problem.message) == ("WFC002", message)
    assert source.line_column(problem.label.span.start) == place
