"""Runs golden programs and writes their transcripts; a program of its own, without the compiler.

    python transcript.py FOLDER…

In go folders with `workflow.py` and `run.txt`, out come as JSON, by folder, the text that `run.txt`
should have, or the traceback of what broke.  A `run.txt` holds one or more runs:

    # a paid order is shipped                                   what the run shows
    arguments: {"id": 7, "api": "$SERVER"}                      left out: no argument
    reply: GET /orders/7 -> 200 {"paid": true}                  in order per method and path
    reply: GET /label -> 200 text: to the moon                  …or a text, with headers
      X-Printer: 3
    callback: POST after 5 s {"approved": true}                 to the first endpoint that is made
    callback: GET #2 ?by=ann after 8 s                          …to the second, with a query
    children: {"price": "price_of_a_part"}                      by id: other golden programs
    steps: ["load"]                                             of a Peak workflow: stepsToRun
    secrets: {"token": "canary"}                                …and what nobody may see
    env: {"REGION": "north"}
    limits: google                                              the module has accounting
    calls: in any order                                         the log sorts those side by side
    ---
    call: GET /orders/7                                         what happened, in this order
    sleep: 5                                                    or how long it would wait
    log: INFO "shipped"
    callbacks: 200, 429                                         how they were answered
    result: "done"
    took: 5 s

People write what stands above the `---`.  Time is virtual, the server is real; Google's APIs are at
that server.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from importlib.machinery import ModuleSpec, SourceFileLoader
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

REFUSED = {"wfc", "wfc_grammar", "lark", "yaml", "jinja2", "black", "typer", "rich"}
"""What a compiled module and the runtime do without."""

SERVER = "$SERVER"
"""Stands for the address of the server, which has another port each time."""

_WIDTH = 100
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNPRINTABLE = {code: f"\\u{code:04x}" for code in (0x2028, 0x2029, 0x202E)}
_OF_EVERY_REQUEST = {"Host", "Accept", "Accept-Encoding", "Content-Length"}
_USUAL = {
    ("User-Agent", "GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)"),
    ("Content-Type", "application/json; charset=utf-8"),
}


class Refuse:
    """Finds nothing; complains about what must not be looked for."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in REFUSED:
            raise ImportError(f"a compiled module imports {name}")
        return None


# -- what people wrote ----------------------------------------------------------------------------


@dataclass
class Reply:
    status: int
    body: str
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """One run; `heading` is its text above the `---`, which is kept as it is."""

    heading: list[str]
    arguments: Any = None
    env: dict[str, str] = field(default_factory=dict)
    limits: str = "local"
    any_order: bool = False
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    callbacks: list[Any] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    steps: list[Any] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)


def runs(text: str) -> Iterator[Run]:
    """The runs of a `run.txt`; what earlier runs of the program printed is passed over."""
    heading: list[str] = []
    written = False
    for line in text.splitlines():
        if line.startswith("# "):
            heading, written = [line], True
        elif line == "---":
            yield _run(heading)
            written = False
        elif written:
            heading.append(line)


def _run(heading: list[str]) -> Run:
    run = Run(heading)
    for line in heading:
        key, _, value = line.partition(": ")
        match key:
            case "arguments":
                run.arguments = json.loads(value)
            case "env":
                run.env = json.loads(value)
            case "callback":
                run.callbacks.append(_callback(value))
            case "children":
                run.children = json.loads(value)
            case "steps":
                run.steps = json.loads(value)
            case "secrets":
                run.secrets = json.loads(value)
            case "limits":
                run.limits = value
            case "calls" if value == "in any order":
                run.any_order = True
            case "reply":
                request, _, answer = value.partition(" -> ")
                reply = _reply(answer)
                run.replies.setdefault(request, []).append(reply)
            case _ if key.startswith("  "):
                reply.headers[key.strip()] = value
            case _ if not key.startswith("# "):
                raise ValueError(f"what is {line!r}?")
    return run


_CALLBACK = re.compile(
    r"(?P<method>[A-Z]+)(?: #(?P<endpoint>\d+))?(?: \?(?P<query>\S+))? after (?P<after>[\d.]+) s"
    r"(?: text: (?P<text>.*)| (?P<json>.+))?"
)


