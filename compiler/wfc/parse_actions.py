"""The actions without steps inside: `assign` and `call` -> syntax.Assign, syntax.CallStep."""

from __future__ import annotations

import re

from wfc import syntax
from wfc.expressions import is_embedded, target
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_names import function_name, variable
from wfc.parse_shapes import describe, head, is_expression, is_text, place, wrong_kind
from wfc.parse_values import scalar, value
from wfc.problems import Label, Problems

_IN_BRACES = re.compile(r"\s*\$\{\s*([A-Za-z_]\w*)\s*\}\s*")
_EQUALS = re.compile(r"([A-Za-z_]\w*) *([-+*/%]?)= *([^=].*)", re.DOTALL)

MOST_ASSIGNMENTS = 50  # spec 07 §1


def assign(entry: Entry, problems: Problems) -> syntax.Assign:
    """`assign:` is a list of one to fifty single-key maps (spec 02 §2)."""
    node = entry.value
    made: list[syntax.Assignment] = []
    match node:
        case Mapping(entries=(first, *_) as entries):
            problems.add(
                "WFC125",
                "`assign` must be a list of assignments, not a map",
                head(node),
                hint=f"begin each assignment with a dash:\n- {first.key.text}: …",
            )
            made = [found for item in entries for found in _assignment(item, problems)]
        case Sequence(items):
            if not items:
                problems.add("WFC106", "`assign` has no assignments", node.span)
            if len(items) > MOST_ASSIGNMENTS:
                problems.add(
                    "WFC411",
                    f"{len(items)} assignments in one step; at most {MOST_ASSIGNMENTS} are allowed",
                    head(items[MOST_ASSIGNMENTS]),
                    "one too many",
                    hint="go on in another `assign` step",
                )
            made = [found for item in items for found in _assignments(item, problems)]
        case _:
            hint = "write\nassign:\n- name: value"
            wrong_kind("`assign`", "a list of assignments", node, place(entry), problems, hint)
    return syntax.Assign(tuple(made))


def _assignments(item: Node, problems: Problems) -> list[syntax.Assignment]:
    if not isinstance(item, Mapping) or not item.entries:
        message = f"an assignment must be written `name: value`, not as {describe(item)}"
        name, hint = _equals(item) if is_text(item) else (None, "")
        problems.add("WFC126", message, head(item), hint=hint)
        return [] if name is None else [_unread(name)]
    first, *rest = item.entries
    if rest:
        problems.add(
            "WFC126",
            f"one list entry holds {len(item.entries)} assignments",
            rest[0].key.span,
            "a second assignment",
            others=[Label(first.key.span, "the first")],
            hint=f"begin it with a dash of its own:\n- {rest[0].key.text}: …",
        )
    return [found for entry in item.entries for found in _assignment(entry, problems)]


def _equals(item: Scalar) -> tuple[syntax.Variable | None, str]:
    """`x = 1` and `x += 1` as in other languages: the variable, and how to write it."""
    found = _EQUALS.fullmatch(item.text.strip())
    if found is None:
        return None, ""
    name, operator, assigned = found.groups()
    start = item.text.index(name)
    variable = syntax.Variable(name, item.within(start, start + len(name)))
    if operator:
        inner = assigned[2:-1] if is_embedded(assigned) else assigned
        assigned = f"${{{name} {operator} {inner}}}"
    if len(assigned) > 60 or "\n" in assigned:
        assigned = "…"
    return variable, f"write `- {name}: {assigned}`"


def _unread(name: syntax.Variable) -> syntax.Assignment:
    """An assignment of nobody knows what, so that uses of the variable are no second problem."""
    return syntax.Assignment(syntax.Target(name, (), name.span), syntax.Name(name.name, name.span))


def _assignment(entry: Entry, problems: Problems) -> list[syntax.Assignment]:
    found = target(entry.key, problems)
    assigned = value(entry.value, problems)
    if found is not None:
        return [syntax.Assignment(found, assigned)]
    meant = _IN_BRACES.fullmatch(entry.key.text)
    return [_unread(syntax.Variable(meant[1], entry.key.span))] if meant else []


def call(
    entry: Entry, args: Entry | None, result: Entry | None, problems: Problems
) -> syntax.CallStep | syntax.Assign | None:
    """`call:` with its `args:` and `result:` (spec 01 §3, 04 §2).

    Without a usable function name (reported) only the result's variable is left.
    """
    function = function_name(entry.value, place(entry), problems)
    arguments: tuple[syntax.Argument, ...] = ()
    whole = None
    if args is not None:
        arguments, whole = _args(args, problems)
    variable_set = None
    if result is not None:
        variable_set = variable(result.value, "`result`", place(result), problems)
    if function is not None:
        return syntax.CallStep(function, entry.value.span, arguments, whole, variable_set)
    if variable_set is None:
        return None
    return syntax.Assign((_unread(variable_set),))


def _args(
    args: Entry, problems: Problems
) -> tuple[tuple[syntax.Argument, ...], syntax.Expression | None]:
    """Named arguments, a list of positional ones, or one expression that gives the map."""
    node = args.value
    match node:
        case Mapping(entries):
            named = [
                syntax.Argument(entry.key.text, entry.key.span, value(entry.value, problems))
                for entry in entries
                if _is_argument_name(entry.key, problems)
            ]
            return tuple(named), None
        case Sequence(items):
            return tuple(
                syntax.Argument(None, head(item), value(item, problems)) for item in items
            ), None
        case Scalar() if is_expression(node):
            return (), scalar(node, problems)
        case _:
            hint = "leave `args` out" if node.value is None else "write each as `name: value`"
            needed = "a map of arguments"
            wrong_kind("`args`", needed, node, place(args), problems, hint)
            return (), None


def _is_argument_name(key: Scalar, problems: Problems) -> bool:
    if not isinstance(key.value, str):
        message = f"the name of an argument must be text, not {describe(key)}"
        problems.add("WFC107", message, key.span, hint=f'write `"{key.text}":`')
        return False
    if is_expression(key):
        problems.add(
            "WFC128",
            "the name of an argument cannot be an expression",
            key.span,
            hint="build a map in an `assign` step and pass all of it: `args: ${some_map}`",
        )
        return False
    return True
