"""What becomes of an execution when the service itself, and not the workflow, has gone wrong."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from wfc_service.errors import system_error


def failed(error: BaseException) -> dict[str, Any]:
    """The `error` of an execution whose runtime raised this; the traceback goes to the log."""
    traceback.print_exception(error, file=sys.stderr)
    name = type(error).__name__
    return system_error(f"the runtime failed ({name}); the service's log has the details")
