"""`retry.*` (spec 06): predicates and the default backoff, for `retry` blocks."""

from __future__ import annotations

from wfc_runtime.values import Value

default_backoff = {"initial_delay": 1, "max_delay": 60, "multiplier": 1.25}


def always(exception: Value) -> bool:
    """True: every error is worth another try."""
    return True


def never(exception: Value) -> bool:
    """False: no error is."""
    return False
