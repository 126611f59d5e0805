"""Library functions called as a workflow calls them: compiled, by position and by name.

The tests of a module have two tables, `RESULTS` and `ERRORS`: for each function by its full name,
rows of arguments (from the first on; the rest is left out) with what comes of them, a value or an
error's first tag.  `tests/test_stdlib_table.py` sees to it that no function lacks a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest
from tests.compiled import Main, execute, load

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS
from wfc.pipeline import compile_source
from wfc.source import Source

Row = tuple[tuple[Any, ...], Any]
Table = Mapping[str, Sequence[Row]]


def each(values: Iterable[Any], expected: Any) -> list[Row]:
    """The same row for each value as the only argument."""
    return [((value,), expected) for value in values]


def rows(table: Table) -> list[Any]:
    """A table's rows as parameters of a test: name, arguments, what comes of them."""
    return [
        pytest.param(name, arguments, expected, id=name)
        for name, cases in table.items()
        for arguments, expected in cases
    ]


def called(name: str, arguments: Sequence[Any], **options: Any) -> Any:
    """The result of a function; both ways of calling it agree, errors included.

    `options` are those of `Workflow.run`.  Raises the WorkflowError of the function.
    """
    by_position = outcome(name, arguments, by_name=False, **options)
    by_name = outcome(name, arguments, by_name=True, **options)
    assert repr(by_position) == repr(by_name)
    if isinstance(by_position, wf.WorkflowError):
        raise by_position
    return by_position


def tag(name: str, arguments: Sequence[Any], **options: Any) -> str:
    """The first tag of the error that a call must raise."""
    with pytest.raises(wf.WorkflowError) as raised:
        called(name, arguments, **options)
    return str(raised.value.payload["tags"][0])


def outcome(name: str, arguments: Sequence[Any], *, by_name: bool, **options: Any) -> Any:
    """The result of a function, or the WorkflowError that it raised."""
    probe = _probe(name, len(arguments), by_name)

    answers: list[Any] = []

    async def main(run: wf.Run) -> None:  # returns nothing: bytes are no result of a workflow
        answers.append(await probe(run, list(arguments)))

    try:
        execute(main, **options)
    except wf.WorkflowError as error:
        return error
    return answers[0]


@cache
def _probe(name: str, count: int, by_name: bool) -> Main:
    """The `main` of a workflow that calls a function with `count` elements of its argument."""
    function = FUNCTIONS[name]
    values = [f"${{given[{index}]}}" for index in range(count)]
    if by_name:
        pairs = zip(function.parameters, values, strict=False)
        args = "{" + ", ".join(f"{key.name}: '{value}'" for key, value in pairs) + "}"
    else:
        args = "[" + ", ".join(f"'{value}'" for value in values) + "]"
    text = f"""
main:
  params: [given]
  steps:
    - ask: {{call: {name}, args: {args}, result: answer}}
    - done: {{return: '${{answer}}'}}
"""
    if not by_name and not function.blocking:
        inside = ", ".join(value[2:-1] for value in values)
        text = f"main: {{params: [given], steps: [ask: {{return: '${{{name}({inside})}}'}}]}}"
    compiled = compile_source(Source("probe.yaml", text), layout=False)
    assert compiled.module is not None, compiled.problems
    main: Main = load(compiled.module, "probe").main
    return main
