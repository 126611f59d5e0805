"""`wfc peak-proxy` as clients of Peak's meet it: what goes through, what does not, how it ends."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer

import pytest
import trustme
from tests.peak_proxy import Proxying, proxying, refusing
from tests.process import wfc

from wfc_client.peak_authority import Authority
from wfc_client.peak_tunnel import LARGEST_HEAD, Target, Tunnels

ROOT = Path(__file__).parent.parent

CA = trustme.CA()


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent: first the line and two headers, then the body."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = f"{self.path} {self.headers['Host']} {self.headers['Authorization']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said) + len(body)))
        self.end_headers()
        self.wfile.write(said + body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def echoing(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Echo)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxying]:
    with echoing() as server, proxying(tmp_path_factory.mktemp("ca"), server) as running:
        yield running


def ask(proxy: Proxying, host: str = "service.peak.ai", body: bytes = b"{}") -> tuple[int, bytes]:
    with closing(proxy.connection(host)) as connection:
        connection.request("POST", "/a?b=c", body, {"Authorization": "token"})
        answer = connection.getresponse()
        return answer.status, answer.read()


def raw(proxy: Proxying, sent: bytes) -> bytes:
    """All that comes back for bytes that need not be http."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


# what goes through


def test_the_first_two_lines_are_variables_that_a_shell_reads(tmp_path: Path) -> None:
    with proxying(tmp_path / "with space", "http://127.0.0.1:1") as running:
        (tmp_path / "peak.env").write_text(
            "".join(f"{name}={value}\n" for name, value in running.variables.items()),
            encoding="utf-8",
        )
        script = '. ./peak.env; echo "$HTTPS_PROXY"; ls "$REQUESTS_CA_BUNDLE"'
        shell = ["sh", "-c", script]
        done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True)
        port, bundle = running.port, tmp_path / "with space" / "bundle.pem"
        assert done.stdout == f"http://127.0.0.1:{port}\n{bundle}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere users have other folders")
