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
    return {
        **variables,
        "GOOGLE_CLOUD_LOCATION": location,
        "GOOGLE_CLOUD_PROJECT_ID": project,
        "GOOGLE_CLOUD_PROJECT_NUMBER": number,
        "GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME": service_account.rpartition("/")[2],
        "GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": execution,
        "GOOGLE_CLOUD_WORKFLOW_ID": workflow,
        "GOOGLE_CLOUD_WORKFLOW_REVISION_ID": revision,
    }
