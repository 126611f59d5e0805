"""Expressions and targets: what parses, to which tree, at which places in the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.corpus import files, needs_corpus
from tests.expression_trees import Shape, nodes, parsed, printed, scalar, shape, target, trees

from wfc import expressions, syntax
from wfc.nodes import Mapping, Node, Scalar, Sequence
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Span


def tree(text: str) -> syntax.Expression:
    """The tree of an expression without mistakes."""
    found, problems = parsed(text)
    assert problems == []
    assert found is not None
    return found


def same(left: str, right: str) -> bool:
    return shape(tree(left)) == shape(tree(right))


# -- the language (spec 03 §2, §3) ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "bracketed"),
    [
        ("not a == b", "(not a) == b"),
        ('not "k" in m', '(not "k") in m'),
        ("not not a", "not (not a)"),
        ("not a.b[0]", "not ((a.b)[0])"),
        ("not f(x)", "not (f(x))"),
        ("-not a", "-(not a)"),
        ("-a.b", "-(a.b)"),
        ("--a", "-(-a)"),
        ("-a * b", "(-a) * b"),
        ("a * -b", "a * (-b)"),
        ("a - -b", "a - (-b)"),
        ("a + + b", "a + (+b)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c // d % e", "(((a / b) * c) // d) % e"),
        ("a + b * c", "a + (b * c)"),
        ("a + b < c * d", "(a + b) < (c * d)"),
        ("a < b < c", "(a < b) < c"),
        ("a in b == c", "(a in b) == c"),
        ("a == b and c != d", "(a == b) and (c != d)"),
        ("a or b and c or d", "(a or (b and c)) or d"),
        ("a and not b", "a and (not b)"),
        ("m.odd-key", "(m.odd) - key"),
        ("1 + 2 + x", "(1 + 2) + x"),
    ],
)
def test_precedence_and_associativity(written: str, bracketed: str) -> None:
    assert same(written, bracketed)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a AND b OR NOT c", "a and b or not c"),
        ("in(x, c)", "x in c"),
        ("not in(x, c)", "not (x in c)"),
        ("x in in(y, c)", "x in (y in c)"),
        ("in (x + 1, c).k", "(x + 1 in c).k"),
        ("[True, TRUE, False, FALSE]", "[true, true, false, false]"),
        ("a . b ( c [ 0 ] )", "a.b(c[0])"),
        ("a\n  +\tb\r\n", "a + b"),
        ("007", "7"),
        ("1E3", "1e3"),
        ("1.5e+3", "1500.0"),
        (r'"\/"', '"/"'),
        (r'"\u0041\ud83d\uDE00"', '"A😀"'),
    ],
)
def test_several_spellings_of_one_thing(written: str, meant: str) -> None:
    assert same(written, meant)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("- 009223372036854775808", -(2**63)),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.5e-3", 0.0015),
        ("9223372036854775808.0", 9223372036854775808.0),
        ("9223372036854775808e1", 92233720368547758080.0),
        ('""', ""),
        ('"a\nb"', "a\nb"),
        (r'"\" \\ \b\f\n\r\t"', '" \\ \b\f\n\r\t'),
        ("\"${x} 'y' #z\"", "${x} 'y' #z"),
    ],
)
def test_literals(text: str, value: object) -> None:
    found = tree(text)
    assert isinstance(found, syntax.Constant)
    assert (type(found.value), found.value) == (type(value), value)


@pytest.mark.parametrize(
    "name", ["in", "not", "and", "or", "true", "null", "end", "result", "value", "if", "class"]
)
def test_any_word_may_follow_a_dot(name: str) -> None:
    assert shape(tree(f"x.{name}")) == ("member", ("name", "x"), name)
    assert shape(tree(f"x.{name}(y)")) == ("call", f"x.{name}", ("name", "y"))


@pytest.mark.parametrize(
    "name", ["android", "order", "nothing", "inner", "nullable", "tRUE", "NULL"]
)
def test_names_that_only_start_like_a_keyword(name: str) -> None:
    assert shape(tree(name)) == ("name", name)


@pytest.mark.parametrize("text", ["5.k", "null.k", "null[0]", '"s"[0]', "[1][0]", "f(x).y[z].w"])
def test_access_to_anything_is_left_to_the_run(text: str) -> None:
    assert tree(text)


def test_list_literals_nest() -> None:
    empty: Shape = ("list",)
    assert shape(tree("[[], [[]]]")) == ("list", empty, ("list", empty))


@given(trees(), st.sampled_from([" ", "\n  ", "\t \r\n"]), st.booleans())
def test_what_is_printed_parses_to_the_same_tree(
    made: syntax.Expression, blank: str, bracketed: bool
) -> None:
    found, problems = parsed(printed(made, blank=blank, bracketed=bracketed))
    assert {problem.code for problem in problems} <= {"WFC401"}
    if found is None:  # thousands of characters
        assert problems
    else:
        assert shape(found) == shape(made)


@given(trees())
def test_the_text_under_every_span_is_the_node(made: syntax.Expression) -> None:
    text = printed(made)
    found, _ = parsed(text)
    for node in nodes(found) if found else ():
        within, _ = parsed(text[node.span.start : node.span.end])
        assert within is not None
        assert shape(within) == shape(node)
        match node:
            case syntax.Member(_, name, span) | syntax.Call(name, span):
                assert text[span.start : span.end] == name
            case _:
                pass


def test_spans_leave_out_brackets_around_a_node_and_hold_those_inside() -> None:
    text = "((a + b)) * (c)"
    found = tree(text)
    assert isinstance(found, syntax.Binary)
    places = [found.span, found.left.span, found.right.span]
    assert [text[place.start : place.end] for place in places] == [text, "a + b", "c"]


# -- whole scalars --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "embedded", "mixed"),
    [
        ("${a}", True, False),
        (" \n${a}\n", True, False),
        ('${"}" + "{" + "\\"}"}', True, False),
        ('${"${a}"}', True, False),
        ("${a", True, False),
        ("${{a}}", True, False),
        ("${}", True, False),
        ("${a} and ${b}", False, True),
        ("${a}}", False, True),
        ("Hello ${a}!", False, True),
        ("$${a}", False, True),
        ("$", False, False),
        ("{a}", False, False),
        ("a $", False, False),
        ("costs ${", False, False),
        ("", False, False),
    ],
)
def test_what_is_one_expression_and_what_is_mixed_text(
    text: str, embedded: bool, mixed: bool
) -> None:
    """OQ-21."""
    assert (expressions.is_embedded(text), expressions.mixed(text)) == (embedded, mixed)


def test_an_embedded_expression_spans_its_braces() -> None:
    problems = Problems()
    found = expressions.embedded(scalar("  ${ a.b } "), problems)
    assert found is not None
    assert (found.span, found.expression.span) == (Span(2, 10), Span(5, 8))
    assert not problems


def test_text_that_is_no_expression_is_no_problem() -> None:
    problems = Problems()
    assert expressions.embedded(scalar("${a} and ${b}"), problems) is None
    assert not problems


# -- targets (spec 02 §2) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "variable", "path"),
    [
        ("n", "n", []),
        (" n ", "n", []),
        ("cfg.port", "cfg", ['"port"']),
        ("cfg.in.not", "cfg", ['"in"', '"not"']),
        ('cfg["x-y"]', "cfg", ['"x-y"']),
        ('cfg[host_key + "2"]', "cfg", ['host_key + "2"']),
        ("grid[0][n - 3]", "grid", ["0", "n - 3"]),
        ("a.b[c.d[0]].e", "a", ['"b"', "c.d[0]", '"e"']),
        ("rows[f(x)]", "rows", ["f(x)"]),
    ],
)
def test_targets(text: str, variable: str, path: list[str]) -> None:
    found, problems = target(text)
    assert problems == []
    assert found is not None
    assert found.variable.name == variable
    assert [shape(part) for part in found.path] == [shape(tree(part)) for part in path]
    assert text[found.span.start : found.span.end] == text.strip()
    assert text[found.variable.span.start : found.variable.span.end] == variable


# -- real files -----------------------------------------------------------------------------------

AWFL = "awfl-us__workflows__yaml_gens_"
BLUEPRINT = "ognjhunt__BlueprintPipeline__workflows_"
EMULATOR = "lemonberrylabs__gcw-emulator__"
SIGN = "laucw1213__GenAI-Global-Sign-Language-Translator__md_blog_post"
SOAR = "thtcsec__GCP-Serverless-SOAR__terraform_modules_workflows_"

REFUSED = {
    # prompts for a language model: too long, with quotes that have no backslashes, or JSON
    f"{AWFL}BusinessAnalysis.yaml": {"WFC401"},
    f"{AWFL}PlainToCodeHook.yaml": {"WFC401"},
    f"{AWFL}Summaries-Convo.yaml": {"WFC162", "WFC170"},
    f"{AWFL}Summaries-Session.yaml": {"WFC162", "WFC170"},
    f"{AWFL}Summaries-Term.yaml": {"WFC162", "WFC170"},
    f"{AWFL}assistant-ExtractTopics-Session.yaml": {"WFC162", "WFC401"},
    f"{AWFL}assistant-ExtractTopics-Week.yaml": {"WFC162", "WFC401"},
    # an article that leaves parts out with `...`
    f"{SIGN}.md__fence13.yaml": {"WFC150"},
    f"{SIGN}.md__fence22.yaml": {"WFC150"},
    f"{SIGN}_simple_json.md__fence10.yaml": {"WFC150"},
    f"{SIGN}_simple_json.md__fence12.yaml": {"WFC150"},
    f"{SIGN}_simple_json.md__fence19.yaml": {"WFC150"},
    f"{SIGN}_simple_json.md__fence4.yaml": {"WFC150"},
    # a test of the emulator's that writes a URL where an expression belongs
    f"{EMULATOR}test_integration_limits_test.go__TestLimits_ExpressionLength_str4.yaml": {"WFC160"},
    # maps inside `json.encode`
    f"{BLUEPRINT}dream2flow-preparation-pipeline.yaml": {"WFC162", "WFC401"},
    f"{BLUEPRINT}dwm-preparation-pipeline.yaml": {"WFC162", "WFC401"},
    f"{BLUEPRINT}scene-batch.yaml": {"WFC160", "WFC162"},
    f"{BLUEPRINT}source-orchestrator.yaml": {"WFC162"},
    f"{BLUEPRINT}text-autonomy-daily.yaml": {"WFC162", "WFC401"},
    # methods of strings
    f"{SOAR}sub_workflows.tf__heredoc2.yaml": {"WFC169"},
}
"""Files with expressions that cannot be read; the index knows a fault of each of them."""


def scalars(node: Node | None) -> Iterator[Scalar]:
    """The scalars in a tree, keys and all."""
    match node:
        case Scalar():
            yield node
        case Sequence(items):
            for item in items:
                yield from scalars(item)
        case Mapping(entries):
            for entry in entries:
                yield entry.key
                yield from scalars(entry.value)


@needs_corpus
def test_real_expressions_parse_except_for_what_is_listed() -> None:
    refused: dict[str, set[str]] = {}
    count = 0
    for file in files():
        node = read(file.source(), Problems(), terraform=file.terraform)
        problems = Problems()
        for found in scalars(node):
            count += expressions.embedded(found, problems) is not None
        codes = {problem.code for problem in problems.sorted()}
        if codes:
            assert file.lint, f"{file.name} has no known fault"
            refused[file.name] = codes
    assert count > 5_000
    assert refused == REFUSED
