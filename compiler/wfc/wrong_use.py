"""The command was used wrongly, which ends it with exit code 2."""

from __future__ import annotations

from wfc.exit_codes import WRONG_USE
from wfc.stopped import Stopped


class WrongUse(Stopped):
    exit_code = WRONG_USE
