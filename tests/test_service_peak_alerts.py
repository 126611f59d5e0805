"""`wfc serve` as a process: schedules and webhooks start runs, and watchers hear how they went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

from tests.serve_process import serving

WORKFLOWS = "/workflows/api/v1/workflows"
TOKEN = "a-token-that-is-long"
HOOK = {"name": "alerts", "url": "https://alerts.example.com/x"}


@contextmanager
def receiving() -> Iterator[tuple[str, Queue[tuple[str, str]]]]:
    """An address, and what is sent there: keys and bodies."""
    heard: Queue[tuple[str, str]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.put((self.headers["Idempotency-Key"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()


def test_runs_start_by_schedule_and_webhook_and_watchers_hear_of_failures(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    hooked = {
        "name": "hooked",
        "triggers": [{"webhook": True}],
        "watchers": [{"events": {"fail": True}, "webhook": {**HOOK, "payload": '"failed"'}}],
        "steps": {"a": {"imageId": 1, "command": 'test "$payload" != \'{"ref": "main"}\''}},
    }
    clocked = {
        "name": "clocked",
        "triggers": [{"cron": "* * * * * *"}],
        "watchers": [{"events": {"success": True}, "webhook": {**HOOK, "payload": '"done"'}}],
        "steps": {"a": {"imageId": 1, "command": "true"}},
    }
    with receiving() as (address, heard):
        options = ["--route", f"https://alerts.example.com={address}", "--token-file", "token"]
        with serving(tmp_path, ".", *options) as service:
            _, made = service("POST", f"{WORKFLOWS}/", hooked, token=TOKEN)
            path = f"/workflows/api/v1/webhooks/{made['triggers'][0]['webhook']}"
            assert service("POST", f"{WORKFLOWS}/", clocked)[0] == 401
            status, run = service("POST", path, {"ref": "main"})  # needs no token
            assert status == 200
            assert heard.get(timeout=30) == (f"{run['executionId']}/ended/0", '"failed"')
            assert service("POST", f"{WORKFLOWS}/", clocked, token=TOKEN)[0] == 200
            assert heard.get(timeout=30)[1] == '"done"'
            assert service.end() == 0
