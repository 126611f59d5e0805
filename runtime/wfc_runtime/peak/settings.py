"""What a machine has for Peak's workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wfc_runtime.peak.images import Images


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands for the platform's secrets, images, folders and warehouse.

    secrets   values by name; what is not in it is looked for in the environment (secrets.py)
    images    by their ids; by default every command runs in the environment of this process
    workdir   where the working folders are; by default they are temporary ones
    database  the warehouse, a URL of SQLAlchemy; by default an SQLite database in `workdir`
    queries   the folder with the scripts of sql steps, SQL Explorer's; by default the current one
    keep      whether what is in `workdir` stays when the execution has ended
    """

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    images: Images = field(default_factory=Images)
    workdir: Path | None = None
    database: str | None = field(default=None, repr=False)
    queries: Path = Path()
    keep: bool = True
