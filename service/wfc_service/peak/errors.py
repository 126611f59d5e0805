"""Refusals in Peak's API: `{"detail": …}`, which its SDK makes exceptions of (spec 11 §4.5)."""

from __future__ import annotations

from typing import Any, Final

from wfc_service.errors import ApiError

RETRIED: Final = (429, 500, 502, 503, 504)
"""What the SDK tries again by itself, and never tells its user (spec 11 §4.6)."""


def bad(detail: str) -> ApiError:
    """What is wrong with a request: the SDK's BadRequestException."""
    return ApiError("INVALID_ARGUMENT", detail)


def missing(detail: str) -> ApiError:
    return ApiError("NOT_FOUND", detail)


def conflict(detail: str) -> ApiError:
    """What cannot be now, or is there already: the SDK's ConflictException."""
    return ApiError("ABORTED", detail)


def too_large(limit: int) -> ApiError:
    return ApiError("INVALID_ARGUMENT", f"the body has more than {limit:,} bytes", code=413)


def too_slow(seconds: float) -> ApiError:
    detail = f"nothing of the body has come for {seconds:g} seconds"
    return ApiError("DEADLINE_EXCEEDED", detail, code=408)


def unserved(what: str) -> ApiError:
    return ApiError("UNIMPLEMENTED", what)


def body_of(error: ApiError) -> dict[str, Any]:
    return {"detail": str(error)}
