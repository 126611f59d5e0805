"""A path becomes a source: the bytes from disk, decoded; problems instead of exceptions."""

from __future__ import annotations

import codecs
from pathlib import Path

from wfc.problems import Problems
from wfc.source import Source, Span

LARGEST = 4_000_000  # bytes; what the service takes is a limit of its own (spec 07 §1: 128 KB)


def load(path: Path, problems: Problems) -> Source:
    """The file at `path`, named as the path is written.

    Where it cannot be used the problem says why, and the source holds what can be shown of it.
    """
    name = str(path)
    start = Span(0, 0)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        problems.add("WFC001", f"there is no file `{name}`", start)
        return Source(name, "")
    except IsADirectoryError:
        hint = f"name a file, for example `{path / 'main.yaml'}`"
        problems.add("WFC001", f"`{name}` is a directory", start, hint=hint)
        return Source(name, "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.add("WFC001", f"`{name}` cannot be read: {reason.lower()}", start)
        return Source(name, "")
    if len(data) > LARGEST:
        problems.add("WFC001", f"`{name}` is larger than {LARGEST // 1_000_000} MB", start)
        return Source(name, "")
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(name, body.decode())
    except UnicodeDecodeError as error:
        offset = len(data) - len(body) + error.start
        message = f"the byte 0x{body[error.start]:02X} at {offset} is not UTF-8"
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            message = "the file is UTF-16, not UTF-8"
        place = len(body[: error.start].decode())
        span = Span(place, place + 1)
        problems.add("WFC002", message, span, hint="save the file as UTF-8")
        return Source(name, body.decode(errors="replace"))
