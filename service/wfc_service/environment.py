"""What `sys.get_env` of an execution sees: the service's own variables (spec 06, sys)."""

from __future__ import annotations

from collections.abc import Mapping


def environment(
    variables: Mapping[str, str],
    *,
    project: str,
    number: str,
    location: str,
    workflow: str,
    revision: str,
    execution: str,
    service_account: str,
) -> dict[str, str]:
    """The user's variables and those of the service, which nobody else can set.

    number           of the project
    revision         its id, `000001-a4d`
    service_account  as the workflow names it, with or without `projects/…/serviceAccounts/`
    """
    own = {
        "LOCATION": location,
        "PROJECT_ID": project,
        "PROJECT_NUMBER": number,
        "SERVICE_ACCOUNT_NAME": service_account.rpartition("/")[2],
        "WORKFLOW_EXECUTION_ID": execution,
        "WORKFLOW_ID": workflow,
        "WORKFLOW_REVISION_ID": revision,
    }
    return {**variables, **{f"GOOGLE_CLOUD_{name}": value for name, value in own.items()}}
