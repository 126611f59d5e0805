"""The library's reference says all of every function, and nothing that is not so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import Golden
from tests.library_examples import ARROW, with_outcome

from wfc import reference
from wfc.library import FUNCTIONS, NAMES, VALUES, module_of
from wfc.reference_page import page

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "golden" / "library"
MODULES = list(dict.fromkeys(map(module_of, NAMES)))


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_say(module: str, golden: Golden) -> None:
    path = EXAMPLES / f"{module}.txt"
    sections = [
        f"== {name}\n\n" + "".join(f"{with_outcome(example)}\n\n" for example in examples)
        for name, examples in reference.examples(module).items()
    ]
    golden(path, "".join(sections).rstrip("\n") + "\n")
    reference.examples.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_words_and_an_example(name: str) -> None:
    entry = reference.entry(name)
    path = EXAMPLES / f"{module_of(name)}.txt"
    function = FUNCTIONS[name].python if name in FUNCTIONS else VALUES[name]
    assert entry.paragraphs, f"give {function} of the runtime a docstring for users"
    assert entry.paragraphs[0].endswith("."), "a sentence"
    assert "spec " not in " ".join(entry.paragraphs), f"users do not have the spec: {function}"
    assert entry.examples, (
        f"add `== {name}` with an expression, or the steps of a workflow, to {path}; "
        "`pytest --update-golden tests/test_reference.py` writes the result under it"
    )


def test_examples_are_those_of_functions() -> None:
    found = {name for module in MODULES for name in reference.examples(module)}
    assert found <= set(NAMES)
    assert {path.stem for path in EXAMPLES.iterdir()} == set(MODULES)


def test_every_example_shows_something() -> None:
    silent = [
        example
        for module in MODULES
        for examples in reference.examples(module).values()
        for example in examples
        if ARROW not in example
    ]
    assert silent == []


def test_the_page_is_up_to_date(golden: Golden) -> None:
    golden(ROOT / "docs" / "library.md", page())


def test_links_of_the_page_lead_to_its_headings() -> None:
    text = page()
    headings = re.findall(r"^#+ `?([^`\n]+)`?$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    linked = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(linked) == len(set(linked)) == len(NAMES) + len(MODULES)
    assert set(linked) <= anchors
