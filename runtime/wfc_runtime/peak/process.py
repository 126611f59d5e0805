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
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from wfc_runtime.clock import Clock, within
from wfc_runtime.peak.failure import TIMED_OUT, StepFailed

GRACE = 10.0
"""Seconds between the request to end (SIGTERM) and SIGKILL."""

_LAST_WORDS = 1.0
"""Seconds for output that is still on its way from outside the group."""

_CHUNK = 16 * 1024
_CHUNKS_LEFT = 64
"""How many a pipe can hold, if it is as large as Linux lets it be."""

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
    drain: Callable[[], Awaitable[object]] | None = None,
) -> int:
    """Runs a command in a folder; `feed` gets what it prints, both streams together, as it comes.

    While `drain` waits nothing more is read: the command waits too, once the pipe is full.
    Returns the exit code, 128 and the signal's number if a signal ended it.  Raises StepFailed when
    it takes more than `timeout` seconds, and where it cannot be started at all.
    """
    with clock.outside():
        guard, held, output, written = _pipes()
        os.set_blocking(output, False)
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
                os.close(output)
                raise _not_started(error) from None
            except BaseException:
                os.close(output)
                raise
            finally:
                os.close(guard)
                os.close(written)
            exited = asyncio.ensure_future(process.wait())
            reading = asyncio.ensure_future(_read(output, feed, drain, exited))
            try:
                return await _ended(process.pid, exited, clock, timeout)
            finally:
                _signal(process.pid, signal.SIGKILL)
                await _finish(output, reading, feed, clock)
        finally:
            os.close(held)


def _pipes() -> tuple[int, int, int, int]:
    """Two pipes; raises StepFailed where this process may have no more open files."""
    opened: list[int] = []
    try:
        opened += os.pipe()
        opened += os.pipe()
    except OSError as error:
        for file in opened:
            os.close(file)
        raise _not_started(error) from None
    guard, held, output, written = opened
    return guard, held, output, written


def _not_started(error: OSError | ValueError) -> StepFailed:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return StepFailed(f"the command cannot be started: {why}", 126)


async def _ended(
    group: int, exited: asyncio.Future[int], clock: Clock, timeout: float | None
) -> int:
    """The exit code of the command, whose process is gone in any case when this returns."""
    try:
        if timeout is None:
            await asyncio.wait((exited,))
        else:
            await within(clock.sleep(timeout), exited)
    except TimeoutError:
        await _stop(group, exited, clock)
        message = f"the command took more than {timeout:g} seconds"
        raise StepFailed(message, TIMED_OUT) from None
    except asyncio.CancelledError:
        await _stop(group, exited, clock)
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


async def _finish(
    output: int, reading: asyncio.Future[None], feed: Callable[[bytes], None], clock: Clock
) -> None:
    """Waits for the rest of the output, but not for who left the group and holds on to it."""
    try:
        await within(clock.sleep(_LAST_WORDS), reading)
    except TimeoutError:
        pass
    finally:
        reading.cancel()
        await asyncio.wait((reading,))
        with suppress(BlockingIOError):
            for _ in range(_CHUNKS_LEFT):  # all that the group has printed is in the pipe by now
                feed(os.read(output, _CHUNK))  # nothing, again and again, behind the end
        os.close(output)


async def _read(
    output: int,
    feed: Callable[[bytes], None],
    drain: Callable[[], Awaitable[object]] | None,
    exited: asyncio.Future[int],
) -> None:
    """Reads to the end; nothing is held but what is in the pipe."""
    while True:
        try:
            chunk = os.read(output, _CHUNK)
        except BlockingIOError:
            await _readable(output)
            continue
        if not chunk:
            return
        feed(chunk)
        if drain is None or exited.done():
            await asyncio.sleep(0)  # others have their turn
        else:
            drained = asyncio.ensure_future(drain())
            await asyncio.wait((drained, exited), return_when=asyncio.FIRST_COMPLETED)


async def _readable(output: int) -> None:
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(output, event.set)
    try:
        await event.wait()
    finally:
        loop.remove_reader(output)


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left, the guard not either; or all that are left are another user's
