"""The journal of a batch: what it still knows after an interruption at any moment."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc.wrong_use import WrongUse
from wfc_client.batch_journal import Journal

WORKFLOW, SERVER = "projects/p/locations/l/workflows/order", "http://127.0.0.1:1"


def opened(output: Path) -> Journal:
    return Journal(output, WORKFLOW, SERVER)


@dataclass
class Model:
    """What a journal must know, of lines 1 to 5."""

    begun: dict[int, str] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)


LINES = st.integers(1, 5)
TORN = st.sampled_from(["", "{", '{"line": 3, "exec', '{"line": 1, "state": "SUCCEEDED"}'])
ACTIONS = st.one_of(
    st.tuples(st.just("begin"), LINES),
    st.tuples(st.just("started"), LINES),
    st.tuples(st.just("finish"), LINES, st.sampled_from(["SUCCEEDED", "FAILED", "REFUSED"])),
    st.tuples(st.just("again")),
    st.tuples(st.just("killed"), TORN, TORN),
)


@given(st.lists(ACTIONS, max_size=30))
def test_a_journal_opened_again_knows_what_it_knew(actions: list[tuple[Any, ...]]) -> None:
    """Whatever was done, and also where the last line of either file is torn."""
    model = Model()
    with TemporaryDirectory() as folder:
        output = Path(folder) / "results.jsonl"
        journal = opened(output)
        batch = journal.batch
        for action in actions:
            match action:
                case ("begin", int(line)) if line not in model.states:
                    journal.begin(line, line, 1.5)
                    model.begun.setdefault(line, "")
                case ("started", int(line)) if line in model.begun:
                    journal.started(line, f"execution {line}")
                    model.begun[line] = f"execution {line}"
                case ("finish", int(line), str(state)) if line not in model.states:
                    journal.finish(line, {"input": line, "state": state})
                    model.begun.pop(line, None)
                    model.states[line] = state
                case ("again",):
                    failed = [key for key in model.states if model.states[key] != "SUCCEEDED"]
                    assert journal.forget_failed() == len(failed)
                    for line in failed:
                        del model.states[line]
                        model.attempts[line] = model.attempts.get(line, 1) + 1
                case ("killed", str(results), str(notes)):
                    journal.close()
                    append(output, results)
                    append(journal_of(output), notes)
                    journal = opened(output)
        agree(journal, model)
        journal.close()
        with closing(opened(output)) as journal:
            agree(journal, model)
            assert journal.batch == batch
        written = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
        assert {entry["line"]: entry["state"] for entry in written} == model.states
        assert len(written) == len(model.states)


def agree(journal: Journal, model: Model) -> None:
    assert {line: begun.execution for line, begun in journal.begun.items()} == model.begun
    assert [journal.is_done(line) for line in range(7)] == [n in model.states for n in range(7)]
    states = list(model.states.values())
    assert {key: n for key, n in journal.counts.items() if n} == {
        state: states.count(state) for state in states
    }
    for line in range(1, 6):
        attempt = f"-{model.attempts[line]}" if line in model.attempts else ""
        assert journal.wish(line) == f"{journal.batch}-{line}{attempt}"


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def journal_of(output: Path) -> Path:
    return output.with_name(f"{output.name}.journal")


def test_results_are_lines_of_json_whatever_is_in_them(tmp_path: Path) -> None:
    output = tmp_path / "results.jsonl"
    odd = {"input": "a\nb\u2028\u009b", "state": "SUCCEEDED", "result": {"b": 1.0, "a": 2**62}}
    with closing(opened(output)) as journal:
        journal.finish(7, odd)
    text = output.read_text(encoding="utf-8")
    assert text.isprintable() or text[:-1].isprintable()
    assert text.startswith('{"line": 7, "input": "a\\nb')
    assert json.loads(text) == {"line": 7, **odd}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((WORKFLOW, SERVER), ("projects/p/locations/l/workflows/price", SERVER), "the workflow"),
        ((WORKFLOW, SERVER), (WORKFLOW, "http://127.0.0.1:2"), "the server"),
    ],
)
def test_the_files_of_another_batch_are_not_touched(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], said: str
) -> None:
    output = tmp_path / "results.jsonl"
    Journal(output, *first).close()
    before = journal_of(output).read_bytes()
    with pytest.raises(WrongUse, match=f"belongs to a batch of {said}") as caught:
        Journal(output, *second)
    assert "`--output`" in caught.value.detail
    assert journal_of(output).read_bytes() == before


def test_a_file_that_is_no_output_of_a_batch_is_not_overwritten(tmp_path: Path) -> None:
    output = tmp_path / "results.jsonl"
    output.write_text("precious", encoding="utf-8")
    with pytest.raises(WrongUse, match="is not the output of a batch"):
        opened(output)
    assert output.read_text(encoding="utf-8") == "precious"


def test_a_second_batch_with_the_same_output_is_refused(tmp_path: Path) -> None:
    """And leaves alone what the first is just writing."""
    output = tmp_path / "results.jsonl"
    with closing(opened(output)):
        append(journal_of(output), '{"line": 1, "check')
        with pytest.raises(WrongUse, match="another `wfc batch`"):
            opened(output)
        assert journal_of(output).read_text(encoding="utf-8").endswith('"check')
    opened(output).close()


@pytest.mark.parametrize("line", ["[1]", "oops", "{}", '{"line": 0, "state": "X"}'])
def test_results_that_somebody_has_edited_are_refused(tmp_path: Path, line: str) -> None:
    output = tmp_path / "results.jsonl"
    opened(output).close()
    append(output, f"{line}\n")
    with pytest.raises(WrongUse, match="has been changed"):
        opened(output)


def test_a_journal_that_somebody_has_edited_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "results.jsonl"
    opened(output).close()
    append(journal_of(output), "[1]\n")
    with pytest.raises(WrongUse, match="has been changed"):
        opened(output)


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot write"):
        opened(tmp_path / "missing" / "results.jsonl")
