"""Reading: the tree, the places, and one clear problem for whatever is no workflow's text."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from wfc import nodes
from wfc import read as read_module
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.source import Source

LOADERS: dict[str, Any] = {"pure": read_module._PurePython}
if yaml.__with_libyaml__:
    LOADERS["libyaml"] = yaml.CSafeLoader
BOTH = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def tree_of(text: str) -> tuple[nodes.Node | None, list[Problem]]:
    problems = Problems()
    root = read(Source("w.yaml", text), problems)
    return root, problems.sorted()


def clean(text: str) -> nodes.Node:
    root, problems = tree_of(text)
    assert problems == []
    assert root is not None
    return root


def only_problem(text: str) -> Problem:
    _, problems = tree_of(text)
    assert len(problems) == 1, problems
    return problems[0]


def value_of(node: nodes.Node) -> Any:
    match node:
        case nodes.Scalar():
            return node.value
        case nodes.Sequence():
            return [value_of(item) for item in node.items]
        case nodes.Mapping():
            return {entry.key.value: value_of(entry.value) for entry in node.entries}


def scalars_of(node: nodes.Node) -> Iterator[nodes.Scalar]:
    match node:
        case nodes.Scalar():
            yield node
        case nodes.Sequence():
            for item in node.items:
                yield from scalars_of(item)
        case nodes.Mapping():
            for entry in node.entries:
                yield from scalars_of(entry.key)
                yield from scalars_of(entry.value)


def spelled(node: nodes.Node | None) -> Any:
    """A tree as plain data, with every place, so that trees can be compared."""
    match node:
        case None:
            return None
        case nodes.Scalar():
            return (repr(node.value), node.text, node.span, tuple(node.offsets), node.plain)
        case nodes.Sequence():
            return (node.span, [spelled(item) for item in node.items])
        case nodes.Mapping():
            pairs = [(spelled(entry.key), spelled(entry.value)) for entry in node.entries]
            return (node.span, pairs)


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once with each of PyYAML's parsers."""
    monkeypatch.setattr(read_module, "_LOADER", LOADERS[request.param])
    return str(request.param)


