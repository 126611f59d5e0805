"""How far a batch is, in words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from tests.process import read_or_end
from tests.stand_in_service import stand_in

from wfc_client.batch_progress import STARTING, Progress


class Clock:
    time = 100.0

    def __call__(self) -> float:
        return self.time


def test_the_line_and_the_summary_say_what_there_is() -> None:
    clock, counts = Clock(), Counter({"SUCCEEDED": 400})
    progress = Progress(StringIO(), counts, 1002, clock)
    assert progress.line() == "400 of 1,002 done"
    assert progress.summary() == "400 of 400 lines succeeded; 0.0 s"
    for line, state in enumerate(["ACTIVE", "ACTIVE", "QUEUED", STARTING, "ACTIVE"]):
        progress.does(line, state)
    progress.leaves(4)
    progress.leaves(4)
    progress.blank()
    progress.blank()
    progress.refused = 3
    counts.update({"SUCCEEDED": 97, "FAILED": 2, "REFUSED": 1})
    clock.time += 10
    assert progress.line() == (
        "500 of 1,000 done, 3 not succeeded; 2 active; 1 queued; 1 starting; 3 times 429;"
        " 10.0/s; 50 s left"
    )
    assert progress.summary() == (
        "497 of 500 lines succeeded, 2 failed, 1 refused; 10.0 s, 10.0/s; 3 times 429"
    )


def test_without_a_known_end_there_is_no_guess_of_it() -> None:
    clock, counts = Clock(), Counter[str]()
    progress = Progress(StringIO(), counts, None, clock)
    progress.blank()
    counts["SUCCEEDED"] += 5
    clock.time += 1
    assert progress.line() == "5 done; 5.0/s"


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [30, 120])
def test_a_terminal_shows_how_far_a_batch_is(folder: Path, columns: int) -> None:
    import pty

    (folder / "in.jsonl").write_text("1\n2\n3\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    with stand_in() as service:
        process = subprocess.Popen(
            [sys.executable, "-m", "wfc", "batch", "order", "in.jsonl", "--server", service.url],
            cwd=folder,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns)},
        )
        os.close(theirs)
        seen = b""
        while chunk := read_or_end(ours):
            seen += chunk
        os.close(ours)
        assert process.wait(timeout=60) == 0
    text = seen.decode()
    assert "0 of 3 done" in text
    assert text.replace("\r", "").endswith("\nresults: in.results.jsonl\n")
