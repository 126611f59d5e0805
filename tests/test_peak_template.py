"""Templates of Peak workflows render as Peak's command does it; problems find their places."""

from __future__ import annotations

import random
import time
from pathlib import Path
from textwrap import dedent
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc.peak.front import front_template
from wfc.peak.template import template
from wfc.pipeline import check_source
from wfc.problems import Problem, Problems
from wfc.source import Source

WORKFLOW = """
body:
  name: nightly
  steps:
    load:
      imageId: 1
      command: python load.py
"""


def rendered(text: str, name: str = "w.yaml", **values: Any) -> tuple[str, list[str]]:
    """What a template becomes, and the codes of its problems."""
    problems = Problems()
    made = template(Source(name, text), values, problems)
    codes = [problem.code for problem in problems.sorted()]
    return "" if made is None else made.content, codes


def problems_of(text: str, name: str = "w.yaml", **values: Any) -> list[Problem]:
    return check_source(Source(name, dedent(text).lstrip("\n")), values=values)


@pytest.mark.parametrize(
    ("text", "values", "expected", "codes"),
    [
        ("a: {{ n }}", {"n": "5"}, "a: 5", []),
        ("a: {{ n }}", {"n": 5}, "a: 5", []),
        ("a: {{ n }}", {}, "a: ", ["WFC805"]),
        ("a: {{ n | default('x') }}", {}, "a: x", []),
        ("a: {{ n.m }}", {"n": {}}, "a: ", ["WFC805"]),
        ("a: {{ n.m }}", {}, "", ["WFC752"]),
        ("a: {{ os_env.HOME }}", {"os_env": {"HOME": "/root"}}, "a: /root", []),
        ("a: {{ os_env.NONE }}", {}, "a: ", ["WFC805"]),
        ("{% if n %}a{% else %}b{% endif %}", {}, "b", []),
        ("{% for x in [1, 2] -%}\n x{{ x }}\n{% endfor %}", {}, "x1\nx2\n", []),
        ("{% raw %}{{ n }}{% endraw %}", {"n": 1}, "{{ n }}", []),
        ("{# {{ n }} #}a", {}, "a", []),
        ("a\r\nb{{ 1 }}", {}, "a\nb1", []),
        ("{{ n | upper }}", {}, "", ["WFC805"]),
        ("{{ (n ~ 'ab') | length }}", {"n": "xyz"}, "5", []),
        ("{% set t %}ab{{ n }}{% endset %}{{ t | length }}", {"n": "xyz"}, "5", []),
        ("{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(1) }}{{ f(n) }}", {"n": 2}, "<1><2>", []),
        ("{{ 'a' * 3 }}", {}, "aaa", []),
        ("{{ 2 ** 10 }}", {}, "1024", []),
        ("{% if %}", {}, "", ["WFC751"]),
        ("{{ nosuch() }}", {}, "", ["WFC752"]),
        ("{{ 1 / 0 }}", {}, "", ["WFC752"]),
        ("{{ 'a' | nosuch }}", {}, "", ["WFC751"]),
        ("{% include 'nosuch.yaml' %}", {}, "", ["WFC753"]),
        ("{% include 'nosuch.yaml' ignore missing %}", {}, "", ["WFC753"]),
    ],
)
def test_rendering(text: str, values: dict[str, Any], expected: str, codes: list[str]) -> None:
    assert rendered(text, **values) == (expected, codes)


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__.__mro__",
        "cycler.__init__.__globals__.os.popen('id').read()",
        "self.__init__.__globals__",
        "(1).__class__.__base__.__subclasses__()",
        "'{0.__class__.__mro__}'.format(1) and ''.join.__globals__.x",
        "[].append(1) or n.append(2)",
        "n.__setitem__(0, 1)",
        "lipsum.__globals__['os']",
        "'a' * 10**9",
        "[0] * 100000000",
        "9 ** (9 ** 9)",
        "range(10 ** 9) | list",
        "'%1000000000d' % 1",
    ],
)
def test_a_template_runs_nothing_and_ends(expression: str) -> None:
    began = time.process_time()
    held = [1]
    text, codes = rendered("a: {{ " + expression + " }}", n=held)
    assert (text, codes) == ("", ["WFC752"])
    assert held == [1]
    assert time.process_time() - began < 5


