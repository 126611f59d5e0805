"""The modules of revisions: in goes an execution, out come the text it runs and its hash."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import Final, NamedTuple

from wfc_service.store.database import Database
from wfc_service.store.records import Execution, Revision

_KEPT: Final = 256


class Module(NamedTuple):
    """The Python text of a revision, and the service account that it names."""

    hash: str
    text: str
    service_account: str


class Modules:
    """Keeps the texts that were wanted last, since most executions are of few workflows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[tuple[str, str], Module] = OrderedDict()

    def of(self, execution: Execution) -> Module:
        """Raises LookupError where the revision is gone."""
        key = execution.workflow, execution.revision
        module = self._kept.get(key)
        if module is None:
            rows = self._database.read(
                "SELECT module, service_account FROM revisions WHERE workflow = ? AND id = ?", *key
            )
            if not rows:
                raise LookupError(f"`{key[0]}` has no revision {key[1]}")
            module = self._keep(key, *rows[0])
        self._kept.move_to_end(key)
        return module

    def add(self, revision: Revision) -> None:
        key = revision.workflow, revision.id
        self._keep(key, revision.module, revision.service_account)

    def forget(self, workflow: str) -> None:
        """A workflow is gone; one that is called the same later has other revisions."""
        for key in [key for key in self._kept if key[0] == workflow]:
            del self._kept[key]

    def _keep(self, key: tuple[str, str], text: str, service_account: str) -> Module:
        hash = blake2b(text.encode(), digest_size=16).hexdigest()
        module = Module(hash, text, service_account)
        self._kept[key] = module
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return module
