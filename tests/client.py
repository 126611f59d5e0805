"""The command as a client of a stand-in service."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.process import quick
from tests.stand_in_service import StandIn, stand_in

import wfc.command_line_client  # noqa: F401  # registers the commands that `quick` runs


@pytest.fixture
def service(folder: Path) -> Iterator[StandIn]:
    """A service with the workflow `order`, for commands that run in `folder`."""
    with stand_in() as running:
        yield running


def ask(folder: Path, service: StandIn, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command without a process of its own: for tables of cases."""
    return quick(folder, *arguments, "--server", service.url)
