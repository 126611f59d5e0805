"""The command `wfc`: in, the process's arguments; out, its streams and exit code.

stdout carries results only; problems of `compile` and `run`, logs and remarks go to stderr.
Everything heavy is imported where it is used: `wfc --version` and `wfc explain` start at once.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable

from wfc.exit_codes import BROKEN_PIPE, BUG, CANCELLED, WRONG_USE
from wfc.stopped import Stopped
from wfc.terminal import prepare_streams, tell
from wfc.version import VERSION, described
from wfc.visible import visible
from wfc.wrong_use import WrongUse

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Runs the command and ends the process."""
    gc.set_threshold(100_000)  # a compilation makes many objects and hardly any garbage
    prepare_streams()
    try:
        sys.exit(guard(_dispatch))
    finally:
        gc.freeze()  # Python ends with a collection of all there is, which took a sixth of a check


def guard(action: Callable[[], int]) -> int:
    """The exit code of `action`; whatever it raises becomes a few lines on stderr and a code."""
    try:
        code = action()
        sys.stdout.flush()
    except Stopped as error:
        tell(f"error: {visible(error.message)}" + (f"\n{error.detail}" if error.detail else ""))
        return error.exit_code
    except KeyboardInterrupt:
        tell("cancelled")
        return CANCELLED
    except BrokenPipeError:
        # what is still buffered must not fail again when the interpreter flushes it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            tell("error: cannot write the output: no space is left")
            return WRONG_USE
        tell(_bug(error))
        return BUG
    return code


def _dispatch() -> int:
    if sys.argv[1:] == ["--version"]:
        print(described())
        return 0
    for word in sys.argv[1:2]:
        if word.endswith((".yaml", ".yml", ".json")):
            hint = f"  = hint: write `wfc run {visible(word)}`, or `wfc check`, or `wfc compile`"
            raise WrongUse(f"the command is missing before `{word}`", hint)
    from wfc.command_line import app

    known = [command.name for command in app.registered_commands]
    if not sys.argv[1:] or sys.argv[1] not in known:
        import wfc.command_line_client
        import wfc.command_line_serve  # noqa: F401  # they register the others

    app(prog_name="wfc")
    return 0


def _bug(error: Exception) -> str:
    """What a person needs in order to report it; the traceback only when they ask for it."""
    import traceback

    if os.environ.get("WFC_TRACEBACK"):
        return "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = visible(str(error)).strip()[:500]
    return (
        f"error: this is a bug in wfc {VERSION}, not in your workflow\n"
        f"  {type(error).__name__}{': ' if text else ''}{text}\n"
        f"  at {os.path.basename(last.filename)}:{last.lineno}, in {last.name}\n"
        "Please report it with the workflow and these lines; "
        "with WFC_TRACEBACK=1 set, wfc prints the whole traceback."
    )
