"""`wfc batch` as a user meets it: results, a service that is full or gone, interruptions."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.client import ask, service
from tests.process import wfc
from tests.stand_in_service import NUMBERED, StandIn, cut, refuse, stand_in

__all__ = ["service"]


def write(folder: Path, lines: Iterable[Any]) -> None:
    """The file `in.jsonl`; text is a line as it is, anything else its JSON."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "in.jsonl").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def results(folder: Path) -> dict[int, dict[str, Any]]:
    """By line; no line has two."""
    text = (folder / "in.results.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    assert len({result["line"] for result in found}) == len(found)
    return {result["line"]: result for result in found}


def start(folder: Path, service: StandIn, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "wfc", "batch", "order", *options, "--server", service.url],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wishes(service: StandIn) -> Counter[str]:
    """How often each line was started, by the label that names it."""
    return Counter(execution["labels"]["wfc-batch"] for execution in service.executions)


# results


def test_every_line_has_an_execution_and_a_result(folder: Path, service: StandIn) -> None:
    write(folder, [{"n": 1}, {"fail": 1}, "", "{oops", "5", {"n": 1}])
    done = wfc(folder, "batch", "order", "in.jsonl", "--server", service.url)
    assert (done.returncode, done.stdout) == (3, "")
    assert "3 of 5 lines succeeded, 1 failed, 1 refused; " in done.stderr
    assert done.stderr.endswith("\nresults: in.results.jsonl\n")
    found = results(folder)
    assert list(found[1]) == ["line", "input", "execution", "state", "result"]
    assert found[1]["execution"].startswith(f"{NUMBERED}/workflows/order/executions/")
    assert (found[1]["input"], found[1]["result"]) == ({"n": 1}, {"echo": {"n": 1}})
    assert (found[2]["state"], found[2]["error"]["payload"]["tags"][0]) == ("FAILED", "KeyError")
    assert (found[4]["state"], found[4]["input"]) == ("REFUSED", "{oops")
    assert "not JSON" in found[4]["error"]["message"]
    assert found[5]["result"] == {"echo": 5}
    # equal lines are executions of their own
    assert found[6]["execution"] != found[1]["execution"]
    assert len(service.executions) == 4


def test_a_batch_that_succeeded_does_nothing_when_it_is_called_again(
    folder: Path, service: StandIn
) -> None:
    write(folder, range(5))
    assert ask(folder, service, "batch", "order", "in.jsonl").returncode == 0
    again = ask(folder, service, "batch", "order", "in.jsonl")
    assert (again.returncode, len(service.executions)) == (0, 5)
    assert again.stderr.startswith("resuming: 5 lines have results, 0 are begun\n")
    write(folder, range(7))  # what is appended is run
    assert ask(folder, service, "batch", "order", "in.jsonl").returncode == 0
    assert sorted(service.arguments()) == [0, 1, 2, 3, 4, 5, 6]


def test_lines_that_no_service_takes_are_results_too(folder: Path, service: StandIn) -> None:
    (folder / "in.jsonl").write_bytes(
        b'\xef\xbb\xbf"bom"\n"\xff"\n' + b"[" * 5000 + b"\n" + b'"%s"\n' % (b"x" * 40_000)
        + b"1" * 2_000_000 + b"\nNaN\n7"
    )  # fmt: skip
    done = ask(folder, service, "batch", "order", "in.jsonl", "--rate", "1000")
    found = results(folder)
    assert done.returncode == 3
    assert [found[line]["state"] for line in range(1, 8)] == [
        "SUCCEEDED",
        *["REFUSED"] * 5,
        "SUCCEEDED",
    ]
    assert found[2]["error"] == {"message": "the line is not UTF-8"}
    assert found[4]["error"]["status"] == "INVALID_ARGUMENT"
    assert found[5]["error"] == {"message": "the line is longer than 1,000,000 bytes"}
    assert service.arguments() == ["bom", 7]


def test_no_more_are_unfinished_than_allowed(folder: Path, service: StandIn) -> None:
    write(folder, range(40))
    assert ask(folder, service, "batch", "order", "in.jsonl", "-c", "7").returncode == 0
    assert (service.most, len(service.executions)) == (7, 40)


def test_inputs_are_read_as_they_come(folder: Path, service: StandIn) -> None:
    created = Event()
    service.watch = lambda what: created.set() if what == "created" else None
    process = start(folder, service, "-", "--output", "in.results.jsonl", "--label", "a=b")
    assert process.stdin is not None
    for number in range(3):
        process.stdin.write(f"{number}\n")
        process.stdin.flush()
        assert created.wait(60)
        created.clear()
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "3 of 3 lines succeeded" in said) == (0, True)
    assert {execution["labels"]["a"] for execution in service.executions} == {"b"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["order", "-"], "`--output results.jsonl`"),
        (["order", "missing.jsonl"], "no such file"),
        (["order", "."], "is a directory"),
        (["order", "in.jsonl", "--output", "good.yaml"], "is not the output of a batch"),
        (["order", "in.jsonl", "-c", "0"], "--concurrency"),
    ],
)
def test_what_cannot_be_a_batch_is_wrong_use(
    folder: Path, service: StandIn, arguments: list[str], said: str
) -> None:
    write(folder, [1])
    done = ask(folder, service, "batch", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)
    assert service.executions == []


