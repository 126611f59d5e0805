"""Child workflows: executions of their own, how they end, and how their callers wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import web
from tests.compiled import workflow
from tests.http_server import serving
from tests.values import DEEP, ODD

import wfc_runtime.v1 as wf
from wfc_runtime.callback_server import CallbackServer
from wfc_runtime.errors import TAGS
from wfc_runtime.limits import GOOGLE, LOCAL
from wfc_runtime.stdlib import events, executions, http
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

Main = Callable[..., Any]
CONNECTOR = executions.run_connector


async def echo(run: wf.Run, argument: Any) -> Any:
    return argument


async def failing(run: wf.Run, argument: Any) -> Any:
    await run.sleep("nap", 90)
    raise wf.WorkflowError({"message": "no luck", "code": argument})


async def slow(run: wf.Run, argument: Any) -> Any:
    await run.sleep("nap", argument)
    run.log(data=f"slept {argument}")
    return argument


def found(**mains: Main) -> Callable[[str], wf.Workflow]:
    made = {name: workflow(main, parameters=1) for name, main in mains.items()}
    return made.__getitem__


def outcome(main: Main, **options: Any) -> Any:
    """The result of a run of `main` under a virtual clock, or the payload of its error."""
    clock = options.pop("clock", VirtualClock())
    options = {"children": found(echo=echo, failing=failing, slow=slow), **options}
    options.setdefault("log", lambda entry: None)
    options.setdefault("env", {})

    async def scenario() -> Any:
        before = asyncio.all_tasks()
        try:
            return await workflow(main).run(clock=clock, **options)
        except wf.WorkflowError as error:
            return {"failed": error.payload}
        finally:
            assert asyncio.all_tasks() == before

    return asyncio.run(scenario())


def calling(function: Any, **given: Any) -> Main:
    """A routine that makes one call; its result, or the error, with the time it took."""

    async def main(run: wf.Run) -> Any:
        try:
            return await run.call("call", function, **given)
        except Exception as exc:
            return {"caught": wf.caught(exc), "at": run.now()}

    return main


# -- arguments and results ------------------------------------------------------------------------


@pytest.mark.parametrize("function", [executions.run, CONNECTOR])
@pytest.mark.parametrize("argument", [None, 1, "text", [1, {"a": None}], {"b": [2.5]}])
def test_a_child_gets_its_argument_as_a_value_and_gives_its_result(
    function: Any, argument: Any
) -> None:
    assert outcome(calling(function, workflow_id="echo", argument=argument)) == argument


def test_argument_and_result_pass_as_json_text_and_are_never_shared() -> None:
    """A double without a fraction is written as an integer, as the service does (OQ-33)."""
    seen: list[Any] = []

    async def child(run: wf.Run, argument: Any) -> Any:
        seen.append(argument)
        return seen[0]

    async def main(run: wf.Run) -> Any:
        given = {"n": [2.0]}
        result = await run.call("call", executions.run, workflow_id="child", argument=given)
        return [given["n"] is seen[0]["n"], result is seen[0], type(result["n"][0]).__name__]

    assert outcome(main, children=found(child=child)) == [False, False, "int"]
    assert type(seen[0]["n"][0]) is int


@pytest.mark.parametrize(
    ("function", "given", "tag", "said"),
    [
        (executions.run, {"workflow_id": 1}, "TypeError", "`workflow_id` must be a string"),
        (executions.run, {"argument": b"x"}, "TypeError", "bytes has no form in JSON"),
        (executions.run, {"argument": [float("inf")]}, "ValueError", ""),
        (executions.run, {"location": 1}, "TypeError", "`location`"),
        (executions.run, {"project_id": 12}, "TypeError", "`project_id`"),
        (executions.map, {"arguments": {"a": 1}}, "TypeError", "`arguments` must be a list"),
        (executions.map, {"arguments": [1, b"x"]}, "TypeError", "bytes"),
        (executions.map, {"arguments": [], "timeout": "1"}, "TypeError", "`timeout`"),
        (executions.map, {"arguments": [], "timeout": 0}, "ValueError", "`timeout`"),
        (CONNECTOR, {"callLogLevel": "ALL"}, "ValueError", "`callLogLevel` must be one of"),
        (CONNECTOR, {"callLogLevel": 1}, "TypeError", "`callLogLevel`"),
        (CONNECTOR, {"disableConcurrencyQuotaOverflowBuffering": "no"}, "TypeError", "a boolean"),
        (CONNECTOR, {"connector_params": []}, "TypeError", "`connector_params` must be a dict"),
        (CONNECTOR, {"connector_params": {"retries": 1}}, "ValueError", "has no `retries`"),
        (CONNECTOR, {"connector_params": {"timeout": "1"}}, "TypeError", "timeout"),
        (CONNECTOR, {"connector_params": {"timeout": 31_536_001}}, "ValueError", "timeout"),
        (CONNECTOR, {"connector_params": {"skip_polling": 1}}, "TypeError", "skip_polling"),
        (CONNECTOR, {"connector_params": {"polling_policy": 1}}, "TypeError", ""),
        (CONNECTOR, {"connector_params": {"polling_policy": {"max_delay": 0}}}, "ValueError", ""),
    ],
)
def test_wrong_arguments_start_nothing(
    function: Any, given: dict[str, Any], tag: str, said: str
) -> None:
    def never(name: str) -> wf.Workflow:
        raise AssertionError("a child is to be started")

    main = calling(function, **{"workflow_id": "child", **given})
    error = outcome(main, children=never)["caught"]
    assert error["tags"] == [tag]
    assert said in error["message"]


ARGUMENTS = {
    executions.run: ("workflow_id", "location", "project_id", "argument"),
    executions.map: ("workflow_id", "arguments", "timeout", "location", "project_id"),
    CONNECTOR: (
        *("workflow_id", "location", "project_id", "argument", "callLogLevel"),
        *("disableConcurrencyQuotaOverflowBuffering", "connector_params"),
    ),
}


@pytest.mark.parametrize("function", ARGUMENTS)
def test_odd_arguments_never_raise_anything_of_pythons(function: Any) -> None:
    async def child(run: wf.Run, argument: Any) -> Any:
        return run.create_callback_endpoint()["url"].isprintable()

    for value in (*ODD, *DEEP):
        for parameter in ARGUMENTS[function]:
            base = {"workflow_id": "child"}
            given = {**base, **({"arguments": [1]} if function is executions.map else {})}
            result = outcome(
                calling(function, **{**given, parameter: value}), children=found(child=child)
            )
            assert result in (True, [True], []) or result["caught"]["tags"][0] in TAGS


def test_what_is_of_no_use_here_is_taken_all_the_same() -> None:
    params = {
        "timeout": 60,
        "polling_policy": {"initial_delay": 1, "multiplier": 1.25, "max_delay": 60},
        "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
    }
    main = calling(
        CONNECTOR,
        workflow_id="echo",
        argument=7,
        disableConcurrencyQuotaOverflowBuffering=False,
        connector_params=params,
    )
    assert outcome(main) == 7


def test_an_argument_above_the_limit_is_refused_as_a_bad_request() -> None:
    main = calling(executions.run, workflow_id="echo", argument="x" * 40_000)
    limits = replace(LOCAL, argument=GOOGLE.argument)
    error = outcome(main, limits=limits)["caught"]
    assert (error["code"], error["tags"]) == (400, ["HttpError"])
    assert "32,768" in error["body"]["error"]["message"]
    assert outcome(main) == "x" * 40_000


# -- how children end -----------------------------------------------------------------------------


def test_a_failed_child_is_an_execution_error_of_the_experimental_functions() -> None:
    """OQ-69; `map` waits for all of them and raises once."""
    error = {"message": "Execution failed or cancelled.", "tags": ["ExecutionError"]}
    main = calling(executions.run, workflow_id="failing", argument=1)
    assert outcome(main) == {"caught": error, "at": 90}
    mapped = calling(executions.map, workflow_id="failing", arguments=[1, 2])
    assert outcome(mapped) == {"caught": error, "at": 90}


def test_a_failed_child_is_an_operation_error_of_the_connector() -> None:
    """It holds the Execution resource (spec 06, spec 08 §2)."""
    main = calling(
        CONNECTOR, workflow_id="failing", argument={"b": 1, "a": 2}, location="here", project_id="p"
    )
    got = outcome(main, clock=VirtualClock(1_700_000_000.5))
    error, operation = got["caught"], got["caught"].pop("operation")
    assert error == {"message": "Execution failed or cancelled.", "tags": ["OperationError"]}
    name = operation.pop("name")
    assert name.startswith("projects/p/locations/here/workflows/failing/executions/")
    message = '{"code":{"a":2,"b":1},"message":"no luck"}'
    assert operation == {
        "argument": '{"a":2,"b":1}',
        "duration": "90s",
        "endTime": "2023-11-14T22:14:50.5Z",
        "error": {
            "context": f"RuntimeError: {message}",
            "payload": message,
            "stackTrace": {"elements": []},
        },
        "startTime": "2023-11-14T22:13:20.5Z",
        "state": "FAILED",
        "workflowRevisionId": "000001-abc",
    }


def test_results_of_map_stand_in_the_order_of_the_arguments() -> None:
    main = calling(executions.map, workflow_id="slow", arguments=[30, 10, 20])
    clock = VirtualClock()
    assert outcome(main, clock=clock) == [30, 10, 20]
    assert clock.time() == 30
    assert outcome(calling(executions.map, workflow_id="slow", arguments=[])) == []


@pytest.mark.parametrize(
    ("function", "given", "seconds"),
    [
        (executions.run, {"argument": 5000}, 1800),
        (executions.map, {"arguments": [1, 5000]}, 1800),
        (executions.map, {"arguments": [1, 5000], "timeout": 2.5}, 2.5),
        (CONNECTOR, {"argument": 5000}, 1800),
        (CONNECTOR, {"argument": 5000, "connector_params": {"timeout": 60}}, 60),
    ],
)
def test_waiting_for_children_ends_but_they_go_on(
    function: Any, given: dict[str, Any], seconds: float
) -> None:
    clock = VirtualClock()
    logged: list[Any] = []
    main = calling(function, workflow_id="slow", **given)
    result = outcome(main, clock=clock, log=lambda entry: logged.append(entry.payload))
    assert result["at"] == seconds
    assert result["caught"]["tags"] == ["TimeoutError", "OSError"]
    assert logged[-1] == "slept 5000"
    assert clock.time() == 5000


def test_with_skip_polling_the_result_is_null_and_the_run_ends_after_the_child() -> None:
    clock = VirtualClock()
    skip = {"skip_polling": True}
    main = calling(CONNECTOR, workflow_id="slow", argument=60, connector_params=skip)
    assert outcome(main, clock=clock) is None
    assert clock.time() == 60


def test_the_failure_of_a_child_is_logged_since_nobody_else_may_say_why() -> None:
    entries: list[wf.LogEntry] = []
    skip = {"skip_polling": True}
    main = calling(CONNECTOR, workflow_id="failing", argument=1, connector_params=skip)
    assert outcome(main, log=entries.append) is None
    (entry,) = entries
    assert (entry.severity, entry.workflow, entry.generation) == ("ERROR", "failing", 1)
    assert entry.payload == 'execution failed: RuntimeError: {"code":1,"message":"no luck"}'


def test_what_breaks_in_a_child_that_nobody_waits_for_is_not_lost() -> None:
    async def child(run: wf.Run, argument: Any) -> None:
        raise RuntimeError("a bug")

    skip = {"skip_polling": True}
    for function, given in ((CONNECTOR, {"connector_params": skip}), (executions.run, {})):
        main = calling(function, workflow_id="child", **given)
        with pytest.raises(RuntimeError, match="a bug"):
            outcome(main, children=found(child=child))


def test_cancelling_the_caller_cancels_its_children() -> None:
    ended: list[str] = []

    async def endless(run: wf.Run, name: Any) -> None:
        try:
            await run.sleep("nap", 3600)
        finally:
            ended.append(name)

    async def main(run: wf.Run) -> None:
        skip = {"skip_polling": True}
        given = {"workflow_id": "endless", "argument": "skipped", "connector_params": skip}
        await run.call("start", CONNECTOR, **given)
        await run.call("map", executions.map, workflow_id="endless", arguments=["a", "b"])

    async def scenario() -> None:
        before = asyncio.all_tasks()
        running = asyncio.create_task(
            workflow(main).run(children=found(endless=endless), env={}, log=lambda entry: None)
        )
        for _ in range(5):
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert running.cancelled()
        assert asyncio.all_tasks() == before

    asyncio.run(scenario())
    assert sorted(ended) == ["a", "b", "skipped"]


def test_a_cancellation_while_the_callback_server_stops_reaches_the_children() -> None:
    """Which the run would wait for else, with nobody to cancel them a second time."""
    stopping = asyncio.Event()

    async def stop(server: CallbackServer) -> None:
        stopping.set()
        await asyncio.Event().wait()

    async def endless(run: wf.Run, argument: Any) -> None:
        await run.sleep("nap", 3600)

    async def main(run: wf.Run) -> None:
        run.create_callback_endpoint()
        given = {"workflow_id": "endless", "connector_params": {"skip_polling": True}}
        await run.call("start", CONNECTOR, **given)

    async def scenario() -> None:
        children = found(endless=endless)
        running = asyncio.create_task(
            workflow(main).run(children=children, env={}, log=lambda entry: None)
        )
        await stopping.wait()
        running.cancel()
        await asyncio.wait({running}, timeout=30)
        assert running.cancelled()

    with patch.object(CallbackServer, "stop", stop):
        asyncio.run(scenario())


# -- what a child is ------------------------------------------------------------------------------


def test_a_child_has_an_environment_and_limits_of_its_own() -> None:
    async def child(run: wf.Run, argument: Any) -> Any:
        names = ("WORKFLOW_ID", "WORKFLOW_EXECUTION_ID", "LOCATION", "PROJECT_ID")
        return [run.get_env("MINE"), *(run.get_env(f"GOOGLE_CLOUD_{name}") for name in names)]

    async def main(run: wf.Run) -> Any:
        one = await run.call("a", executions.run, workflow_id="child", location="there")
        two = await run.call("b", executions.run, workflow_id="child")
        return [run.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID"), one, two]

    env = {"MINE": "x", "GOOGLE_CLOUD_PROJECT_ID": "p", "GOOGLE_CLOUD_WORKFLOW_ID": "caller"}
    own, one, two = outcome(main, children=found(child=child), env=env)
    assert (one[:2], one[3:]) == (["x", "child"], ["there", "p"])
    assert two[3:] == ["local", "p"]
    assert len({own, one[2], two[2]}) == 3


def test_depth_and_steps_are_counted_anew_in_a_child() -> None:
    async def child(run: wf.Run, argument: Any) -> Any:
        run.steps(3)
        inner = run
        for _ in range(20):
            inner = inner.nested()
        return inner.depth

    made = workflow(child, parameters=1, accounting=True)

    async def main(run: wf.Run) -> Any:
        run.steps(3)
        run = run.nested()
        return await run.call("call", executions.map, workflow_id="child", arguments=[1, 2])

    async def scenario() -> Any:
        limits = replace(LOCAL, steps=3)
        return await workflow(main, accounting=True).run(
            children=lambda name: made, limits=limits, env={}
        )

    assert asyncio.run(scenario()) == [20, 20]


def test_children_can_make_requests_and_await_callbacks_under_a_virtual_clock() -> None:
    """The time must not jump to the caller's timeout while a request is on its way."""

    async def child(run: wf.Run, url: Any) -> Any:
        endpoint = run.create_callback_endpoint()
        answer = await run.call("ask", http.get, url=url)
        found = await run.call("wait", events.await_callback, callback=endpoint)
        return [answer["body"], found["http_request"]["body"], run.now()]

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="pong")

    async def scenario() -> Any:
        clock = VirtualClock()
        callbacks = ScriptedCallbacks(clock, CallbackRequest(40, "called"))
        async with serving(answer) as address:
            main = calling(executions.run, workflow_id="child", argument=address)
            return await workflow(main).run(
                clock=clock,
                callbacks=callbacks,
                children=found(child=child),
                env={},
                log=lambda entry: None,
            )

    assert asyncio.run(scenario()) == ["pong", "called", 40]


