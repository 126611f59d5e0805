"""Library functions called as a workflow calls them: compiled, by position and by name.

The tests of a module have two tables, `RESULTS` and `ERRORS`: for each function by its full name,
rows of arguments (from the first on; the rest is left out) with what comes of them, a value or an
error's first tag.  An argument that only the execution has, such as an endpoint, is a function of
the run.  `tests/test_stdlib_table.py` sees to it that no function lacks a row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from tests.compiled import Main, load, workflow
from tests.http_server import Handler, serving
from tests.transcript import UUID, apis_at

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

CLUSTER = "192.0.2.1"
"""The address of a Kubernetes cluster's control plane, which is played as Google's APIs are."""

Row = tuple[tuple[Any, ...], Any]
Table = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class World:
    """What a call finds outside of its execution; every call finds it anew.

    callbacks  the requests that come to the first endpoint
    children   other workflows by their ids
    apis       plays Google's APIs, or the address where they are
    """

    callbacks: Sequence[CallbackRequest] = ()
    children: Mapping[str, Main] = field(default_factory=dict)
    apis: Handler | str = ""

    @asynccontextmanager
    async def around(self) -> AsyncIterator[dict[str, Any]]:
        """Options of `Workflow.run` for one call, while this is entered."""
        clock = VirtualClock()
        children = {name: workflow(main, parameters=1) for name, main in self.children.items()}
        options = {
            "clock": clock,
            "env": {},
            "log": lambda entry: None,
            "callbacks": ScriptedCallbacks(clock, *self.callbacks),
            "children": children.__getitem__,
            "auth": wf.NoAuth(),
        }
        if not self.apis:
            yield options
        elif isinstance(self.apis, str):
            async with apis_at(self.apis, CLUSTER):
                yield options
        else:
            async with serving(self.apis) as address, apis_at(address, CLUSTER):
                yield options


ALONE = World()


class _Nobody:
    """Has no credentials."""

    async def headers(self, needed: object) -> Mapping[str, str]:
        raise LookupError


def without_credentials(value: Any) -> Callable[[wf.Run], Any]:
    """The argument, in an execution that finds no credentials."""

    def argument(run: wf.Run) -> Any:
        run.execution.authorizer = _Nobody()
        return value

    return argument


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


def called(name: str, arguments: Sequence[Any], world: World = ALONE, **options: Any) -> Any:
    """The result of a function; both ways of calling it agree but for ids, errors included.

    `options` are those of `Workflow.run`.  Raises the WorkflowError of the function.
    """
    by_position = outcome(name, arguments, world, by_name=False, **options)
    by_name = outcome(name, arguments, world, by_name=True, **options)
    assert UUID.sub("ID", repr(by_position)) == UUID.sub("ID", repr(by_name))
    if isinstance(by_position, wf.WorkflowError):
        raise by_position
    return by_position


def tag(name: str, arguments: Sequence[Any], world: World = ALONE, **options: Any) -> str:
    """The first tag of the error that a call must raise."""
    with pytest.raises(wf.WorkflowError) as raised:
        called(name, arguments, world, **options)
    return str(raised.value.payload["tags"][0])


def outcome(
    name: str, arguments: Sequence[Any], world: World = ALONE, *, by_name: bool, **options: Any
) -> Any:
    """The result of a function, or the WorkflowError that it raised."""
    probe = _probe(name, len(arguments), by_name)

    answers: list[Any] = []

    async def main(run: wf.Run) -> None:  # returns nothing: bytes are no result of a workflow
        given = [argument(run) if callable(argument) else argument for argument in arguments]
        answers.append(await probe(run, given))

    async def call() -> None:
        async with world.around() as found:
            await workflow(main).run(**{**found, **options})

    try:
        asyncio.run(call())
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
