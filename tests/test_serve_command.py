"""`wfc serve` as its owner meets it: start, options that cannot be, stop, and start again."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.process import wfc
from tests.serve_process import PARENT, Serving, serving

HELLO = """\
main:
  params: [args]
  steps:
    - greet:
        return: ${"Hello " + default(map.get(args, "name"), "world")}
"""

WAITING = """\
main:
  steps:
    - open:
        call: events.create_callback_endpoint
        result: callback
    - wait:
        call: events.await_callback
        args: {callback: "${callback}"}
        result: request
    - done:
        return: ${request.http_request.body}
"""

OPENING = """\
main:
  steps:
    - open:
        call: events.create_callback_endpoint
        result: callback
    - done:
        return: ${callback.url}
"""

BUSY = """\
main:
  steps:
    - count:
        for:
          value: i
          range: [1, 1000000000]
          steps:
            - add:
                assign: [x: "${i * i}"]
"""

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hello.yaml").write_text(HELLO)
    (tmp_path / "waiting.yaml").write_text(WAITING)
    return tmp_path


def execute(service: Serving, workflow: str, **fields: object) -> str:
    status, execution = service("POST", f"{PARENT}/workflows/{workflow}/executions", fields)
    assert status == 200, execution
    return str(execution["name"])


def ended(service: Serving, name: str) -> dict[str, object]:
    """An execution once it has come to its end."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        _, execution = service("GET", name)
        if execution["state"] not in ("ACTIVE", "QUEUED"):
            return dict(execution)
    raise AssertionError(execution)


