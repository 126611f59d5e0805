"""Secrets of Peak workflows: a canary that must never be seen in logs, results or errors."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.peak_steps import command, workflow

import wfc_runtime.peak.v1 as wf
from wfc_runtime.peak.lines import LONGEST, Lines
from wfc_runtime.peak.secrets import Secrets, variable_of

CANARY = 'cAn"ary\\ 5/ü'


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("secret", "SECRET_CUSTOM"),
        ("db-password", "DB_PASSWORD_CUSTOM"),
        ("a.b c", "A_B_C_CUSTOM"),
    ],
)
def test_the_variable_of_a_secret(name: str, variable: str) -> None:
    assert variable_of(name) == variable


@pytest.mark.parametrize(
    "text",
    [
        'echo "$K_CUSTOM"; echo "$K_CUSTOM" > out',
        'printf "%s%s" before "$K_CUSTOM" > out; cat out',
        'head -c 16380 /dev/zero | tr "\\0" x; echo "$K_CUSTOM"; printf "$K_CUSTOM" > out',
        'printf "%s" "$K_CUSTOM" | base64 -w0; env > out; exit 3',
        'for part in 1 2 3; do printf "%s\\n" "$K_CUSTOM" >&2; done; false',
    ],
)
@pytest.mark.parametrize("source", ["settings", "environment"])
def test_nobody_sees_a_secret(
    text: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pass_on(step: wf.StepRun) -> None:
        await step.command('test -n "$OUT" && echo "$OUT"', env={"OUT": step.output("a", "out")})

    given = {"k": CANARY} if source == "settings" else {}
    if source == "environment":
        monkeypatch.setenv("K_CUSTOM", CANARY)
    steps = [
        wf.Step("a", command(text, secrets=["k"], outputs={"out": "out"})),
        wf.Step("b", pass_on, after=["a"], when=[wf.all_of(["a"], "success", "failure")]),
    ]
    log: list[wf.LogEntry] = []
    seen: list[wf.StepResult] = []
    result = asyncio.run(
        workflow(*steps).run(settings=wf.Settings(given), log=log.append, on_step=seen.append)
    )
    shown = json.dumps([result.as_json(), [str(step) for step in seen], log], ensure_ascii=False)
    assert "[redacted]" in shown
    for form in (CANARY, json.dumps(CANARY)[1:-1], quote(CANARY), CANARY[:7]):
        assert form not in shown
        assert json.dumps(form, ensure_ascii=False)[1:-1] not in shown


def test_a_step_that_inherits_what_holds_a_secret_gets_it_as_it_is() -> None:
    async def work(step: wf.StepRun) -> None:
        await step.command(
            'test "$OUT" = "$K_CUSTOM"', env={"OUT": step.output("a", "out")}, secrets=["k"]
        )

    write = command('printf "%s" "$K_CUSTOM" > out', secrets=["k"], outputs={"out": "out"})
    steps = [wf.Step("a", write), wf.Step("b", work, after=["a"])]
    settings = wf.Settings({"k": CANARY})
    result = asyncio.run(workflow(*steps).run(settings=settings, log=lambda entry: None))
    assert result.status == "Success"
    assert result.steps["a"].outputs == {"out": "[redacted]"}


def test_a_secret_that_is_not_there_says_where_to_put_it() -> None:
    step = wf.Step("a", command("true", secrets=["db-password"]), retry=wf.Retry())
    result = asyncio.run(workflow(step).run(log=lambda entry: None))
    assert result.steps["a"].attempts == 1  # another try would not find it either
    assert result.steps["a"].reason == (
        "there is no secret `db-password`; hint: write `db-password=…` into the file of "
        "`--secrets`, or set DB_PASSWORD_CUSTOM"
    )


def test_an_observer_hears_of_no_secret() -> None:
    heard: list[object] = []

    class Watching:
        def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
            heard.append((step, what))

        def step_finished(
            self, branch: wf.BranchPath, step: str, what: str, error: BaseException | None
        ) -> None:
            heard.append((step, repr(error), repr(error and error.__context__)))

        def branch_started(self, branch: wf.BranchPath) -> None: ...

        def branch_finished(self, branch: wf.BranchPath, error: Exception | None) -> None: ...

        def log(self, entry: wf.LogEntry) -> None:
            heard.append(entry)

    async def work(step: wf.StepRun) -> None:
        await step.http("get", f"nothing://{step.secret('k')}")

    running = workflow(wf.Step("a", work)).run(
        settings=wf.Settings({"k": "canary"}), observer=Watching(), log=lambda entry: None
    )
    assert asyncio.run(running).status == "Failed"
    assert "[redacted]" in str(heard)
    assert "canary" not in str(heard)


def test_the_lines_of_a_secret_are_hidden_one_by_one() -> None:
    secrets = Secrets({"key": "-----BEGIN-----\nMIIE1234\n-----END-----\n"}, {})
    assert secrets.redacted("x MIIE1234 y") == "x [redacted] y"


@given(
    st.lists(st.text("xy\n ", max_size=9).map(str.encode), max_size=30),
    st.text("xy", min_size=1, max_size=4),
    st.integers(0, 5),
)
def test_lines_show_no_secret_wherever_the_output_is_cut(
    chunks: list[bytes], key: str, short: int
) -> None:
    said: list[str] = []
    secrets = Secrets({"k": key}, {})
    lines = Lines(secrets, said.append)
    for chunk in [b"-" * (LONGEST - short), *chunks]:
        lines.feed(chunk)
    lines.end()
    whole = "-" * (LONGEST - short) + b"".join(chunks).decode()
    assert "".join(said) == secrets.redacted(whole).replace("\n", "")
    assert max(map(len, said)) <= LONGEST