def test_a_template_cannot_give_more_than_a_file_may_be() -> None:
    lines = "{% for i in range(5000) %}" + "x" * 1000 + "{% endfor %}"
    assert rendered(lines) == ("", ["WFC752"])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "outside.yaml").write_text("imageId: 1\n")
    folder = tmp_path / "flows"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "train.yaml").write_text(
        "imageId: {{ image }}\n\ncommand: python train.py\nresources:\n  storage: 5MB\n"
    )
    (folder / "parts" / "image.yaml").write_text("dockerfile: D\ncontext: ./src\n")
    (folder / "parts" / "near.yaml").write_text("{% include 'image.yaml' %}")
    (folder / "again.yaml").write_text("{% include 'w.yaml' %}")
    (folder / "self.yaml").write_text("{% include 'self.yaml' %}")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    return folder


def test_an_include_keeps_the_indentation_of_its_line(files: Path) -> None:
    text = "steps:\n  train:\n    {% include 'parts/train.yaml' %}\n  b: 1"
    assert rendered(text, str(files / "w.yaml"), image=3) == (
        "steps:\n  train:\n    imageId: 3\n\n    command: python train.py\n"
        "    resources:\n      storage: 5MB\n  b: 1",
        [],
    )


def test_the_context_of_an_image_is_told_from_the_folder_of_the_file(files: Path) -> None:
    name = str(files / "w.yaml")
    expected = "dockerfile: D\ncontext: parts/src"
    assert rendered("{% include 'parts/image.yaml' %}", name) == (expected, [])
    assert rendered("{% include 'parts/near.yaml' %}", name) == (expected, [])


@pytest.mark.parametrize(
    ("include", "words"),
    [
        ("../outside.yaml", "outside of the folder"),
        ("parts/../../outside.yaml", "outside of the folder"),
        ("link.yaml", "outside of the folder"),
        ("/etc/hostname", "outside of the folder"),
        ("again.yaml", "includes the file that includes it"),
        ("self.yaml", "includes itself"),
        ("nosuch.yaml", "no file"),
        ("parts", "no file"),
    ],
)
def test_includes_that_are_not_followed(files: Path, include: str, words: str) -> None:
    text = f"body:\n  a: {{% include '{include}' %}}\n"
    (files / "w.yaml").write_text(text)
    problems = Problems()
    assert template(Source(str(files / "w.yaml"), text), {}, problems) is None
    (problem,) = problems.sorted()
    assert problem.code == "WFC753"
    assert words in problem.message
    assert "include" in text[problem.label.span.start : problem.label.span.end]


def test_a_problem_is_told_of_the_place_in_the_template() -> None:
    text = """
    body:
      name: nightly
      steps:
    {% for shop in shops %}
        load-{{ shop }}:
          imageId: 1
          command: python load.py {{ shop }}
          stepTimeout: {{ seconds }}
          parents: [nosuch]
    {% endfor %}
    """
    source = dedent(text).lstrip("\n")
    timeout, parent = problems_of(text, shops=["a", "b"], seconds=0)
    assert (timeout.code, parent.code) == ("WFC711", "WFC731")
    assert source[timeout.label.span.start : timeout.label.span.end] == "{{ seconds }}"
    assert timeout.note == "the rendered line is `stepTimeout: 0`"
    assert source[parent.label.span.start : parent.label.span.end] == "nosuch"
    assert parent.note == ""


def test_a_problem_of_an_included_file_is_told_of_where_it_is_included(files: Path) -> None:
    name = str(files / "w.yaml")
    text = WORKFLOW + "    train:\n      {% include 'parts/train.yaml' %}\n"
    (problem,) = check_source(Source(name, text), values={"image": 3})
    tag = text[problem.label.span.start : problem.label.span.end]
    assert (problem.code, tag) == ("WFC712", "{% include 'parts/train.yaml' %}")
    assert problem.note.endswith("parts/train.yaml:5:12: `storage: 5MB`")