# -- values (spec 01 §6) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nUll", "nUll"),
        ("true", True), ("True", True), ("TRUE", True), ("tRue", "tRue"),
        ("false", False), ("False", False), ("FALSE", False),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"),
        ("0", 0), ("-0", 0), ("+7", 7), ("-12", -12), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("0b11", "0b11"), ("0o8", "0o8"), ("-0x1", "-0x1"), ("1_000", "1_000"),
        ("12:30:00", "12:30:00"), ("2024-01-02", "2024-01-02"), ("1 2", "1 2"), ("١", "١"),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
        ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1E-2", 0.01), ("1.e1", 10.0),
        (".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf), ("inf", "inf"), (".", "."),
        ("+", "+"), ("1e", "1e"), ("NaN", "NaN"), ("-.nan", "-.nan"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema(written: str, value: object) -> None:
    (entry,) = mapping(clean(f"k: {written}\n")).entries
    assert isinstance(entry.value, nodes.Scalar)
    assert (type(entry.value.value), entry.value.value) == (type(value), value)


def mapping(node: nodes.Node | None) -> nodes.Mapping:
    assert isinstance(node, nodes.Mapping)
    return node


def test_nan_is_a_double() -> None:
    assert math.isnan(value_of(clean("k: .nan"))["k"])


@pytest.mark.parametrize("written", ["'12'", '"true"', "'null'", '""', "|-\n  12", ">-\n  1.5"])
def test_quoted_and_block_scalars_are_always_text(written: str) -> None:
    (entry,) = mapping(clean(f"k: {written}\n")).entries
    assert isinstance(entry.value, nodes.Scalar)
    assert entry.value.value == entry.value.text
    assert not entry.value.plain


@pytest.mark.parametrize("written", ["9223372036854775808", "-9223372036854775809", "1" * 5000])
def test_an_integer_beyond_64_bits_is_a_problem(written: str) -> None:
    assert only_problem(f"k: {written}").code == "WFC027"


def test_integer_keys_keep_their_type() -> None:
    """OQ-13"""
    assert value_of(clean("1: a\n'2': b\n")) == {1: "a", "2": "b"}


# -- places ---------------------------------------------------------------------------------------


def check_places(text: str, root: nodes.Node) -> None:
    """Each character of each scalar is what its place in the file says."""
    for scalar in scalars_of(root):
        offsets = scalar.offsets
        assert len(offsets) == len(scalar.text) + 1
        assert all(a < b for a, b in itertools.pairwise(offsets))
        for at, character in zip(offsets, scalar.text, strict=False):
            written = text[at]
            if written == "\\" and character != "\\":
                assert decoded_escape(text, at) == character
            elif character in " \n":
                assert written in " \t\r\n\\"
            else:
                assert written == character
        if scalar.text and scalar.plain:
            assert scalar.span == scalar.within(0, len(scalar.text))


def decoded_escape(text: str, at: int) -> str:
    pair = r"\\u[dD][89abAB]..\\u[dD][c-fC-F].."
    found = re.compile(pair + r"|\\(?:x..|u....|U........|.)", re.DOTALL).match(text, at)
    assert found
    quoted = f'"{found.group()}"'
    decoded = json.loads(quoted) if found.group().startswith("\\u") else yaml.safe_load(quoted)
    assert isinstance(decoded, str)
    return decoded


STYLES = ["plain", "'", '"', "|", ">"]
TEXT = st.text(
    st.sampled_from([*"ab :#-'\"\\{}[],&*!|>%@`?$\n\té😀"]),
    max_size=40,
)


@settings(BOTH, max_examples=200)
@given(
    st.lists(st.tuples(TEXT, st.sampled_from(STYLES)), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(5, 60),
)
def test_what_pyyaml_writes_in_any_style_is_read_back_with_exact_places(
    loader: str, texts: list[tuple[str, str]], flow: bool, line_end: str, width: int
) -> None:
    items = [yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style) for text, style in texts]
    document = yaml.MappingNode(
        "tag:yaml.org,2002:map",
        [
            (
                yaml.ScalarNode("tag:yaml.org,2002:str", "k"),
                yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow),
            )
        ],
    )
    written = yaml.serialize(document, allow_unicode=True, width=width, line_break=line_end)
    assert isinstance(written, str)
    root = clean(written)
    assert value_of(root) == {"k": [text for text, _ in texts]}
    check_places(written, root)


FRAGMENTS = ["a", "bc", " ", "  ", "\n  ", "\n   ", "\n\n  ", "\n \n  ", "\t", "é", "😀", "\r\n  "]
FRAGMENTS += ["-", ":", "#", "''", "\\n", "\\x41", "\\u00e9", "\\U0001F600", "\\\n  ", "\\\r\n\n  "]
FRAGMENTS += ["\\\\", '\\"', "\\ ", "\\/", "\\_"]
BLOCKS = [kind + chomp for kind in "|>" for chomp in ("", "-", "+", "2", "2-", "1+")]
FRAMES = ["k: {}\n", "k: '{}'\n", 'k: "{}"\n', 'k: ["{}", z]\n', "k: [{}, z]\n", "- >1\n  {}"]
FRAMES += ["- - |+\n    {}\n", *(f"k: {block}\n  {{}}\nz: 1\n" for block in BLOCKS)]


@settings(BOTH, max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join), st.sampled_from(FRAMES))
def test_the_content_of_any_scalar_is_what_pyyaml_makes_of_it(
    loader: str, fragment: str, frame: str
) -> None:
    written = frame.format(fragment)
    root, problems = tree_of(written)
    assume(root is not None and not problems)
    assert root is not None
    expected = [
        event.value
        for event in yaml.parse(written, Loader=LOADERS[loader])
        if isinstance(event, yaml.ScalarEvent)
    ]
    assert [scalar.text for scalar in scalars_of(root)] == expected
    check_places(written, root)


