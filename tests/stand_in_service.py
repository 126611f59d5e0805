"""A stand-in for a workflow service, for tests of the command as its client.

It answers the few routes that the command asks for, with what a test has put in, and fails when a
test says so.  What an execution does is told by its argument: `{"fail": …}` fails, `{"hold": true}`
stays active, anything else succeeds with `{"echo": argument}` when it is looked at.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from aiohttp import web

PARENT = "projects/my-project/locations/us-central1"
NUMBERED = "projects/123/locations/us-central1"

SOURCE = """\
main:
  steps:
    - work:
        return: ${order.quantity * 2}
"""

FAILURE = {
    "payload": '{"message":"KeyError: key not found: quantity","tags":["KeyError","LookupError"]}',
    "context": 'KeyError: key not found: quantity\nin step "work", routine "main", line: 4',
    "stackTrace": {
        "elements": [
            {
                "step": "work",
                "routine": "main",
                "position": {"line": "4", "column": "17", "length": "24"},
            }
        ]
    },
}

Fault = Callable[[web.Request], web.StreamResponse | None]
"""What a creation meets instead of a service that works; None cuts the connection."""


def refuse(status: int, **headers: str) -> Fault:
    """An error of the service, which does nothing."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: error(status, f"no: {status}", names)


def cut(request: web.Request) -> None:
    """The connection is gone, and nothing has been done."""
    assert request.transport is not None
    request.transport.abort()


@dataclass
class StandIn:
    """The service's state, to be read and written by a test while it runs.

    knows_ids   whether it knows `Idempotency-Key`
    faults      what the next creations meet, before anything is done
    late        what the next creations meet after an execution was made
    looks       what the next looks at an execution meet
    watch       is told of each request, before and after it has an effect
    hidden      whether nobody may look at workflows
    most        the most executions that were unfinished at a time
    """

    url: str = ""
    knows_ids: bool = False
    workflows: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    logs: bool = True
    refusal: dict[str, Any] | None = None
    faults: deque[Fault] = field(default_factory=deque)
    late: deque[Fault] = field(default_factory=deque)
    looks: deque[Fault] = field(default_factory=deque)
    watch: Callable[[str], None] = lambda what: None
    token: str = ""
    hidden: bool = False
    requests: list[str] = field(default_factory=list)
    most: int = 0
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, workflow: str = "order", **fields: Any) -> dict[str, Any]:
        """An execution that is there."""
        number = len(self.executions) + 1
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        execution = {
            "name": f"{NUMBERED}/workflows/{workflow}/executions/{number:08x}-{'0' * 27}",
            "argument": "null",
            "createTime": now,
            "startTime": now,
            "state": "ACTIVE",
            "workflowRevisionId": "000001-a4d",
            "status": {"currentSteps": [{"routine": "main", "step": "work"}]},
            **fields,
        }
        self.executions.insert(0, execution)
        return execution

    def deploy(self, workflow: str = "order", source: str = SOURCE) -> None:
        self.workflows[workflow] = {
            "name": f"{PARENT}/workflows/{workflow}",
            "state": "ACTIVE",
            "revisionId": "000001-a4d",
            "createTime": "2026-01-02T03:04:05.123456789Z",
            "updateTime": "2026-01-02T03:04:05Z",
            "sourceContents": source,
        }

    def arguments(self) -> list[Any]:
        """Those of all executions, in the order in which they were started."""
        return [json.loads(execution["argument"]) for execution in reversed(self.executions)]


