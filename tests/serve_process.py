"""`wfc serve` as a process of its own, for tests of what users and clients see."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PARENT = "projects/my-project/locations/us-central1"

_LONGEST = 120.0
"""Seconds that a service may live, where a test does not say more."""

_ADDRESS = re.compile(r"REST +(http://\S+?)/v1/")
_GRPC = re.compile(r"gRPC +(\S+)")


@dataclass
class Serving:
    """A service that has started; `said` is what it has printed so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    address: str = ""
    grpc: str = ""

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        sent = None if body is None else json.dumps(body).encode()
        sending = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sending["Authorization"] = f"Bearer {token}"
        url = f"{self.address}{path if path.startswith('/') else f'/v1/{path}'}"
        try:
            with urlopen(Request(url, sent, sending, method=method), timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except HTTPError as error:
            return error.code, json.loads(error.read())

    def line(self) -> str:
        """The next line that it prints; "" when it has ended."""
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        self.said.append(line)
        return line

    def until(self, text: str) -> str:
        """Reads up to a line with `text`, which is returned."""
        while text not in (line := self.line()):
            assert line, "".join(self.said)
        return line

    def end(self) -> int:
        """Stops it as an operator would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        while self.line():
            pass
        return self.process.wait(30)


@contextmanager
def serving(
    folder: Path, files: str = ".", *options: str, longest: float = _LONGEST
) -> Iterator[Serving]:
    """A service on ports of its own, whose data lie in `folder`, as do its workflow files."""
    command = [sys.executable, "-m", "wfc", "serve", files, "--port", "0", "--grpc-port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", "1", *options],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        stderr=subprocess.PIPE,
        text=True,
    )
    service = Serving(process)
    watchdog = Timer(longest, process.kill)  # or a service that hangs would hang its test
    watchdog.start()
    try:
        if rest := _ADDRESS.search(service.until("REST")):
            service.address = rest[1]
        if grpc := _GRPC.search(service.until("gRPC")):
            service.grpc = grpc[1]
        service.until("Ctrl-C")
        yield service
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()
