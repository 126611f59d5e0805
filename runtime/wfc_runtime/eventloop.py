"""The event loop of a workflow that runs as a program: uvloop's where it is installed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from wfc_runtime.accelerator import SWITCH


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop, as `asyncio.Runner` takes it; None stands for asyncio's own loop.

    uvloop comes with the extra `fast`; what switches the accelerator off goes for it, too.
    """
    if os.environ.get(SWITCH):
        return None
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
