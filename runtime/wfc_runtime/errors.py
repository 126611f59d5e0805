"""The errors of a workflow (spec 05): the exception that carries one, and the runtime's own.

An error's payload is any value (spec 05 §1).  The runtime's own are maps made here, with the tags
of spec 05 §4 and OQ-49; the texts that the service is known to use (spec 05 §5) are verbatim.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

from wfc_runtime.values import Value

TAGS: dict[str, tuple[str, ...]] = {
    "AuthError": ("AuthError",),
    "ConnectionError": ("ConnectionError", "OSError"),
    "ConnectionFailedError": ("ConnectionFailedError", "OSError"),
    "ExecutionError": ("ExecutionError",),
    "FailedJobError": ("FailedJobError",),
    "HttpError": ("HttpError",),
    "IndexError": ("IndexError", "LookupError"),
    "KeyError": ("KeyError", "LookupError"),
    "OperationError": ("OperationError",),
    "ParallelNestingError": ("ParallelNestingError", "RuntimeError"),
    "RecursionError": ("RecursionError", "RuntimeError"),
    "ResourceLimitError": ("ResourceLimitError",),
    "ResponseTypeError": ("ResponseTypeError",),
    "TimeoutError": ("TimeoutError", "OSError"),
    "TypeError": ("TypeError",),
    "UnhandledBranchError": ("UnhandledBranchError", "RuntimeError"),
    "ValueError": ("ValueError",),
    "ZeroDivisionError": ("ZeroDivisionError", "ArithmeticError"),
}
"""Each tag with its parents, as the error's `tags` list has them."""

NOT_SUCCEEDED = "Execution failed or cancelled."


class WorkflowError(Exception):
    """An error raised by a workflow, by its `raise` or by the runtime.

    payload      the value an `except` sees
    context      the message and one line a frame (spec 05 §3); None until the run has ended
    stack_trace  `{"elements": […]}` with step, routine and position, innermost first
    """

    __slots__ = ("context", "payload", "stack_trace")  # half the time that a dictionary takes

    def __init__(
        self,
        payload: Value,
        context: str | None = None,
        stack_trace: dict[str, Any] | None = None,
    ) -> None:
        self.payload = payload  # `args` is what was given, since `__new__`
        self.context = context
        self.stack_trace = {} if stack_trace is None else stack_trace

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.payload, self.context, self.stack_trace), self.__dict__ or None

    def __str__(self) -> str:
        if self.context is not None:
            return self.context
        if type(self.payload) is dict and type(self.payload.get("message")) is str:
            return str(self.payload["message"])
        return str(self.payload)


class ResourceLimit(BaseException):
    """A limit of the engine was reached; no `except` of a workflow sees it (spec 05 §7).

    message  names the limit, the figure reached and the setting
    silent   an error without context and stack trace, as that of the memory limit (spec 05 §3)
    """

    def __init__(self, message: str, *, silent: bool = False) -> None:
        super().__init__(message)
        self.payload = error_map("ResourceLimitError", message)
        self.silent = silent


def error_map(tag: str, message: str, **fields: Value) -> dict[str, Value]:
    """The map of a runtime error; `message` as it is to stand there."""
    return {**fields, "message": message, "tags": list(TAGS[tag])}


def _error(tag: str, detail: str) -> WorkflowError:
    return WorkflowError(error_map(tag, f"{tag}: {detail}"))


def type_error(detail: str) -> WorkflowError:
    return _error("TypeError", detail)


def value_error(detail: str) -> WorkflowError:
    return _error("ValueError", detail)


def key_error(key: Value) -> WorkflowError:
    return _error("KeyError", f"key not found: {key}")


def zero_division_error() -> WorkflowError:
    return _error("ZeroDivisionError", "division by zero")


def membership_error(container_word: str) -> WorkflowError:
    """`in` on what holds nothing; the service's text bears no tag (spec 05 §5)."""
    text = f"The argument of 'in' must be a dict or an array; got: {container_word}"
    return WorkflowError(error_map("TypeError", text))


def operand_error(operator: str, left: str, right: str) -> WorkflowError:
    """A binary operator on types it does not know; `left` and `right` are type words."""
    return type_error(f"unsupported operand types for {operator}: '{left}' and '{right}'")


def single_operand_error(operator: str, operand: str, expected: str) -> WorkflowError:
    """The form of the service's own text for `string()` (spec 05 §5)."""
    return type_error(
        f"unsupported operand type for {operator}: '{operand}' (expecting {expected})"
    )


def access_error(base: str) -> WorkflowError:
    return type_error(f"{base} has no fields or elements")


def index_type_error(index: str) -> WorkflowError:
    return type_error(f"list index must be an integer, not {index}")


def index_range_error() -> WorkflowError:
    return _error("IndexError", "list index out of range")


def map_key_error(key: str) -> WorkflowError:
    return type_error(f"map key must be a string, not {key}")


def recursion_error(detail: str) -> WorkflowError:
    return _error("RecursionError", detail)


def parallel_nesting_error(detail: str) -> WorkflowError:
    return _error("ParallelNestingError", detail)


def auth_error(detail: str) -> WorkflowError:
    return _error("AuthError", detail)


def connection_error(detail: str) -> WorkflowError:
    """The transfer broke; the request may have had its effect."""
    return _error("ConnectionError", detail)


def connection_failed_error(detail: str) -> WorkflowError:
    """There was never a connection."""
    return _error("ConnectionFailedError", detail)


def timeout_error(message: str = "request timed out") -> WorkflowError:
    return WorkflowError(error_map("TimeoutError", message))


def http_error(code: int, headers: dict[str, Value], body: Value) -> WorkflowError:
    """A response of status 400 or more."""
    message = f"HTTP server responded with error code {code}"
    return WorkflowError(error_map("HttpError", message, body=body, code=code, headers=headers))


def execution_error() -> WorkflowError:
    """A child of `experimental.executions.*` failed or was cancelled (OQ-69)."""
    return WorkflowError(error_map("ExecutionError", NOT_SUCCEEDED))


def operation_error(message: str, operation: Value) -> WorkflowError:
    """A long-running operation failed; `operation` is what the API says of it."""
    return WorkflowError(error_map("OperationError", message, operation=operation))


def response_type_error() -> WorkflowError:
    """A long-running operation answered with something else; the service's text has no tag."""
    text = "Long-running operation returned unexpected response."
    return WorkflowError(error_map("ResponseTypeError", text))


def failed_job_error(detail: str, job: Value) -> WorkflowError:
    """A Kubernetes job failed; `job` is its description."""
    return WorkflowError(error_map("FailedJobError", f"FailedJobError: {detail}", job=job))


def unhandled_branch_error(branches: list[Value], *, truncated: bool = False) -> WorkflowError:
    """Branches of a parallel step failed; `branches` as spec 05 §6 has them."""
    message = (
        "UnhandledBranchError: One or more branches or iterations "
        "encountered an unhandled runtime error"
    )
    return WorkflowError(
        error_map("UnhandledBranchError", message, branches=branches, truncated=truncated)
    )


def quoted(text: str) -> str:
    """The beginning of a text for a message, as JSON would write it: it stays on one line."""
    return encode_basestring(text if len(text) <= 60 else text[:60] + "…")
