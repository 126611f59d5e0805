"""Resource names: `projects/P/locations/L/workflows/W/executions/E` (spec 08)."""

from __future__ import annotations

import re

from wfc_service.errors import invalid, not_found

PEAK = "peak/"
"""How the ids of Peak's workflows begin, `peak/7`; no id of Google's has a slash."""

_WORKFLOW_ID = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
"""1 to 64 characters, a letter first, a letter or digit last (spec 07 §4)."""


class Place:
    """The project and location that a service stands for: `my-project`, `us-central1`.

    A project may be named by its number as well as by its id (spec 08 §6); one of any other name
    has nothing in it.
    """

    __slots__ = ("location", "number", "project")

    def __init__(self, project: str, location: str, number: int) -> None:
        self.project = project
        self.location = location
        self.number = number

    def is_here(self, project: str, location: str) -> bool:
        return project in (self.project, str(self.number)) and location == self.location

    @property
    def parent(self) -> str:
        return f"projects/{self.project}/locations/{self.location}"

    def within(
        self, name: str, *collections: str, anywhere: bool = False, field: str = "name"
    ) -> list[str]:
        """The ids of a name under the location: `…/workflows/W/executions/E` → `[W, E]`.

        With `anywhere` the location may be `-`, which is all of them (AIP-159).
        Raises ApiError INVALID_ARGUMENT for a name of another form, told of the `field` that has
        it, and NOT_FOUND for one elsewhere.
        """
        words = name.split("/")
        if words[::2] != ["projects", "locations", *collections] or not all(words[1::2]):
            form = "".join(f"/{one}/*" for one in ("locations", *collections))
            raise invalid(field, f"{name!r} has not the form projects/*{form}")
        location = self.location if anywhere and words[3] == "-" else words[3]
        if not self.is_here(words[1], location):
            raise not_found(name)
        return words[5::2]

    def workflow(self, workflow: str) -> str:
        return f"{self.parent}/workflows/{workflow}"

    def operation(self, operation: str) -> str:
        return f"{self.parent}/operations/{operation}"

    def service_account(self, account: str) -> str:
        """An account by its full name (spec 08 §6); "" is the project's default one."""
        email = account.rpartition("/")[2]
        email = email or f"{self.number}-compute@developer.gserviceaccount.com"
        return f"projects/{self.project}/serviceAccounts/{email}"

    def execution(self, workflow: str, execution: str) -> str:
        """With the project's number, as the service shows executions (spec 08 §6)."""
        parent = f"projects/{self.number}/locations/{self.location}"
        return f"{parent}/workflows/{workflow}/executions/{execution}"


def is_workflow_id(text: str) -> bool:
    return _WORKFLOW_ID.fullmatch(text) is not None
