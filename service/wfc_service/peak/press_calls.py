"""The calls of blocks and their deployments as a table: verb, path, function (spec 11 §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wfc_service.errors import ApiError
from wfc_service.peak import blocks, deployments
from wfc_service.peak import deployment_views as views
from wfc_service.peak.call import Call, Handler
from wfc_service.peak.errors import bad, unserved

_SPECS: Final = "/v1/blocks/specs"
_DEPLOYMENTS: Final = "/v1/blocks/deployments"


async def _create_block(call: Call) -> Any:
    return await blocks.create_block(
        call.service,
        call.body,
        validate=bool(call.query.switch("validate")),
        request_id=call.request_id,
    )


async def _create_release(call: Call) -> Any:
    return await blocks.create_release(
        call.service, call.ids["block"], call.body, request_id=call.request_id
    )


async def _create_deployment(call: Call) -> Any:
    return await deployments.create_deployment(call.service, call.body, request_id=call.request_id)


async def _create_revision(call: Call) -> Any:
    return await deployments.create_revision(
        call.service, call.ids["deployment"], call.body, request_id=call.request_id
    )


async def _execute(call: Call) -> Any:
    try:
        return await deployments.execute_deployment(
            call.service, call.ids["deployment"], request_id=call.request_id
        )
    except ApiError as error:
        raise call.refusal(error) from None


async def _update_parameters(call: Call) -> Any:
    """The second version of this call, which also knows apps."""
    if not isinstance(call.body, dict) or not set(call.body) <= {"parameters", "appParameters"}:
        raise bad("the body must be a map with `parameters`")
    if call.body.get("appParameters"):
        raise unserved("appParameters: apps are not served here")
    values = await deployments.update_run_parameters(
        call.service, call.ids["deployment"], call.body.get("parameters")
    )
    return {"parameters": values}


PRESS_CALLS: Final[Sequence[tuple[str, str, Handler]]] = (
    ("GET", _SPECS, lambda call: blocks.list_blocks(call.service, call.query)),
    ("POST", _SPECS, _create_block),
    (
        "GET",
        f"{_SPECS}/{{block}}",
        lambda call: blocks.describe_block(call.service, call.ids["block"]),
    ),
    (
        "PATCH",
        f"{_SPECS}/{{block}}",
        lambda call: blocks.update_block(call.service, call.ids["block"], call.body),
    ),
    (
        "DELETE",
        f"{_SPECS}/{{block}}",
        lambda call: blocks.delete_block(call.service, call.ids["block"]),
    ),
    (
        "GET",
        f"{_SPECS}/{{block}}/releases",
        lambda call: blocks.list_releases(call.service, call.ids["block"], call.query),
    ),
    ("POST", f"{_SPECS}/{{block}}/releases", _create_release),
    (
        "GET",
        f"{_SPECS}/{{block}}/releases/{{version}}",
        lambda call: blocks.describe_release(call.service, call.ids["block"], call.ids["version"]),
    ),
    ("GET", _DEPLOYMENTS, lambda call: views.list_deployments(call.service, call.query)),
    ("POST", _DEPLOYMENTS, _create_deployment),
    (
        "GET",
        f"{_DEPLOYMENTS}/{{deployment}}",
        lambda call: views.describe_deployment(call.service, call.ids["deployment"]),
    ),
    (
        "PATCH",
        f"{_DEPLOYMENTS}/{{deployment}}",
        lambda call: deployments.update_deployment(call.service, call.ids["deployment"], call.body),
    ),
    (
        "DELETE",
        f"{_DEPLOYMENTS}/{{deployment}}",
        lambda call: deployments.delete_deployment(call.service, call.ids["deployment"]),
    ),
    (
        "POST",
        f"{_DEPLOYMENTS}/{{deployment}}/redeploy",
        lambda call: deployments.redeploy(call.service, call.ids["deployment"]),
    ),
    (
        "GET",
        f"{_DEPLOYMENTS}/{{deployment}}/revisions",
        lambda call: views.list_revisions(call.service, call.ids["deployment"], call.query),
    ),
    ("POST", f"{_DEPLOYMENTS}/{{deployment}}/revisions", _create_revision),
    (
        "GET",
        f"{_DEPLOYMENTS}/{{deployment}}/revisions/{{revision}}",
        lambda call: views.describe_revision(
            call.service, call.ids["deployment"], call.ids["revision"]
        ),
    ),
    (
        "GET",
        "/v1/deployments",
        lambda call: views.list_deployments(call.service, call.query),
    ),
    ("POST", "/v1/deployments/{deployment}/execute", _execute),
    (
        "GET",
        "/v1/deployments/{deployment}/parameters/run",
        lambda call: views.get_run_parameters(call.service, call.ids["deployment"]),
    ),
    (
        "PATCH",
        "/v1/deployments/{deployment}/parameters/run",
        lambda call: deployments.update_run_parameters(
            call.service, call.ids["deployment"], call.body
        ),
    ),
    ("PATCH", "/v2/deployments/{deployment}/parameters/run", _update_parameters),
)
