"""Conditions that are certain not to be booleans (spec 03 §7: there is no truthiness).

condition: ${len(names)}     warning: a condition must be a boolean; this is an integer
${not "k" in m}              warning: `not` takes booleans, not a string
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.checks.types import BOOLEAN, NUMBER, Types, actions, bare, expressions, named
from wfc.problems import Problems
from wfc.source import Source


def conditions(source: Source, workflow: syntax.Workflow, types: Types, problems: Problems) -> None:
    for action in actions(workflow):
        if isinstance(action, syntax.Switch):
            for case in action.cases:
                _condition(source, case.condition, types, problems)
    for root in expressions(workflow):
        _logic(source, root, types, problems)


def _condition(
    source: Source, condition: syntax.Expression, types: Types, problems: Problems
) -> None:
    possible = types.get(condition)
    if possible is None or possible & BOOLEAN:
        return
    hint = ""
    if isinstance(inner := bare(condition), syntax.Call):
        other = "0" if possible & NUMBER else '""' if possible == {"string"} else "null"
        hint = f"compare it with something: `{source.slice(inner.span)} != {other}`"
    problems.add(
        "WFC660",
        f"a condition must be a boolean; this is {named(possible)}",
        condition.span,
        named(possible),
        hint=hint,
    )


def _logic(source: Source, root: syntax.Expression, types: Types, problems: Problems) -> None:
    """`and`, `or` and `not` take booleans only."""
    hints: dict[syntax.Expression, str] = {}
    for part in walk.within(root):
        match part:
            case syntax.Binary(operator="and" | "or" as operator, left=left, right=right):
                _operand(operator, left, types, problems, "")
                _operand(operator, right, types, problems, "")
            case syntax.Binary(left=syntax.Unary("not", operand) as negation):
                # `not` binds tighter than every binary operator (spec 03 §3)
                if negation.span.start == part.span.start and source.text[part.span.start] != "(":
                    inside = source.slice(operand.span.to(part.span))
                    hints[negation] = f"write `not ({inside})`"
            case syntax.Unary("not", operand):
                _operand("not", operand, types, problems, hints.get(part, ""))


def _operand(
    operator: str, operand: syntax.Expression, types: Types, problems: Problems, hint: str
) -> None:
    possible = types.get(operand)
    if possible is None or possible & BOOLEAN:
        return
    what = named(possible)
    problems.add(
        "WFC661", f"`{operator}` takes booleans, not {what}", operand.span, what, hint=hint
    )
