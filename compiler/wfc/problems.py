"""What is wrong with a workflow: data only; `render` draws it, `codes` names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from wfc.frozen import frozen_value
from wfc.source import Span

Severity = Literal["error", "warning"]


@frozen_value
class Label:
    """One place of a problem and a few words about it (lower case, no full stop; may be empty)."""

    span: Span
    text: str = ""


@frozen_value
class Problem:
    """One finding.

    `message` says what is wrong; `hint` alone says what to do, in words that can be typed in;
    `note` adds a fact, such as the service's own text (spec 09 §2), printed verbatim.
    `label` is the place itself, `others` are further places that matter.
    """

    code: str
    message: str
    label: Label
    others: tuple[Label, ...] = ()
    hint: str = ""
    note: str = ""

    @property
    def severity(self) -> Severity:
        """Warnings are the codes WFC6xx and WFC8xx, and only those."""
        return "warning" if self.code[3] in "68" else "error"


class Problems:
    """Collects problems; keeps at most one error a span, and sorts by place."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(
        self,
        code: str,
        message: str,
        span: Span,
        text: str = "",
        *,
        others: Iterable[Label] = (),
        hint: str = "",
        note: str = "",
    ) -> None:
        self._found.append(Problem(code, message, Label(span, text), tuple(others), hint, note))

    def __bool__(self) -> bool:
        return bool(self._found)

    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self._found)

    def sorted(self) -> list[Problem]:
        """All problems by place; of several errors at the same span only the first found."""
        seen: set[Span] = set()
        kept = []
        for problem in self._found:
            if problem.severity == "error":
                if problem.label.span in seen:
                    continue
                seen.add(problem.label.span)
            kept.append(problem)
        return sorted(kept, key=lambda problem: (problem.label.span, problem.code))
