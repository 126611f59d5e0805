"""lark's tables: made once, used from the file, and made anew wherever the file is no use."""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from pathlib import Path

import lark
import pytest

from wfc import expressions_parser
from wfc.expressions_build import Builder
from wfc.expressions_parser import parser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the tables go in this test instead of beside the installed bytecode."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    made = expressions_parser._tables().parent
    made.mkdir(parents=True)
    assert made.is_relative_to(tmp_path)
    return made


@pytest.fixture
def grammars_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever lark makes tables."""
    read: list[str] = []
    lark_module = import_module("lark.lark")
    load = lark_module.load_grammar

    def spied(grammar: str, *others: object) -> object:
        read.append(grammar)
        return load(grammar, *others)

    monkeypatch.setattr(lark_module, "load_grammar", spied)
    return read


def test_tables_are_made_once(folder: Path, grammars_read: list[str]) -> None:
    parser(Builder())
    assert [file.suffix for file in folder.iterdir()] == [".tables"]
    parser(Builder())
    assert len(grammars_read) == 1


def test_both_parsers_are_the_same(folder: Path, grammars_read: list[str]) -> None:
    first, second = parser(Builder()), parser(Builder())
    assert len(grammars_read) == 1
    assert first.rules == second.rules
    assert [str(terminal) for terminal in first.terminals] == [
        str(terminal) for terminal in second.terminals
    ]


@pytest.mark.parametrize("damage", [b"", b"nonsense", pickle.dumps({"data": {}, "memo": {}}), None])
def test_a_damaged_file_is_made_anew(
    folder: Path, grammars_read: list[str], damage: bytes | None
) -> None:
    parser(Builder())
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    parser(Builder())
    parser(Builder())
    assert len(grammars_read) == 2, "the third found what the second had written"


def test_another_grammar_or_lark_has_a_file_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(Builder())
    monkeypatch.setattr(lark, "__version__", "1.9.0")
    parser(Builder())
    assert len(list(folder.iterdir())) == 2


def test_nothing_is_written_where_python_writes_no_bytecode(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    parser(Builder())
    assert list(folder.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_written_is_no_error(
    folder: Path, grammars_read: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    folder.rmdir()  # root may write into any folder that is there
    parser(Builder())
    parser(Builder())
    assert len(grammars_read) == 2
    assert capfd.readouterr() == ("", "")
