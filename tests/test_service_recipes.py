"""The programs of the pages on the service: real clients, as they stand, print what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import Golden
from tests.serve_process import Serving, serving

from wfc_service.google import executions, operations, step_entries, workflows
from wfc_service.google.listing import Listing

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "service.md"
PAGES = (PAGE, DOCS / "peak.md")
RECIPE = re.compile(
    r"### (?P<title>[^\n]+)\n(?:(?!###).)*?<!-- recipe: (?P<language>\w+) -->\n"
    r"```\w+\n(?P<program>.*?)```\n\n<!-- prints -->\n```\n(?P<prints>.*?)```\n",
    re.DOTALL,
)
NODE_PACKAGE = "@google-cloud/workflows@4.4.0"


@dataclass
class Recipe:
    page: Path
    title: str
    language: str
    program: str
    prints: str


def recipes(*languages: str) -> list[Recipe]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        here = [Recipe(page, **match.groupdict()) for match in RECIPE.finditer(text)]
        assert len(here) == text.count("<!-- recipe: ")
        found += here
    return [recipe for recipe in found if recipe.language in languages]


def check(
    recipe: Recipe,
    command: list[str],
    folder: Path,
    service: Serving,
    golden: Golden,
    **env: str,
) -> None:
    """Runs a program in a folder, against a service at other ports; compares what it prints."""
    rest, grpc = (place.rpartition(":")[2] for place in (service.address, service.grpc))
    program = recipe.program.replace("8787", rest).replace("8788", grpc)
    run = subprocess.run(
        [*command, program],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env={**os.environ, **env},
    )
    assert run.returncode == 0, run.stderr
    text = recipe.page.read_text("utf-8")
    before, _, after = text.partition(recipe.program)
    printed = run.stdout.replace(rest, "8787").replace(grpc, "8788")
    replaced = after.replace(f"```\n{recipe.prints}```\n", f"```\n{printed}```\n", 1)
    golden(recipe.page, before + recipe.program + replaced)


@pytest.mark.parametrize(
    ("name", "listing"),
    [
        ("executions", executions.LISTING),
        ("step entries", step_entries.LISTING),
        ("workflows", workflows.LISTING),
        ("operations", operations.LISTING),
    ],
)
def test_the_page_names_the_fields_of_filters_and_orders(name: str, listing: Listing) -> None:
    row = re.search(rf"^\| {name} \|(.*)\|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert row is not None
    both, alone = (re.findall(r"`([\w.]+)`", cell) for cell in row.groups())
    assert sorted(both + alone) == sorted(listing.columns)
    assert both == list(listing.sorts)


@pytest.mark.parametrize("recipe", recipes("python"), ids=lambda recipe: recipe.title)
def test_python_clients(recipe: Recipe, tmp_path: Path, golden: Golden) -> None:
    with serving(tmp_path) as service:
        check(recipe, [sys.executable, "-c"], tmp_path, service, golden)


@pytest.mark.parametrize("recipe", recipes("bash"), ids=lambda recipe: recipe.title)
def test_curl(recipe: Recipe, tmp_path: Path, golden: Golden) -> None:
    if not shutil.which("curl") or not shutil.which("bash"):
        pytest.skip("there is no curl or bash")
    with serving(tmp_path) as service:
        check(recipe, ["bash", "-c"], tmp_path, service, golden)


@pytest.mark.soak
@pytest.mark.parametrize("recipe", recipes("node"), ids=lambda recipe: recipe.title)
def test_node_clients(recipe: Recipe, tmp_path: Path, golden: Golden) -> None:
    modules = _node_modules()
    with serving(tmp_path) as service:
        check(recipe, ["node", "-e"], tmp_path, service, golden, NODE_PATH=str(modules))


def _node_modules() -> Path:
    """Google's package for Node, installed once in the user's cache."""
    if not shutil.which("npm"):
        pytest.skip("there is no npm")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "wfc-tests" / NODE_PACKAGE.replace("/", "-")
    modules = folder / "node_modules"
    if not (modules / "@google-cloud" / "workflows" / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE_PACKAGE]
        installed = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
        )
        if installed.returncode != 0:
            pytest.skip(f"npm cannot install {NODE_PACKAGE}: {installed.stderr[-200:]}")
    return modules
