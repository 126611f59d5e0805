"""What each call and sleep is called: branch path / step # visit, in every life of an execution.

    getUser#1                the first time that main, or a routine it calls, waits in `getUser`
    fanout#2[7]/getUser#3    the third time in the branch 7 of the second visit of `fanout`

Every request and sleep of a step is a visit: a connector that polls makes several, a retry one more
for its request and one, under the name of the `try` step, for its delay.  The counters live as long
as the branch, so that a million iterations cost no more memory than those that are active.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.durable.inside import Inside

_LONGEST: Final = 255
"""Characters of a key that services take as a rule."""

_IN_HEADERS: Final = "!#$&'()*+,/:;=?@[]~"

Work = Callable[[str | None], Awaitable[Value]]
"""Does something in the world; takes the key by which the other side can tell repeats."""


def idempotency_key(execution: str, key: str) -> str:
    """`EXECUTION/KEY` as a header can hold it, with at most 255 characters."""
    text = quote(f"{execution}/{key}", safe=_IN_HEADERS)
    if len(text) <= _LONGEST:
        return text
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{quote(execution, safe=_IN_HEADERS)[: _LONGEST - 33]}/{digest}"


class Visits:
    """One branch of one visit of a parallel step, which all runs in it share; or the main line.

    step  the step that is being executed
    """

    __slots__ = ("_counts", "_inside", "_path", "step")

    def __init__(self, inside: Inside, path: str = "") -> None:
        self._inside = inside
        self._path = path
        self._counts: dict[str, int] = {}
        self.step = ""

    def visit(self, step: str) -> str:
        """The key of one more visit of a step."""
        count = self._counts[step] = self._counts.get(step, 0) + 1
        return f"{self._path}{step}#{count}"

    def branch(self, visit: str, index: int) -> Visits:
        """A branch of the parallel step with this key; or a child that it has started."""
        return Visits(self._inside, f"{visit}[{index}]/")

    async def outside(self, what: str, work: Work) -> Value:
        """The result of `work`, once it is durable; raises what the workflow's `work` raises."""
        return await self._inside.ask(self.visit(self.step), what, work=work)

    async def sleep(self, seconds: float) -> None:
        await self._inside.ask(self.visit(self.step), "sleep", seconds=seconds)

    def uuid(self) -> str:
        """A random UUID, the same in every life."""
        return self._inside.uuid(self.visit("uuid"))
