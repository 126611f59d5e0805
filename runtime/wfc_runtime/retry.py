"""Retry policies: in goes a failed attempt's exception, out comes what to do (spec 04 §9).

The generated shape:

    retry = run.retry("guarded", predicate=lambda exc: worth_it(run, exc), max_retries=3)
    #   or  run.retry("guarded", policy)     a policy of the library, or a map as in the workflow
    while True:
        try:
            ...
        except Exception as exc:
            error = await retry.settle(exc)  # None: waited, try again; else the error to handle
            if error is None:
                continue
            e = wf.caught(error)             # without `except` in the workflow: `raise error`
            ...
        break

`settle` returns the error because a predicate that fails itself replaces it (OQ-44).  The whole
`backoff` may be one value: `run.retry("guarded", predicate=…, backoff=wf.retry.default_backoff)`.
Parts that are left out or null have the defaults of OQ-43.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeAlias

from wfc_runtime.errors import type_error, value_error
from wfc_runtime.stdlib.retry import default_backoff
from wfc_runtime.trace import caught
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.run import Run

Predicate: TypeAlias = Callable[[Value], Value | Awaitable[Value]]

_DEFAULT_RETRIES = 5


class Policy:
    """When to try again, how often, and how long to wait in between.

    predicate    asked with the error; by default every error is worth another try
    max_retries  attempts after the first, by default 5
    backoff      a map of `initial_delay` and `max_delay`, in seconds, and `multiplier`; what it
                 leaves out is as in `retry.default_backoff`

    A part that is None counts as left out.  Raises the workflow's TypeError or ValueError for a
    part of the wrong type or range.
    """

    __slots__ = ("backoff", "max_retries", "predicate")

    def __init__(
        self, predicate: Value = None, max_retries: Value = None, backoff: Value = None
    ) -> None:
        if predicate is not None and not callable(predicate):
            what = "a retry policy" if isinstance(predicate, Policy) else word(predicate)
            raise type_error(f"`predicate` must be a function, not {what}")
        if max_retries is None:
            max_retries = _DEFAULT_RETRIES
        if type(max_retries) is not int:
            raise type_error(f"`max_retries` must be an integer, not {word(max_retries)}")
        if max_retries < 0:
            raise value_error(f"`max_retries` must not be negative, not {max_retries}")
        self.predicate: Predicate | None = predicate
        self.max_retries: int = max_retries
        self.backoff = _backoff({} if backoff is None else backoff)

    def delay(self, retry: int) -> float:
        """Seconds to wait before the 1-based `retry`."""
        first, longest = self.backoff["initial_delay"], self.backoff["max_delay"]
        try:
            return min(first * float(self.backoff["multiplier"]) ** (retry - 1), longest)
        except OverflowError:
            return longest


def _backoff(given: Value) -> dict[str, float]:
    backoff: dict[str, float] = dict(default_backoff)
    if type(given) is not dict:
        raise type_error(f"`backoff` must be a map, not {word(given)}")
    for name, number in given.items():
        if name not in backoff:
            raise value_error(f"`backoff` has no `{name}`")
        if number is None:
            continue
        if type(number) is not int and type(number) is not float:
            raise type_error(f"`{name}` must be a number, not {word(number)}")
        if not number > 0:
            raise value_error(f"`{name}` must be greater than 0, not {number}")
        backoff[name] = number
    return backoff


def policy_of(value: Value) -> Policy:
    """The policy in the value of `retry: ${…}`: one of the library's, or a map of its parts."""
    if isinstance(value, Policy):
        return value
    if type(value) is not dict:
        raise type_error(f"`retry` must be a retry policy, not {word(value)}")
    for name in value:
        if name not in Policy.__slots__:
            raise value_error(f"a retry policy has no `{name}`")
    return Policy(**value)


class Retry:
    """The retries of one step that is being tried."""

    __slots__ = ("_policy", "_run", "_step", "_used")

    def __init__(self, run: Run, step: str, policy: Policy) -> None:
        self._run = run
        self._step = step
        self._policy = policy
        self._used = 0

    async def settle(self, exc: Exception) -> Exception | None:
        """Waits and returns None when the step is to be tried again, else returns what to handle.

        What no `except` may see (a bug of the runtime) is raised on.
        """
        error = caught(exc)
        if self._used >= self._policy.max_retries:
            return exc
        try:
            if not await self._worth_it(error):
                return exc
        except Exception as failure:
            caught(failure)
            return failure  # OQ-44
        self._used += 1
        await self._run.wait(self._step, self._policy.delay(self._used), "retry")
        return None

    async def _worth_it(self, error: Value) -> bool:
        if self._policy.predicate is None:
            return True
        answer = self._policy.predicate(error)
        if type(answer) is not bool and isawaitable(answer):  # in this order: to ask takes long
            answer = await answer
        if type(answer) is not bool:
            raise type_error(f"a retry predicate must return a boolean, not {word(answer)}")
        return answer
