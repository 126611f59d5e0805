"""An execution: what a workflow reaches through `run`, and what `Workflow.run` promises."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from tests.compiled import execute, failure, workflow

import wfc_runtime.v1 as wf
from wfc_runtime.limits import GOOGLE, Limits
from wfc_runtime.logs import LogEntry
from wfc_runtime.testing import VirtualClock

NAN = float("nan")


def tag(error: wf.WorkflowError) -> str:
    return str(error.payload["tags"][0])


class Watcher:
    """An observer that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
        self.heard.append(("start", branch, step, what))

    def step_finished(
        self, branch: wf.BranchPath, step: str, what: str, error: BaseException | None
    ) -> None:
        self.heard.append(("end", branch, step, what, type(error).__name__))

    def branch_started(self, branch: wf.BranchPath) -> None:
        self.heard.append(("start", branch))

    def branch_finished(self, branch: wf.BranchPath, error: Exception | None) -> None:
        self.heard.append(("end", branch, type(error).__name__))

    def log(self, entry: LogEntry) -> None:
        self.heard.append(("log", entry.payload))


# -- time -----------------------------------------------------------------------------------------


def test_sleeping_and_the_time_go_through_the_clock_of_the_run() -> None:
    async def main(run: wf.Run) -> list[float]:
        before = run.now()
        await run.sleep("pause", 3600)
        await run.sleep("pause", 0.5)
        return [before, run.now()]

    assert execute(main, clock=VirtualClock(1000.0)) == [1000.0, 4600.5]


def test_sleep_until_waits_for_a_time_and_not_for_one_that_has_passed() -> None:
    async def main(run: wf.Run) -> float:
        await run.sleep_until("pause", "1970-01-01T00:01:00Z")
        await run.sleep_until("pause", "1970-01-01T00:00:10+00:00")
        return run.now()

    assert execute(main) == 60.0


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ("5", "TypeError"),
        (None, "TypeError"),
        (True, "TypeError"),
        (-1, "ValueError"),
        (-0.001, "ValueError"),
        (31_536_001, "ValueError"),
        (NAN, "ValueError"),
    ],
)
def test_sleep_takes_a_number_of_seconds_up_to_a_year(seconds: Any, expected: str) -> None:
    async def main(run: wf.Run) -> None:
        await run.sleep("pause", seconds)

    assert tag(failure(main)) == expected


def test_a_year_is_not_too_long_to_sleep() -> None:
    async def main(run: wf.Run) -> float:
        await run.sleep("pause", 31_536_000)
        return run.now()

    assert execute(main) == 31_536_000.0


# -- environment and randomness -------------------------------------------------------------------


def test_the_environment_is_what_the_run_was_given_and_a_default_stands_in() -> None:
    async def main(run: wf.Run) -> list[Any]:
        return [run.get_env("URL"), run.get_env("URL", "other"), run.get_env("TIER", "free")]

    assert execute(main, env={"URL": "http://a"}) == ["http://a", "http://a", "free"]


def test_by_default_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_URL", "http://orders")

    async def main(run: wf.Run) -> Any:
        return run.get_env("ORDERS_URL")

    assert execute(main, env=None) == "http://orders"


def test_an_unset_variable_without_default_is_null_and_warns_once() -> None:
    """OQ-60"""
    entries: list[LogEntry] = []

    async def main(run: wf.Run) -> list[Any]:
        return [run.get_env("TIER"), run.get_env("TIER")]

    assert execute(main, log=entries.append) == [None, None]
    (entry,) = entries
    assert entry.severity == "WARNING"
    assert "TIER" in str(entry.payload)


@pytest.mark.parametrize("arguments", [(1,), (None,), ("A", 1), ("A", ["b"])])
def test_names_and_defaults_of_environment_variables_are_strings(arguments: Any) -> None:
    async def main(run: wf.Run) -> None:
        run.get_env(*arguments)

    assert tag(failure(main)) == "TypeError"


