"""`wfc peak-proxy` as a process of its own, and https through it with Python's own client."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

_LONGEST = 400.0
"""Seconds that a proxy may live."""


@dataclass
class Proxying:
    """A proxy that has started; `variables` is what it has printed for its clients."""

    process: subprocess.Popen[str]
    variables: dict[str, str]

    @property
    def port(self) -> int:
        return urlsplit(self.variables["HTTPS_PROXY"]).port or 0

    def connection(self, host: str, port: int = 443) -> HTTPSConnection:
        """As `requests` makes one with the variables: certificates are checked, strictly."""
        trusted = ssl.create_default_context(cafile=self.variables["REQUESTS_CA_BUNDLE"])
        trusted.verify_flags |= ssl.VERIFY_X509_STRICT
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trusted)
        connection.set_tunnel(host, port)
        return connection

    def until(self, text: str) -> None:
        """Reads what it says up to a line with `text`."""
        assert self.process.stderr is not None
        while text not in (line := self.process.stderr.readline()):
            assert line, f"it has ended without saying `{text}`"

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Stops it as an operator would: the exit code, and what else it has said."""
        self.process.send_signal(number)
        said = self.process.communicate(timeout=30)[1]
        return self.process.returncode, said


@contextmanager
def proxying(
    folder: Path | None, server: str, env: Mapping[str, str] | None = None
) -> Iterator[Proxying]:
    """A proxy on a port of its own, whose certificates lie in `folder`, None for the user's own."""
    command = [sys.executable, "-m", "wfc", "peak-proxy", "--port", "0", "--server", server]
    process = subprocess.Popen(
        command if folder is None else [*command, "--folder", str(folder)],
        env={**os.environ, **(env or {}), "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = Timer(_LONGEST, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(2)]
        variables = dict(line.partition("=")[::2] for line in lines)
        yield Proxying(process, variables)
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def refusing() -> Iterator[int]:
    """A port at which nothing listens, unless it is told to listen there."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
