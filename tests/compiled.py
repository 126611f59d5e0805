"""Modules as the compiler writes them, but written by hand, for the tests of the runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from textwrap import dedent
from types import ModuleType
from typing import Any

import wfc_runtime.v1 as wf
from wfc_runtime.testing import VirtualClock

Main = Callable[..., Awaitable[Any]]


def text_of(
    body: str, positions: str = "", *, parameters: int = 0, accounting: bool = False
) -> str:
    """The text of a module; `body` holds its routines and starts at line 3."""
    escaped = positions.replace("\\", "\\\\")
    return f'''import wfc_runtime.v1 as wf

{dedent(body).strip()}


workflow = wf.Workflow(
    main,
    source="order.yaml",
    sha256="abcdef",
    compiler="0.1.0",
    parameters={parameters},
    accounting={accounting},
    positions="""\\
{escaped}""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
'''


def load(text: str, name: str = "order") -> ModuleType:
    """Runs a module's text, as an import of it would."""
    module = ModuleType(name)
    module.__file__ = f"/compiled/{name}.py"
    exec(compile(text, module.__file__, "exec"), module.__dict__)
    return module


def module(body: str, positions: str = "", **options: Any) -> ModuleType:
    return load(text_of(body, positions, **options))


def place(text: str, part: str) -> str:
    """Where the one occurrence of `part` stands in a module's text, as a source map writes it."""
    assert text.count(part) == 1
    before, _, _ = text.partition(part)
    line = before.count("\n") + 1
    column = len(before[before.rfind("\n") + 1 :].encode())
    return f"{line}:{column}-{line}:{column + len(part.encode())}"


def line(text: str, part: str) -> int:
    """The line on which the one occurrence of `part` stands."""
    assert text.count(part) == 1
    return text.partition(part)[0].count("\n") + 1


def workflow(main: Main, *, parameters: int = 0, accounting: bool = False) -> wf.Workflow:
    """A workflow around a function of a test; its frames are no generated code."""
    return wf.Workflow(
        main,
        source="order.yaml",
        sha256="abcdef",
        compiler="0.1.0",
        parameters=parameters,
        accounting=accounting,
        positions="",
    )


def execute(main: Main, args: object = None, **options: Any) -> Any:
    """The result of `main` under a virtual clock; `options` are those of `Workflow.run`."""
    made = workflow(
        main,
        parameters=options.pop("parameters", 0),
        accounting=options.pop("accounting", False),
    )
    return asyncio.run(made.run(args, **{"clock": VirtualClock(), "env": {}, **options}))


def failure(main: Main, **options: Any) -> wf.WorkflowError:
    """The error that an execution of `main` ends with."""
    try:
        result = execute(main, **options)
    except wf.WorkflowError as error:
        return error
    raise AssertionError(f"the execution succeeded with {result!r}")
