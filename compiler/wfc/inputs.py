"""What `wfc run` is given: in, the texts of its options; out, argument, environment and routes.

Whatever is wrong with them is wrong use (exit code 2) and is shown with a caret at its place.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import wfc_runtime.v1 as wf
from wfc.excerpt import excerpt
from wfc.problems import Label
from wfc.source import Source, Span
from wfc.wrong_use import WrongUse

_PAIR = re.compile(r"(?P<name>[^\s=]+)=(?P<value>.*)", re.DOTALL)
_LINE = re.compile(
    r"\s*(?:export\s+)?(?P<name>[^\s=]+)\s*=\s*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)\s*"
)

_ROUTE = re.compile(r"(?P<source>\S+?)=(?P<target>https?://\S+)", re.IGNORECASE)
_BUILT_IN = frozenset(
    f"GOOGLE_CLOUD_{name}"
    for name in (
        *("LOCATION", "PROJECT_ID", "PROJECT_NUMBER", "SERVICE_ACCOUNT_NAME"),
        *("WORKFLOW_EXECUTION_ID", "WORKFLOW_ID", "WORKFLOW_REVISION_ID"),
    )
)
_RESERVED = ("GOOGLE", "WORKFLOWS")
_MOST_VARIABLES = 20
_LARGEST_VALUE = 4 * 1024
"""Bytes."""
_LOCAL_HINT = "  = hint: `--limits local` takes them all the same"


def read_data(option: str) -> wf.Value:
    """The value of `--data`: JSON, `@` and a file's name, or `-` for standard input."""
    if option == "-":
        source = Source("standard input", sys.stdin.buffer.read().decode("utf-8-sig", "replace"))
    elif option.startswith("@"):
        source = Source(option[1:], _text(option[1:]))
    else:
        source = Source("--data", option)
    try:
        return wf.json.decode(source.text)
    except wf.WorkflowError as error:
        what = str(error).removeprefix("ValueError: ")
    try:
        json.loads(source.text, parse_int=len, parse_float=len, parse_constant=len)
    except json.JSONDecodeError as error:  # this one knows the place
        message = what.rpartition(" at line ")[0] or what
        _wrong(source, Span(error.pos, error.pos), f"the data is {message}")
    except RecursionError:
        pass
    raise WrongUse(f"the data cannot be used: {what}")


def read_environment(
    pairs: Sequence[str], file: str | None, *, google: bool = False
) -> dict[str, str]:
    """The variables of `--env-file` and, going before them, of `--env NAME=VALUE`.

    The file has one `NAME=VALUE` a line; quotes around a value are not part of it, `export` in
    front, blank lines and lines that begin with `#` are skipped.  With `google` they must be what
    the service would take (spec 06, sys); its own variables can be set as well, since a machine has
    none of them.
    """
    found: dict[str, str] = {}
    source = Source(file or "", _text(file) if file else "")
    for number in range(1, source.line_count + 1):
        line = source.line(number)
        if line.strip() and not line.lstrip().startswith("#"):
            found |= _variable(_LINE, line, source, source.offset(number, 1), google)
    for pair in pairs:
        found |= _variable(_PAIR, pair, Source("--env", pair), 0, google)
    users = len(found.keys() - _BUILT_IN)
    if google and users > _MOST_VARIABLES:
        message = f"{users} variables are given, where the service takes {_MOST_VARIABLES}"
        raise WrongUse(message, _LOCAL_HINT)
    return found


def read_secrets(file: str) -> dict[str, str]:
    """The secrets of a file like that of `--env-file`; no message shows a line of it."""
    found: dict[str, str] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise WrongUse(f"line {number} of `{file}` is not written as NAME=VALUE")
        found[match["name"]] = match["value"]
    return found


def read_routes(pairs: Sequence[str], file: str | None) -> dict[str, str]:
    """The routes of `--routes` and, going before them, of `--route URL=URL`.

    The file has one `URL=URL` a line; blank lines and lines that begin with `#` are skipped.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(_text(file).splitlines() if file else (), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            found |= _route(line.strip(), f" in `{file}`, line {number}")
    for pair in pairs:
        found |= _route(pair, "")
    return _usable(found, "")


def _route(text: str, where: str) -> dict[str, str]:
    match = _ROUTE.fullmatch(text)
    if match is None:
        hint = "  = hint: write `--route https://orders.example.com=http://127.0.0.1:9000`"
        shown = re.sub(r"(?<=//)[^/]*@", "…@", text)  # a password is nobody's to read
        raise WrongUse(f"a route cannot be used{where}: `{shown}` is not written as URL=URL", hint)
    return _usable({match["source"]: match["target"]}, where)


def _usable(routes: dict[str, str], where: str) -> dict[str, str]:
    try:
        wf.routes_of(routes)
    except ValueError as error:
        raise WrongUse(f"a route cannot be used{where}: {error}") from None
    return routes


def _variable(
    form: re.Pattern[str], text: str, source: Source, start: int, google: bool
) -> dict[str, str]:
    match = form.fullmatch(text)
    if match is None:
        place = Span(start, start + len(text))
        _wrong(source, place, "a variable is not written as NAME=VALUE")
    name, value = match["name"], match["value"]
    if google and name not in _BUILT_IN:
        size = len(value.encode("utf-8", "surrogateescape"))
        if name.startswith(_RESERVED):
            message = f"`{name}` cannot be set: names must not start with GOOGLE or WORKFLOWS"
            _wrong(source, Span(start + match.start("name"), start + match.end("name")), message)
        if size > _LARGEST_VALUE:
            message = (
                f"the value of `{name}` has {size:,} bytes, where {_LARGEST_VALUE:,} are allowed"
            )
            raise WrongUse(message, _LOCAL_HINT)
    return {name: value}


def _text(file: str) -> str:
    try:
        return Path(file).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WrongUse(f"cannot read `{file}`: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"cannot read `{file}`: it is not UTF-8") from None


def _wrong(source: Source, span: Span, message: str) -> NoReturn:
    lines, _ = excerpt(source, Label(span))
    raise WrongUse(message, "\n".join(lines))
