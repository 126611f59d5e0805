"""lark's parser for the grammar of expressions: in, what makes the tree; out, a parser with it.

lark takes some 25 ms to make its tables, which is a fifth of a whole `wfc check`, so they are made
once and kept in a file.  It lies where Python keeps the bytecode of the grammar's package: whoever
can write there can change the code as well.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import lark

import wfc_grammar
from wfc.expressions_build import Builder


def parser(builder: Builder) -> lark.Lark:
    """A parser that returns what `builder` makes, with the tables of the file if there is one."""
    tables = _tables()
    # What the modules call that `lark.tools.standalone` writes.  lark's own option `cache` is not
    # safe where two processes write the file at once.
    load: Any = lark.Lark._load_from_dict
    try:
        with tables.open("rb") as file:
            loaded: lark.Lark = load(**pickle.load(file), transformer=builder)
            return loaded
    except Exception:  # no file, or a damaged one, of which pickle and lark may raise anything
        pass
    made = lark.Lark(
        wfc_grammar.TEXT,
        parser="lalr",
        lexer="basic",
        start="expression",
        maybe_placeholders=False,
        transformer=builder,
    )
    if not sys.dont_write_bytecode:
        _save(made, tables)
    return made


def _save(made: lark.Lark, tables: Path) -> None:
    """In one go, since other processes may be reading or writing the same."""
    draft = tables.with_name(f"{tables.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            made.save(file)
        draft.replace(tables)
    except OSError:  # the folder is read-only or the disk is full
        with suppress(OSError):
            draft.unlink()


def _tables() -> Path:
    """Another grammar or lark has another file; another Python has another `.cpython-311`."""
    key = hashlib.sha256(f"{lark.__version__}\n{wfc_grammar.TEXT}".encode()).hexdigest()[:16]
    return Path(cache_from_source(wfc_grammar.__file__)).with_suffix(f".{key}.tables")