def _callback(text: str) -> Any:
    from wfc_runtime.testing import CallbackRequest

    found = _CALLBACK.fullmatch(text)
    if found is None:
        raise ValueError(f"what callback is {text!r}?")
    return CallbackRequest(
        after=float(found["after"]),
        body=json.loads(found["json"]) if found["json"] else found["text"],
        method=found["method"],
        query=dict(parse_qsl(found["query"] or "")),
        endpoint=int(found["endpoint"] or 1),
    )


def _reply(text: str) -> Reply:
    status, _, body = text.partition(" ")
    if body.startswith("text: "):
        return Reply(int(status), body.removeprefix("text: "), "text/plain; charset=utf-8")
    return Reply(int(status), body, "application/json")


# -- what happens ---------------------------------------------------------------------------------


class NotingClock:
    """A virtual clock that writes down who sleeps."""

    due = False

    def __init__(self, lines: list[str]) -> None:
        from wfc_runtime.testing import VirtualClock

        self.lines = lines
        self.inner = VirtualClock()
        self.time = self.inner.time
        self.outside = self.inner.outside
        self.turn = self.inner.turn
        self.pause = self.inner.pause

    async def sleep(self, seconds: float) -> None:
        await self.wait((), seconds)

    async def wait(self, branch: Any, seconds: float) -> None:
        self.lines.append(f"sleep: {plain(seconds)}")
        await self.inner.wait(branch, seconds)


class Recorder:
    """Everything that one run does to the world, a line each."""

    def __init__(self, run: Run, programs: Path) -> None:
        from wfc_runtime.testing import ScriptedCallbacks

        self.run = run
        self.programs = programs
        self.lines: list[str] = []
        self.clock = NotingClock(self.lines)
        self.callbacks = ScriptedCallbacks(self.clock.inner, *run.callbacks)

    def child(self, workflow_id: str) -> Any:
        """The workflow of another golden program."""
        return load(self.programs / self.run.children[workflow_id]).workflow

    def log(self, entry: Any) -> None:
        self.lines.append(f"log: {entry.severity} {written(entry.payload)}")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """A server with the replies; its address."""
        if not self.run.replies:
            yield SERVER
            return
        from aiohttp import web

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            body = (await request.read()).decode("utf-8", "backslashreplace")
            asked = f"{request.method} {request.path_qs}"
            self.lines.append(f"call: {asked} {body}".rstrip())
            for name, value in request.headers.items():
                if name not in _OF_EVERY_REQUEST and (name, value) not in _USUAL:
                    self.lines[-1] += f"\n  {name}: {value}"
            replies = self.run.replies.get(asked)
            if not replies:
                self.lines.append("no such reply is left")
                return web.Response(status=404)
            reply = replies.pop(0)
            always = {"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Server": "golden"}
            headers = always | {"Content-Type": reply.content_type} | reply.headers
            text = reply.body.replace(SERVER, f"http://{request.host}")
            return web.Response(status=reply.status, body=text.encode(), headers=headers)

        server = web.ServerRunner(web.Server(answer), shutdown_timeout=0)
        await server.setup()
        await web.TCPSite(server, "127.0.0.1", 0).start()
        host, port = server.addresses[0]
        try:
            yield f"http://{host}:{port}"
        finally:
            await server.cleanup()

    async def record(self, module: ModuleType) -> list[str]:
        """The lines of the run, its result or error last."""
        from wfc_runtime.v1 import NoAuth, WorkflowError

        async with self.serving() as address, apis_at(address):
            given = json.loads(json.dumps(self.run.arguments).replace(SERVER, address))
            try:
                result = await module.run(
                    given,
                    limits=self.run.limits,
                    env=self.run.env,
                    clock=self.clock,
                    log=self.log,
                    auth=NoAuth(),
                    callbacks=self.callbacks,
                    children=self.child,
                )
                ending = [f"result: {written(result)}"]
            except WorkflowError as error:
                ending = list(failed(error))
        if self.run.any_order:
            self.lines = _sorted_calls(self.lines)
        if self.callbacks.answers:
            self.lines.append(f"callbacks: {', '.join(map(str, self.callbacks.answers))}")
        unused = [request for request, replies in self.run.replies.items() for _ in replies]
        told = [*self.lines, *(f"never asked for: {request}" for request in unused), *ending]
        if self.clock.time():
            told.append(f"took: {plain(self.clock.time())} s")
        return UUID.sub("UUID", "\n".join(told).replace(address, SERVER)).split("\n")


