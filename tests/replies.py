"""What a stand-in replies to the requests of real files: what they read, or something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web
from tests.shapes import Shapes
from tests.stand_in import HOST, Script

Make = Callable[[Shapes], Script]
"""The script for a file that reads such things."""

ALWAYS = {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}


def json_reply(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers=ALWAYS)


def fitting(read: Shapes) -> Script:
    """Replies with what the file reads; Google's operations have ended."""
    example, headers = read.reply.example(), read.headers.example()
    given = headers if isinstance(headers, dict) else {}

    def script(request: web.BaseRequest, before: int) -> web.Response:
        body = example
        if request.headers[HOST].endswith(".googleapis.com") and not isinstance(body, list):
            body = (body if isinstance(body, dict) else {}) | operation(request)
        reply = json_reply(body)
        reply.headers.update({name: str(value) for name, value in given.items()})
        return reply

    return script


def operation(request: web.BaseRequest) -> dict[str, Any]:
    """The fields by which APIs say that work has ended."""
    api = request.headers[HOST].removesuffix(".googleapis.com")
    ended = {"done": True, "name": "operations/7", "state": "SUCCEEDED"}
    if api == "bigquery":
        return {**ended, "status": {"state": "DONE"}}
    if request.path.startswith("/apis/"):
        return {**ended, "status": {"conditions": [{"type": "Completed", "status": "True"}]}}
    if api in ("compute", "container") and (
        request.method != "GET" or "operations" in request.path
    ):
        return {**ended, "status": "DONE", "selfLink": f"https://{api}.example/operations/7"}
    return ended


def recovering(read: Shapes) -> Script:
    """Each request fails once."""
    later = fitting(read)

    def script(request: web.BaseRequest, before: int) -> web.Response:
        return later(request, before) if before else failing(503)(read)(request, before)

    return script


def failing(status: int) -> Make:
    error = {"error": {"code": status, "message": "it is so", "status": "UNAVAILABLE"}}
    return lambda read: lambda request, before: json_reply(error, status)


def always(body: Any) -> Make:
    return lambda read: lambda request, before: json_reply(body)


def page(read: Shapes) -> Script:
    return lambda request, before: web.Response(text="<p>hello</p>", headers=ALWAYS)


def cut(read: Shapes) -> Script:
    """Breaks the connection off."""

    def script(request: web.BaseRequest, before: int) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return script


SCRIPTS: dict[str, tuple[Make, str]] = {
    "not found": (failing(404), "HttpError"),
    "unavailable at first": (recovering, "HttpError"),
    "unavailable": (failing(503), "HttpError"),
    "an empty list": (always([]), "TypeError"),
    "an empty map": (always({}), "KeyError"),
    "null": (always(None), "TypeError"),
    "a page": (page, "TypeError"),
    "cut off": (cut, "ConnectionError"),
}
"""What is replied to every request, and an error that some file ends with then."""
