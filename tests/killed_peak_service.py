"""A service with Peak's workflows that is killed, as a process.

    python -m tests.killed_peak_service FOLDER COUNT KILLS MARK

It executes one workflow `COUNT` times; MARK is a variable of all commands.  Each writes into
`FOLDER/ledger` what begins, ends, or meets itself.  Started again, the service goes on.

`FOLDER/kills` says how many kills there have been.  The executions are spread over all of them,
so that at each of them some are under way, however fast a machine is: step b of each waits for its
kill, and the execution is created a few kills before it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial
from pathlib import Path

from tests.peak_service import Json, command, deploy, execute
from tests.service_runs import Service, serving, until

from wfc_service.engine.admission import Bounds

WORK = """
exec 9>>"$folder/locks/$n-$PEAK_STEP_NAME"
flock -n 9 || echo "$n $PEAK_STEP_NAME overlap" >> "$folder/ledger"
echo "$n $PEAK_STEP_NAME begin" >> "$folder/ledger"
sleep 0.0$(( (n + $1) % 7 ))
"""
AWAIT_KILL = """
until [ "$(cat "$folder/kills")" -ge "$after" ]; do sleep 0.01; done
"""
AHEAD = 3
"""Kills; far less than the lives that an execution has without any progress."""

END = """
echo "$n $PEAK_STEP_NAME end" >> "$folder/ledger"
"""


def work(number: int, then: str, *parents: str, **fields: Json) -> Json:
    text = f"set -- {number}{WORK}{then}{END}"
    return command(text, *parents, **fields)


STEPS = {
    "a": work(1, 'printf "$n" > x', outputParameters={"x": "x"}),
    "b": work(
        3,
        f'{AWAIT_KILL}printf "b$x" > y',
        "a",
        parameters={"inherit": {"x": "x"}},
        outputParameters={"y": "y"},
    ),
    "c": work(2, "sleep 0.02; exit 3", "a"),
    "d": work(
        4,
        'printf "d$y" > z',
        "b",
        "c",
        parameters={"inherit": {"y": "y"}},
        outputParameters={"z": "z"},
        executionParameters={
            "parentStatus": [{"condition": "one-of", "parents": ["c"], "status": ["failure"]}]
        },
    ),
    "e": work(5, "", "c"),
}


async def main(folder: Path, count: int, kills: int, mark: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    (folder / "locks").mkdir(exist_ok=True)
    bounds = Bounds(peak_active=max(1, count // 2))
    async with serving(folder, workers=2, bounds=bounds, variables={"MARK": mark}) as service:
        if service.database.read("SELECT * FROM workflows"):
            await service.known()
        else:
            await deploy(service, 1, **STEPS)
        async with asyncio.TaskGroup() as group:
            creating = group.create_task(_create(service, folder, count, kills))
            await stop.wait()
            creating.cancel()


async def _create(service: Service, folder: Path, count: int, kills: int) -> None:
    for n in range(count):
        after = kills * (n + 1) // count
        await until(partial(_has_reached, folder / "kills", after - AHEAD))
        params = {"n": n, "folder": str(folder), "after": after}
        await execute(service, 1, params, request_id=f"wish {n}")


def _has_reached(file: Path, number: int) -> bool:
    return int(file.read_text()) >= number


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
