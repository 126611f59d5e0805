"""A compiled module as a program: `python order.py '{"x": 1}'` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.compiled import text_of

RUNTIME = Path(__file__).parent.parent / "runtime"

ORDER = """
async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # check · order.yaml:3
    run.log(data="checking", severity="INFO")
    if args is None:
        return None

    # price · order.yaml:7
    total = args["price"] * 2
    return {"total": total, "name": args["name"]}
"""
POSITIONS = "main\n 5 3:9+4 check\n 10 7:9+6 price\n 10:12-10:25 7:17+18\n"

ENDLESS = """
async def main(run: wf.Run) -> wf.Value:
    async def branch(run: wf.Run) -> None:
        try:
            run.log(data="waiting")
            await run.sleep("long", 1000)
        finally:
            run.log(data="stopped")

    await run.parallel("fan", [branch, branch])
    return None
"""


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.py"
    path.write_text(text_of(ORDER, POSITIONS, parameters=1), encoding="utf-8")
    return path


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(RUNTIME), **more}


def start(path: Path, *args: str, options: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *options, str(path), *args],
        env=environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def call(path: Path, *args: str, options: Sequence[str] = ()) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    process = start(path, *args, options=options)
    out, err = process.communicate(timeout=60)
    return process.returncode, out.decode(), err.decode()


def test_the_result_is_json_on_standard_output_and_the_log_is_not(order: Path) -> None:
    """Keys are sorted, and the text is UTF-8 whatever the locale says."""
    code, out, err = call(order, '{"price": 2.5, "name": "Zoë"}')
    assert (code, out) == (0, '{"name":"Zoë","total":5}\n')
    (entry,) = (json.loads(line) for line in err.splitlines())
    assert (entry["severity"], entry["textPayload"]) == ("INFO", "checking")


def test_without_an_argument_main_gets_null(order: Path) -> None:
    code, out, _ = call(order)
    assert (code, out) == (0, "null\n")


def test_a_failed_execution_reports_its_context_and_payload_and_exits_with_3(order: Path) -> None:
    code, out, err = call(order, '{"prize": 1}')
    assert (code, out) == (3, "")
    assert err.splitlines()[1:] == [
        "KeyError: key not found: price",
        'in step "price", routine "main", line: 7',
        'payload: {"message":"KeyError: key not found: price","tags":["KeyError","LookupError"]}',
    ]


def test_lines_are_right_without_column_information(order: Path) -> None:
    code, _, err = call(order, "{}", options=["-X", "no_debug_ranges"])
    assert code == 3
    assert 'in step "price", routine "main", line: 7' in err


@pytest.mark.parametrize(
    "args",
    [
        ["{x: 1}"],
        [""],
        ["NaN"],
        ["--data"],
        ["[" * 100_000],
        ['{"a":' * 600 + "1" + "}" * 600],
        ["1", "2"],
    ],
)
def test_wrong_use_exits_with_2_and_no_traceback(order: Path, args: list[str]) -> None:
    code, out, err = call(order, *args)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "order.py" in err


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_says_how_to_call_it(order: Path, option: str) -> None:
    code, out, err = call(order, option)
    assert (code, err) == (0, "")
    assert out.startswith("usage: python order.py [JSON]\n")
    assert "order.yaml" in out


def test_a_negative_number_is_an_argument_and_no_option(order: Path) -> None:
    code, _, err = call(order, "-1")
    assert code == 3
    assert "TypeError" in err


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process there")
@pytest.mark.usefixtures("loop_of_programs")
def test_ctrl_c_stops_every_branch_and_exits_with_130_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "order.py"
    path.write_text(text_of(ENDLESS), encoding="utf-8")
    process = start(path)
    assert process.stderr is not None
    waiting = [process.stderr.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert all(b"waiting" in line for line in waiting)
    *stopped, last = err.decode().splitlines()
    assert last == "cancelled"
    assert [json.loads(line)["textPayload"] for line in stopped] == ["stopped"] * 2


def test_starting_imports_nothing_that_only_http_or_a_failure_needs(order: Path) -> None:
    code = (
        "import asyncio, sys, order; asyncio.run(order.run()); "
        "print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    )
    late = ["aiohttp", "re2", "zoneinfo", "ssl_context", "urllib.parse", "uuid", "argparse"]
    late += ["wfc_runtime.request", "wfc_runtime.response", "wfc_runtime.translate"]
    late += ["wfc_runtime.callbacks", "wfc_runtime.callback_server", "wfc_runtime.call_log"]
    late += ["wfc_runtime.connector_request", "wfc_runtime.operations"]
    late += ["wfc_runtime.history", "wfc_runtime.steps"]
    late += ["wfc_runtime.credentials", "wfc_runtime.routes", "wfc_runtime.testing"]
    late += ["google", "wfc", "lark", "yaml", "jinja2", "black"]
    done = subprocess.run(
        [sys.executable, "-c", code, *late],
        env=environment(PYTHONPATH=os.pathsep.join((str(RUNTIME), str(order.parent)))),
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "\n"


CALLER = """
async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    return await run.call("call", wf.executions.run, workflow_id=args, argument={"price": 4})
"""


def test_workflows_that_are_called_are_compiled_modules_of_the_same_folder(order: Path) -> None:
    """A module's first line says which workflow it was; its own name may be another."""
    marker = (
        '"""flows/order-17.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""\n'
    )
    text = order.read_text(encoding="utf-8").replace('args["name"]', '"x"')
    (order.parent / "order_17.py").write_text(marker + text, encoding="utf-8")
    (order.parent / "other.py").write_text("raise SystemExit('was imported')\n", encoding="utf-8")
    caller = order.parent / "caller.py"
    caller.write_text(text_of(CALLER, parameters=1), encoding="utf-8")
    assert call(caller, '"order-17"')[:2] == (0, '{"name":"x","total":8}\n')
    code, _, err = call(caller, '"order"')
    assert code == 3
    assert "HTTP server responded with error code 404" in err
    assert "was compiled from a workflow `order`" in err
