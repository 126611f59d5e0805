"""What a full queue answers: 429, or 400 once the SDK has tried again as often as it does.

The page on parallel runs has its script catch BadRequestException where the queue is full, but the
SDK tries a 429 again and then raises RetryError, which nothing catches.  With 400 as the answer to
its last try the script goes on as the page says (spec 11 §4.5, §4.6).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from wfc_service.errors import ApiError
from wfc_service.peak.errors import bad

_TRIES: Final = 4
"""Requests that the SDK makes of one call."""

_MOST: Final = 10_000
"""Calls that are counted at one time; of more, those that asked longest ago begin again."""


class QueueFull:
    """Counts the requests of each call that met a full queue, where that is asked for."""

    def __init__(self, *, after_retries: bool = False) -> None:
        self._after_retries = after_retries
        self._refused: OrderedDict[str, int] = OrderedDict()

    def refusal(self, error: ApiError, request_id: str) -> ApiError:
        """What a request is told whose queue was full.

        Never with `Retry-After`: the SDK would wait as long as that says each time, instead of 0, 4
        and 8 seconds.  A second, say, makes it give up after 3 seconds instead of 12, and what is
        in a queue for longer than that is what it waits for.
        """
        refused = ApiError("RESOURCE_EXHAUSTED", str(error))
        if not self._after_retries or not request_id:
            return refused
        count = self._refused.pop(request_id, 0) + 1
        if count >= _TRIES:
            return bad("429: workflow queue is full")
        self._refused[request_id] = count
        if len(self._refused) > _MOST:
            self._refused.popitem(last=False)
        return refused
