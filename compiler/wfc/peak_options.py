"""The options of `wfc run` that only a Peak workflow takes; some are of `wfc serve` as well."""

from __future__ import annotations

from collections.abc import Sequence

from wfc.frozen import frozen_value


@frozen_value
class PeakOptions:
    """As they were typed; see `command_line`."""

    param: Sequence[str] = ()
    step_param: Sequence[str] = ()
    steps: str | None = None
    secrets: str | None = None
    images: str | None = None
    workdir: str | None = None
    database: str | None = None
    queries: str | None = None

    @property
    def given(self) -> list[str]:
        """The names of those that are there."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return [f"--{name.replace('_', '-')}" for name, value in values.items() if value]