def callback_of(service: Serving, name: str) -> str:
    """The URL of an execution's one callback endpoint, once it is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        _, listed = service("GET", f"{name}/callbacks")
        if listed.get("callbacks"):
            return f"/v1/{listed['callbacks'][0]['name']}"
    raise AssertionError(listed)


def test_a_folder_is_served_and_stopped(folder: Path) -> None:
    with serving(folder) as service:
        name = execute(service, "hello", argument='{"name": "Ann"}')
        done = ended(service, name)
        assert (done["state"], done["result"]) == ("SUCCEEDED", '"Hello Ann"')
        assert service("GET", "/healthz")[1]["status"] == "ok"
        assert service.end() == 0
    assert "  hello 000001-" in "".join(service.said)
    assert service.said[-2:] == ["stopped\n", ""]


def test_what_is_not_over_goes_on_the_next_time(folder: Path) -> None:
    with serving(folder) as service:
        name = execute(service, "waiting")
        callback = callback_of(service, name)
        assert service.end() == 0
    with serving(folder) as service:
        assert service("GET", name)[1]["state"] == "ACTIVE"
        assert service("POST", callback, {"answer": 42}) == (200, None)
        assert ended(service, name)["result"] == '{"answer":42}'


def test_ctrl_c_twice_ends_it_at_once(folder: Path) -> None:
    (folder / "busy.yaml").write_text(BUSY)
    with serving(folder, ".", "--limits", "local") as service:
        execute(service, "busy")
        service.process.send_signal(signal.SIGINT)
        while service.process.poll() is None and is_served(service):
            pass
        service.process.send_signal(signal.SIGINT)
        assert service.wait() == 0


def is_served(service: Serving) -> bool:
    try:
        return service("GET", "/healthz")[0] == 200
    except OSError:
        return False


def test_a_file_that_is_saved_is_deployed(folder: Path) -> None:
    with serving(folder) as service:
        (folder / "added.yaml").write_text(HELLO)
        service.until("added 000001-")
        assert ended(service, execute(service, "added"))["result"] == '"Hello world"'
        assert service.end() == 0


def test_a_service_that_others_can_reach_asks_for_its_token(folder: Path) -> None:
    refused = wfc(folder, "serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "requests must bear a token" in refused.stderr
    assert "--token-file FILE" in refused.stderr
    (folder / "token").write_text(f"{TOKEN}\n")
    with serving(folder, ".", "--host", "0.0.0.0", "--token-file", "token") as service:
        service.address = service.address.replace("0.0.0.0", "127.0.0.1")
        assert service("GET", f"{PARENT}/workflows")[0] == 401
        status, listed = service("GET", f"{PARENT}/workflows", token=TOKEN)
        assert (status, len(listed["workflows"])) == (200, 2)
        assert service.end() == 0


@pytest.mark.parametrize("public", ["", "https://workflows.example.com/behind"])
def test_callback_urls_are_what_others_reach_or_else_this_machine(
    folder: Path, public: str
) -> None:
    (folder / "opening.yaml").write_text(OPENING)
    (folder / "token").write_text(TOKEN)
    options = ["--host", "0.0.0.0", "--token-file", "token"]
    if public:
        options += ["--public-url", f"{public}/"]
    with serving(folder, ".", *options) as service:
        told = any("`--public-url URL`" in line for line in service.said)
        address = service.address = service.address.replace("0.0.0.0", "127.0.0.1")
        body = {"argument": "null"}
        path = f"{PARENT}/workflows/opening/executions"
        _, execution = service("POST", path, body, token=TOKEN)
        while execution["state"] == "ACTIVE":
            _, execution = service("GET", execution["name"], token=TOKEN)
        url = json.loads(execution["result"])
        assert url.startswith(f"{public or address}/v1/projects/")
        assert told is not bool(public)
        assert service.end() == 0


def test_the_names_of_all_options_can_be_read_on_80_columns(folder: Path) -> None:
    shown = wfc(folder, "serve", "--help", env={"COLUMNS": "80"}).stdout
    assert "--workflow-active" in shown
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere"], "`nowhere` is not a folder"),
        (["--keep-finished", "nan"], "`--keep-finished` is how many days, not nan"),
        (["--token-file", "nothing"], "cannot read `nothing`: no such file"),
        (["--token-file", "short"], "at least 16 printable ASCII characters"),
        (["--secrets", "nothing"], "cannot read `nothing`: no such file"),
        (["--images", "short"], "`short` cannot be used"),
        (["-p", "x"], "`x` is not KEY=VALUE with one `=`"),
        (["--env", "GOOGLE_X=1"], "must not start with GOOGLE"),
        (["--route", "x"], "not written as URL=URL"),
        (["--project", "a/b"], "`a/b` cannot be the id that `--project` gives"),
        (["--location", "us:1"], "`us:1` cannot be the id that `--location` gives"),
        (["--allow-host", "https://a.example/"], "`https://a.example/` is not the name of a host"),
        (["--allow-host", "a.example:80"], "`--allow-host orders.example.com` allows all its"),
        (["--public-url", "workflows.example.com"], "`--public-url https://workflows.example."),
        (["--public-url", "https://a.example/?x=1"], "is not a URL that callbacks can begin"),
        (["--public-url", "https://a.example:x"], "is not a URL that callbacks can begin with"),
        (["--data", "hello.yaml"], "no data can be kept in `hello.yaml`"),
        (["--host", "no.such.host.invalid", "--token-file", "token"], "cannot listen on"),
    ],
)
def test_options_that_cannot_be_are_wrong_use(folder: Path, options: list[str], said: str) -> None:
    (folder / "short").write_text("secret")
    (folder / "token").write_text(TOKEN)
    done = wfc(folder, "serve", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_or_a_folder_in_use_is_said(folder: Path) -> None:
    with serving(folder) as service:
        port = service.address.rpartition(":")[2]
        taken = wfc(folder, "serve", "--port", port)
        assert (taken.returncode, "address already in use" in taken.stderr) == (2, True)
        taken = wfc(folder, "serve", "--port", "0", "--grpc-port", "0")
        assert taken.returncode == 2
        assert "another service keeps its data in `.wfc`" in taken.stderr
        assert "`--data DIR`" in taken.stderr
        with socket.create_server(("127.0.0.1", 0)) as other:
            grpc_port = str(other.getsockname()[1])
            taken = wfc(folder, "serve", "--port", "0", "--grpc-port", grpc_port, "--data", "other")
            assert (taken.returncode, "in use or cannot be used" in taken.stderr) == (2, True)
            assert taken.stderr.splitlines()[0].startswith("error: ")
        assert service.end() == 0


def test_a_database_that_is_none_is_left_as_it_is(folder: Path) -> None:
    (folder / ".wfc").mkdir()
    (folder / ".wfc" / "service.db").write_text("my notes, " * 1000)
    done = wfc(folder, "serve", "--port", "0", "--grpc-port", "0")
    assert done.returncode == 2
    assert "`.wfc/service.db` cannot be used: file is not a database" in done.stderr
    assert (folder / ".wfc" / "service.db").read_text() == "my notes, " * 1000


def test_a_database_that_is_damaged_is_said(folder: Path) -> None:
    with serving(folder) as service:
        assert service.end() == 0
    data = folder / ".wfc" / "service.db"
    content = data.read_bytes()
    data.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    done = wfc(folder, "serve", "--port", "0", "--grpc-port", "0")
    assert done.returncode == 2
    assert "`.wfc/service.db` cannot be used: database disk image is malformed" in done.stderr
    assert "put a copy of `.wfc` back" in done.stderr


def sent(service: Serving, *pieces: bytes) -> tuple[str, bytes]:
    """The first line and the body of what is answered to bytes until the service hangs up."""
    host, _, port = service.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        with suppress(ConnectionError):  # it may have answered before all was sent
            for piece in pieces:
                connection.sendall(piece)
        answer = b""
        with suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0].decode(), body


def test_what_is_no_request_is_told_to_its_sender_alone(folder: Path) -> None:
    close = b"Host: x\r\nConnection: close\r\n"
    with serving(folder) as service:
        line, body = sent(service, b"\x16\x03\x01 is TLS\r\n\r\n")
        assert line == "HTTP/1.1 400 Bad Request"
        assert json.loads(body)["error"]["status"] == "INVALID_ARGUMENT"
        line, body = sent(service, b"OPTIONS * HTTP/1.1\r\n" + close + b"\r\n")
        assert (line, json.loads(body)["error"]["code"]) == ("HTTP/1.1 404 Not Found", 404)
        upgrade = b"Upgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n"
        line, _ = sent(service, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + upgrade)
        assert line == "HTTP/1.1 200 OK"
        assert service.end() == 0
    assert service.said[-2:] == ["stopped\n", ""]
    assert "Traceback" not in "".join(service.said)
    assert not any("HTTP" in said or "WebSocket" in said for said in service.said)


@pytest.mark.parametrize(
    "piece", [b"x" * 1000, b"a: b\r\n" * 100], ids=["one endless header", "headers without end"]
)
def test_a_head_without_end_is_cut_off(folder: Path, piece: bytes) -> None:
    with serving(folder) as service:
        line, body = sent(service, b"GET /healthz HTTP/1.1\r\nh: ", *[piece] * 2000)
        if line:  # else the connection was reset before the answer could be read
            assert line == "HTTP/1.1 400 Bad Request"
            assert "headers exceed the limit: 65536 bytes" in json.loads(body)["error"]["message"]
        assert service("GET", "/healthz")[0] == 200
        assert service.end() == 0


def test_no_answer_says_where_on_the_machine_the_service_is(folder: Path) -> None:
    broken = HELLO.replace("return", "retrun")
    (folder / "broken.yaml").write_text(broken)
    with serving(folder.parent, str(folder)) as service:
        body = {"sourceContents": broken}
        answers = [
            service("GET", f"{PARENT}/operations"),
            service("POST", f"{PARENT}/workflows?workflowId=refused", body),
            service("GET", f"{PARENT}/workflows"),
            service("GET", f"{PARENT}/workflows/hello"),
            service("GET", str(ended(service, execute(service, "hello", argument="1"))["name"])),
            service("POST", f"{PARENT}/workflows/hello/executions", {"argument": "{"}),
        ]
        assert service.end() == 0
    for _, answer in answers:
        text = json.dumps(answer)
        assert str(folder) not in text
        assert os.path.dirname(os.__file__) not in text