@asynccontextmanager
async def apis_at(address: str, *others: str) -> AsyncIterator[None]:
    """While this is entered, requests to Google's APIs, and to other hosts, go to an address."""

    def to_address(sent: Any) -> Any:
        host, _, rest = sent.url.removeprefix("https://").partition("/")
        if host.endswith(".googleapis.com") or host in others:
            return replace(sent, url=f"{address}/{rest}")
        return sent

    with sent_otherwise(to_address):
        yield


@contextmanager
def sent_otherwise(change: Callable[[Any], Any]) -> Iterator[None]:
    """While this is entered, what is sent is what `change` makes of each request."""
    from wfc_runtime.stdlib import http

    send = http._send

    async def changed(run: Any, sent: Any) -> Any:
        return await send(run, change(sent))

    with patch.object(http, "_send", changed):
        yield


def _sorted_calls(lines: list[str]) -> list[str]:
    """Calls with nothing else in between may have come in any order."""
    out: list[str] = []
    burst: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("call: "):
            burst.append(line)
            continue
        out += [*sorted(burst), line]
        burst = []
    return out[:-1]


def failed(error: Any) -> Iterator[str]:
    """An error with its context and stack trace (spec 05 §3)."""
    yield f"error: {written(error.payload)}"
    if error.context is not None:
        yield "context:"
        yield from counted(error.context.split("\n"))
    frames = []
    for element in error.stack_trace.get("elements", ()):
        place = element["position"]
        where = f"line {place['line']}, column {place['column']}, length {place['length']}"
        frames.append(f"{element['routine']}, {written(element['step'])}: {where}")
    if frames:
        yield "stack trace:"
        yield from counted(frames)


def counted(lines: list[str]) -> Iterator[str]:
    """Equal lines in a row as one."""
    for line, equal in groupby(lines):
        times = len(list(equal))
        yield f"  {line}" if times == 1 else f"  {line} ({times} times)"


def plain(number: float) -> str:
    return f"{round(number, 6):g}"


def written(value: Any) -> str:
    """JSON with each part on one line where it fits."""
    return _written(value, "").translate(_UNPRINTABLE)


def _written(value: Any, indent: str) -> str:
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(indent) + len(line) <= _WIDTH or not isinstance(value, (list, dict)):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        parts = [deeper + _written(item, deeper) for item in value]
        return "[\n" + ",\n".join(parts) + f"\n{indent}]"
    parts = [
        f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_written(item, deeper)}"
        for key, item in sorted(value.items())
    ]
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"


# -- the program ----------------------------------------------------------------------------------


def load(folder: Path) -> ModuleType:
    loader = SourceFileLoader(folder.name, str(folder / "workflow.py"))
    module = ModuleType(folder.name)
    loader.exec_module(module)
    return module


def transcript(folder: Path, recorder: type[Recorder]) -> str:
    """The text that the folder's `run.txt` should have."""
    module = load(folder)
    parts = []
    for run in runs((folder / "run.txt").read_text(encoding="utf-8")):
        lines = asyncio.run(recorder(run, folder.parent).record(module))
        parts.append("\n".join([*run.heading, "---", *lines]) + "\n")
    return "\n".join(parts)


def main(folders: Sequence[str], recorder: type[Recorder] = Recorder) -> None:
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, Refuse)
    outcomes: dict[str, dict[str, str]] = {}
    for folder in map(Path, folders):
        try:
            outcomes[folder.name] = {"text": transcript(folder, recorder)}
        except Exception:
            outcomes[folder.name] = {"broken": traceback.format_exc()}
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
