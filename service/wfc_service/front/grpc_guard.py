"""The service's token for calls over gRPC (see `guard`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from wfc_service.front.guard import is_authorized


class TokenInterceptor(grpc.aio.ServerInterceptor):
    """Refuses calls whose metadata do not bear the token."""

    def __init__(self, token: str) -> None:
        self._token = token

        async def refuse(request: Any, context: Any) -> None:
            message = "the call does not bear the service's token"
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, message)

        self._refused: Any = grpc.unary_unary_rpc_method_handler(refuse)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        for name, value in details.invocation_metadata:
            if name == "authorization" and is_authorized(str(value), self._token):
                return await continuation(details)
        return self._refused
