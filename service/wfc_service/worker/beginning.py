"""What a worker is sent of an execution that begins there, or goes on there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wfc_service.times import Nanoseconds


class Beginning(NamedTuple):
    """The arguments of the message `run`, as JSON has them.

    module   the hash of its text, which has been sent before
    entries  of its journal: number, time, kind, key, what, value of each
    wakes    when sleeps that have begun end, by their keys
    again    whether it has begun before, in another worker
    """

    number: int
    id: str
    workflow: str
    revision: str
    module: str
    service_account: str
    start_time: Nanoseconds
    argument_json: str
    variables: Mapping[str, str]
    address: str
    call_log: str
    history: str
    generation: int
    entries: Sequence[Sequence[Any]]
    wakes: Mapping[str, float]
    again: bool
