"""The library's reference: in, the name of a function or value; out, all that is known of it.

Each fact has one source: the signature is the row of `library`, the words are the docstring of the
runtime's function, the examples are the files of `golden/library`, which the wheel carries as
`wfc/library_examples`.  The page `docs/library.md` and `wfc explain NAME` show the same entries.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any

import wfc_runtime.v1 as wf
from wfc.frozen import frozen_value
from wfc.library import FUNCTIONS, PARAMETER_ALIASES, VALUES, Function, Parameter, module_of
from wfc_runtime.accelerator import reference

_TAG = re.compile(r"\b[A-Z][A-Za-z]*Error\b")
_SAME_ERRORS = re.compile(r"Raises what\s+`([a-z._]+)`\s+raises\.")
_HEADING = re.compile(r"^== (\S+)\n", re.MULTILINE)


@frozen_value
class Entry:
    """A function, or a value that stands without a call.

    signature   `text.split(source: string, separator: string) → list`, on several lines if long
    paragraphs  what it does, the first line in one sentence
    errors      the tags of what it raises, sorted
    examples    as a workflow has them, each with the lines of what comes of it
    """

    name: str
    signature: str
    blocking: bool
    paragraphs: tuple[str, ...]
    errors: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What it does, in a few words: the first sentence up to a semicolon."""
        return re.split(r"; |\. |\.$| \(OQ", "".join(self.paragraphs[:1]))[0]


def entry(name: str) -> Entry:
    """The entry of a function or value of the library."""
    function = FUNCTIONS.get(name)
    if function is None:
        words = _value(find(VALUES[name]))
        return Entry(name, name, False, (words,), (), examples(module_of(name)).get(name, ()))
    words = inspect.getdoc(reference(find(function.python))) or ""
    paragraphs = [*_paragraphs(_SAME_ERRORS.sub("", words))]
    paragraphs += [
        f"`{other}` is another name of `{own}`."
        for (owner, other), own in PARAMETER_ALIASES.items()
        if owner == name
    ]
    if name in VALUES:
        paragraphs.append(f"As the `predicate` of a `retry` it is not called: `${{{name}}}`.")
    return Entry(
        name,
        _signature(function),
        function.blocking,
        tuple(paragraphs),
        tuple(sorted(_errors(function, words))),
        examples(module_of(name)).get(name, ()),
    )


def connectors() -> Entry:
    """What all methods of Google's APIs have in common, whose names are not those of the table."""
    words = inspect.getdoc(wf.Connector.__call__) or ""
    return Entry(
        "googleapis.API.VERSION.RESOURCE.METHOD",
        "googleapis.API.VERSION.RESOURCE.METHOD(\n"
        "    PARAMETER: any,\n"
        "    body: any = null,\n"
        "    connector_params: map = null,\n"
        ") → any",
        True,
        _paragraphs(words),
        tuple(sorted(set(_TAG.findall(words)))),
        examples("googleapis").get("connectors", ()),
    )


def find(python: str) -> Any:
    """What a generated module means by `wf.text.split` or `run.sleep`."""
    return reduce(getattr, re.sub("^run", "wf.Run", python).split(".")[1:], wf)


def _paragraphs(words: str) -> tuple[str, ...]:
    """The paragraphs of a docstring, each on one line."""
    return tuple(filter(None, (" ".join(part.split()) for part in words.split("\n\n"))))


def _value(value: Any) -> str:
    """The words for a value of the library, a policy or a backoff."""
    if isinstance(value, dict):
        parts = ", ".join(f"`{name}` {number}" for name, number in value.items())
        return f"The `backoff` of a retry policy: {parts}; delays are in seconds."
    return (
        f"A retry policy: `predicate` is `http.{value.predicate.__name__}`, `max_retries` is "
        f"{value.max_retries}, `backoff` is `retry.default_backoff`."
    )


def _signature(function: Function) -> str:
    parts = [_parameter(parameter) for parameter in function.parameters]
    line = f"{function.name}({', '.join(parts)}) → {function.result}"
    if len(line) <= 80:
        return line
    inside = "".join(f"    {part},\n" for part in parts)
    return f"{function.name}(\n{inside}) → {function.result}"


def _parameter(parameter: Parameter) -> str:
    types = " | ".join(parameter.types).replace("integer | double", "number")
    default = "" if parameter.required else f" = {parameter.default}"
    if "string" in parameter.types and parameter.default not in ("", "null"):
        default = f' = "{parameter.default}"'
    return f"{parameter.name}: {types or 'any'}{default}"


def _errors(function: Function, words: str) -> set[str]:
    """TypeError where not every type is taken, and what the words name."""
    tags = {"TypeError"} if any(parameter.types for parameter in function.parameters) else set()
    for other in _SAME_ERRORS.findall(words):
        tags |= set(entry(other).errors)
    return tags | set(_TAG.findall(words))


@cache
def examples(module: str) -> dict[str, tuple[str, ...]]:
    """The examples of a module's functions by their names."""
    path = examples_folder() / f"{module}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return dict(_sections(text))


def examples_folder() -> Path:
    """The examples of the installed package, or of the checkout it runs from."""
    here = Path(__file__).parent
    installed = here / "library_examples"
    return installed if installed.exists() else here.parents[1] / "golden" / "library"


def _sections(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`== name`, then examples with empty lines between them."""
    _, *parts = _HEADING.split(text)
    for name, section in zip(parts[::2], parts[1::2], strict=True):
        yield name, tuple(part.strip("\n") for part in section.strip("\n").split("\n\n"))
