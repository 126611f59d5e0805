"""How the documentation calls what a step calls: a Python function → its name there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wfc_runtime.connectors import Connector
from wfc_runtime.values import Value

_EXECUTIONS = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions"
_SECRETS = "googleapis.secretmanager.v1.projects.secrets"
_LONGER = {
    "executions.map": "experimental.executions.map",
    "executions.run": "experimental.executions.run",
    "executions.run_connector": f"{_EXECUTIONS}.run",
    "secretmanager.access_string": f"{_SECRETS}.versions.accessString",
    "secretmanager.add_version_string": f"{_SECRETS}.addVersionString",
}
"""Documented names that are longer than those of the Python functions."""


def documented(function: Callable[..., Awaitable[Value]]) -> str:
    """How the documentation calls a library function, `http.get`, or a connector."""
    if isinstance(function, Connector):
        return function.name
    module = function.__module__.rpartition(".")[2]
    name = f"{module}.{function.__name__}"
    return _LONGER.get(name, name)
