"""The command `wfc` in a folder with a few workflows, for tests of what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from wfc.command_line import app
from wfc.exit_codes import BUG

GOOD = """\
main:
  params: [args]
  steps:
    - add:
        assign:
          - total: ${args.a + args.b}
    - done:
        return: {total: "${total}", text: "${args.text}"}
"""

BAD = """\
main:
  steps:
    - start:
        next: finnish
    - finish:
        return: 1
"""

WARNED = """\
main:
  steps:
    - start:
        return: Hello ${name}
"""

WAITING = """\
main:
  steps:
    - say:
        call: sys.log
        args: {text: "it runs \\e[2J", severity: WARNING}
    - nap:
        call: sys.sleep
        args: {seconds: 0.01}
    - hold:
        call: sys.sleep
        args: {seconds: 3600}
"""

DATA = '{"a": 1, "b": 2, "text": "grüß\\u009b dich"}'


WORKFLOWS = {"good": GOOD, "bad": BAD, "warned": WARNED, "waiting": WAITING}


def wfc(
    folder: Path, *arguments: str, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the command in `folder`; whatever happens, it never shows a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "wfc", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode != BUG
    return done


def quick(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As `wfc`, without starting a process: for tables of cases."""
    stdout, stderr = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            app(arguments, prog_name="wfc")
        except SystemExit as end:
            code = int(end.code or 0)
    assert code != BUG
    return subprocess.CompletedProcess(arguments, code, stdout.getvalue(), stderr.getvalue())


def read_or_end(descriptor: int) -> bytes:
    """What a pseudo-terminal still holds; some systems report its end as an error."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def interrupted(folder: Path, file: str) -> tuple[int, str, str]:
    """`wfc run` of a file, ended by Ctrl-C once it has said `it runs`: exit code and output."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "run", file],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    assert "it runs" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr
