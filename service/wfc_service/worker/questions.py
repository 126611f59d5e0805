"""What executions ask of the service that they run in: to create others, and how those ended.

A question whose worker dies is asked again by the next one: nothing is created twice (`children`).
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from wfc_runtime.children import refused
from wfc_runtime.service import Wanted
from wfc_runtime.values import Value
from wfc_service.worker.pipe import Pipe


class Questions:
    """Those of one worker; `waiting` counts the ones that wait for the end of an execution."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._tags = count(1)
        self._asked: dict[int, asyncio.Future[list[Any]]] = {}
        self.waiting = 0

    async def ask(self, number: int, *wanted: Any) -> Any:
        """The answer to what the execution with a number wants; raises the workflow's HttpError."""
        tag = next(self._tags)
        self._asked[tag] = answer = asyncio.get_running_loop().create_future()
        self._pipe.send("ask", number, tag, *wanted)
        try:
            outcome, *parts = await answer
        finally:
            del self._asked[tag]
        if outcome == "refused":
            raise refused(*parts)
        return parts[0]

    def answered(self, tag: int, *answer: Any) -> None:
        asked = self._asked.get(tag)
        if asked is not None and not asked.done():
            asked.set_result(list(answer))


class CalledService:
    """The service as the execution with a number sees it (`wfc_runtime.service.Service`)."""

    __slots__ = ("_number", "_questions")

    def __init__(self, questions: Questions, number: int) -> None:
        self._questions = questions
        self._number = number

    async def create(self, key: str | None, wanted: Wanted) -> Value:
        return await self._questions.ask(self._number, "create", key, *wanted)

    async def ended(self, execution: Value) -> Value:
        self._questions.waiting += 1
        try:
            return await self._questions.ask(self._number, "wait", execution)
        finally:
            self._questions.waiting -= 1