def test_an_observer_sees_the_steps_of_a_child_below_its_caller() -> None:
    seen: list[Any] = []

    class Watcher:
        def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
            seen.append((branch, step, what))

        def step_finished(
            self, branch: wf.BranchPath, step: str, what: str, error: BaseException | None
        ) -> None: ...

        def log(self, entry: wf.LogEntry) -> None: ...

    main = calling(executions.map, workflow_id="slow", arguments=[1, 2])
    outcome(main, observer=Watcher())
    assert seen == [
        ((), "call", "experimental.executions.map"),
        ((("slow", 0),), "nap", "sleep"),
        ((("slow", 1),), "nap", "sleep"),
    ]


# -- which workflows there are --------------------------------------------------------------------


def broken(name: str) -> wf.Workflow:
    raise ValueError(f"`{name}.yaml` has errors")


def unknown(name: str) -> wf.Workflow:
    raise LookupError(f"nothing like `{name}` here")


@pytest.mark.parametrize(
    ("children", "code", "status", "said"),
    [
        (None, 404, "NOT_FOUND", "`children` is not given"),
        ({}.__getitem__, 404, "NOT_FOUND", "there is no workflow `child`"),
        (unknown, 404, "NOT_FOUND", "nothing like `child` here"),
        (broken, 400, "FAILED_PRECONDITION", "`child.yaml` has errors"),
    ],
)
def test_a_workflow_that_cannot_be_called_is_an_http_error(
    children: Any, code: int, status: str, said: str
) -> None:
    error = outcome(calling(executions.run, workflow_id="child"), children=children)["caught"]
    assert (error["code"], error["tags"]) == (code, ["HttpError"])
    assert error["message"] == f"HTTP server responded with error code {code}"
    assert error["body"]["error"]["status"] == status
    assert said in error["body"]["error"]["message"]


@pytest.mark.parametrize("function", [executions.run, CONNECTOR])
def test_executions_that_call_one_another_without_end_are_stopped(function: Any) -> None:
    """All of them, by an error that no workflow catches, however deep its text would nest."""
    started: list[int] = []

    async def main(run: wf.Run, argument: Any = None) -> Any:
        started.append(1)
        try:
            return await run.call("again", function, workflow_id="main")
        except Exception as exc:
            return {"caught": wf.caught(exc)}

    result = outcome(main, children=found(main=main), limits=replace(LOCAL, generations=4))
    assert len(started) == 5
    assert result["failed"]["tags"] == ["ResourceLimitError"]
    assert "5, where the limit is 4 (Limits.generations)" in result["failed"]["message"]
