"""lark's parser for the grammar of expressions: in, what makes the tree; out, a parser with it.

lark takes some 25 ms to make its tables, which is a fifth of a whole `wfc check`, so they are made
once and kept in a file.  It lies where Python keeps the bytecode of the grammar's package: whoever
can write there can change the code as well.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

import lark

import wfc_grammar
from wfc.expressions_build import Builder


def parser(builder: Builder) -> lark.Lark:
    """A parser that returns what `builder` makes.  Its tables come from the file if there is one.

    lark makes them where the file cannot be used, and says nothing where it cannot be written.
    """
    tables = _tables()
    if tables.exists():
        return _made(builder, str(tables))
    if sys.dont_write_bytecode:
        return _made(builder, False)
    draft = tables.with_name(f"{tables.name}.{os.getpid()}")
    made = _made(builder, str(draft))
    try:
        draft.replace(tables)  # in one go, for another process may be about to do the same
    except OSError:
        pass  # the folder is read-only
    return made


def _made(builder: Builder, cache: str | bool) -> lark.Lark:
    return lark.Lark(
        wfc_grammar.TEXT,
        parser="lalr",
        lexer="basic",
        start="expression",
        maybe_placeholders=False,
        transformer=builder,
        cache=cache,
    )


def _tables() -> Path:
    """Another grammar or lark has another file; another Python has another `.cpython-311`."""
    key = hashlib.sha256(f"{lark.__version__}\n{wfc_grammar.TEXT}".encode()).hexdigest()[:16]
    return Path(cache_from_source(wfc_grammar.__file__)).with_suffix(f".{key}.tables")
