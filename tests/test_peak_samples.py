"""Files that Peak publishes: those beside the repository, and those in the package of its SDK.

Nothing of them is copied here.  The package is fetched from the index only by `pytest -m index`.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from tests.peak_files import problems_of
from tests.peak_sdk import Sdk, sdk

from wfc.pipeline import check_source
from wfc.problems import Problem
from wfc.source import Source

__all__ = ["sdk"]

SEEDS = Path(__file__).parents[2] / "shared" / "spec" / "seeds"
needs_seeds = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="Peak's published examples are not beside the repository"
)

WORKFLOWS = "peak/sample_yaml/resources/workflows/"
BLOCKS = "peak/sample_yaml/press/blocks/specs/workflow/"

NOBODY = "WFC803"  # they inherit names that no step exports (spec 11 §1.9)
IMPLIED = "WFC804"  # they read of steps that are not among their parents (spec 11 §1.9, §1.10)
EATEN = "WFC807"  # their placeholders are lost in Peak's own command (spec 11 §1.0)

SAMPLES: dict[str, tuple[list[str], str]] = {
    # the codes, and what an error says
    f"{WORKFLOWS}create_workflow.yaml": ([NOBODY] * 2, ""),
    f"{WORKFLOWS}create_or_update_workflow.yaml": ([NOBODY] * 2, ""),
    f"{WORKFLOWS}update_workflow.yaml": ([NOBODY] * 2, ""),
    f"{WORKFLOWS}workflow_auto_retry.yaml": ([NOBODY] * 2, ""),
    f"{WORKFLOWS}workflow_execution_parameters.yaml": ([NOBODY] * 2 + [IMPLIED] * 2, ""),
    f"{WORKFLOWS}workflow_input_parameters.yaml": ([EATEN] * 2 + [NOBODY], ""),
    f"{WORKFLOWS}workflow_input_parameters_inherit.yaml": ([EATEN] * 2 + [IMPLIED] * 2, ""),
    f"{WORKFLOWS}workflow_output_parameters.yaml": ([EATEN] * 2, ""),
    f"{WORKFLOWS}workflow_skippable_steps.yaml": ([NOBODY] * 2, ""),
    f"{BLOCKS}create_block_spec.yaml": ([NOBODY] * 2, ""),
    # partial by design: what is missing is taken from the workflow or spec that is there already
    f"{WORKFLOWS}patch_workflow.yaml": (["WFC703"], "the step `step1` has no `command`"),
    f"{BLOCKS}create_block_spec_release.yaml": (
        ["WFC703", NOBODY, NOBODY],
        "the block spec has no `version`, `kind` and no `metadata`",
    ),
    # bodies of the call that starts a run (spec 11 §3.1)
    f"{WORKFLOWS}execute_workflow.yaml": (
        ["WFC701"],
        "`execute_workflow.yaml` holds the parameters of an execution, not a workflow",
    ),
    f"{WORKFLOWS}execute_partial_workflow.yaml": (
        ["WFC701"],
        "`execute_partial_workflow.yaml` holds the parameters of an execution, not a workflow",
    ),
}


def told(found: list[Problem]) -> tuple[list[str], str]:
    errors = [problem.message for problem in found if problem.severity == "error"]
    return sorted(problem.code for problem in found), "\n".join(errors)


@pytest.mark.index
def test_every_sample_of_the_sdk_is_accepted_or_refused_with_a_reason(sdk: Sdk) -> None:
    texts = {
        f"{folder}{path.name}": path.read_text(encoding="utf-8")
        for folder in (WORKFLOWS, BLOCKS)
        for path in (sdk.package.parent / folder).glob("*.yaml")
    }
    found = {name: told(check_source(Source(name, text))) for name, text in texts.items()}
    assert found == {name: (sorted(codes), error) for name, (codes, error) in SAMPLES.items()}


def literal(path: Path, name: str) -> Any:
    """The dictionary that an example assigns to `name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=value)
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
            ) if found == name:
                return ast.literal_eval(value)
    raise LookupError(name)


@needs_seeds
@pytest.mark.parametrize(
    ("example", "variable"),
    [("peak_complete_example.py", "workflow_config"), ("peak_press_example.py", "spec")],
)
def test_the_examples_of_peaks_page_are_accepted(example: str, variable: str) -> None:
    assert problems_of(literal(SEEDS / example, variable)) == []


@needs_seeds
def test_the_yaml_of_peaks_page_is_accepted() -> None:
    """The page's text has lost its indentation, which is put back here."""
    page = (SEEDS / "peak-parallel-execution.txt").read_text(encoding="utf-8").splitlines()
    lines = page[page.index("body:") :]
    lines = lines[: lines.index('PROCESSING_TIMEOUT: "3600"') + 1]
    depths = [0, 1, 1, 2, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4, 3, 3, 4, 5, 5]
    text = "\n".join("  " * depth + line for depth, line in zip(depths, lines, strict=True))
    assert check_source(Source("page.yaml", text)) == []
