"""Prints how long whole processes take for next to no work, beside an empty asyncio program.

python -m bench.start_up
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.measure import Samples, interleaved, machine, milliseconds, process, table

ROUNDS = 7
GOAL = 0.1  # seconds of the compiled module and of `wfc run` beyond the empty program
CHECK_GOAL = 0.15  # seconds of `wfc check` beyond Python's own start
TRIVIAL = "- done: {return: '${1 + 2}'}\n"  # any real workflow has an expression
EMPTY = "import asyncio\nasync def main():\n    print(1)\nasyncio.run(main())\n"
LOADED = """
import asyncio, sys
import trivial
asyncio.run(trivial.run())
heavy = {"aiohttp", "re2", "lark", "yaml", "jinja2", "black", "typer", "rich"} & set(sys.modules)
assert not heavy, heavy
"""


def main() -> None:
    print(machine(), end="\n\n")
    with tempfile.TemporaryDirectory() as folder:
        workflow, empty = Path(folder) / "trivial.yaml", Path(folder) / "empty.py"
        workflow.write_text(TRIVIAL, encoding="utf-8")
        empty.write_text(EMPTY, encoding="utf-8")
        (Path(folder) / "loaded.py").write_text(LOADED, encoding="utf-8")
        wfc = [sys.executable, "-m", "wfc"]
        process([*wfc, "compile", str(workflow)])
        commands = {
            "Python's own start": [sys.executable, "-c", "pass"],
            "an empty asyncio program": [sys.executable, str(empty)],
            "python trivial.py": [sys.executable, str(Path(folder) / "trivial.py")],
            "wfc --version": [*wfc, "--version"],
            "wfc check trivial.yaml": [*wfc, "check", str(workflow)],
            "wfc run trivial.yaml": [*wfc, "run", str(workflow)],
            "wfc compile trivial.yaml": [*wfc, "compile", str(workflow)],
        }
        measured = interleaved({name: _cpu(command) for name, command in commands.items()}, ROUNDS)
        process([sys.executable, str(Path(folder) / "loaded.py")])
    print(_rows(measured))
    print(f"\nThe goal is {milliseconds(GOAL)} ms beyond the empty program for the compiled module")
    print(f"and wfc run, {milliseconds(CHECK_GOAL)} ms beyond Python's own start for wfc check.")
    print("A run of the module loads neither aiohttp nor any compiler package.")


def _cpu(command: Sequence[str]) -> Callable[[], float]:
    # caching bytecode is what an installed package does, whatever this machine's settings
    environment = {key: "" for key in ("PYTHONDONTWRITEBYTECODE",) if key in os.environ}
    return lambda: process(command, environment)[1]


def _rows(measured: dict[str, Samples]) -> str:
    start, base = measured["Python's own start"], measured["an empty asyncio program"]
    rows = [
        (
            name,
            milliseconds(one.median),
            one.spread,
            milliseconds(one.excess(start)),
            milliseconds(one.excess(base)),
            f"{one.ratio(base):.2f}",
        )
        for name, one in measured.items()
    ]
    heads = ("median ms", "middle half", "beyond Python", "beyond empty", "ratio to empty")
    return table(("whole process, CPU", *heads), rows)


if __name__ == "__main__":
    main()
