"""A service whose one worker computes without an end and lets no other thread have a turn.

    python -m tests.busy_service FOLDER

It says the id of the worker's process once that is so.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.service_runs import serving, until

BUSY = """
import itertools
import wfc_runtime.v1 as wf

async def main(run):
    any(itertools.repeat(0))

workflow = wf.Workflow(
    main, source="busy.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""


async def main(folder: Path) -> None:
    async with serving(folder) as service:
        await service.deploy_module("busy", BUSY)
        await service.create("busy")
        [worker] = service.runs.workers
        await until(lambda: bool(worker.marks.numbers()))
        print(worker.process.pid, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
