"""shape.Shape -> pytree.Module: structured steps become Python statements.

shape.For(each, loop, body)    ->    # each · order.yaml:12
                                     for item in wf.each(items):
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from wfc import pytree, syntax
from wfc.alias import Aliases
from wfc.callgraph import Calls
from wfc.frozen import frozen
from wfc.lower_blocks import Function
from wfc.lower_connectors import connectors
from wfc.lower_expressions import Expressions
from wfc.lower_history import Steps, returned
from wfc.lower_parallel import pause_when_due
from wfc.lower_python import call, name
from wfc.lower_statements import Statements
from wfc.names import Binding, Names
from wfc.shape import Shape
from wfc.source import Source
from wfc.spell import Spelling
from wfc.types import Types


@frozen
class Facts:
    """What the passes before found out; `unset` are the variables that start as null."""

    names: Names
    types: Types
    aliases: Aliases
    spelling: Spelling
    calls: Calls
    unset: frozenset[Binding]


def lower(
    source: Source,
    workflow: syntax.Workflow,
    shapes: Mapping[syntax.Routine, Shape],
    facts: Facts,
    *,
    accounting: bool = False,
    call_log: bool = False,
    history: bool = False,
) -> pytree.Module:
    """Python for a whole workflow.

    With `accounting`, the module counts steps and variable memory, so that it can run under limits
    that have them (spec 07 §2); without, it does not pay for either.  With `call_log`, every `call`
    step can be logged (spec 08 §4), not only those that wait.  With `history`, every step is
    reported (spec 08 §2, StepEntry).
    """
    expressions = Expressions(
        facts.names,
        facts.types,
        facts.aliases,
        facts.spelling,
        facts.calls,
        accounting,
        call_log,
        history,
    )
    module = pytree.Module(origins=expressions.origins)
    module.constants = connectors(facts.names, facts.spelling)
    steps = Steps(workflow, facts.names, facts.spelling) if history else None
    module.steps = "" if steps is None else steps.table
    for routine, shape in shapes.items():
        statements = Statements(source, routine, expressions, facts.unset, accounting, steps)
        module.functions[routine.name] = _function(routine, shape, statements, facts)
    module.takes_argument = bool(workflow.main.parameters)
    return module


def _function(
    routine: syntax.Routine, shape: Shape, statements: Statements, facts: Facts
) -> pytree.Def:
    function = Function(facts.names.scopes[routine], None)
    bindings = [facts.names.writes[parameter.variable] for parameter in routine.parameters]
    function.declared.update(facts.spelling.bindings[binding] for binding in bindings)
    start: list[pytree.Statement] = []
    if routine in facts.calls.circular & facts.calls.beside:
        start.append(pause_when_due())
    for binding in bindings:
        spelled = facts.spelling.bindings[binding]
        default = next(p.default for p in routine.parameters if p.variable.name == binding.name)
        mutable = isinstance(default, (syntax.ListLiteral, syntax.MapLiteral))
        if mutable and default in facts.aliases.copied:
            copied = statements.assign(spelled, call("wf.copy", name(spelled)))
            start.append(pytree.Simple(copied, None))
        start.extend(statements.held([binding], None))
    body = (*start, *statements.body(shape, function, facts.names.scopes[routine]))
    if not statements.ends(shape):
        ending = ast.Return(returned(statements, ast.Constant(None)))
        body = (*body, pytree.Simple(ending, None))
    return pytree.Def(
        facts.spelling.routines[routine],
        _parameters(routine, facts, statements.expressions),
        ast.Attribute(name("wf"), "Value", ast.Load()),
        body,
        routine in facts.calls.waits,
        None,
    )


def _parameters(routine: syntax.Routine, facts: Facts, expressions: Expressions) -> ast.arguments:
    value = ast.Attribute(name("wf"), "Value", ast.Load())
    arguments = [ast.arg("run", ast.Attribute(name("wf"), "Run", ast.Load()))]
    defaults = []
    for parameter in routine.parameters:
        spelled = facts.spelling.bindings[facts.names.writes[parameter.variable]]
        arguments.append(ast.arg(spelled, value))
        if parameter.default is not None:
            defaults.append(expressions.value(parameter.default))
        elif defaults:  # required, after an optional one: every call was checked to give it
            defaults.append(ast.Constant(None))
    return ast.arguments([], arguments, None, [], [], None, defaults)
