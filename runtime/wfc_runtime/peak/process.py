"""A command as a process group: in go its arguments, out comes its exit code.

Nothing of it is left: not when it ends, is cancelled or takes too long, nor when this process is
killed.  For the last a guard in the group waits for the end of a pipe that only this process holds
open, and kills the group then; since the guard lives until the group is killed, the group's number
cannot belong to anyone else meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wfc_runtime.clock import Clock, within
from wfc_runtime.peak.failure import TIMED_OUT, StepFailed

GRACE = 10.0
"""Seconds between the request to end (SIGTERM) and SIGKILL."""

_LAST_WORDS = 1.0
"""Seconds for output that is still on its way from outside the group."""

_CHUNK = 64 * 1024
_GUARDED = (
    'exec 3<&0 </dev/null; (trap "" TERM INT HUP QUIT; read -r _ <&3; kill -KILL 0)'
    ' >/dev/null 2>&1 & exec 3<&-; exec "$@"'
)


async def run_process(
    argv: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str],
    clock: Clock,
    timeout: float | None,
    feed: Callable[[bytes], None],
) -> int:
    """Runs a command in a folder; `feed` gets what it prints, both streams together, as it comes.

    Returns the exit code, 128 and the signal's number if a signal ended it.  Raises StepFailed when
    it takes more than `timeout` seconds, and where it cannot be started at all.
    """
    with clock.outside():
        guard, held = os.pipe()
        output, written = os.pipe()
        try:
            try:
                process = await asyncio.create_subprocess_exec(
                    "/bin/sh",
                    *("-c", _GUARDED, "sh", *argv),
                    cwd=folder,
                    env=env,
                    stdin=guard,
                    stdout=written,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                why = error.strerror if isinstance(error, OSError) else str(error)
                os.close(output)
                raise StepFailed(f"the command cannot be started: {why}", 126) from None
            except BaseException:
                os.close(output)
                raise
            finally:
                os.close(guard)
                os.close(written)
            reading = asyncio.ensure_future(_read(output, feed))
            try:
                return await _ended(process, clock, timeout)
            finally:
                _signal(process.pid, signal.SIGKILL)
                await _finish(reading, clock)
        finally:
            os.close(held)


async def _ended(process: asyncio.subprocess.Process, clock: Clock, timeout: float | None) -> int:
    """The exit code of the command, whose process is gone in any case when this returns."""
    exited = asyncio.ensure_future(process.wait())
    try:
        if timeout is None:
            await asyncio.wait((exited,))
        else:
            await within(clock.sleep(timeout), exited)
    except TimeoutError:
        await _stop(process.pid, exited, clock)
        message = f"the command took more than {timeout:g} seconds"
        raise StepFailed(message, TIMED_OUT) from None
    except asyncio.CancelledError:
        await _stop(process.pid, exited, clock)
        raise
    code = exited.result()
    return 128 - code if code < 0 else code


async def _stop(group: int, exited: asyncio.Future[int], clock: Clock) -> None:
    """Asks the group to end, and ends it where it does not."""
    _signal(group, signal.SIGTERM)
    try:
        await within(clock.sleep(GRACE), exited)
    except TimeoutError:
        pass
    finally:
        _signal(group, signal.SIGKILL)
        await asyncio.wait((exited,))


async def _finish(reading: asyncio.Future[None], clock: Clock) -> None:
    """Waits for the rest of the output, but not for who left the group and holds on to it."""
    try:
        await within(clock.sleep(_LAST_WORDS), reading)
    except TimeoutError:
        pass
    finally:
        reading.cancel()
        await asyncio.wait((reading,))


async def _read(output: int, feed: Callable[[bytes], None]) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb", buffering=0)
    )
    try:
        while chunk := await reader.read(_CHUNK):
            feed(chunk)
    finally:
        transport.close()


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left, the guard not either; or all that are left are another user's