def test_the_services_own_variables_have_local_values_that_can_be_replaced() -> None:
    names = (
        "LOCATION PROJECT_ID PROJECT_NUMBER SERVICE_ACCOUNT_NAME WORKFLOW_EXECUTION_ID WORKFLOW_ID "
        "WORKFLOW_REVISION_ID"
    )

    async def main(run: wf.Run) -> dict[str, Any]:
        return {name: run.get_env(f"GOOGLE_CLOUD_{name}") for name in names.split()}

    values = execute(main, env={"GOOGLE_CLOUD_PROJECT_ID": "mine"})
    assert all(type(value) is str and value for value in values.values())
    assert values["PROJECT_ID"] == "mine"
    assert values["WORKFLOW_ID"] == "order"
    assert values["WORKFLOW_EXECUTION_ID"] != execute(main)["WORKFLOW_EXECUTION_ID"]


def test_uuid_is_random_and_of_version_4() -> None:
    async def main(run: wf.Run) -> list[str]:
        return [run.uuid(), run.uuid()]

    first, second = execute(main)
    assert first != second
    pattern = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(pattern, first)


# -- calls ----------------------------------------------------------------------------------------


def test_a_call_hands_over_the_run_and_arguments_of_any_name() -> None:
    async def library(run: wf.Run, *, step: int, function: int, self: int) -> list[Any]:
        return [type(run).__name__, step, function, self]

    async def main(run: wf.Run) -> Any:
        return await run.call("fetch", library, step=1, function=2, self=3)

    assert execute(main) == ["Run", 1, 2, 3]


def test_the_21st_nested_call_is_a_recursion_error_that_can_be_caught() -> None:
    """OQ-65: main is depth 0."""

    async def down(run: wf.Run, left: int) -> int:
        return 0 if left == 0 else 1 + await down(run.nested(), left - 1)

    async def main(run: wf.Run) -> list[Any]:
        try:
            await down(run, 21)
        except Exception as exc:
            return [await down(run, 20), wf.caught(exc)["tags"]]
        return []

    assert execute(main) == [20, ["RecursionError", "RuntimeError"]]


def test_a_call_deep_inside_a_branch_is_counted_too() -> None:
    async def main(run: wf.Run) -> None:
        async def branch(run: wf.Run) -> None:
            for _ in range(21):
                run = run.nested()

        await run.parallel("fan", [branch])

    (branch,) = failure(main).payload["branches"]
    assert branch["error"]["payload"]["tags"] == ["RecursionError", "RuntimeError"]


# -- limits ---------------------------------------------------------------------------------------


def test_the_step_limit_cannot_be_caught_and_names_figure_limit_and_setting() -> None:
    async def main(run: wf.Run) -> str:
        try:
            while True:
                run.steps(3)
        except Exception:
            return "caught"

    error = failure(main, limits="google", accounting=True)
    assert error.payload == {
        "message": "ResourceLimitError: steps executed: 100,002, where the limit is 100,000 "
        "(Limits.steps)",
        "tags": ["ResourceLimitError"],
    }


def test_exactly_as_many_steps_as_the_limit_are_fine() -> None:
    async def main(run: wf.Run) -> str:
        run.steps(100_000)
        return "done"

    assert execute(main, limits="google", accounting=True) == "done"


def test_limits_that_need_accounting_are_refused_for_a_module_without() -> None:
    async def main(run: wf.Run) -> str:
        return "done"

    with pytest.raises(ValueError, match="compiled without accounting"):
        execute(main, limits="google")
    assert execute(main, limits=Limits(None, None, None, None, None, depth=3)) == "done"


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="google, local"):
        execute(lambda run: asyncio.sleep(0), limits="aws")


def test_the_argument_has_a_limit_under_google_and_none_locally() -> None:
    async def main(run: wf.Run, args: Any) -> int:
        return len(args)

    options: dict[str, Any] = {"parameters": 1, "accounting": True}
    assert GOOGLE.argument == 32 * 1024
    largest = "x" * (32 * 1024 - 2)
    assert execute(main, largest, limits="google", **options) == len(largest)
    with pytest.raises(ValueError, match=r"32,769, where the limit is 32,768 \(Limits.argument\)"):
        execute(main, largest + "x", limits="google", **options)
    assert execute(main, largest * 100, **options) == len(largest) * 100


