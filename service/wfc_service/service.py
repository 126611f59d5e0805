"""What every call of the APIs is given: where it is, what it keeps, what runs and builds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from wfc_service.deploy import Builder
from wfc_service.engine.interface import Engine
from wfc_service.names import Place
from wfc_service.store.database import Database
from wfc_service.times import Now, read_timestamp


@dataclass(frozen=True, slots=True)
class Service:
    """One project in one location; belongs to the event loop of its database."""

    place: Place
    database: Database
    engine: Engine
    builder: Builder
    now: Now
    listeners: list[Callable[[int], None]] = field(default_factory=list)
    """Are called with the number of a workflow of Peak's that has changed, is new, or is gone."""
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def __post_init__(self) -> None:
        """Defines what the queries of lists ask for."""
        self.database.define("workflow_name", self.place.workflow)
        self.database.define("operation_name", self.place.operation)
        self.database.define("casefold", str.casefold)
        self.database.define("nanoseconds", lambda text: text and read_timestamp(text))
        self.database.define("is_stopping", self._is_stopping)
        self.database.define(
            "current_steps", lambda execution: json.dumps(self.engine.current_steps(execution))
        )

    def _is_stopping(self, id: str) -> bool:
        """Of an execution, or of any execution of a workflow."""
        stopping = dict(self.engine.stopping)  # which may change: this is called from any thread
        return id in stopping or id in stopping.values()

    def changed(self, number: int) -> None:
        """Tells the listeners of a change that is durable."""
        for listener in self.listeners:
            listener(number)

    def lock(self, workflow: str) -> asyncio.Lock:
        """Whoever changes a workflow holds it, so that changes come one after the other."""
        return self._locks.setdefault(workflow, asyncio.Lock())
