"""A compiled module as a program: in go its arguments, out come its output and exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os.path import basename
from typing import TYPE_CHECKING

from wfc_runtime.errors import WorkflowError
from wfc_runtime.interrupt import run_interruptibly
from wfc_runtime.jsontext import decode, encode
from wfc_runtime.siblings import Siblings

if TYPE_CHECKING:
    from wfc_runtime.workflow import Workflow

_SUCCEEDED, _WRONG_USE, _FAILED, _CANCELLED = 0, 2, 3, 130

_HELP = """usage: python {program} [JSON]

Runs {source} (compiled by wfc {compiler}) with JSON as its argument, and prints its result as JSON.
Log entries go to standard error.  Workflows that it calls are modules of the same folder.

Exit status: 0 succeeded, 2 wrong use, 3 the execution failed, 130 it was cancelled."""


def command(workflow: Workflow, argv: Sequence[str]) -> int:
    """Runs the workflow as its arguments say and returns the exit status."""
    program = basename(sys.argv[0])
    if argv and argv[0] in ("-h", "--help"):
        print(_HELP.format(program=program, source=workflow.source, compiler=workflow.compiler))
        return _SUCCEEDED
    if len(argv) > 1:
        _say(f"usage: python {program} [JSON]")
        return _WRONG_USE
    try:
        # what the locale could not read arrives as escaped bytes: JSON text is UTF-8 all the same
        args = decode(argv[0].encode("utf-8", "surrogateescape")) if argv else None
    except WorkflowError as error:
        _say(f"{program}: the argument is wrong: {error}")
        return _WRONG_USE
    try:
        children = Siblings(workflow.source_map.file)
        result = run_interruptibly(workflow.run(args, children=children))
    except WorkflowError as error:
        _report(error)
        return _FAILED
    except KeyboardInterrupt:
        _say("cancelled")
        return _CANCELLED
    sys.stdout.buffer.write(f"{encode(result)}\n".encode())
    return _SUCCEEDED


def _report(error: WorkflowError) -> None:
    _say(str(error))
    for note in getattr(error, "__notes__", ()):
        _say(note)
    try:
        _say(f"payload: {encode(error.payload)}")
    except WorkflowError:
        pass  # a payload without a form in JSON is what the first line is about


def _say(text: str) -> None:
    print(text, file=sys.stderr)
