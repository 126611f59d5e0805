"""Who may talk to a service that has a token."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc
import pytest
from google.cloud.workflows_v1.types import workflows
from starlette.middleware import Middleware
from tests.service_calls import PARENT, serving

from wfc_service.deploy import Builder
from wfc_service.front.grpc_guard import TokenInterceptor
from wfc_service.front.guard import TokenGuard, is_authorized
from wfc_service.front.monitor import monitor_routes
from wfc_service.google.grpc_api import create_server
from wfc_service.google.rest import create_app

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(
    ("header", "authorized"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN} ", True),
        (f"Basic {TOKEN}", False),
        (f"Bearer {TOKEN}0", False),
        (f"Bearer {TOKEN[:-1]}", False),
        (TOKEN, False),
        ("Bearer", False),
        ("Bearer über", False),
        ("", False),
    ],
)
def test_only_the_token_itself_is_enough(header: str, authorized: bool) -> None:
    assert is_authorized(header, TOKEN) is authorized


def test_requests_without_the_token_reach_nothing_but_the_health(
    tmp_path: Path, builder: Builder
) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            client.app = create_app(
                client.service,
                routes=monitor_routes(
                    client.service.database, client.engine, {}, "1", lambda: False
                ),
                middleware=[Middleware(TokenGuard, token=TOKEN)],
            )
            for path in (f"{PARENT}/workflows", "/metrics", "/openapi.json", "/nothing"):
                refused = await client("GET", path)
                assert refused.status == 401
                assert refused.headers["www-authenticate"] == "Bearer"
                assert refused.json()["error"]["status"] == "UNAUTHENTICATED"
            assert (await client("GET", "/healthz")).status == 200
            bearer = {"Authorization": f"Bearer {TOKEN}"}
            listed = await client("GET", f"{PARENT}/workflows", headers=bearer)
            assert (listed.status, listed.json()) == (200, {})

    asyncio.run(main())


def test_calls_over_grpc_need_the_token_too(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            server = create_server(client.service, interceptors=[TokenInterceptor(TOKEN)])
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                call = channel.unary_unary(
                    "/google.cloud.workflows.v1.Workflows/ListWorkflows",
                    workflows.ListWorkflowsRequest.serialize,
                    workflows.ListWorkflowsResponse.deserialize,
                )
                request = workflows.ListWorkflowsRequest(parent=PARENT)
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await call(request)
                assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED
                answer = await call(request, metadata=[("authorization", f"Bearer {TOKEN}")])
                assert list(answer.workflows) == []
            await server.stop(None)

    asyncio.run(main())
