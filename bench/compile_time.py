"""Prints how long the compiler takes for large files, and which pass takes it.

python -m bench.compile_time [FILE…]        default: a generated file of 100 KB
"""

from __future__ import annotations

import ast
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import black
import lark
import yaml
from bench.measure import Samples, cpu, interleaved, machine, milliseconds, process, table
from bench.orders import orders

from wfc import pipeline
from wfc.pipeline import check_source, compile_source
from wfc.source import Source

SIZE = 102_400  # 100 KB
ROUNDS = 7
CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "files"
LARGEST = 4

_PRINT: Any = sys.modules["wfc.print"]  # `wfc.print` is also the name of the function in it
PASSES: list[tuple[Any, str, str]] = [  # what holds the function, its name there, the row's name
    (pipeline, "read", "read"),
    (pipeline, "parse", "parse"),
    (lark.Lark, "parse", "  expressions (lark)"),
    (pipeline, "resolve", "resolve"),
    (pipeline, "check", "check"),
    (pipeline, "flow", "flow"),
    (pipeline, "reach", "reach"),
    (pipeline, "unreached", "unreached"),
    (pipeline, "structure", "structure"),
    (pipeline, "infer", "infer"),
    (pipeline, "alias", "alias"),
    (pipeline, "spell", "spell"),
    (pipeline, "callgraph", "callgraph"),
    (pipeline, "lower", "lower"),
    (pipeline, "print_module", "print"),
    (ast, "unparse", "  spelling (ast.unparse)"),
    (black, "format_str", "  layout (black)"),
    (_PRINT, "positions", "  positions"),
]
REST = "compile() and the rest"
TOTAL = "total"


class Stopwatch:
    """Processor time by row: each row without the rows that ran inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner = [0.0]

    def timed(self, row: str, function: Callable[..., Any]) -> Callable[..., Any]:
        self.seconds[row] = 0.0

        def run(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.process_time() - start
                self.seconds[row] += spent - self._inner.pop()
                self._inner[-1] += spent

        return run


@contextmanager
def watched() -> Iterator[Stopwatch]:
    """Every pass goes through the stopwatch."""
    watch = Stopwatch()
    saved = [(owner, name, getattr(owner, name)) for owner, name, _ in PASSES]
    for (owner, name, row), (_, _, function) in zip(PASSES, saved, strict=True):
        setattr(owner, name, watch.timed(row, function))
    try:
        yield watch
    finally:
        for owner, name, function in saved:
            setattr(owner, name, function)


def by_pass(source: Source, rounds: int) -> dict[str, Samples]:
    """Compilations by row, with what is in no row and the total."""
    found: list[dict[str, float]] = []
    for _ in range(rounds + 1):
        with watched() as watch:
            total = cpu(lambda: compile_source(source))
        found.append({**watch.seconds, REST: total - sum(watch.seconds.values()), TOTAL: total})
    return {row: Samples(tuple(one[row] for one in found[1:])) for row in found[0]}


def yardsticks(source: Source, module: str) -> dict[str, Callable[[], float]]:
    """The compiler beside what reads the same file, and what reads or lays out its module."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        "compile_source": lambda: cpu(lambda: compile_source(source)),
        "compile_source without layout, as in `wfc run`": lambda: cpu(
            lambda: compile_source(source, layout=False)
        ),
        "check_source": lambda: cpu(lambda: check_source(source)),
        f"yaml.load of the file, {loader.__name__}": lambda: cpu(
            lambda: yaml.load(source.text, Loader=loader)
        ),
        "ast.parse and compile of the module": lambda: cpu(
            lambda: compile(ast.parse(module), "module", "exec")
        ),
        "black.format_str of the module": lambda: cpu(
            lambda: black.format_str(module, mode=black.Mode())
        ),
    }


def command(source: Source, folder: Path) -> Callable[[], float]:
    """`wfc compile` as a whole process, wall time."""
    file = folder / source.file_name
    file.write_text(source.text, encoding="utf-8")
    line = [sys.executable, "-m", "wfc", "compile", str(file), "-o", str(folder / "out")]
    return lambda: process(line)[0]


def report(source: Source, rounds: int = ROUNDS) -> None:
    """Prints the tables of one file."""
    module = compile_source(source).module
    lines = f"{len(source.text):,} bytes, {source.text.count('${'):,} expressions"
    if module is None:
        print(f"\n{source.name}: {lines}; it has errors and is not compiled")
        return
    print(f"\n{source.name}: {lines} -> {len(module.splitlines()):,} lines of Python\n")
    passes = by_pass(source, rounds)
    whole = passes[TOTAL].median
    rows = [
        (row, milliseconds(found.median), found.spread, f"{found.median / whole:.0%}")
        for row, found in passes.items()
    ]
    print(table(("pass, CPU", "median ms", "middle half", "share"), rows), end="\n\n")
    with tempfile.TemporaryDirectory() as folder:
        candidates = yardsticks(source, module)
        candidates["`wfc compile`, wall time of the process"] = command(source, Path(folder))
        found = interleaved(candidates, rounds)
    base = found["compile_source"]
    rows = [
        (name, milliseconds(one.median), one.spread, f"{base.ratio(one):.2f}")
        for name, one in found.items()
    ]
    print(table(("in turns, CPU", "median ms", "middle half", "compile_source is × this"), rows))


def main() -> None:
    print(machine())
    if sys.argv[1:]:
        for file in map(Path, sys.argv[1:]):
            report(Source(file.name, file.read_text(encoding="utf-8")))
        return
    report(Source("orders.yaml", orders(SIZE)))
    largest = sorted(CORPUS.glob("*.yaml"), key=lambda file: file.stat().st_size)[-LARGEST:]
    for file in largest:
        report(Source(file.name, file.read_text(encoding="utf-8")), rounds=3)
    if not largest:
        print("\nthe corpus of real files is not beside the repository: not measured")


if __name__ == "__main__":
    main()
