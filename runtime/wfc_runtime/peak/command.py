"""A compiled Peak workflow as a program: in go its parameters, out come the steps' ends as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os.path import basename
from typing import TYPE_CHECKING

from wfc_runtime.errors import WorkflowError
from wfc_runtime.interrupt import run_interruptibly
from wfc_runtime.jsontext import decode, encode
from wfc_runtime.peak.workspace import WorkspaceError

if TYPE_CHECKING:
    from wfc_runtime.peak.workflow import Workflow

_SUCCEEDED, _WRONG_USE, _FAILED, _CANCELLED = 0, 2, 3, 130

_HELP = """usage: python {program} [PARAMS]

Runs {source} (compiled by wfc {compiler}) and prints how its steps ended as JSON.  PARAMS is JSON:
{{"global": {{"NAME": "VALUE"}}, "stepWise": {{"STEP": {{"NAME": "VALUE"}}}}}}.
Secrets are read from the environment: the secret `db-password` from DB_PASSWORD_CUSTOM.
Log entries go to standard error.

Exit status: 0 succeeded, 2 wrong use, 3 the execution failed, 130 it was cancelled."""


def command(workflow: Workflow, argv: Sequence[str]) -> int:
    """Runs the workflow as its arguments say and returns the exit status."""
    program = basename(sys.argv[0])
    if argv and argv[0] in ("-h", "--help"):
        print(_HELP.format(program=program, source=workflow.source, compiler=workflow.compiler))
        return _SUCCEEDED
    if len(argv) > 1:
        return _wrong(f"usage: python {program} [PARAMS]")
    try:
        params = decode(argv[0].encode("utf-8", "surrogateescape")) if argv else None
        result = run_interruptibly(workflow.run(params))
    except (WorkflowError, TypeError, ValueError) as error:
        return _wrong(f"{program}: the parameters are wrong: {error}")
    except WorkspaceError as error:
        return _wrong(f"{program}: {error}")
    except KeyboardInterrupt:
        print("cancelled", file=sys.stderr)
        return _CANCELLED
    sys.stdout.buffer.write(f"{encode(result.as_json())}\n".encode())
    return _FAILED if result.failed else _SUCCEEDED


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return _WRONG_USE