def test_text_that_the_marks_would_change_is_told_of_the_first_tag() -> None:
    text = WORKFLOW + "      stepTimeout: {% set t %}{{ 1 }}{% endset %}{{ t | length - 1 }}\n"
    (problem,) = check_source(Source("w.yaml", text))
    assert problem.code == "WFC711"
    assert text[problem.label.span.start :].startswith("{% set t %}")
    assert problem.note == "the rendered line is `stepTimeout: 0`"


HTTP = """
body:
  name: tell
  steps:
    tell:
      type: http
      url: https://example.com
      auth: {type: no-auth}
      payload: '{"id": "%s"}'
"""


@pytest.mark.parametrize(
    ("payload", "values", "codes", "kept"),
    [
        ("{{id}}", {}, ["WFC807"], '{"id": "{{id}}"}'),
        ("{{ id }}", {}, ["WFC807"], '{"id": "{{ id }}"}'),
        ("{{id}}", {"id": 7}, [], '{"id": "7"}'),
        ("{% raw %}{{id}}{% endraw %}", {}, [], '{"id": "{{id}}"}'),
        ("{{ id.x }}", {"id": {}}, ["WFC805"], '{"id": ""}'),
    ],
)
def test_placeholders_of_the_run_in_a_payload(
    payload: str, values: dict[str, Any], codes: list[str], kept: str
) -> None:
    source = Source("w.yaml", HTTP % payload)
    problems, made = front_template(source, values)
    assert [problem.code for problem in problems] == codes
    assert made is not None
    action: Any = made.workflow.steps[0].action
    assert action.payload.text == kept


def test_the_tree_has_its_places_in_the_template() -> None:
    text = "{% set image = 7 %}\n" + WORKFLOW.replace("imageId: 1", "imageId: {{ image }}")
    source = Source("w.yaml", text)
    _, made = front_template(source, {})
    assert made is not None
    (step,) = made.workflow.steps
    assert source.slice(step.name.span) == "load"
    assert source.line_column(step.name.span.start) == (6, 5)


PIECES = [
    "a", "\n", "  ", "- x: y", "{{ n }}", "{{- n }}", "{{ n -}}", "{{ 'q' }}", "{# c #}",
    "{#- c -#}", "{% if n %}", "{% if not n -%}", "{% else %}", "{% endif %}", "{%- endif %}",
    "{% set m = 1 %}",
    "{% for i in [1, 2] %}", "{%- for i in 'ab' -%}", "{{ i }}", "{% endfor %}", "{% endfor -%}",
    "{% raw %}", "{%- endraw %}", "{% endraw %}", "\r\n", "é",
    "{% filter upper %}", "{% endfilter %}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_text_and_places_are_jinjas_own(pieces: list[str]) -> None:
    """The text is what Jinja2 makes alone; what stands as it is stands so at its place."""
    text = "".join(pieces)
    try:
        expected = jinja2.Environment().from_string(text).render(n="N")
    except jinja2.TemplateError:
        return
    problems = Problems()
    made = template(Source("w.yaml", text), {"n": "N"}, problems)
    assert made is not None
    assert made.content == expected
    origin = made.text().origin
    assert len(origin) == len(expected) + 1
    for segment, start in zip(made.segments, made.starts, strict=True):
        if segment.verbatim and "filter" not in text:
            for offset, character in enumerate(segment.text):
                place = text[origin[start + offset]]
                assert place == character or (place == "\r" and character == "\n")


def test_random_texts_never_end_in_an_exception() -> None:
    randomly = random.Random(7)
    for _ in range(300):
        text = "body:\n" + "".join(
            randomly.choice([*PIECES, "{{", "}}", "{%", "%}", "{% include 'w.yaml' %}"])
            for _ in range(randomly.randrange(12))
        )
        check_source(Source("w.yaml", text))
