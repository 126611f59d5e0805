"""Compiles workflows and blocks of Peak's, in the processes of `deploy`.

In goes a file, or what a client sent as JSON; out come the module's text and the spec as JSON, or
what is wrong.  A client does not see the text that places are in, so it is told paths instead:
`steps.load.parents[0]: no step is named `x` [WFC731]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from wfc.nodes import Node
    from wfc.problems import Problem

Kind: TypeAlias = Literal["workflow", "block"]


@dataclass(frozen=True, slots=True)
class BuiltPeak:
    """What became of a source.

    module  the Python text, "" where there are `errors`
    kind    which of the two it is
    spec    the workflow or the block spec; nulls are left out, as Peak's command does
    beside  what stands around a `body`: a block's parameters
    errors  one line or more of each
    report  errors and warnings as `wfc check` prints them, "" where there is nothing to say
    """

    module: str
    kind: Kind
    spec: dict[str, Any]
    beside: dict[str, Any]
    errors: tuple[str, ...]
    report: str


def is_peak(file_name: str, text: str) -> bool:
    """Whether a file is in Peak's language."""
    from wfc.peak.recognise import Recognised, is_template, recognise
    from wfc.problems import Problems
    from wfc.read import read
    from wfc.source import Source

    if is_template(text):
        return True
    source = Source(file_name, text)
    node = read(source, Problems())
    return node is not None and isinstance(recognise(source, node, Problems()), Recognised)


def build_peak(
    file_name: str, text: str, values: Mapping[str, Any] | None = None, colour: bool = False
) -> BuiltPeak:
    """Compiles a source in this process; `values` are the variables of one that is a template."""
    from wfc.peak.document import document, read_tree
    from wfc.peak.recognise import recognise
    from wfc.pipeline import compile_source
    from wfc.problems import Problems
    from wfc.render import render
    from wfc.source import Source

    source = Source(file_name, text)
    compiled = compile_source(source, layout=False, values=values)
    report = render(compiled.problems, source, colour=colour)
    tree = read_tree(source, values or {})
    if tree is not None and recognise(source, tree, Problems()) == "google":
        missing = "this is no workflow of Peak's, which has `name` and a map `steps`"
        return BuiltPeak("", "workflow", {}, {}, (missing,), report)
    found = None if tree is None else document(source, tree)
    if compiled.module is None or found is None:
        return BuiltPeak("", "workflow", {}, {}, _errors(compiled.problems, tree), report)
    return BuiltPeak(compiled.module, found.kind, found.body, found.beside, (), report)


def _errors(problems: Sequence[Problem], node: Node | None) -> tuple[str, ...]:
    described = []
    for problem in problems:
        if problem.severity == "error":
            path = "" if node is None else _path(node, problem.label.span.start)
            path = "" if path == "body" else path.removeprefix("body.")  # put around blocks here
            hint = f" (hint: {problem.hint})" if problem.hint else ""
            where = f"{path}: " if path else ""
            described.append(f"{where}{problem.message} [{problem.code}]{hint}")
    return tuple(described)


def _path(node: Node, offset: int) -> str:
    """Where in a tree a character is: `steps.load.parents[0]`."""
    from wfc.nodes import Mapping, Sequence

    match node:
        case Mapping(entries):
            for entry in entries:
                if entry.key.span.start <= offset <= entry.value.span.end:
                    inside = _path(entry.value, offset)
                    dot = "." if inside and not inside.startswith("[") else ""
                    return f"{entry.key.text}{dot}{inside}"
        case Sequence(items):
            for index, item in enumerate(items):
                if item.span.start <= offset <= item.span.end:
                    inside = _path(item, offset)
                    dot = "." if inside and not inside.startswith("[") else ""
                    return f"[{index}]{dot}{inside}"
    return ""