@pytest.mark.skipif("libyaml" not in LOADERS, reason="PyYAML was built without libyaml")
@settings(BOTH, max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join), st.sampled_from(FRAMES))
def test_both_parsers_give_the_same_tree(
    monkeypatch: pytest.MonkeyPatch, fragment: str, frame: str
) -> None:
    trees = []
    for parser in LOADERS.values():
        monkeypatch.setattr(read_module, "_LOADER", parser)
        root, problems = tree_of(frame.format(fragment))
        assume(not problems)
        trees.append(spelled(root))
    assert trees[0] == trees[1]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not next to the repository")
def test_both_parsers_give_the_same_tree_of_real_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """…and the same problems at the same places, and every place in it is right."""
    for path in sorted((CORPUS / "files").iterdir())[::5]:  # the pure parser is slow
        text = path.read_bytes().decode()
        found = []
        for parser in LOADERS.values():
            monkeypatch.setattr(read_module, "_LOADER", parser)
            root, problems = tree_of(text)
            found.append((spelled(root), [(problem.code, problem.label) for problem in problems]))
        assert all(one == found[0] for one in found), path.name
        if root is not None:
            check_places(text, root)


def test_byte_order_mark_and_line_ends_do_not_move_places(loader: str) -> None:
    text = '\ufeffä: "😀é"\r\nb: &x [1, 2]\r\nc: *x\r\n'
    root = clean(text)
    check_places(text, root)
    assert [text[s.span.start : s.span.end] for s in scalars_of(root)] == [
        "ä", '"😀é"', "b", "1", "2", "c", "1", "2",
    ]  # fmt: skip


def test_spans_leave_out_what_belongs_to_no_node(loader: str) -> None:
    text = (
        "a: &x !!str  12 # twelve\nb:   # nothing\nc: |  # block\n  text\n\n# end\nd: {e: 1}  # f\n"
    )
    root = mapping(clean(text))
    spans = [entry.value.span for entry in root.entries]
    assert [text[span.start : span.end] for span in spans] == [
        "12", "", "|  # block\n  text", "{e: 1}",
    ]  # fmt: skip
    assert text[spans[1].start - 2 : spans[1].start] == "b:"
    assert text[root.span.start : root.span.end] == text[: text.index("  # f")]


def test_line_separators_of_unicode_are_text(loader: str) -> None:
    """Line breaks in YAML 1.1, but not in 1.2, and not to editors that count lines."""
    text = "a: b\u2028c\u2029d\x85e\nf: 'g\u2028h'\n"
    root = clean(text)
    assert value_of(root) == {"a": "b\u2028c\u2029d\x85e", "f": "g\u2028h"}
    check_places(text, root)


# -- JSON (spec 01 §7) ----------------------------------------------------------------------------

JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False)
)
JSON_VALUES = st.recursive(
    JSON_LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)


@settings(BOTH, max_examples=200)
@given(st.lists(JSON_VALUES, min_size=1) | st.dictionaries(st.text(), JSON_VALUES, min_size=1),
       st.sampled_from([None, 1, "\t"]), st.booleans())  # fmt: skip
def test_json_is_read_as_json(value: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    if read_module._ODD.search(text):  # DEL, C1 controls: refused in every workflow file
        assert only_problem(text).code == "WFC003"
        return
    root = clean(text)
    assert repr(value_of(root)) == repr(value)
    check_places(text, root)


def test_json_that_yaml_would_refuse() -> None:
    key = "k" * 2000
    text = f'{{\n\t"{key}"\t:\t["\\/ \\ud83d\\ude00 \\u00e9", 1E5, -0]\n}}'
    root = clean(text)
    assert value_of(root) == {key: ["/ 😀 é", 1e5, 0]}
    check_places(text, root)


@pytest.mark.parametrize("text", ['{"a": 1,}', "{'a': 1}", '{"a": 1} # note', '["a" , b]'])
def test_braces_that_are_not_json_are_yaml(text: str) -> None:
    assert isinstance(clean(text), nodes.Mapping | nodes.Sequence)


def test_anchors_and_aliases() -> None:
    """OQ-14"""
    root = clean("a: &one {b: [1]}\nc: *one\nd: &e text\n*e : f\n")
    assert value_of(root) == {"a": {"b": [1]}, "c": {"b": [1]}, "d": "text", "text": "f"}
