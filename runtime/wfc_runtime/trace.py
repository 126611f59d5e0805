"""From a Python exception back to the workflow: its value, its frames, its `context` text.

Nothing is kept for this while a workflow runs: the traceback and the module's source map are all
that is needed (spec 05 §3).
"""

from __future__ import annotations

import sys
from itertools import islice
from types import CodeType, FrameType

from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import encode
from wfc_runtime.sourcemap import Frame, Place, SourceMap
from wfc_runtime.values import Value, word


def caught(exc: Exception) -> Value:
    """What `except` sees of an exception; an exception that is none of the workflow's is raised on.

    Python's own errors count only where generated code itself raised them: a KeyError inside the
    runtime is a bug there, never the workflow's KeyError.
    """
    if isinstance(exc, WorkflowError):
        return exc.payload
    from wfc_runtime.translate import translate

    error = translate(exc) if _raised_in_generated_code(exc) else None
    if error is None:
        raise exc
    return error


def frames(exc: BaseException) -> list[Frame]:
    """The places in the workflow that an exception passed through, innermost first."""
    found: dict[FrameType, Frame] = {}
    entry = exc.__traceback__
    while entry is not None:
        source_map = _source_map(entry.tb_frame)
        # lambdas and the like are part of the line they stand in
        if source_map is not None and not entry.tb_frame.f_code.co_name.startswith("<"):
            code = entry.tb_frame.f_code
            place = _instruction(code, entry.tb_lasti, entry.tb_lineno)
            frame = source_map.find(*place, _first_line(code))
            if frame is not None:
                # `raise error` lists its Python frame twice: what failed first comes second
                found[entry.tb_frame] = frame
        entry = entry.tb_next
    return list(reversed(found.values()))


def here() -> Frame | None:
    """The place in the workflow that runs now; None where no workflow has called."""
    running: FrameType | None = sys._getframe(1)
    while running is not None:
        source_map = _source_map(running)
        if source_map is not None and not running.f_code.co_name.startswith("<"):
            code = running.f_code
            place = _instruction(code, running.f_lasti, running.f_lineno)
            return source_map.find(*place, _first_line(code))
        running = running.f_back
    return None


def _raised_in_generated_code(exc: Exception) -> bool:
    entry = exc.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry is not None and _source_map(entry.tb_frame) is not None


def _source_map(frame: FrameType) -> SourceMap | None:
    """The source map of the generated module that a Python frame runs in, if it does."""
    source_map = getattr(frame.f_globals.get("workflow"), "source_map", None)
    if isinstance(source_map, SourceMap) and source_map.file == frame.f_code.co_filename:
        return source_map
    return None


def _instruction(code: CodeType, offset: int, on_line: int) -> tuple[Place, Place]:
    """Where in the module an instruction starts and ends; its line where columns lack."""
    position = next(islice(code.co_positions(), offset // 2, None), (None, None, None, None))
    line, end_line, column, end_column = position
    if line is None or end_line is None or column is None or end_column is None:
        return (on_line, 0), (on_line + 1, 0)
    return (line, column), (end_line, end_column)


def _first_line(code: CodeType) -> int:
    """Of a routine's function; those inside it begin within a step."""
    return 1 if "<locals>" in code.co_qualname else code.co_firstlineno


def context(first_line: str, trace: list[Frame]) -> str:
    """The `context` text of an error."""
    return "\n".join([first_line, *places(trace)])


def places(trace: list[Frame]) -> list[str]:
    """A line for each frame, as in a `context`."""
    return [
        f'in step "{frame.step}", routine "{frame.routine}", line: {frame.line}' for frame in trace
    ]


def first_line(error: Value) -> str:
    """The first line of a context: a runtime error's own message, else the value (OQ-46)."""
    if type(error) is dict:
        message = error.get("message")
        if type(message) is str and type(error.get("tags")) is list:
            return message
    try:
        return f"RuntimeError: {encode(error)}"
    except WorkflowError:
        return f"RuntimeError: a {word(error)} that has no form in JSON"


def stack_trace(trace: list[Frame]) -> dict[str, Value]:
    """The `stackTrace` map of an error; its numbers are text, as JSON writes an int64."""
    elements = []
    for frame in trace:
        position = {
            "line": str(frame.line),
            "column": str(frame.column),
            "length": str(frame.length),
        }
        elements.append({"step": frame.step, "routine": frame.routine, "position": position})
    return {"elements": elements}