# -- argument and result --------------------------------------------------------------------------


def test_the_argument_is_copied_so_that_the_caller_keeps_his() -> None:
    async def main(run: wf.Run, args: Any) -> Any:
        args["list"].append(2)
        return args

    given = {"list": [1]}
    assert execute(main, given, parameters=1) == {"list": [1, 2]}
    assert given == {"list": [1]}


def test_an_argument_that_main_does_not_take_is_ignored() -> None:
    """OQ-2"""

    async def main(run: wf.Run) -> str:
        return "done"

    assert execute(main, {"x": 1}) == "done"


@pytest.mark.parametrize("args", [{1, 2}, object(), b"bytes", {"x": NAN}])
def test_an_argument_must_have_a_form_in_json(args: object) -> None:
    async def main(run: wf.Run, args: Any) -> Any:
        return args

    with pytest.raises((TypeError, ValueError), match="argument"):
        execute(main, args, parameters=1)


@pytest.mark.parametrize(
    ("result", "expected"),
    [(b"bytes", "TypeError"), ([{"x": b""}], "TypeError"), ([NAN], "ValueError")],
)
def test_a_result_without_a_form_in_json_fails_the_execution(result: Any, expected: str) -> None:
    async def main(run: wf.Run) -> Any:
        return result

    assert tag(failure(main)) == expected


# -- errors and ends ------------------------------------------------------------------------------


def test_a_bug_in_the_runtime_is_never_the_workflows_error() -> None:
    async def main(run: wf.Run) -> str:
        try:
            dict[str, int]()["missing"]  # this frame is not one of a compiled module
        except Exception as exc:
            wf.caught(exc)
        return "caught"

    with pytest.raises(KeyError, match="missing"):
        execute(main)


def test_cancelling_passes_through_the_workflow_and_closes_the_session() -> None:
    async def scenario() -> bool:
        opened: list[Any] = []

        async def main(run: wf.Run) -> str:
            opened.append(run.execution.session())
            try:
                await asyncio.Event().wait()
            except Exception:
                return "caught"
            return "done"

        task = asyncio.create_task(workflow(main).run())
        while not opened:
            await asyncio.sleep(0)
        assert not opened[0].closed
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return bool(opened[0].closed)

    assert asyncio.run(scenario())


def test_an_execution_without_http_opens_no_session() -> None:
    seen: list[wf.Run] = []

    async def main(run: wf.Run) -> None:
        seen.append(run)

    execute(main)
    assert seen[0].execution._session is None


# -- observing ------------------------------------------------------------------------------------


def test_an_observer_hears_of_every_step_that_waits_and_of_the_log() -> None:
    async def library(run: wf.Run, *, x: int) -> int:
        if x < 0:
            raise wf.WorkflowError("negative")
        return x

    library.__module__, library.__name__ = "wfc_runtime.stdlib.http", "get"

    async def main(run: wf.Run) -> None:
        await run.call("fetch", library, x=1)
        run.log(data="between")

        async def branch(run: wf.Run) -> None:
            await run.sleep("pause", 1)
            await run.call("fail", library, x=-1)

        await run.parallel("fan", [branch])

    watcher = Watcher()
    with pytest.raises(wf.WorkflowError):
        execute(main, observer=watcher, log=lambda entry: None)
    inside = (("fan", 0),)
    assert watcher.heard == [
        ("start", (), "fetch", "http.get"),
        ("end", (), "fetch", "http.get", "NoneType"),
        ("log", "between"),
        ("start", (), "fan", "parallel"),
        ("start", inside),
        ("start", inside, "pause", "sleep"),
        ("end", inside, "pause", "sleep", "NoneType"),
        ("start", inside, "fail", "http.get"),
        ("end", inside, "fail", "http.get", "WorkflowError"),
        ("end", inside, "WorkflowError"),
        ("end", (), "fan", "parallel", "WorkflowError"),
    ]
