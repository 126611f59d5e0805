"""What a function of the runtime gives or raises, in a form that tests can compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.reference import Raised

import wfc_runtime.v1 as wf


def outcome(compute: Callable[..., Any], *operands: Any) -> str:
    """The result as text, which tells 1 from 1.0 and true, and -0.0 from 0.0; or the error."""
    try:
        return repr(compute(*operands))
    except (wf.WorkflowError, Raised) as error:
        return f"raises {error.payload}"


def payload(compute: Callable[..., Any], *operands: Any) -> Any:
    """The error that must come."""
    with pytest.raises(wf.WorkflowError) as caught:
        compute(*operands)
    return caught.value.payload


def message(compute: Callable[..., Any], *operands: Any) -> str:
    return str(payload(compute, *operands)["message"])


def tags(compute: Callable[..., Any], *operands: Any) -> list[str]:
    return list(payload(compute, *operands)["tags"])
