"""What can go wrong between the command and a service: no reply, or one that refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from wfc.exit_codes import SERVICE
from wfc.stopped import Stopped


class ServiceError(Stopped):
    """A request did not get what it asked for.

    temporary    the same request may succeed later
    in_doubt     what was asked may have been done all the same
    retry_after  seconds before which it makes no sense to try again
    code         the http status of the reply, 0 where none came
    """

    exit_code = SERVICE

    def __init__(
        self,
        message: str,
        detail: str = "",
        *,
        temporary: bool = False,
        in_doubt: bool = False,
        retry_after: float = 0.0,
        code: int = 0,
    ) -> None:
        super().__init__(message, detail)
        self.code = code
        self.temporary = temporary
        self.in_doubt = in_doubt
        self.retry_after = retry_after


class ApiError(ServiceError):
    """An answer in the form of Google's APIs (spec 08 §3), or made of one of Peak's.

    status   a name of google.rpc.Code, such as NOT_FOUND
    said     the message
    details  maps with an `@type`
    """

    def __init__(self, code: int, error: Mapping[str, Any], retry_after: float = 0.0) -> None:
        self.status = str(error.get("status") or code)
        self.said = str(error.get("message") or "no message")
        self.details: Sequence[Mapping[str, Any]] = error.get("details") or ()
        broken = code >= HTTPStatus.INTERNAL_SERVER_ERROR and code != HTTPStatus.NOT_IMPLEMENTED
        super().__init__(
            f"the service refuses: {self.said} ({code} {self.status})",
            _hint(code),
            temporary=broken or code == HTTPStatus.TOO_MANY_REQUESTS,
            in_doubt=broken,
            retry_after=retry_after,
            code=code,
        )

    def shown(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.said, "status": self.status}


def _hint(code: int) -> str:
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "  = hint: give a token with `--token-file FILE`, or in the variable WFC_TOKEN"
    return ""
