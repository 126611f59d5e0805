"""The request functions of `http.*`: a result and every error of each (spec 06).

What requests and responses are made of is in `tests/test_http*.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.library_calls import Row, Table, called, rows, tag, without_credentials

VERBS = ("delete", "get", "patch", "post", "put")
SERVER = "$SERVER"
"""Stands for the address of the server, which has another port each time."""


def answer(method: str) -> dict[str, Any]:
    body = {"method": method, "path": "/orders"}
    return {"body": body, "code": 200, "headers": {"Content-Type": "application/json"}}


def errors(*first: Any, body: bool = True) -> list[Row]:
    """Each error once; `first` are the arguments before `url`."""
    auth = (None,) * (4 if body else 3) + (without_credentials({"type": "OIDC"}),)
    return [
        ((*first, f"{SERVER}/missing"), "HttpError"),
        ((*first, "http://127.0.0.1:1/"), "ConnectionFailedError"),
        ((*first, f"{SERVER}/cut"), "ConnectionError"),
        ((*first, f"{SERVER}/stall", 0.05), "TimeoutError"),
        ((*first, f"{SERVER}/orders", *auth), "AuthError"),
        ((*first, f"{SERVER}/orders", -1), "ValueError"),
        ((*first, "no url"), "ValueError"),
        ((*first, f"{SERVER}/orders", "1"), "TypeError"),
        ((*first, None), "TypeError"),
    ]


RESULTS: Table = {
    **{f"http.{verb}": [((f"{SERVER}/orders",), answer(verb.upper()))] for verb in VERBS},
    "http.request": [
        ((method, f"{SERVER}/orders", 5), answer(method)) for method in ("GET", "POST", "OPTIONS")
    ],
}
ERRORS: Table = {
    **{f"http.{verb}": errors(body=verb != "get") for verb in VERBS},
    "http.request": [
        *errors("POST"),
        (("BREW", f"{SERVER}/orders"), "ValueError"),
        ((5, f"{SERVER}/orders"), "TypeError"),
    ],
}


class Orders(BaseHTTPRequestHandler):
    """Answers with what was asked; `/cut` breaks off, `/stall` never answers."""

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            return
        self.close_connection = True
        match self.path:
            case "/cut":
                return
            case "/stall":
                self.rfile.read()  # until the client gives up
            case "/missing":
                self.answer(404, b"")
            case path:
                self.answer(200, f'{{"method": "{self.command}", "path": "{path}"}}'.encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Orders)
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def at(server: str, arguments: Any) -> list[Any]:
    return [each.replace(SERVER, server) if isinstance(each, str) else each for each in arguments]


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(server: str, name: str, arguments: Any, result: Any) -> None:
    assert called(name, at(server, arguments)) == result


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(server: str, name: str, arguments: Any, error: str) -> None:
    assert tag(name, at(server, arguments)) == error
