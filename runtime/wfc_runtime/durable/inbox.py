"""Requests to callback endpoints that nobody has looked at yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.durable.commits import Commits
from wfc_runtime.values import Value


class _Request:
    """`parts` are the arguments of `Endpoint.take`."""

    __slots__ = ("answer", "endpoint", "method", "parts")

    def __init__(
        self, endpoint: str, method: str, parts: list[Value], answer: asyncio.Future[None]
    ) -> None:
        self.endpoint = endpoint
        self.method = method
        self.parts = parts
        self.answer = answer


class Inbox:
    """Those of one execution, in the order in which they came."""

    __slots__ = ("_requests",)

    def __init__(self) -> None:
        self._requests: list[_Request] = []

    def put(
        self,
        endpoint: str,
        method: str,
        headers: Iterable[tuple[str, str]],
        query: Iterable[tuple[str, str]],
        body: bytes,
    ) -> asyncio.Future[None]:
        """The answer: nothing when the request is durable, or Refused."""
        answer = asyncio.get_running_loop().create_future()
        parts = [method, [list(pair) for pair in headers], [list(pair) for pair in query], body]
        self._requests.append(_Request(endpoint, method, parts, answer))
        return answer

    def give_up(self) -> None:
        """This life is over: a later one may take them."""
        requests, self._requests = self._requests, []
        for request in requests:
            request.answer.cancel()

    def refuse(self) -> None:
        """The execution has ended."""
        requests, self._requests = self._requests, []
        for request in requests:
            if not request.answer.done():
                request.answer.set_exception(_unknown())

    def sort(self, endpoints: Mapping[str, Endpoint], commits: Commits) -> None:
        """Writes the requests that can be taken and refuses the others.

        Everything durable has been delivered; what endpoints have accepted without knowing it yet
        is among `commits`.
        """
        coming = [entry.key for entry in commits if entry.kind == "callback"]
        requests, self._requests = self._requests, []
        for request in requests:
            if request.answer.done():  # who asked has gone
                continue
            endpoint = endpoints.get(request.endpoint)
            try:
                if endpoint is None:
                    raise _unknown()
                endpoint.check(request.method, coming.count(request.endpoint))
            except Refused as refused:
                request.answer.set_exception(refused)
            else:
                coming.append(request.endpoint)
                commits.write("callback", request.endpoint, "", request.parts, request.answer)


def _unknown() -> Refused:
    return Refused(404, "NOT_FOUND", "no callback endpoint has this URL")
