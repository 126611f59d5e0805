"""What every generated module is: readable Python with one import, the same bytes every time.

The properties of the design (house.md §5) on the whole corpus and on every golden program.
"""

from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import black
import pytest
from tests.corpus import ROOT as CORPUS
from tests.corpus import CorpusFile, files, needs_corpus

from wfc import syntax, walk
from wfc.load import load
from wfc.parse import parse
from wfc.pipeline import Compiled, compile_source
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source

REPOSITORY = Path(__file__).parent.parent
_MYPY_OPTIONS = ("--config-file", str(REPOSITORY / "pyproject.toml"), "--allow-redefinition")
REFUSED = Path(__file__).parent / "data" / "corpus_refused.tsv"
PROGRAMS = sorted((REPOSITORY / "golden" / "programs").glob("*/workflow.*[!y]"))


_SOME_OR_ALL = pytest.mark.parametrize(
    "every", [pytest.param(4, id="some"), pytest.param(1, id="all", marks=pytest.mark.soak)]
)


@cache
def _compiled(file: CorpusFile, accounting: bool = False) -> Compiled:
    return compile_source(file.source(), terraform=file.terraform, accounting=accounting)


@cache
def _program(path: Path, accounting: bool) -> tuple[Source, Compiled]:
    source = load(path, Problems())
    return source, compile_source(source, accounting=accounting)


def _sound(accounting: bool = False, every: int = 1) -> Iterator[tuple[str, Source, Compiled, str]]:
    """Whatever compiles: name, source and module; of the corpus only one file of so many."""
    for file in files()[::every]:
        compiled = _compiled(file, accounting)
        if compiled.module is not None:
            yield file.name, file.source(), compiled, compiled.module
    for path in PROGRAMS:
        source, compiled = _program(path, accounting)
        assert compiled.module is not None, path
        yield path.parent.name, source, compiled, compiled.module


def _modules(accounting: bool = False, every: int = 1) -> Iterator[tuple[str, Source, str]]:
    for name, source, _, module in _sound(accounting, every):
        yield name, source, module


@needs_corpus
def test_every_sound_corpus_file_compiles_or_has_its_reason_listed() -> None:
    """What is refused is listed by file with its codes, and nothing is listed that compiles."""
    with REFUSED.open(encoding="utf-8") as listing:
        expected = {row["file"]: row["codes"] for row in csv.DictReader(listing, delimiter="\t")}
    refused = {}
    for file in files():
        if file.parses and not file.lint and (compiled := _compiled(file)).module is None:
            errors = {p.code for p in compiled.problems if p.severity == "error"}
            refused[file.name] = " ".join(sorted(errors))
    assert refused == expected


@_SOME_OR_ALL
def test_modules_are_laid_out_by_black(every: int) -> None:
    for accounting in (False, True):
        for name, _, module in _modules(accounting, every):
            assert black.format_str(module, mode=black.Mode()) == module, name


def test_modules_import_only_the_runtime() -> None:
    for name, _, module in _modules():
        for node in ast.walk(ast.parse(module)):
            assert not isinstance(node, ast.ImportFrom), name
            if isinstance(node, ast.Import):
                assert ast.unparse(node) == "import wfc_runtime.v1 as wf", name


def test_each_reachable_step_has_its_comment_with_the_source_line() -> None:
    for name, source, compiled, module in _sound():
        comments = set(re.findall(r"# (.*) · .*:(\d+)(?: → .*)?$", module, re.MULTILINE))
        unreached = {
            source.line_column(problem.label.span.start)[0]
            for problem in compiled.problems
            if problem.code == "WFC680"
        }
        for step in _steps(source):
            line, _ = source.line_column(step.name_span.start)
            if line not in unreached:
                assert (step.name, str(line)) in comments, (name, step.name)


def _steps(source: Source) -> Iterator[syntax.Step]:
    problems = Problems()
    node = read(source, problems, terraform="$${" in source.text)
    assert node is not None
    workflow = parse(source, node, problems)
    assert workflow is not None
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            if not step.anonymous and step.name.isprintable():
                yield step


def test_names_stay_as_written() -> None:
    """Routines, parameters and assigned variables bear their own names in Python."""
    for name, source, module in _modules():
        tree = ast.parse(module)
        identifiers = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        identifiers |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        identifiers |= {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        problems = Problems()
        node = read(source, problems, terraform="$${" in source.text)
        assert node is not None
        workflow = parse(source, node, problems)
        assert workflow is not None
        for routine in workflow.routines:
            assert {routine.name, routine.name + "_"} & identifiers, name
            for parameter in routine.parameters:
                spelled = parameter.variable.name
                assert {spelled, spelled + "_"} & identifiers, (name, spelled)


@needs_corpus
def test_layout_changes_nothing_but_the_layout() -> None:
    """`wfc run` does without; what it runs is what `wfc compile` writes."""
    for file in files()[::7]:
        laid_out = _compiled(file).module
        plain = compile_source(file.source(), terraform=file.terraform, layout=False).module
        assert (laid_out is None) == (plain is None)
        if laid_out is not None and plain is not None:
            assert _without_positions(laid_out) == _without_positions(plain), file.name


def _without_positions(module: str) -> str:
    tree = ast.parse(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "positions":
            node.value = ast.Constant("")
    return ast.dump(tree)


_RESULTS_KEPT = """
- log: {call: sys.log, args: {text: hello}, result: logged}
- sleep: {call: sys.sleep, args: {seconds: 1}, result: slept}
- done: {return: "${[logged, slept]}"}
"""


@_SOME_OR_ALL
def test_modules_are_clean_under_strict_mypy(tmp_path: Path, every: int) -> None:
    for accounting in (False, True):
        for number, (_, _, module) in enumerate(_modules(accounting, every)):
            (tmp_path / f"m{number}_{accounting}.py").write_text(module, encoding="utf-8")
    kept = compile_source(Source("results_kept.yaml", _RESULTS_KEPT)).module
    assert kept is not None
    (tmp_path / "results_kept.py").write_text(kept, encoding="utf-8")
    outcome = subprocess.run(
        [sys.executable, "-m", "mypy", *_MYPY_OPTIONS, "."],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(REPOSITORY / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout


_HASHES = """
import hashlib, sys
from pathlib import Path
from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problems
for path in sys.argv[1:]:
    module = compile_source(load(Path(path), Problems())).module
    print(path, module and hashlib.sha256(module.encode()).hexdigest())
"""


@needs_corpus
def test_the_same_input_gives_the_same_bytes_under_any_hash_seed() -> None:
    paths = [str(CORPUS / "files" / file.name) for file in files()[::25]]
    outputs = set()
    for seed in ("0", "1", "4711"):
        outcome = subprocess.run(
            [sys.executable, "-c", _HASHES, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(outcome.stdout)
    assert len(outputs) == 1
