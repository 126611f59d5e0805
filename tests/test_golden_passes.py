"""What single passes make of inputs that are too small for a program.

Each file of golden/passes/structure has three sections: the steps of a routine, which people
write, and what `flow` and `structure` make of them, which `pytest --update-golden` does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.drawing import draw_graph, draw_shape

from wfc.flow import flow
from wfc.parse import parse
from wfc.pipeline import check_source
from wfc.problems import Problems
from wfc.read import read
from wfc.resolve import resolve
from wfc.source import Source
from wfc.structure import structure

STRUCTURE = Path(__file__).parent.parent / "golden" / "passes" / "structure"
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize("path", sorted(STRUCTURE.glob("*.txt")), ids=lambda path: path.stem)
def test_structure(path: Path, golden: Golden) -> None:
    written = path.read_text(encoding="utf-8").partition("--- yaml\n")[2].partition("--- flow\n")[0]
    source = Source("main.yaml", written)
    problems = Problems()
    node = read(source, problems)
    assert node is not None
    workflow = parse(source, node, problems)
    assert workflow is not None
    names = resolve(workflow, problems)
    assert [problem for problem in check_source(source) if problem.severity == "error"] == []
    region = flow(workflow.main, names)
    flowed = draw_graph(region, source)
    shaped = draw_shape(structure(region), source)
    text = f"--- yaml\n{written}--- flow\n{flowed}\n--- shape\n{shaped}\n"
    golden(path, text)
