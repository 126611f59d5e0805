"""Every connector call of real files, as the request that is made of it.

golden/connectors has a file for each API: each method, with the arguments that files give it, their
values made up here (an argument `zone` is `ZONE`).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.corpus import files, needs_corpus

import wfc_runtime.v1 as wf
from wfc import syntax
from wfc.library import CONNECTORS, Connector
from wfc.lower_connectors import connectors
from wfc.names import Names
from wfc.parse import parse
from wfc.problems import Problems
from wfc.read import read
from wfc.resolve import resolve
from wfc.spell import spell
from wfc_runtime.connector_request import connector_request

pytestmark = needs_corpus

ROOT = Path(__file__).parent.parent / "golden" / "connectors"
Golden = Callable[[Path, str], None]


def calls() -> Iterator[tuple[wf.Connector, syntax.CallStep]]:
    """Each call of the corpus with its connector as the generated module has it."""
    for file in files():
        problems = Problems()
        node = read(file.source(), problems, terraform=file.terraform)
        workflow = None if node is None else parse(file.source(), node, problems)
        if workflow is not None:
            names = resolve(workflow, problems)
            of_module = constants(workflow, names)
            for step, callee in names.callees.items():
                if isinstance(callee, Connector) and isinstance(step, syntax.CallStep):
                    yield of_module[callee.name], step


def constants(workflow: syntax.Workflow, names: Names) -> dict[str, wf.Connector]:
    made: dict[str, Any] = {}
    for statement in connectors(names, spell(workflow, names)):
        exec(ast.unparse(statement), {"wf": wf}, made)
    return {connector.name: connector for connector in made.values()}


def value(connector: wf.Connector, argument: str, given: syntax.Expression) -> Any:
    """A value for an argument; a literal map keeps the names of its keys."""
    parts = [name.partition(".")[2] for name in connector.query if name.startswith(f"{argument}.")]
    match argument, given:
        case (("alt" | "uploadType"), _):
            return "media"
        case "body", _:
            return {"field": "value"}
        case _, syntax.MapLiteral(entries):
            keys = [entry.key for entry in entries]
            names = [key.value for key in keys if isinstance(key, syntax.Constant)]
            return {name: str(name).upper() for name in names}
        case _ if parts:
            return {name: name.upper() for name in parts}
        case _ if argument == connector.region:
            return "us-east1"
        case _:
            return argument.upper()


def described(connector: wf.Connector, step: syntax.CallStep) -> str:
    """The request of one call, or the error that it ends with."""
    arguments = {one.name or "": one.value for one in step.arguments}
    lines = [f"  {', '.join(sorted(arguments))}"]
    arguments.pop("connector_params", None)
    given = {name: value(connector, name, one) for name, one in sorted(arguments.items())}
    try:
        sent = connector_request(connector, given, connector.scopes)
    except wf.WorkflowError as error:
        return "\n".join([*lines, f"    {error}"])
    lines.append(f"    {sent.method} {sent.url}")
    if sent.body is not None:
        lines.append(f"    {sent.headers['Content-Type']}: {sent.body.decode()}")
    return "\n".join(lines)


@cache
def by_api() -> dict[str, str]:
    """The text of each golden file."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for connector, step in calls():
        heading = connector.name
        if connector.operation:
            where = f" at {connector.poll}" if connector.poll else " at its own link"
            heading += f"\n  waits for {connector.operation}{where}"
        api = connector.name.removeprefix(CONNECTORS).partition(".")[0]
        found[api][heading].add(described(connector, step))
    return {
        api: "\n".join(
            "\n".join([heading, *sorted(requests), ""])
            for heading, requests in sorted(methods.items())
        )
        for api, methods in found.items()
    }


def test_every_call_of_the_corpus_makes_the_request_that_was_reviewed(golden: Golden) -> None:
    for api, text in by_api().items():
        golden(ROOT / f"{api}.txt", text)
    assert {path.stem for path in ROOT.glob("*.txt")} == set(by_api())


def test_nearly_every_method_of_the_corpus_is_known() -> None:
    """What is not is what those files have wrong: `jobs.get` in Cloud Run v1, another's name."""
    assert len(by_api()) == 18
    assert sum(text.count("googleapis.") for text in by_api().values()) > 60