def test_who_may_only_execute_needs_not_see_the_workflow(folder: Path, service: StandIn) -> None:
    write(folder, [1])
    service.hidden = True
    assert ask(folder, service, "batch", "order", "in.jsonl").returncode == 0


def test_a_workflow_that_is_not_there_starts_nothing(folder: Path, service: StandIn) -> None:
    write(folder, [1])
    done = ask(folder, service, "batch", "oder", "in.jsonl")
    assert (done.returncode, "did you mean `order`?" in done.stderr) == (4, True)
    assert not (folder / "in.results.jsonl").exists()


# a service that is full, or gone for a while


@pytest.mark.parametrize("knows_ids", [False, True])
def test_a_line_is_started_once_whatever_becomes_of_the_answer(
    folder: Path, knows_ids: bool
) -> None:
    """Refusals have done nothing; after a cut connection or a 5xx the service may have started."""
    with stand_in(knows_ids=knows_ids) as service:
        service.faults.extend([refuse(429, Retry_After="0"), cut, refuse(503), cut])
        service.late.extend([cut, refuse(503), cut])
        write(folder, range(20))
        done = ask(folder, service, "batch", "order", "in.jsonl", "-c", "4")
        assert done.returncode == 0, done.stderr
        assert "; 1 times 429" in done.stderr
        assert sorted(service.arguments()) == list(range(20))
        assert len(wishes(service)) == 20
        assert {line: result["result"]["echo"] for line, result in results(folder).items()} == {
            number + 1: number for number in range(20)
        }


def test_a_full_service_is_asked_again_as_late_as_it_wants(folder: Path, service: StandIn) -> None:
    service.faults.append(refuse(429, Retry_After="1"))
    write(folder, [1])
    done = ask(folder, service, "batch", "order", "in.jsonl")
    assert done.returncode == 0
    seconds = float(done.stderr.partition("lines succeeded; ")[2].partition(" s")[0])
    assert seconds >= 1.0


def test_a_refusal_of_everything_stops_the_batch(folder: Path, service: StandIn) -> None:
    write(folder, range(10))
    service.faults.append(refuse(403))
    done = ask(folder, service, "batch", "order", "in.jsonl", "-c", "1")
    assert (done.returncode, service.executions) == (4, [])
    assert done.stderr.startswith("error: the service refuses: no: 403")
    assert "the same command goes on where it stopped" in done.stderr
    assert ask(folder, service, "batch", "order", "in.jsonl").returncode == 0
    assert len(service.executions) == 10


def test_an_execution_that_was_deleted_is_a_result(folder: Path, service: StandIn) -> None:
    write(folder, [1])
    service.looks.append(refuse(404))
    done = ask(folder, service, "batch", "order", "in.jsonl")
    assert done.returncode == 3
    assert results(folder)[1]["error"]["status"] == "NOT_FOUND"


# interruptions


def test_lines_that_failed_are_started_again_when_asked_for(folder: Path, service: StandIn) -> None:
    write(folder, [1, {"fail": 1}, "{oops", 4])
    assert ask(folder, service, "batch", "order", "in.jsonl").returncode == 3
    write(folder, [1, 2, 3, 4])
    done = ask(folder, service, "batch", "order", "in.jsonl", "--retry-failed")
    assert (done.returncode, "starting 2 lines again" in done.stderr) == (0, True)
    assert [results(folder)[line]["input"] for line in range(1, 5)] == [1, 2, 3, 4]
    assert sorted(service.arguments(), key=str) == [1, 2, 3, 4, {"fail": 1}]
    assert set(wishes(service).values()) == {1}


def test_lines_that_were_begun_must_not_change(folder: Path, service: StandIn) -> None:
    """Else a line that was inserted would give all others the results of their neighbours."""
    write(folder, [1, 2])
    ask(folder, service, "batch", "order", "in.jsonl")
    write(folder, [0, 1, 2])
    done = ask(folder, service, "batch", "order", "in.jsonl")
    assert (done.returncode, len(service.executions)) == (2, 2)
    assert "line 1 of the inputs is another than when the batch began" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals a process")
