"""Runs golden Peak workflows as `transcript` does Google's: `python -m tests.peak_transcript …`

Commands are real processes, http goes to a real server, which stands for https://api.example and
https://auth.example; what steps log that run side by side is sorted by step.  Timeouts that did not
come are no sleeps here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from tests.transcript import SERVER, UUID, Recorder, main, plain, written

_HOSTS = ("https://api.example", "https://auth.example")
_TIMES = ("startedAt", "finishedAt")


class PeakRecorder(Recorder):
    def __init__(self, run: Any, programs: Path) -> None:
        super().__init__(run, programs)
        self.logged: dict[str, list[str]] = {}

    def log(self, entry: Any) -> None:
        severity = "" if entry.severity == "DEFAULT" else f"{entry.severity} "
        line = f"log of {entry.step}: {severity}{entry.payload}"
        self.logged.setdefault(entry.step, []).append(line)

    async def record(self, module: ModuleType) -> list[str]:
        """The calls, what each step logged, and how it ended."""
        from wfc_runtime.peak.v1 import Settings

        with TemporaryDirectory() as work:
            queries = self.programs / module.__name__
            settings = Settings(self.run.secrets, workdir=Path(work), queries=queries)
            async with self.serving() as address:
                result = await module.run(
                    self.run.arguments,
                    steps=self.run.steps,
                    settings=settings,
                    log=self.log,
                    clock=self.clock,
                    routes=dict.fromkeys(_HOSTS, address) if self.run.replies else None,
                )
            self.lines = [line for line in self.lines if not line.startswith("sleep: ")]
            shown = result.as_json()
            for step in shown["steps"]:
                self.lines += self.logged.pop(step["name"], [])
                for name in _TIMES:
                    step.pop(name, None)
            for file in sorted(Path(work).rglob("*.csv")):
                self.lines.append(f"file {file.name}: {written(file.read_text())}")
            ended = [f"step: {written(step)}" for step in shown["steps"]]
            unused = [f"never asked for: {each}" for each, rest in self.run.replies.items() if rest]
            told = [*self.lines, *unused, *ended, f"result: {shown['status']}"]
            if self.clock.time():
                told.append(f"took: {plain(self.clock.time())} s")
            text = "\n".join(told).replace(address, SERVER).replace(work, "$WORK")
        return UUID.sub("UUID", text).split("\n")


if __name__ == "__main__":
    main(sys.argv[1:], PeakRecorder)
