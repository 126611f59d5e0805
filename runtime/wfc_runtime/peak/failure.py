"""Why a step failed."""

from __future__ import annotations

TIMED_OUT = 124
"""The exit code of a command that took too long, as that of timeout(1)."""


class StepFailed(Exception):
    """A step failed; the text says why and what may help, without secrets.

    exit_code  of the command; 1 for what is no command (spec 11 §1.4)
    again      whether trying again could help: not where something is missing or wrong
    """

    def __init__(self, message: str, exit_code: int = 1, *, again: bool = True) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.again = again


def unusable(message: str, hint: str) -> StepFailed:
    """What no retry mends, and what to do about it."""
    return StepFailed(f"{message}; hint: {hint}", again=False)
