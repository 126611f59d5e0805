"""A call of Peak's API, and what functions of its tables are given of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from wfc_service.errors import ApiError
from wfc_service.peak.logs import Downloads
from wfc_service.peak.query import Query, row_number
from wfc_service.peak.queue_full import QueueFull
from wfc_service.peak.tables import no_workflow
from wfc_service.service import Service

Webhook: TypeAlias = Callable[[str, bytes, str], Awaitable[Any]]
"""Takes the id of a webhook, what was sent there, and the request's id."""


@dataclass(frozen=True, slots=True)
class Api:
    """What there is once.

    webhook  starts what a webhook is for
    address  where this service is reached, which the URLs of downloads begin with
    """

    service: Service
    webhook: Webhook
    address: str
    queue_full: QueueFull
    downloads: Downloads = field(default_factory=Downloads)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what its path names, its query, and its body as JSON or the fields of a form;
    that of a webhook as it is.

    request_id  of what is done once for each, "" for everything else
    """

    api: Api
    ids: dict[str, str]
    query: Query
    body: Any
    request_id: str
    of_sdk: bool

    @property
    def service(self) -> Service:
        return self.api.service

    @property
    def number(self) -> int:
        """The id of a workflow; raises ApiError NOT_FOUND for what is none."""
        number = row_number(self.ids["number"])
        if number is None:
            raise no_workflow(self.ids["number"])
        return number

    def refusal(self, error: ApiError) -> ApiError:
        """What is said where no execution could be started."""
        if error.status != "RESOURCE_EXHAUSTED":
            return error
        # who asks with an id of their own and goes on asking, as `wfc batch`, is not to be told 400
        request_id = self.request_id if self.of_sdk else ""
        return self.api.queue_full.refusal(error, request_id)


Handler: TypeAlias = Callable[[Call], Awaitable[Any]]


class Row(NamedTuple):
    """A call of the API.

    name   what the SDK calls it
    query  the parameters that it reads (`query.PARAMETERS`)
    body   what it reads of its body (`openapi.BODIES`), "" for nothing
    once   whether the same request again is told what the first has made
    """

    name: str
    verb: str
    path: str
    handler: Handler
    query: Sequence[str] = ()
    body: str = ""
    once: bool = False
