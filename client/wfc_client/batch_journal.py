"""What a batch has done so far: in, its results and its journal; out, what is left to do.

Results are one JSON object a line, as they come.  The journal beside them holds what must be known
to go on after an interruption at any moment:

    {"batch": "6f0c…", "workflow": "projects/…", "server": "http://…"}     its first line
    {"line": 17, "checksum": 271, "after": 1790000000}        is about to be started
    {"line": 17, "execution": "projects/…/executions/3f2a…"}  has been started
    {"line": 17, "again": true}                               had failed and is to be started again

A line that is about to be started and has no execution is in doubt.  Both files are written in
whole lines and survive the end of this process; a last line that is not whole was never written.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import wfc_runtime.v1 as wf
from wfc.visible import visible_json
from wfc.wrong_use import WrongUse

SUCCEEDED = "SUCCEEDED"

_CHUNK = 1 << 16


@dataclass(slots=True)
class Begun:
    """A line that has been begun and has no result.

    after      the service's time before it was started, in seconds since 1970
    execution  "" where it is in doubt
    """

    after: float
    execution: str = ""


class Journal:
    """The two files of one batch, locked against a second process.

    batch   names the batch
    begun   the lines that have been begun and have no result
    counts  the results by their states
    """

    def __init__(self, output: Path, workflow: str, server: str) -> None:
        """Raises WrongUse where the files belong to another batch, or are in use."""
        self.begun: dict[int, Begun] = {}
        self.counts: Counter[str] = Counter()
        self._output = output
        self._done = bytearray()  # one for each line up to the last that is done
        self._checksums = array("I")  # likewise; 0 where none is known
        self._attempts: dict[int, int] = {}  # of lines that are begun again
        self._path = output.with_name(f"{output.name}.journal")
        if output.exists() and not self._path.exists():
            hint = "  = hint: name another file with `--output`, or move this one away"
            raise WrongUse(f"`{output}` is there and is not the output of a batch", hint)
        self._journal = _open(self._path)
        _lock(self._journal, output)
        _mend(self._journal)
        self.batch = self._header(workflow, server)
        self._results = _open(output)
        _mend(self._results)
        for result in _entries(self._results, output):
            self._count(*_line_and_state(result, output))
        for entry in _entries(self._journal, self._path):
            self._replay(entry)

    def _header(self, workflow: str, server: str) -> str:
        """The id of the batch; where the journal is an old one it must be of the same things."""
        first = self._journal.readline()
        if not first:
            batch = uuid.uuid4().hex
            entry = {"batch": batch, "workflow": workflow, "server": server}
            self._write(entry)
            os.fsync(self._journal.fileno())  # the id must outlive whatever is named after it
            return batch
        self._journal.seek(0)
        known = next(_entries(self._journal, self._path))
        for kind, mine in (("workflow", workflow), ("server", server)):
            if known.get(kind) != mine:
                message = f"`{self._output}` belongs to a batch of the {kind} `{known.get(kind)}`"
                raise WrongUse(message, "  = hint: name another file with `--output`")
        return str(known["batch"])

    def wish(self, line: int) -> str:
        """What names one execution of one line, whoever asks for it and how often."""
        attempt = self._attempts.get(line, 1)
        return f"{self.batch}-{line}" + (f"-{attempt}" if attempt > 1 else "")

    def is_done(self, line: int) -> bool:
        return line < len(self._done) and bool(self._done[line])

    def is_changed(self, line: int, checksum: int) -> bool:
        """Whether a line was begun with another text than it has now."""
        return line < len(self._checksums) and self._checksums[line] not in (0, checksum)

    def begin(self, line: int, checksum: int, after: float) -> None:
        """Notes that a line is about to be started, unless that is noted already."""
        if line not in self.begun:
            self._note({"line": line, "checksum": checksum, "after": round(after, 3)})

    def started(self, line: int, execution: str) -> None:
        self._note({"line": line, "execution": execution})

    def finish(self, line: int, result: Mapping[str, wf.Value]) -> None:
        """Writes a line's result, which has its `state`."""
        whole = {"line": line, **result}
        pairs = (f'"{key}": {wf.json.encode_to_string(value)}' for key, value in whole.items())
        self._results.write(f"{visible_json('{' + ', '.join(pairs) + '}')}\n".encode())
        self._results.flush()
        self._count(line, str(result["state"]))

    def forget_failed(self) -> int:
        """Makes each line that has no success one that is not begun, and says how many there were.

        The results are written anew without theirs.  An interruption in the middle leaves the old
        results, and attempts that are counted and were never made.
        """
        self._results.seek(0)
        failed = [
            result["line"]
            for result in _entries(self._results, self._output)
            if result["state"] != SUCCEEDED
        ]
        for line in failed:
            self._note({"line": line, "again": True})
        fresh = self._output.with_name(f"{self._output.name}.new")
        with fresh.open("wb") as file:
            self._results.seek(0)
            file.writelines(raw for raw in self._results if json.loads(raw)["state"] == SUCCEEDED)
            file.flush()
            os.fsync(file.fileno())
        self._results.close()
        fresh.replace(self._output)
        self._results = _open(self._output)
        self._results.seek(0, os.SEEK_END)
        for line in failed:
            self._done[line] = 0
        self.counts = Counter({SUCCEEDED: self.counts[SUCCEEDED]})
        return len(failed)

    def close(self) -> None:
        self._results.close()
        self._journal.close()

    def _count(self, line: int, state: str) -> None:
        self.begun.pop(line, None)
        self._done.extend(bytes(max(0, line + 1 - len(self._done))))
        self._done[line] = 1
        self.counts[state] += 1

    def _note(self, entry: Mapping[str, Any]) -> None:
        self._write(entry)
        self._replay(entry)

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._journal.write(f"{json.dumps(entry)}\n".encode())
        self._journal.flush()

    def _replay(self, entry: Mapping[str, Any]) -> None:
        match entry:
            case {"line": int(line), "checksum": int(checksum), "after": after}:
                self._checksums.extend([0] * (line + 1 - len(self._checksums)))
                self._checksums[line] = checksum
                if not self.is_done(line):
                    self.begun[line] = Begun(after)
            case {"line": int(line), "execution": str(execution)}:
                if line in self.begun:
                    self.begun[line].execution = execution
            case {"line": int(line), "again": True}:
                self._attempts[line] = self._attempts.get(line, 1) + 1
                self.begun.pop(line, None)
                if line < len(self._checksums):
                    self._checksums[line] = 0  # who mends a line may change it