def test_ctrl_c_starts_nothing_more_and_says_how_to_resume(folder: Path, service: StandIn) -> None:
    write(folder, [{"hold": n} for n in range(50)])
    process = start(folder, service, "in.jsonl", "-c", "5")

    looks = 0

    def watch(what: str) -> None:
        nonlocal looks
        if what == "created" and len(service.executions) == 5:
            process.send_signal(signal.SIGINT)
        if what == "after" and len(service.executions) == 5:
            looks += 1
            if looks == 20:  # all five are still active: the second one ends it now
                process.send_signal(signal.SIGINT)

    service.watch = watch
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: waiting 5 s for what is active" in said
    assert "interrupted, 5 executions may go on\n" in said
    assert "the same command goes on where it stopped, and starts nothing twice" in said
    assert len(service.executions) == 5

    def release(what: str) -> None:
        for execution in service.executions:
            execution |= {"state": "SUCCEEDED", "result": execution["argument"]}

    service.watch = release
    done = ask(folder, service, "batch", "order", "in.jsonl")
    assert done.returncode == 0
    assert done.stderr.startswith("resuming: 0 lines have results, 5 are begun\n")
    assert sorted(one["hold"] for one in service.arguments()) == list(range(50))
    assert len(results(folder)) == 50


def run_until_killed(
    folder: Path, service: StandIn, moments: int, concurrency: int
) -> tuple[int, str]:
    """Kills a batch after so many moments of its exchanges; its exit code and what it said."""
    process = start(folder, service, "in.jsonl", "-c", str(concurrency))

    def watch(what: str) -> None:
        nonlocal moments
        moments -= 1
        if not moments:
            process.kill()

    service.watch = watch
    _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.skipif(os.name == "nt", reason="signals a process")
def test_ctrl_c_also_ends_waiting_for_more_input(folder: Path, service: StandIn) -> None:
    process = start(folder, service, "-", "--output", "in.results.jsonl")
    assert process.stdin is not None
    assert process.stderr is not None

    def watch(what: str) -> None:
        if what == "created":
            process.send_signal(signal.SIGINT)

    service.watch = watch
    process.stdin.write("1\n")
    process.stdin.flush()
    said = process.stderr.read()  # to its end, while its input stays open
    assert process.wait(timeout=60) == 130
    process.stdin.close()
    assert said.startswith(
        "interrupted: waiting 5 s for what is active, Ctrl-C ends it now\n1 of 1"
    )
    assert said.endswith(
        "= hint: the same command goes on where it stopped, and starts nothing twice\n"
    )
    assert results(folder)[1]["state"] == "SUCCEEDED"


def kill_and_resume(folder: Path, seed: int, lines: int, knows_ids: bool) -> int:
    """Kills a batch again and again, at random moments, until one is through; how often."""
    chosen, kills = random.Random(seed), 0
    write(folder, ({"n": n % 7, "fail": 1} if n % 5 == 0 else {"n": n % 7} for n in range(lines)))
    with stand_in(knows_ids=knows_ids) as service:
        code = -signal.SIGKILL
        while code == -signal.SIGKILL:
            moments, concurrency = chosen.randint(1, lines * 2), chosen.randint(1, 10)
            code, said = run_until_killed(folder, service, moments, concurrency)
            kills += code == -signal.SIGKILL
        assert code == 3, said
        assert len(results(folder)) == lines
        assert set(wishes(service).values()) == {1}
        made = {execution["name"]: execution for execution in service.executions}
        assert len(made) == lines
        for number, result in results(folder).items():
            execution = made[result["execution"]]
            assert execution["labels"]["wfc-batch"].endswith(f"-{number}")
            assert json.loads(execution["argument"]) == result["input"]
            assert result["state"] == execution["state"]
    return kills


@pytest.mark.skipif(os.name == "nt", reason="kills a process")
@pytest.mark.parametrize("knows_ids", [False, True])
def test_a_killed_batch_starts_nothing_twice(folder: Path, knows_ids: bool) -> None:
    assert kill_and_resume(folder, seed=1, lines=60, knows_ids=knows_ids) > 0


@pytest.mark.soak
def test_batches_killed_for_a_minute_start_nothing_twice(tmp_path: Path) -> None:
    ends, kills, seeds = time.monotonic() + 60, 0, count(2)
    while time.monotonic() < ends or kills <= 10:
        seed = next(seeds)
        folder = tmp_path / str(seed)
        folder.mkdir()
        kills += kill_and_resume(folder, seed, lines=40 + seed % 100, knows_ids=bool(seed % 2))
