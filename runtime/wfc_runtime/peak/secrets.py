"""The secrets of an execution: in goes a name, out comes its value, which nobody is shown.

A custom secret named `db-password` is a step's variable `DB_PASSWORD_CUSTOM` (spec 11 §1.9); where
no value was given for it, it is that variable of the process.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from wfc_runtime.jsontext import encode
from wfc_runtime.peak.failure import unusable
from wfc_runtime.redact import REDACTED

_SHORTEST_LINE = 4
"""Characters of a line of a secret that is hidden also on its own: of a key in several lines."""


class Secrets:
    """Gives secrets and takes them out of all that is shown: logs, errors, outputs."""

    __slots__ = ("_environment", "_forms", "_given", "_pattern", "used")

    def __init__(self, given: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._environment = environment
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.used: dict[str, None] = {}
        """The names of those that have been asked for."""
        for value in self._given.values():
            self.hide(value)

    def value(self, name: str) -> str:
        """Raises StepFailed where there is no such secret."""
        found = self._find(name)
        if found is None:
            raise unusable(
                f"there is no secret `{name}`",
                f"write `{name}=…` into the file of `--secrets`, or set {variable_of(name)}",
            )
        self.used[name] = None
        self.hide(found)
        return found

    def use_again(self, names: Iterable[str]) -> None:
        """Hides what an earlier process of the execution has used."""
        for name in names:
            self.used[name] = None
            if (found := self._find(name)) is not None:
                self.hide(found)

    def _find(self, name: str) -> str | None:
        return self._given.get(name, self._environment.get(variable_of(name)))

    def hide(self, value: str) -> None:
        """From now on nobody sees this value, as it is or as JSON, URLs and base64 have it."""
        forms = {value, value.strip()} | {
            line.strip() for line in value.splitlines() if len(line.strip()) >= _SHORTEST_LINE
        }
        for form in list(forms):
            encoded = base64.b64encode(form.encode("utf-8", "surrogateescape")).decode()
            forms |= {encode(form)[1:-1], quote_plus(form), quote(form, safe=""), encoded}
        fresh = {form for form in forms if form} - self._forms
        if fresh:
            self._forms |= fresh
            longest_first = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def redacted(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(REDACTED, text)

    def safe_cut(self, text: str, wanted: int) -> int:
        """Where to cut a text whose end is not known yet, near `wanted`, without cutting a secret.

        0 where all of it must be kept.
        """
        cut = min(wanted, len(text) - max(map(len, self._forms), default=1) + 1)
        if self._pattern is not None:
            for found in self._pattern.finditer(text):
                if found.start() < cut < found.end():
                    return found.end()
        return max(cut, 0)


def variable_of(name: str) -> str:
    """`db-password` → `DB_PASSWORD_CUSTOM`"""
    return f"{re.sub(r'[^A-Za-z0-9_]', '_', name).upper()}_CUSTOM"
