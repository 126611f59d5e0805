"""`--images`: in, a YAML file that says what this machine has for images; out, that.

    default: {venv: .venv}
    100: {venv: envs/etl, files: src}
    101: {container: "python:3.12-slim", engine: podman, env: {MODE: full}}

Keys are ids of images, or the names of a block's; folders are looked for from the file's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import wfc_runtime.peak.v1 as peak
from wfc.load import load
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import describe, head
from wfc.problems import Problems
from wfc.read import read
from wfc.render import render_files
from wfc.terminal import wants_colour
from wfc.wrong_use import WrongUse

_KEYS = ("venv", "container", "engine", "files", "env", "options")


def read_images(file: str) -> peak.Images:
    """Raises WrongUse with all that is wrong."""
    problems = Problems()
    source = load(Path(file), problems)
    node = None if problems else read(source, problems)
    known: dict[int | str, peak.Image] = {}
    if node is not None:
        for entry in _entries(node, "images", problems):
            value = entry.key.value
            key = value if type(value) is int else entry.key.text
            known[key] = _image(entry, Path(file).parent, problems)
    if problems:
        found = [(source, problems.sorted())]
        report = render_files(found, colour=wants_colour(sys.stderr)).rstrip()
        raise WrongUse(f"`{file}` cannot be used", report)
    return peak.Images(known, known.pop("default", peak.Image()))


def _image(entry: Entry, folder: Path, problems: Problems) -> peak.Image:
    given: dict[str, str] = {}
    env: dict[str, str] = {}
    options: list[str] = []
    for part in _entries(entry.value, "an image", problems):
        key = part.key.text
        if key not in _KEYS:
            hint = f"its keys are {', '.join(_KEYS)}"
            problems.add("WFC103", f"an image has no key `{key}`", part.key.span, hint=hint)
        elif key == "env":
            for variable in _entries(part.value, "`env`", problems):
                env[variable.key.text] = _text(variable, problems)
        elif key == "options":
            options += _texts(part, problems)
        else:
            given[key] = _text(part, problems)
    engine = given.get("engine")
    if engine is not None and engine not in peak.ENGINES:
        engines = " or ".join(peak.ENGINES)
        problems.add("WFC105", f"`engine` must be {engines}", head(entry.value))
    if "venv" in given and "container" in given:
        message = "an image is either a `venv` or a `container`"
        problems.add("WFC105", message, entry.key.span)
    return peak.Image(
        folder / given["venv"] if "venv" in given else None,
        given.get("container"),
        engine,
        folder / given["files"] if "files" in given else None,
        env,
        options,
    )


def _entries(node: Node, what: str, problems: Problems) -> tuple[Entry, ...]:
    if isinstance(node, Mapping):
        return node.entries
    if not (isinstance(node, Scalar) and node.value is None):
        problems.add("WFC105", f"{what} must be a map, not {describe(node)}", head(node))
    return ()


def _texts(entry: Entry, problems: Problems) -> list[str]:
    if not isinstance(entry.value, Sequence):
        message = f"`{entry.key.text}` must be a list, not {describe(entry.value)}"
        problems.add("WFC105", message, head(entry.value), hint="write `options: [--network=host]`")
        return []
    return [_text(Entry(entry.key, item), problems) for item in entry.value.items]


def _text(entry: Entry, problems: Problems) -> str:
    if isinstance(entry.value, Scalar) and entry.value.value is not None:
        return entry.value.text
    problems.add("WFC105", f"`{entry.key.text}` must be a text", head(entry.value))
    return ""
