"""The APIs over gRPC answer what they answer over http, and errors keep their details."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest
from google.api_core.exceptions import (
    FailedPrecondition,
    GoogleAPICallError,
    InternalServerError,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
)
from google.cloud.workflows.executions_v1 import Execution, ExecutionsAsyncClient, ExecutionView
from google.cloud.workflows.executions_v1.services.executions.transports import (
    ExecutionsGrpcAsyncIOTransport,
)
from google.cloud.workflows_v1 import Workflow, WorkflowsAsyncClient
from google.cloud.workflows_v1.services.workflows.transports import WorkflowsGrpcAsyncIOTransport
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc.error_details_pb2 import BadRequest, ResourceInfo, RetryInfo
from tests.service_calls import HELLO, PARENT, Client, Served

from wfc_service.errors import ApiError
from wfc_service.google.grpc_api import create_server

NAME = f"{PARENT}/workflows/hello"


@asynccontextmanager
async def channel_to(client: Client) -> AsyncIterator[grpc.aio.Channel]:
    server = create_server(client.service)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        await server.stop(None)


def workflows_at(channel: grpc.aio.Channel) -> WorkflowsAsyncClient:
    return WorkflowsAsyncClient(transport=WorkflowsGrpcAsyncIOTransport(channel=channel))


def executions_at(channel: grpc.aio.Channel) -> ExecutionsAsyncClient:
    return ExecutionsAsyncClient(transport=ExecutionsGrpcAsyncIOTransport(channel=channel))


def test_workflows(served: Served) -> None:
    async def check(client: Client) -> None:
        async with channel_to(client) as channel:
            workflows = workflows_at(channel)
            operation = await workflows.create_workflow(
                parent=PARENT,
                workflow=Workflow(
                    source_contents=HELLO,
                    labels={"env": "test"},
                    call_log_level=Workflow.CallLogLevel.LOG_ERRORS_ONLY,
                    user_env_vars={"A": "1"},
                ),
                workflow_id="hello",
            )
            assert operation.metadata.verb == "create"
            assert operation.metadata.target == NAME
            created = await operation.result()
            assert created == await workflows.get_workflow(name=NAME)
            assert created.labels == {"env": "test"}
            assert created.call_log_level == Workflow.CallLogLevel.LOG_ERRORS_ONLY
            shown = await client.ok("GET", NAME)
            assert shown["revisionId"] == created.revision_id
            assert shown["userEnvVars"] == {"A": "1"}
            operation = await workflows.update_workflow(
                workflow=Workflow(name=NAME, description="says hello"),
                update_mask=FieldMask(paths=["description", "labels"]),
            )
            changed = await operation.result()
            assert (changed.description, changed.labels) == ("says hello", {})
            assert changed.source_contents == HELLO
            revisions = await workflows.list_workflow_revisions({"name": NAME})
            assert [one.revision_id async for one in revisions] == [created.revision_id]
            listed = await workflows.list_workflows(
                {"parent": PARENT, "filter": "workflowId = h*", "order_by": "name", "page_size": 1}
            )
            assert [one.name async for one in listed] == [NAME]
            operations = await workflows.list_operations({"name": PARENT})
            assert len(operations.operations) == 2
            first = operations.operations[0].name
            assert (await workflows.get_operation({"name": first})).done
            await workflows.delete_operation({"name": first})
            with pytest.raises(NotFound):
                await workflows.get_operation({"name": first})
            locations = await workflows.list_locations({"name": "projects/my-project"})
            assert [one.location_id for one in locations.locations] == ["us-central1"]
            assert (await workflows.get_location({"name": PARENT})).name == PARENT
            await (await workflows.delete_workflow(name=NAME)).result()

    served(check)


def test_executions(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        async with channel_to(client) as channel:
            executions = executions_at(channel)
            created = await executions.create_execution(
                parent=NAME,
                execution=Execution(argument='{"name": "Ada"}', labels={"a": "b"}),
            )
            assert created.state == Execution.State.ACTIVE
            await client.engine.ended(created.name)
            done = await executions.get_execution(name=created.name)
            assert (done.state, done.result) == (Execution.State.SUCCEEDED, '"Hello Ada"')
            assert done.labels == {"a": "b"}
            assert done.duration.total_seconds() > 0
            basic = await executions.get_execution(
                {"name": created.name, "view": ExecutionView.BASIC}
            )
            assert (basic.state, basic.result) == (Execution.State.SUCCEEDED, "")
            for _ in range(3):
                empty = await executions.create_execution(parent=NAME)
                assert empty.argument == "null"
            listed = await executions.list_executions({"parent": NAME, "page_size": 2})
            assert len([one async for one in listed]) == 4

    served(check)


Wrong = Callable[[grpc.aio.Channel], Awaitable[object]]


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        (
            lambda channel: workflows_at(channel).get_workflow(name=f"{PARENT}/workflows/none"),
            NotFound,
            f"Resource '{PARENT}/workflows/none' was not found",
        ),
        (
            lambda channel: workflows_at(channel).get_workflow(name="none"),
            InvalidArgument,
            "name: 'none' has not the form projects/*/locations/*/workflows/*",
        ),
        (
            lambda channel: workflows_at(channel).get_workflow(),
            InvalidArgument,
            "name: '' has not the form",
        ),
        (
            lambda channel: workflows_at(channel).create_workflow(parent=PARENT),
            InvalidArgument,
            "workflow_id: it must be",
        ),
        (
            lambda channel: workflows_at(channel).update_workflow(),
            InvalidArgument,
            "workflow.name: '' has not the form",
        ),
        (
            lambda channel: workflows_at(channel).update_workflow(
                workflow=Workflow(name=NAME), update_mask=FieldMask(paths=["sourceContents"])
            ),
            InvalidArgument,
            "request: ",
        ),
        (
            lambda channel: executions_at(channel).create_execution(
                parent=NAME, execution=Execution(argument="{")
            ),
            InvalidArgument,
            "execution.argument: it is not the text of JSON",
        ),
        (
            lambda channel: executions_at(channel).create_execution(
                parent="hello", execution=Execution()
            ),
            InvalidArgument,
            "parent: 'hello' has not the form projects/*/locations/*/workflows/*",
        ),
        (
            lambda channel: executions_at(channel).list_executions(
                {"parent": NAME, "filter": "nothing"}
            ),
            InvalidArgument,
            "filter: at character 8: the filter ends too early",
        ),
    ],
)
def test_errors_are_those_of_http(
    served: Served, wrong: Wrong, kind: type[GoogleAPICallError], message: str
) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        async with channel_to(client) as channel:
            with pytest.raises(kind) as raised:
                await wrong(channel)
            assert raised.value.message.startswith(message)
            (detail,) = raised.value.details
            assert isinstance(detail, BadRequest if kind is InvalidArgument else ResourceInfo)

    served(check)


def test_what_is_no_message_is_an_error_of_the_client(served: Served) -> None:
    async def check(client: Client) -> None:
        async with channel_to(client) as channel:
            name = "/google.cloud.workflows.executions.v1.Executions/CreateExecution"
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await channel.unary_unary(name, request_serializer=bytes)(b"\xff")
            assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            assert refused.value.details() == (
                "request: it is no google.cloud.workflows.executions.v1.CreateExecutionRequest"
            )

    served(check)


def test_states_and_full_queues(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        name = (await client.run())["name"]
        async with channel_to(client) as channel:
            executions = executions_at(channel)
            with pytest.raises(FailedPrecondition, match="in state SUCCEEDED is not allowed"):
                await executions.cancel_execution(name=name)

            async def refuses(new: object) -> object:
                raise ApiError("RESOURCE_EXHAUSTED", "the queue is full", retry_after=7)

            client.engine.create = refuses  # type: ignore[assignment, method-assign]
            with pytest.raises(ResourceExhausted) as raised:
                await executions.create_execution(parent=NAME)
            (retry,) = raised.value.details
            assert isinstance(retry, RetryInfo)
            assert retry.retry_delay.seconds == 7

    served(check)


def test_a_failure_of_ours_tells_nothing(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        async with channel_to(client) as channel:

            async def fails(new: object) -> object:
                raise RuntimeError("/secret/path")

            client.engine.create = fails  # type: ignore[assignment, method-assign]
            with pytest.raises(InternalServerError) as raised:
                await executions_at(channel).create_execution(parent=NAME)
            assert raised.value.message == "Internal error encountered."

    served(check)
    assert "/secret/path" in caplog.text


def test_cancelled_calls_leave_nothing_behind(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        async with channel_to(client) as channel:
            call = asyncio.ensure_future(executions_at(channel).create_execution(parent=NAME))
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert (await workflows_at(channel).get_workflow(name=NAME)).name == NAME

    served(check)
