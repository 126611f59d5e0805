"""`wfc run` as a user meets it: results, failures, input, terminals and cancelling."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from tests.process import DATA, interrupted, quick, read_or_end, wfc


def test_run_prints_only_the_result_on_stdout(folder: Path) -> None:
    done = wfc(folder, "run", "good.yaml", "--data", DATA, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == '{"text":"grüß\\u009b dich","total":3}\n'


def test_run_takes_its_argument_from_a_file_or_stdin(folder: Path) -> None:
    (folder / "data.json").write_text(DATA, encoding="utf-8")
    expected = wfc(folder, "run", "good.yaml", "--data", DATA).stdout
    assert wfc(folder, "run", "good.yaml", "--data", "@data.json").stdout == expected
    assert wfc(folder, "run", "good.yaml", "--data", "-", stdin=DATA).stdout == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"a" 1}', '1 | {"a" 1}\n  |      ^\n'),
        ("", "not JSON"),
        ("NaN", "NaN"),
        ("[" * 100_000, "nested"),
        ("@missing.json", "no such file"),
        ("@.", "is a directory"),
        (json.dumps("x" * 40_000), "argument"),
    ],
)
def test_an_argument_that_cannot_be_used_is_wrong_use(folder: Path, data: str, said: str) -> None:
    done = quick(folder, "run", "good.yaml", "--data", data)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_history_is_a_tree_of_what_ran_also_when_it_failed(folder: Path) -> None:
    text = """\
        main:
          steps:
            - each:
                for:
                  value: n
                  range: [1, 60]
                  steps:
                    - add:
                        assign:
                          - total: ${n}
            - guarded:
                try:
                  raise: "\\e[2Jno"
                except:
                  steps:
                    - stop:
                        return: ${1 // 0}
        """
    (folder / "steps.yaml").write_text(dedent(text), encoding="utf-8")
    done = wfc(folder, "run", "steps.yaml", "--history", "detailed")
    assert (done.returncode, done.stdout) == (3, "")
    tree, _, failure = done.stderr.partition("execution failed")
    assert "ZeroDivisionError" in failure
    lines = tree.splitlines()
    rounds = [line for line in lines if "iteration" in line]
    assert re.sub(r"  0\.\d{3} s", "", lines[0]) == "✓ each  for"
    assert rounds[0].startswith("├── ✓ iteration 1 of 60")
    assert rounds[-1].startswith("└── ✓ iteration 60 of 60")
    assert (len(rounds), "├── … 20 more" in lines) == (40, True)
    assert "│   └── ✓ add  assign  total = 1" in lines
    zero = '{"message":"ZeroDivisionError: division by zero"'
    assert [re.sub(r"  0\.\d{3} s", "", line)[: 20 + len(zero)] for line in lines[-5:]] == [
        f'✗ guarded  try  {zero},"ta',
        '├── ✗ attempt  "\\u001b[2Jno"',
        '│   └── ✗ guarded  raise  "\\u001b[2Jno"',
        f'└── ✗ except  {zero},"tags',
        f"    └── ✗ stop  return  {zero}"[: 20 + len(zero)],
    ]


def test_without_history_there_is_no_tree(folder: Path) -> None:
    done = quick(folder, "run", "good.yaml", "--data", DATA)
    assert done.stderr == ""


def test_run_reads_the_environment(folder: Path) -> None:
    names = ("FROM_PROCESS", "FROM_FILE", "QUOTED", "GIVEN", "EMPTY")
    values = ", ".join(f"\"${{sys.get_env('{name}')}}\"".replace("'", '\\"') for name in names)
    (folder / "env.yaml").write_text(f"- read:\n    return: [{values}]\n", encoding="utf-8")
    (folder / "vars").write_text(
        "# a comment\n\nFROM_FILE=file\nexport QUOTED = 'a = b'\nGIVEN=file\nEMPTY=\n",
        encoding="utf-8",
    )
    options = ["--env-file", "vars", "--env", "GIVEN=a=b", "--env", "Z="]
    done = wfc(folder, "run", "env.yaml", *options, env={"FROM_PROCESS": "process"})
    assert json.loads(done.stdout) == ["process", "file", "a = b", "a=b", ""]


@pytest.mark.parametrize(
    "options", [["--env", "NAME"], ["--env", "=x"], ["--env-file", "good.yaml"]]
)
def test_a_variable_without_a_value_is_wrong_use(folder: Path, options: list[str]) -> None:
    done = quick(folder, "run", "good.yaml", *options)
    assert done.returncode == 2
    assert "is not written as NAME=VALUE" in done.stderr


MANY = [part for n in range(21) for part in ("--env", f"NAME_{n}=x")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--env", "GOOGLE_REGION=x"], "`GOOGLE_REGION` cannot be set: names must not start with"),
        (["--env", "WORKFLOWS_X=x"], "1 | WORKFLOWS_X=x\n  | ^^^^^^^^^^^\n"),
        (["--env-file", "reserved"], "--> reserved:2:8"),
        (["--env", f"LONG={'ü' * 2049}"], "the value of `LONG` has 4,098 bytes, where 4,096"),
        (MANY, "21 variables are given, where the service takes 20"),
    ],
)
def test_what_the_service_would_not_take_as_a_variable_is_wrong_use(
    folder: Path, options: list[str], said: str
) -> None:
    """Spec 06, sys: at most 20 of 4 KiB, and names that are its own; under `google` limits."""
    (folder / "reserved").write_text("A=1\nexport GOOGLE_X=2\n", encoding="utf-8")
    (folder / "one.yaml").write_text("- one: {return: 1}\n", encoding="utf-8")
    done = quick(folder, "run", "one.yaml", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert quick(folder, "run", "one.yaml", *options, "--limits", "local").stdout == "1\n"


def test_just_what_the_service_takes_is_taken(folder: Path) -> None:
    text = """- one: {return: '${sys.get_env("NAME_1")}'}\n"""
    (folder / "one.yaml").write_text(text, encoding="utf-8")
    done = quick(folder, "run", "one.yaml", *MANY[2:], "--env", f"NAME_1={'x' * 4096}")
    assert (done.returncode, len(done.stdout)) == (0, 4096 + len('""\n'))


BUILT_IN = {
    "LOCATION": r"local",
    "PROJECT_ID": r"local-project",
    "PROJECT_NUMBER": r"0",
    "SERVICE_ACCOUNT_NAME": r"local@local-project\.iam\.gserviceaccount\.com",
    "WORKFLOW_EXECUTION_ID": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "WORKFLOW_ID": r"which",
    "WORKFLOW_REVISION_ID": r"000001-[0-9a-f]{3}",
}


def test_the_services_own_variables_have_local_values_that_can_be_set(folder: Path) -> None:
    """Also where 20 variables of the user's are set: they are not among those."""
    reads = ", ".join(f'"${{sys.get_env(\\"GOOGLE_CLOUD_{name}\\")}}"' for name in BUILT_IN)
    (folder / "which.flow.yaml").write_text(f"- read: {{return: [{reads}]}}\n", encoding="utf-8")
    found = json.loads(quick(folder, "run", "which.flow.yaml").stdout)
    for value, pattern in zip(found, BUILT_IN.values(), strict=True):
        assert re.fullmatch(pattern, value)
    given = [part for name in BUILT_IN for part in ("--env", f"GOOGLE_CLOUD_{name}={name}")]
    done = quick(folder, "run", "which.flow.yaml", *given, *MANY[2:])
    assert json.loads(done.stdout) == list(BUILT_IN)


def test_run_does_not_run_what_has_an_error(folder: Path) -> None:
    done = wfc(folder, "run", "bad.yaml", "--format=json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--> bad.yaml:4:15" in done.stderr


def test_a_failed_run_shows_its_frames_with_carets(folder: Path) -> None:
    done = wfc(folder, "run", "good.yaml", "--data", '{"a": 1}')
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == dedent(
        """\
        execution failed: KeyError: key not found: b
         --> good.yaml:6:20
          |
        6 |           - total: ${args.a + args.b}
          |                    ^^^^^^^^^^^^^^^^^^ in step `add`, routine `main`
          = tags: KeyError, LookupError
        """
    )


def test_a_run_without_the_argument_that_main_takes_says_how_to_give_it(folder: Path) -> None:
    hint = "\n  = hint: `main` takes an argument: give it with `--data JSON`\n"
    assert quick(folder, "run", "good.yaml").stderr.endswith(hint)
    assert hint not in quick(folder, "run", "good.yaml", "--data", '{"a": 1}').stderr


def test_frames_of_a_recursion_are_shown_once(folder: Path) -> None:
    (folder / "deep.yaml").write_text(
        dedent(
            """\
            main: {steps: [{go: {call: deeper}}]}
            deeper:
              steps:
                - again: {call: deeper}
            """
        ),
        encoding="utf-8",
    )
    done = quick(folder, "run", "deep.yaml")
    assert done.stderr.count(" --> deep.yaml:4:") == 1
    assert "\n      … 20 times in a row\n --> deep.yaml:1:" in done.stderr


def test_a_failed_branch_is_shown_with_its_own_frames(folder: Path) -> None:
    (folder / "fan.yaml").write_text(
        dedent(
            """\
            - fan:
                parallel:
                  for:
                    in: [1, 0]
                    value: n
                    steps:
                      - div:
                          assign: [{x: "${1 / n}"}]
            """
        ),
        encoding="utf-8",
    )
    done = wfc(folder, "run", "fan.yaml")
    assert done.returncode == 3
    assert "\nbranch 1: ZeroDivisionError: division by zero\n --> fan.yaml:8:" in done.stderr


def test_branches_of_nested_parallel_steps_are_told_apart_and_all_accounted_for(
    folder: Path,
) -> None:
    (folder / "nested.yaml").write_text(
        dedent(
            """\
            - outer:
                parallel:
                  for:
                    in: [0, 1]
                    value: n
                    steps:
                      - inner:
                          parallel:
                            for:
                              range: [1, 12]
                              value: m
                              steps:
                                - bad: {raise: "${string(n) + string(m)}"}
            """
        ),
        encoding="utf-8",
    )
    shown = quick(folder, "run", "nested.yaml").stderr.split("\n")
    ids = [line.partition(":")[0] for line in shown if line.startswith("branch")]
    assert ids == [
        f"branch {name}" for n in (0, 1) for name in (str(n), *(f"{n} › {m}" for m in range(10)))
    ]
    assert shown.count("and 2 more failed") == 2


def test_errors_that_are_long_are_cut_and_those_left_out_are_named(folder: Path) -> None:
    (folder / "long.yaml").write_text(
        dedent(
            """\
            - init: {assign: [{text: x}]}
            - grow:
                for: {value: k, range: [1, 17], steps: [{a: {assign: [{text: "${text + text}"}]}}]}
            - fan: {parallel: {for: {value: n, range: [1, 5], steps: [{bad: {raise: "${text}"}}]}}}
            """
        ),
        encoding="utf-8",
    )
    said = quick(folder, "run", "long.yaml").stderr
    assert f"\nbranch 0: {'x' * 2_000}…\n" in said
    assert "\nbranch 4: its error is left out: it was too large for the memory\n" in said


@pytest.mark.parametrize(
    "body", ["raise: {TEXT}", "parallel: {branches: [a: {steps: [b: {raise: {TEXT}}]}]}"]
)
def test_a_raised_value_without_a_form_in_json_is_reported_all_the_same(
    folder: Path, body: str
) -> None:
    raised = body.replace("TEXT", "data: '${text.encode(\"a\")}'")
    (folder / "bytes.yaml").write_text(f"- fail: {{{raised}}}\n", encoding="utf-8")
    found = wfc(folder, "run", "bytes.yaml", "--format=json")
    assert found.returncode == 3
    payload = {"message": "TypeError: bytes has no form in JSON", "tags": ["TypeError"]}
    assert json.loads(found.stdout)["error"]["payload"] == payload
    shown = wfc(folder, "run", "bytes.yaml")
    assert shown.returncode == 3
    assert "has no form in JSON" in shown.stderr


def test_json_format_prints_exactly_one_object(folder: Path) -> None:
    good = wfc(folder, "run", "good.yaml", "--format=json", "--data", DATA)
    result = {"text": "grüß\x9b dich", "total": 3}
    assert json.loads(good.stdout) == {"state": "SUCCEEDED", "result": result}
    failed = wfc(folder, "run", "good.yaml", "--format=json", "--data", '{"a": 1}')
    assert failed.returncode == 3
    assert failed.stderr == ""
    found = json.loads(failed.stdout)
    assert found == {
        "state": "FAILED",
        "error": {
            "payload": {
                "message": "KeyError: key not found: b",
                "tags": ["KeyError", "LookupError"],
            },
            "context": 'KeyError: key not found: b\nin step "add", routine "main", line: 6',
            "stackTrace": {
                "elements": [
                    {
                        "step": "add",
                        "routine": "main",
                        "position": {"line": "6", "column": "20", "length": "18"},
                    }
                ]
            },
        },
    }


def test_google_limits_are_the_default_of_run(folder: Path) -> None:
    (folder / "loop.yaml").write_text("- again:\n    next: again\n", encoding="utf-8")
    done = wfc(folder, "run", "loop.yaml")
    assert done.returncode == 3
    assert "100,000" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is sent as on POSIX")
@pytest.mark.usefixtures("loop_of_programs")
def test_an_interrupted_run_ends_as_cancelled(folder: Path) -> None:
    assert interrupted(folder, "waiting.yaml") == (130, "", "cancelled\n")


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is sent as on POSIX")
@pytest.mark.parametrize("place", ["main", "branch"])
@pytest.mark.usefixtures("loop_of_programs")
def test_a_run_that_never_waits_can_be_interrupted(folder: Path, place: str) -> None:
    busy = [{"say": {"call": "sys.log", "args": {"text": "it runs"}}}, {"on": {"next": "on"}}]
    still = [{"wait": {"call": "sys.sleep", "args": {"seconds": 1000}}}]
    branches = [{"still": {"steps": still}}, {"busy": {"steps": busy}}]
    steps = busy if place == "main" else [{"fan": {"parallel": {"branches": branches}}}]
    (folder / "busy.json").write_text(json.dumps(steps), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "run", "--limits", "local", "busy.json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    while "it runs" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr) == (130, "", "cancelled\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_terminal_shows_waiting_steps_and_safe_logs(folder: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "run", "waiting.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = b""
    try:
        while b"hold" not in seen:
            seen += os.read(ours, 4096)
    finally:
        process.send_signal(signal.SIGINT)
    # the terminal must be read until its end, or the process could not write it
    while chunk := read_or_end(ours):
        seen += chunk
    os.close(ours)
    assert process.communicate(timeout=60)[0] == b""
    assert process.returncode == 130
    text = seen.decode("utf-8")
    assert "WARNING" in text
    assert "it runs ␛[2J" in text
    assert "\x1b[2J" not in text
    assert "sleep" in text


def test_terraform_templates_run_with_the_flag_and_keep_their_places(folder: Path) -> None:
    text = '- half:\n    return: $${"$" + string(1 / args.by)}\n'
    text = "main:\n  params: [args]\n  steps:\n  " + text.replace("\n", "\n  ").rstrip() + "\n"
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    plain = quick(folder, "run", "template.yaml")
    assert plain.returncode == 1
    assert "--terraform" in plain.stderr
    done = quick(folder, "run", "template.yaml", "--terraform", "--data", '{"by": 2}')
    assert (done.returncode, done.stdout) == (0, '"$0.5"\n')
    failed = quick(folder, "run", "template.yaml", "--terraform", "--data", '{"by": 0}')
    assert failed.returncode == 3
    *_, line, marks, _ = failed.stderr.splitlines()
    assert line[marks.index("^")] == "$"
