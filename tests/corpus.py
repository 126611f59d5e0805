"""The corpus of real workflow files beside the repository, where it is there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from wfc.source import Source

ROOT = Path(__file__).parent.parent.parent / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(
    not ROOT.is_dir(), reason="the corpus of real files is not beside the repository"
)


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One row of the index; `lint` says what is known to be wrong with the file.

    `kind` is what it reaches: `hermetic` (nothing), `http`, `connector` or `callback`.
    """

    name: str
    kind: str
    lint: str
    parses: bool
    terraform: bool

    def source(self) -> Source:
        return Source(self.name, (ROOT / "files" / self.name).read_text(encoding="utf-8"))


@cache
def files() -> tuple[CorpusFile, ...]:
    """All files of the index; none where the corpus is missing."""
    if not ROOT.is_dir():
        return ()
    with (ROOT / "index.tsv").open(encoding="utf-8") as index:
        return tuple(
            CorpusFile(
                row["file"],
                row["class"],
                row["lint"],
                row["parses"] == "yes",
                "tf-escape" in row["odd"],
            )
            for row in csv.DictReader(index, delimiter="\t")
        )
