"""The APIs over gRPC, as far as Google publishes their messages.

A request becomes the arguments that the same request over http has, and the answer's JSON a
message: what a method does stands in one place (`methods`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from types import ModuleType
from typing import Any, Final

import grpc
from google.cloud.location import locations_pb2
from google.cloud.workflows.executions_v1.types import executions
from google.cloud.workflows_v1.types import workflows
from google.longrunning import operations_pb2
from google.protobuf import empty_pb2
from google.protobuf.json_format import Error as JsonError
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from wfc_service.errors import STATUS, ApiError, invalid
from wfc_service.google.messages import proto_name
from wfc_service.google.methods import METHODS, Method
from wfc_service.service import Service

_log = logging.getLogger(__name__)

_SERVICES: Final[dict[str, tuple[ModuleType, dict[str, str]]]] = {
    "google.cloud.workflows.v1.Workflows": (
        workflows,
        {
            "ListWorkflows": "workflows.list",
            "GetWorkflow": "workflows.get",
            "CreateWorkflow": "workflows.create",
            "UpdateWorkflow": "workflows.patch",
            "DeleteWorkflow": "workflows.delete",
            "ListWorkflowRevisions": "workflows.listRevisions",
        },
    ),
    "google.cloud.workflows.executions.v1.Executions": (
        executions,
        {
            "ListExecutions": "executions.list",
            "CreateExecution": "executions.create",
            "GetExecution": "executions.get",
            "CancelExecution": "executions.cancel",
        },
    ),
    "google.longrunning.Operations": (
        operations_pb2,
        {
            "ListOperations": "operations.list",
            "GetOperation": "operations.get",
            "DeleteOperation": "operations.delete",
        },
    ),
    "google.cloud.location.Locations": (
        locations_pb2,
        {"ListLocations": "locations.list", "GetLocation": "locations.get"},
    ),
}
"""The messages of each service, and which method each of its calls is."""

_MESSAGES: Final[dict[str, Any]] = {
    "Operation": operations_pb2.Operation,
    "Empty": empty_pb2.Empty,
}


def create_server(
    service: Service, *, interceptors: Sequence[grpc.aio.ServerInterceptor] = ()
) -> grpc.aio.Server:
    """A server without a port, which has not been started."""
    alone = [("grpc.so_reuseport", 0)]  # else two services could have one port between them
    server = grpc.aio.server(interceptors=list(interceptors), options=alone)
    methods = {method.id: method for method in METHODS}
    for name, (module, calls) in _SERVICES.items():
        handlers: dict[str, grpc.RpcMethodHandler[bytes, Any]] = {
            call: grpc.unary_unary_rpc_method_handler(
                _handler(service, methods[id], _message(module, f"{call}Request")),
                response_serializer=_message(module, methods[id].reply).SerializeToString,
            )
            for call, id in calls.items()
        }
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, handlers)])
    return server


def _message(module: ModuleType, name: str) -> Any:
    """The class of a message; those of newer packages are wrapped in one of their own."""
    found = _MESSAGES.get(name) or getattr(module, name)
    return found.pb() if hasattr(found, "pb") else found


def _handler(
    service: Service, method: Method, message: Any
) -> Callable[[bytes, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]:
    """What answers a request of these bytes, which are to be a `message`."""
    reply = next(
        _message(module, method.reply)
        for module, calls in _SERVICES.values()
        if method.id in calls.values()
    )

    async def handle(request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        try:
            arguments = _arguments(method, _read(message, request))
            answer = await method.call(service, **arguments)
            return ParseDict(answer, reply(), ignore_unknown_fields=True)
        except ApiError as error:
            await context.abort_with_status(rpc_status.to_status(_status(error)))
        except Exception:  # a bug, which is logged and not shown to clients
            _log.exception("a call could not be answered")
            await context.abort(grpc.StatusCode.INTERNAL, "Internal error encountered.")

    return handle


def _read(message: Any, request: bytes) -> Any:
    try:
        return message.FromString(request)
    except DecodeError:
        raise invalid("request", f"it is no {message.DESCRIPTOR.full_name}") from None


def _arguments(method: Method, request: Any) -> dict[str, Any]:
    try:
        fields = MessageToDict(request)
    except JsonError as error:  # a mask in camel case, a time beyond the year 9999
        raise invalid("request", str(error)) from None
    arguments = {proto_name(name): value for name, value in fields.items()}
    for argument in (method.body_name, method.argument):
        if argument and "." not in argument:
            arguments.setdefault(argument, {} if argument == method.body_name else "")
    return arguments


def _status(error: ApiError) -> status_pb2.Status:
    status = status_pb2.Status(code=STATUS[error.status][1], message=str(error))
    for detail in error.details:
        ParseDict(detail, status.details.add())
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.seconds = error.retry_after
        status.details.add().Pack(retry)
    return status