def _open(path: Path) -> BinaryIO:
    """The file for reading and for appending."""
    try:
        return path.open("a+b")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WrongUse(f"cannot write `{path}`: {why}") from None


def _mend(file: BinaryIO) -> None:
    """Takes off a last line that is torn, and goes to the start."""
    end = file.seek(0, os.SEEK_END)
    whole = end
    while whole:
        start = max(0, whole - _CHUNK)
        file.seek(start)
        newline = file.read(whole - start).rfind(b"\n")
        if newline >= 0:
            whole = start + newline + 1
            break
        whole = start
    if whole < end:
        file.truncate(whole)
    file.seek(0)


def _entries(file: BinaryIO, path: Path) -> Iterator[dict[str, Any]]:
    """The objects on the lines that follow."""
    for raw in file:
        try:
            entry = json.loads(raw)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise _changed(path)
        yield entry


def _line_and_state(result: Mapping[str, Any], path: Path) -> tuple[int, str]:
    match result:
        case {"line": int(line), "state": str(state)} if line > 0:
            return line, state
        case _:
            raise _changed(path)


def _changed(path: Path) -> WrongUse:
    return WrongUse(f"`{path}` has been changed: it has a line that no batch has written")


def _lock(file: BinaryIO, output: Path) -> None:
    """Until the file is closed; the system undoes it if this process ends in any way."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise WrongUse(f"another `wfc batch` is writing `{output}`") from None
