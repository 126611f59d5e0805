"""peak.syntax and its graph -> pytree.Module: one function a step, and the graph at the end.

async def load(step: wf.StepRun) -> None:
    # load · nightly.yaml:12
    await step.command("python load.py", env={"ROWS": step.output("extract", "rows")})

return await run.graph(
    params,
    wf.Step("extract", extract),
    wf.Step("load", load, after=["extract"]),
)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from wfc import pytree
from wfc.lower_python import call, constant, dotted, mapping, name, texts
from wfc.peak import syntax
from wfc.peak.graph import Graph
from wfc.peak.lower_actions import action
from wfc.peak.spell import spell
from wfc.source import Source
from wfc.visible import visible


def lower(source: Source, workflow: syntax.Workflow, graph: Graph) -> pytree.Module:
    """Python for a workflow that was checked: its graph is complete."""
    spelled = spell(graph.order)
    body: list[pytree.Statement] = [
        _function(source, step, spelled[step], graph) for step in graph.order
    ]
    steps = [_step(step, spelled[step], graph) for step in graph.order]
    retry = {} if workflow.retry is None else {"retry": _retry(workflow.retry)}
    ran = ast.Await(call("run.graph", name("params"), *steps, **retry))
    body.append(pytree.Simple(ast.Return(ran), None))
    parameters = {"run": "wf.Run", "params": "wf.Params"}
    main = pytree.Def("main", _parameters(parameters), dotted("wf.Result"), tuple(body), True, None)
    lines = {step.name.text: _line(source, step) for step in graph.order}
    return pytree.Module(
        functions={"main": main},
        runtime="wfc_runtime.peak.v1",
        facts={
            "name": constant(workflow.name.text),
            "lines": mapping({key: constant(line) for key, line in lines.items()}),
        },
    )


def _function(source: Source, step: syntax.Step, spelled: str, graph: Graph) -> pytree.Statement:
    place = f"{visible(source.file_name)}:{_line(source, step)}"
    comment = pytree.Comment(f"{step.name.text} · {place}")
    waits = pytree.Simple(ast.Expr(ast.Await(action(step, graph))), None)
    parameters = _parameters({"step": "wf.StepRun"})
    return pytree.Def(spelled, parameters, constant(None), (comment, waits), True, None)


def _step(step: syntax.Step, spelled: str, graph: Graph) -> ast.expr:
    keywords: dict[str, ast.expr] = {}
    if parents := graph.parents[step]:
        keywords["after"] = texts(parent.name.text for parent in parents)
    if conditions := [*_comparisons(step, graph), *map(_status, step.statuses)]:
        keywords["when"] = ast.List(conditions, ast.Load())
    if step.retry is not None:
        keywords["retry"] = _retry(step.retry)
    if step.skip:
        keywords["skip"] = constant(True)
    if step.skip_dag:
        keywords["skip_dag"] = constant(True)
    return call("wf.Step", constant(step.name.text), name(spelled), **keywords)


def _comparisons(step: syntax.Step, graph: Graph) -> Iterable[ast.expr]:
    for comparison in step.comparisons:
        function = "wf.output_is" if comparison.equal else "wf.output_is_not"
        compared = graph.compared[comparison].name.text
        texts = (compared, comparison.parameter.text, comparison.value.text)
        yield call(function, *map(constant, texts))


def _status(status: syntax.ParentStatus) -> ast.expr:
    function = "wf.all_of" if status.every else "wf.one_of"
    parents = texts(parent.text for parent in status.parents)
    return call(function, parents, *map(constant, status.statuses))


def _retry(retry: syntax.Retry) -> ast.expr:
    keywords = {"times": constant(retry.retries), "seconds": constant(retry.duration)}
    if retry.exponential:
        keywords["doubling"] = constant(True)
    if retry.exit_codes is not None:
        keywords["exit_codes"] = ast.List([*map(constant, retry.exit_codes)], ast.Load())
    return call("wf.Retry", **keywords)


def _line(source: Source, step: syntax.Step) -> int:
    return source.line_column(step.name.span.start)[0]


def _parameters(types: dict[str, str]) -> ast.arguments:
    arguments = [ast.arg(parameter, dotted(type)) for parameter, type in types.items()]
    return ast.arguments([], arguments, None, [], [], None, [])
