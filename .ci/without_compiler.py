"""Runs a compiled module, and imports others, where importing the compiler's needs fails.

    python without_compiler.py RUN.py [IMPORT.py …]

Prints what `python RUN.py` prints.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

REFUSED = {"wfc", "wfc_grammar", "lark", "yaml", "jinja2", "black", "typer", "rich"}


class Refuse:
    """Finds nothing; complains about what must not be looked for."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in REFUSED:
            raise ImportError(f"a compiled module imports {name}")
        return None


def main(run: str, *imported: str) -> None:
    sys.meta_path.insert(0, Refuse)
    for path in imported:
        runpy.run_path(path, run_name="imported")
    sys.argv = [run]
    runpy.run_path(run, run_name="__main__")


main(*sys.argv[1:])