def test_the_documented_variables_are_those_that_it_prints(tmp_path: Path) -> None:
    [(port, bundle)] = re.findall(
        r"^HTTPS_PROXY=http://127.0.0.1:(\d+) REQUESTS_CA_BUNDLE=(\S+) ",
        (ROOT / "docs" / "peak.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    env = {"HOME": str(tmp_path), "XDG_DATA_HOME": ""}
    with proxying(None, "http://127.0.0.1:1", env) as running:
        assert running.variables["REQUESTS_CA_BUNDLE"] == bundle.replace("$HOME", str(tmp_path))
    told = wfc(tmp_path, "peak-proxy", "--help").stdout
    assert f"[default: {port}]" in " ".join(told.split())


@pytest.mark.parametrize(
    "host", ["service.peak.ai", "press.dev.peak.ai", "SERVICE.parvati.Peak.AI"]
)
def test_requests_arrive_as_they_were_sent(proxy: Proxying, host: str) -> None:
    assert ask(proxy, host) == (200, f"/a?b=c {host} token\n{{}}".encode())


def test_large_bodies_go_both_ways(proxy: Proxying) -> None:
    body = bytes(range(256)) * 40_000
    assert ask(proxy, body=body)[1].endswith(body)


def test_a_connection_serves_several_requests(proxy: Proxying) -> None:
    with closing(proxy.connection("service.peak.ai")) as connection:
        for number in range(3):
            connection.request("POST", f"/{number}", b"", {"Content-Length": "0"})
            assert connection.getresponse().read().startswith(f"/{number} ".encode())


def test_the_server_may_speak_https(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path / "ca.pem"
    CA.cert_pem.write_to_path(str(trusted))
    with echoing(tls=context) as server:
        with proxying(tmp_path, server, {"SSL_CERT_FILE": str(trusted)}) as running:
            assert ask(running)[0] == 200
        with proxying(tmp_path, server) as running:
            status, body = ask(running)
            assert (status, b"its certificate is not trusted" in body) == (421, True)


# what is refused


@pytest.mark.parametrize(
    ("host", "port"),
    [
        *(("example.com", 443), ("peak.ai", 443), ("a.b.peak.ai", 443), ("xpeak.ai", 443)),
        *(("service.peak.ai.example.com", 443), ("service.peak.ai", 80), ("127.0.0.1", 443)),
    ],
)
def test_no_other_host_is_reached(proxy: Proxying, host: str, port: int) -> None:
    with closing(proxy.connection(host, port)) as connection:
        said = f"403 wfc peak-proxy leads to \\*.peak.ai alone, not to {host}:{port}"
        with pytest.raises(OSError, match=said):
            connection.request("POST", "/", b"{}")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET http://service.peak.ai/ HTTP/1.1\r\nHost: service.peak.ai\r\n\r\n", b" 403 "),
        (b"GET / HTTP/1.1\r\n\r\n", b" 403 "),
        (b"CONNECT service.peak.ai HTTP/1.1\r\n\r\n", b" 403 "),
        (b"CONNECT \xff\x1b[2J:443 HTTP/1.1\r\n\r\n", b" 403 "),
        (b"\x16\x03\x01 oops\r\n\r\n", b" 403 "),
        (b"CONNECT service.peak.ai:443 HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD, b" 431 "),
    ],
)
def test_what_is_no_tunnel_to_peak_is_refused(proxy: Proxying, sent: bytes, answer: bytes) -> None:
    found = raw(proxy, sent)
    assert answer in found.partition(b"\r\n")[0]
    assert found.partition(b"\r\n\r\n")[2].startswith(b"wfc peak-proxy ") or b" 431 " in found


def test_clients_that_say_nothing_hold_nobody_up(proxy: Proxying) -> None:
    with ExitStack() as silent:
        for sent in (b"", b"CONNECT ", b"CONNECT service.peak.ai:443 HTTP/1.1\r\n\r\n") * 10:
            connection = socket.create_connection(("127.0.0.1", proxy.port))
            silent.enter_context(connection)
            connection.sendall(sent)
        assert ask(proxy)[0] == 200


def test_no_more_connections_are_open_than_are_allowed(tmp_path: Path) -> None:
    async def main() -> None:
        context = Authority(tmp_path).context
        tunnels = Tunnels(Target("http://127.0.0.1:1", "127.0.0.1", 1), context, print, most=2)
        server = await asyncio.start_server(tunnels.serve, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        silent = [await asyncio.open_connection(*address) for _ in range(2)]
        reader, writer = await asyncio.open_connection(*address)
        assert (await reader.read()).startswith(b"HTTP/1.1 503 wfc peak-proxy has 2 connections ")
        for _, one in (*silent, (reader, writer)):
            one.close()
            await one.wait_closed()
        while True:  # until the proxy has noticed
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            writer.write_eof()
            with suppress(ConnectionError):
                if (await reader.read()).startswith(b"HTTP/1.1 403 "):
                    break
        server.close()

    asyncio.run(main())


def test_who_does_not_trust_the_certificate_gets_no_further(tmp_path: Path) -> None:
    with echoing() as server, proxying(tmp_path, server) as running:
        with closing(running.connection("service.peak.ai")) as connection:
            connection._context = ssl.create_default_context()  # type: ignore[attr-defined]
            with pytest.raises(ssl.SSLCertVerificationError):
                connection.request("POST", "/")
        running.until("has it the variable REQUESTS_CA_BUNDLE?")


# a server that is not there


def test_a_server_that_is_down_is_said_at_once_and_only_once(tmp_path: Path) -> None:
    """With a status after which the SDK does not ask again (spec 11 §4.5)."""
    with refusing() as port, proxying(tmp_path, f"http://127.0.0.1:{port}") as running:
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda size: ask(running, body=bytes(size)), [2, 1_000_000]))
        said = f"no server answers at http://127.0.0.1:{port}: connection refused"
        hint = "`wfc serve` starts one, and `wfc peak-proxy --server URL` names another"
        assert [status for status, _ in answers] == [421, 421]
        assert json.loads(answers[0][1]) == {"detail": f"{said}; {hint}"}
        assert running.end()[1].count(said) == 1


def test_a_server_that_is_starting_is_waited_for(tmp_path: Path) -> None:
    with ExitStack() as later, refusing() as port:
        running = later.enter_context(proxying(tmp_path, f"http://127.0.0.1:{port}"))
        timer = Timer(0.5, lambda: later.enter_context(echoing(port)))
        timer.start()
        assert ask(running)[0] == 200
        timer.join()


# its end


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly_whatever_is_open(tmp_path: Path, number: signal.Signals) -> None:
    with echoing() as server, proxying(tmp_path, server) as running, ExitStack() as open:
        connection = open.enter_context(closing(running.connection("service.peak.ai")))
        connection.request("POST", "/", b"{}")
        assert connection.getresponse().read()
        open.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        code, said = running.end(number)
    assert (code, said.splitlines()[-1]) == (0, "Ctrl-C ends it")


def test_a_signal_ends_it_quietly_while_a_refused_client_is_there(tmp_path: Path) -> None:
    with proxying(tmp_path, "http://127.0.0.1:1") as running, ExitStack() as open:
        address = ("127.0.0.1", running.port)
        connection = open.enter_context(socket.create_connection(address))
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(1)
        code, said = running.end()
    assert code == 0
    assert said.splitlines()[-1] == "wfc peak-proxy takes https requests to *.peak.ai alone"


# wrong use


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--server", "ftp://x"], "is not the address of a server"),
        (["--server", "http://127.0.0.1:1/path"], "hint: `--server http://127.0.0.1:1`"),
        (["--folder", "/dev/null/x"], "--folder DIR"),
        (["--host", "no.such.host.invalid"], "cannot listen on"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, options: list[str], said: str) -> None:
    done = wfc(tmp_path, "peak-proxy", "--port", "0", *options)
    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)


def test_without_the_extra_it_says_what_to_install() -> None:
    program = """
import sys
from wfc.command import main
sys.modules["cryptography"] = None
sys.argv = ["wfc", "peak-proxy", "--port", "0"]
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs the package cryptography" in done.stderr
    assert 'pip install "wfc-compiler[peak]"' in done.stderr