def error(status: int, message: str, headers: dict[str, str] | None = None) -> web.StreamResponse:
    names = {400: "INVALID_ARGUMENT", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
    body = {"error": {"code": status, "message": message, "status": names.get(status, "UNKNOWN")}}
    return web.json_response(body, status=status, headers=headers)


@contextmanager
def stand_in(**fields: Any) -> Iterator[StandIn]:
    """A service with the workflow `order`, in a thread of its own."""
    service = StandIn(**fields)
    service.deploy()
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(_app(service), shutdown_timeout=0)

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        service.url = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        yield service
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _app(service: StandIn) -> web.Application:
    routes = _Routes(service)
    app = web.Application(middlewares=[routes.gate])
    place = "/v1/projects/{project}/locations/{location}"
    workflow = place + "/workflows/{workflow}"
    execution = workflow + "/executions/{execution}"
    app.router.add_get(place + "/workflows", routes.list_workflows)
    app.router.add_post(place + "/workflows", routes.create_workflow)
    app.router.add_get(place + "/operations/{operation}", routes.operation)
    app.router.add_get(workflow, routes.workflow)
    app.router.add_patch(workflow, routes.patch_workflow)
    app.router.add_get(workflow + "/executions", routes.list_executions)
    app.router.add_post(workflow + "/executions", routes.create)
    app.router.add_get(execution, routes.execution)
    app.router.add_post(execution[:-1] + ":[^:]+}:cancel", routes.cancel)
    app.router.add_get(execution + "/stepEntries", routes.step_entries)
    if service.logs:
        app.router.add_get(execution + "/logs", routes.log)
    return app


class _Routes:
    def __init__(self, service: StandIn) -> None:
        self.service = service
        self.pending: dict[str, dict[str, Any]] = {}

    @web.middleware
    async def gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        service = self.service
        service.requests.append(f"{request.method} {request.path}")
        service.watch("before")
        token = request.headers.get("Authorization", "")
        if service.token and token != f"Bearer {service.token}":
            return error(401, "no valid token")
        response: web.StreamResponse = await handler(request)
        service.watch("after")
        return response

    async def list_workflows(self, request: web.Request) -> web.StreamResponse:
        return _page(request, "workflows", list(self.service.workflows.values()))

    async def workflow(self, request: web.Request) -> web.StreamResponse:
        found = self.service.workflows.get(request.match_info["workflow"])
        if self.service.hidden:
            return error(403, "permission denied")
        return web.json_response(found) if found else error(404, "no such workflow")

    async def create_workflow(self, request: web.Request) -> web.StreamResponse:
        name = request.query["workflowId"]
        if self.service.refusal is None:
            self.service.deploy(name)
            self.service.workflows[name] |= await request.json()
        return self._operation(name)

    async def patch_workflow(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["workflow"]
        given = await request.json()
        assert request.query["updateMask"].split(",") == list(given)
        if self.service.refusal is None:
            known = self.service.workflows[name]
            if known["sourceContents"] != given["sourceContents"]:
                known["revisionId"] = f"{int(known['revisionId'][:6]) + 1:06}-b5e"
            known |= given
        return self._operation(name)

    def _operation(self, workflow: str) -> web.StreamResponse:
        """As the real service answers: not done yet (spec 08 §6)."""
        operation: dict[str, Any] = {"name": f"{PARENT}/operations/op-{len(self.pending)}"}
        refusal = self.service.refusal
        outcome = {"error": refusal} if refusal else {"response": self.service.workflows[workflow]}
        self.pending[operation["name"]] = {**operation, "done": True, **outcome}
        return web.json_response({**operation, "done": False})

    async def operation(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.pending[request.path.removeprefix("/v1/")])

    async def list_executions(self, request: web.Request) -> web.StreamResponse:
        workflow = f"/workflows/{request.match_info['workflow']}/"
        if request.match_info["workflow"] not in self.service.workflows:
            return error(404, "no such workflow")
        found = [one for one in self.service.executions if workflow in one["name"]]
        wanted = request.query.get("filter", "")
        if "state=" in wanted:
            state = wanted.partition('state="')[2].partition('"')[0]
            found = [one for one in found if one["state"] == state]
        if request.query.get("view", "BASIC") == "BASIC":
            kept = ("name", "startTime", "endTime", "duration", "state", "workflowRevisionId")
            found = [{key: one[key] for key in kept if key in one} for one in found]
        return _page(request, "executions", found)

    async def create(self, request: web.Request) -> web.StreamResponse:
        service = self.service
        given = await request.json()
        if service.faults:
            return _met(service.faults.popleft(), request)
        if request.match_info["workflow"] not in service.workflows:
            return error(404, "no such workflow")
        if len(given.get("argument", "")) > 32_768:
            return error(400, "the argument is too large")
        wish = request.headers.get("Idempotency-Key", "")
        execution = service.ids.get(wish) if service.knows_ids else None
        if execution is None:
            execution = service.add(request.match_info["workflow"], **given)
            service.ids[wish] = execution
        service.most = max(
            service.most, sum(one["state"] == "ACTIVE" for one in service.executions)
        )
        service.watch("created")
        if service.late:
            return _met(service.late.popleft(), request)
        return web.json_response(execution)

    def _find(self, request: web.Request) -> dict[str, Any] | None:
        wanted = f"/workflows/{request.match_info['workflow']}/executions/"
        wanted += request.match_info["execution"]
        return next((one for one in self.service.executions if one["name"].endswith(wanted)), None)

    async def execution(self, request: web.Request) -> web.StreamResponse:
        found = self._find(request)
        if self.service.looks:
            return _met(self.service.looks.popleft(), request)
        if found is None:
            return error(404, "no such execution")
        _go_on(found)
        return web.json_response(found)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        found = self._find(request)
        assert found is not None
        if found["state"] not in ("ACTIVE", "QUEUED"):
            said = f"cancelling execution in state {found['state']} is not allowed"
            return error(400, said)
        found["state"] = "CANCELLED"
        return web.json_response(found)

    async def step_entries(self, request: web.Request) -> web.StreamResponse:
        return _page(request, "stepEntries", self.service.steps)

    async def log(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query.get("after", "0"))
        entries = self.service.entries[after : after + 2]
        return web.json_response({"entries": entries, "nextAfter": str(after + len(entries))})


def _go_on(execution: dict[str, Any]) -> None:
    argument = json.loads(execution["argument"])
    if execution["state"] != "ACTIVE" or (isinstance(argument, dict) and "hold" in argument):
        return
    if isinstance(argument, dict) and "fail" in argument:
        execution |= {"state": "FAILED", "error": FAILURE}
    else:
        result = json.dumps({"echo": argument})
        execution |= {"state": "SUCCEEDED", "result": result}
    execution |= {"endTime": execution["startTime"], "duration": "0.5s"}


def _met(fault: Fault, request: web.Request) -> web.StreamResponse:
    return fault(request) or web.Response()


def _page(request: web.Request, key: str, found: list[Any]) -> web.StreamResponse:
    """A page of at most 100, whatever is asked for."""
    start = int(request.query.get("pageToken", "0"))
    size = min(int(request.query["pageSize"]), 100)
    page: dict[str, Any] = {key: found[start : start + size]}
    if start + size < len(found):
        page["nextPageToken"] = str(start + size)
    return web.json_response(page)
