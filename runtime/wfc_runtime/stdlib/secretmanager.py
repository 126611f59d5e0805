"""Secrets as texts: the helpers beside the Secret Manager connector (spec 06, Connectors)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from wfc_runtime.connectors import Connector
from wfc_runtime.errors import value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.run import Run

_SECRETS = "googleapis.secretmanager.v1.projects.secrets"
_ACCESS = Connector(
    f"{_SECRETS}.versions.accessString",
    "GET",
    "https://secretmanager.googleapis.com/v1/projects/{project_id}/secrets/{secret_id}/versions/{version}:access",
)
_ADD_VERSION = Connector(
    f"{_SECRETS}.addVersionString",
    "POST",
    "https://secretmanager.googleapis.com/v1/projects/{project_id}/secrets/{secret_id}:addVersion",
    body=True,
)


async def access_string(
    run: Run,
    *,
    secret_id: Value,
    version: Value = "latest",
    project_id: Value = None,
    connector_params: Value = None,
) -> Value:
    """The text of a secret's version; `project_id` is the workflow's where none is given.

    `connector_params` is that of every connector.

    Raises HttpError, such as 404 for a secret that is not there, TimeoutError, ConnectionError,
    ConnectionFailedError, AuthError without credentials, and ValueError for a secret that is not
    UTF-8 or an argument that cannot be.
    """
    chosen = "latest" if version is None else version
    if type(chosen) is not str and type(chosen) is not int:
        raise arguments.wrong(_ACCESS.name, "version", "a string or an integer", chosen)
    reply = await _ACCESS(
        run,
        project_id=project_of(run, project_id),
        secret_id=secret_id,
        version=chosen,
        connector_params=connector_params,
    )
    try:
        return b64decode(reply["payload"]["data"], validate=True).decode()
    except (KeyError, TypeError, ValueError):
        raise value_error(f"{_ACCESS.name}(): the secret is not a UTF-8 text") from None


async def add_version_string(
    run: Run,
    *,
    secret_id: Value,
    data: Value,
    project_id: Value = None,
    connector_params: Value = None,
) -> Value:
    """Adds a version that holds a text to a secret; the result is the version.

    `project_id` is the workflow's where none is given.  `connector_params` is that of every
    connector.

    Raises HttpError, such as 404 for a secret that is not there, TimeoutError, ConnectionError,
    ConnectionFailedError, AuthError without credentials, and ValueError for an argument that cannot
    be.
    """
    text = arguments.text(_ADD_VERSION.name, "data", data)
    return await _ADD_VERSION(
        run,
        project_id=project_of(run, project_id),
        secret_id=secret_id,
        body={"payload": {"data": b64encode(text.encode()).decode()}},
        connector_params=connector_params,
    )


def project_of(run: Run, given: Value) -> Value:
    """The given project, or the one that the workflow runs in."""
    return run.get_env("GOOGLE_CLOUD_PROJECT_ID") if given is None else given
