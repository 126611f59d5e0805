"""The calls of blocks and their deployments as a table (spec 11 §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wfc_service.errors import ApiError
from wfc_service.peak import blocks, deployments
from wfc_service.peak import deployment_views as views
from wfc_service.peak.call import Call, Row
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


_PAGE: Final = ("pageSize", "pageNumber")
_LIST: Final = (*_PAGE, "status", "name", "title", "sort")
_SPEC: Final = f"{_SPECS}/{{block}}"
_DEPLOYMENT: Final = f"{_DEPLOYMENTS}/{{deployment}}"
_RUN: Final = "deployments/{deployment}/parameters/run"

PRESS_CALLS: Final[Sequence[Row]] = (
    Row(
        "list_specs",
        "GET",
        _SPECS,
        lambda call: blocks.list_blocks(call.service, call.query),
        (*_LIST, "featured", "scope"),
    ),
    Row("create_spec", "POST", _SPECS, _create_block, ("validate",), "SpecForm", once=True),
    Row(
        "describe_spec",
        "GET",
        _SPEC,
        lambda call: blocks.describe_block(call.service, call.ids["block"]),
    ),
    Row(
        "update_spec_metadata",
        "PATCH",
        _SPEC,
        lambda call: blocks.update_block(call.service, call.ids["block"], call.body),
        body="SpecChange",
    ),
    Row(
        "delete_spec",
        "DELETE",
        _SPEC,
        lambda call: blocks.delete_block(call.service, call.ids["block"]),
    ),
    Row(
        "list_spec_releases",
        "GET",
        f"{_SPEC}/releases",
        lambda call: blocks.list_releases(call.service, call.ids["block"], call.query),
        _PAGE,
    ),
    Row(
        "create_spec_release",
        "POST",
        f"{_SPEC}/releases",
        _create_release,
        body="ReleaseForm",
        once=True,
    ),
    Row(
        "describe_spec_release",
        "GET",
        f"{_SPEC}/releases/{{version}}",
        lambda call: blocks.describe_release(call.service, call.ids["block"], call.ids["version"]),
    ),
    Row(
        "list_deployments",
        "GET",
        _DEPLOYMENTS,
        lambda call: views.list_deployments(call.service, call.query),
        _LIST,
    ),
    Row(
        "create_deployment", "POST", _DEPLOYMENTS, _create_deployment, body="Deployment", once=True
    ),
    Row(
        "describe_deployment",
        "GET",
        _DEPLOYMENT,
        lambda call: views.describe_deployment(call.service, call.ids["deployment"]),
    ),
    Row(
        "update_deployment_metadata",
        "PATCH",
        _DEPLOYMENT,
        lambda call: deployments.update_deployment(call.service, call.ids["deployment"], call.body),
        body="Metadata",
    ),
    Row(
        "delete_deployment",
        "DELETE",
        _DEPLOYMENT,
        lambda call: deployments.delete_deployment(call.service, call.ids["deployment"]),
    ),
    Row(
        "redeploy",
        "POST",
        f"{_DEPLOYMENT}/redeploy",
        lambda call: deployments.redeploy(call.service, call.ids["deployment"]),
    ),
    Row(
        "list_deployment_revisions",
        "GET",
        f"{_DEPLOYMENT}/revisions",
        lambda call: views.list_revisions(call.service, call.ids["deployment"], call.query),
        _LIST,
    ),
    Row(
        "create_deployment_revision",
        "POST",
        f"{_DEPLOYMENT}/revisions",
        _create_revision,
        body="Revision",
        once=True,
    ),
    Row(
        "describe_deployment_revision",
        "GET",
        f"{_DEPLOYMENT}/revisions/{{revision}}",
        lambda call: views.describe_revision(
            call.service, call.ids["deployment"], call.ids["revision"]
        ),
    ),
    Row(
        "list_all_deployments",
        "GET",
        "/v1/deployments",
        lambda call: views.list_deployments(call.service, call.query),
        _LIST,
    ),
    Row(
        "execute_resources",
        "POST",
        "/v1/deployments/{deployment}/execute",
        _execute,
        once=True,
    ),
    Row(
        "get_parameters",
        "GET",
        f"/v1/{_RUN}",
        lambda call: views.get_run_parameters(call.service, call.ids["deployment"]),
    ),
    Row(
        "patch_parameters",
        "PATCH",
        f"/v1/{_RUN}",
        lambda call: deployments.update_run_parameters(
            call.service, call.ids["deployment"], call.body
        ),
        body="Values",
    ),
    Row("patch_parameters_v2", "PATCH", f"/v2/{_RUN}", _update_parameters, body="ValuesOfParts"),
)
