"""What a journal keeps of an execution, and what is asked of one: four functions.

An execution is `begun`, then entries come in the order of their numbers, which is the order in
which they reach the workflow.  The last one says how it ended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

Kind: TypeAlias = Literal["done", "failed", "limit", "slept", "callback", "cancel", "ended"]
"""What an entry records.

done      a call, by its result
failed    a call, by the payload of the workflow's error
limit     a call that reached a limit of the engine
slept     a sleep
callback  a request to a callback endpoint
cancel    that the execution was cancelled
ended     how the execution ended (outcome.py)
"""


@dataclass(frozen=True, slots=True)
class Started:
    """With what an execution began; a later version of the program resumes it with the same.

    revision   of the module (`revision_of`)
    time       when, in Unix seconds
    argument   text as of `codec.encode`
    seed       hexadecimal digits that nobody can guess, from which random ids derive
    env        the user's environment variables; None for those of the process, which may hold
               secrets and are not kept: each life has its own
    callbacks  what the URLs of its callback endpoints begin with
    call_log   which calls are logged
    """

    revision: str
    time: float
    argument: str
    seed: str
    env: Mapping[str, str] | None = None
    callbacks: str = ""
    call_log: str = "LOG_NONE"


class Entry(NamedTuple):
    """One thing that happened, and is durable before the workflow learns of it.

    number  counts from 1 within the execution
    time    when it happened, in Unix seconds
    key     which call or sleep it was: branch path / step # visit; or the name of the endpoint
    what    the call in words without secrets; of an end the state
    value   the result, or whatever the kind has, as text of `codec.encode`
    """

    number: int
    time: float
    kind: Kind
    key: str = ""
    what: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An execution as its journal has it.

    wakes  when sleeps that have begun end, by their keys, in Unix seconds
    """

    started: Started
    entries: tuple[Entry, ...] = ()
    wakes: Mapping[str, float] = field(default_factory=dict)


class Writer(Protocol):
    """What a running execution writes; durable when it is awaited.

    What is written for one execution becomes durable in the order in which it was handed over, and
    the functions hand over at once: nobody has to wait for one before calling the next.
    """

    def commit(self, execution: str, entry: Entry) -> Awaitable[None]:
        """Records an entry."""

    def start_sleep(self, execution: str, key: str, wake: float) -> Awaitable[None]:
        """Records that a sleep has begun and when it ends; nobody waits for this one."""


class Journal(Writer, Protocol):
    """Keeps executions."""

    def load(self, execution: str) -> Awaitable[Recorded | None]:
        """What is known of an execution, None where it has never begun."""

    def begin(self, execution: str, started: Started) -> Awaitable[None]:
        """Records that an execution begins."""


class DivergenceError(Exception):
    """The module does not do what the journal says that it has done: another one was recorded.

    The execution stops, and its journal stays as it is.
    """
