"""What tests share: golden files that `pytest --update-golden` rewrites."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.loops import loop, loop_of_programs
from tests.process import WORKFLOWS
from tests.twins import implementation

__all__ = ["implementation", "loop", "loop_of_programs"]

if TYPE_CHECKING:
    from tests.service_calls import Check, Served

    from wfc_service.deploy import Builder

# deadlines, and complaints that examples are slow to make, test the machine and not the code
settings.register_profile("wfc", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wfc")

Golden = Callable[[Path, str], None]
"""`golden(path, text)`: the file at `path` says exactly `text`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files instead of comparing them; refused where CI is set",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is refused under CI: golden files are reviewed")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a job in a shell's background: programs that tests interrupt would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    update = bool(request.config.getoption("--update-golden"))

    def compare(path: Path, text: str) -> None:
        if update:
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is missing: write it with `pytest --update-golden`"
        assert text == path.read_text(encoding="utf-8"), f"{path} says otherwise"

    return compare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the workflows of `tests.process`."""
    for name, text in WORKFLOWS.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def builder() -> Iterator[Builder]:
    """The process that compiles what tests deploy."""
    from wfc_service.deploy import Builder

    builder = Builder()
    yield builder
    builder.close()


@pytest.fixture
def served(tmp_path: Path, builder: Builder) -> Served:
    """Runs a check against a service of its own."""
    from tests.service_calls import serving

    def run(check: Check) -> None:
        async def main() -> None:
            async with serving(tmp_path, builder) as client:
                await check(client)

        asyncio.run(main())

    return run
