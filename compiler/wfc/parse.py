"""nodes.Node -> syntax.Workflow: what the author wrote, as routines, steps and expressions.

    main:                         Workflow((Routine("main", (Parameter(…),), (Step("hello", …),)),))
      params: [args]
      steps:
      - hello:
          return: ${args.name}

Reports every structural problem (spec 01, 04; limits of spec 07) and goes on: what is broken is
left out of the tree, what was plainly meant is read as it was meant, so that later passes find the
other problems of the file and no echoes of these.
"""

from __future__ import annotations

from wfc import syntax
from wfc.nodes import Entry, Mapping, Node, Sequence
from wfc.parse_names import routine_name, variable
from wfc.parse_nesting import nesting
from wfc.parse_shapes import (
    STEP_KEYS,
    describe,
    fields,
    head,
    is_null,
    is_text,
    not_empty,
    place,
    required,
    short,
    wrong_kind,
)
from wfc.parse_steps import step_list, steps_of
from wfc.parse_values import is_literal, value
from wfc.problems import Label, Problems
from wfc.similar import Speller
from wfc.source import Source, Span

MOST_PARAMETERS = 10  # spec 07 §1

_ROUTINE_KEYS = ("params", "steps")


def parse(source: Source, node: Node, problems: Problems) -> syntax.Workflow | None:
    """The workflow that `node` is, or None when there is nothing to go on with.

    A tree without a routine `main` (reported) is good for finding further problems only.
    """
    match node:
        case Sequence(items=(_, *_)):
            steps = step_list(node, "the file", node.span, problems)
            start = Span(node.span.start, node.span.start)
            routines = [syntax.Routine("main", start, (), steps)]
        case Mapping(entries=(_, *_)):
            routines = _routines(source, node, problems)
        case _:
            what = "" if is_null(node) else f", but {describe(node)}"
            hint = "begin with\nmain:\n  steps:"
            message = f"`{source.name}` holds no map of routines and no list of steps{what}"
            problems.add("WFC101", message, node.span, hint=hint)
            return None
    workflow = syntax.Workflow(tuple(routines))
    nesting(workflow, problems)
    return workflow


def _routines(source: Source, node: Mapping, problems: Problems) -> list[syntax.Routine]:
    """The routines of the mapping form (spec 01 §1)."""
    main = node.get("main")
    if main is None and all(_is_step_body(entry.value) for entry in node.entries):
        steps = step_list(node, "the file", node.span, problems)
        return [syntax.Routine("main", head(node), (), steps)]
    # No routine is a list; `steps: [...]` at the top lost its `main:` or its indentation.
    stray = [
        entry
        for entry in node.entries
        if entry.key.text in _ROUTINE_KEYS and isinstance(entry.value, Sequence)
    ]
    if stray:
        others = [Label(entry.key.span) for entry in node.entries if entry.key.text == "main"]
        message = f"`{stray[0].key.text}` stands outside of any routine"
        hint = f"indent it below `main:`\nmain:\n  {stray[0].key.text}:"
        problems.add("WFC109", message, stray[0].key.span, others=others, hint=hint)
    elif main is None:
        _report_no_main(source, node, problems)
    routines = []
    if stray and (main is None or is_null(main) or isinstance(main, Mapping)):
        inside = main.entries if isinstance(main, Mapping) else ()
        merged = Mapping((*inside, *stray), node.span)
        routines.append(_routine_body("main", stray[0].key.span, merged, problems))
        main = None
    for entry in node.entries:
        if entry not in stray and (main is not None or entry.key.text != "main"):
            routines.append(_routine(entry, problems))
    return routines


def _report_no_main(source: Source, node: Mapping, problems: Problems) -> None:
    keys = [entry.key.text for entry in node.entries]
    meant = Speller().similar("main", keys)
    entry = node.entries[keys.index(meant) if meant else 0]
    hint = "did you mean `main`?" if meant else "name the routine to begin with `main`"
    message = f"`{source.name}` has no routine `main`, with which an execution begins"
    problems.add("WFC108", message, entry.key.span, hint=hint)


def _is_step_body(node: Node) -> bool:
    if not isinstance(node, Mapping) or not node.entries:
        return False
    keys = {entry.key.text for entry in node.entries}
    return keys <= set(STEP_KEYS) and keys != {"steps"}


def _routine(entry: Entry, problems: Problems) -> syntax.Routine:
    name = entry.key.text
    if name != "main":
        name = routine_name(entry.key, problems)
    node = entry.value
    if isinstance(node, Mapping) and node.entries:
        return _routine_body(name, entry.key.span, node, problems)
    hint = f"put its steps under `steps:`\n{name}:\n  steps:"
    what = f"the routine `{short(name)}`"
    wrong_kind(what, "a map with `steps`", node, place(entry), problems, hint)
    steps = step_list(node, name, node.span, problems) if isinstance(node, Sequence) else ()
    return syntax.Routine(name, entry.key.span, (), steps)


def _routine_body(name: str, name_span: Span, node: Mapping, problems: Problems) -> syntax.Routine:
    what = f"the routine `{short(name)}`"
    found = fields(node, _ROUTINE_KEYS, what, problems)
    parameters: tuple[syntax.Parameter, ...] = ()
    if "params" in found:
        parameters = _parameters(found["params"], name == "main", problems)
    body = required(found, "steps", what, name_span, problems, "put its steps under `steps:`")
    steps: tuple[syntax.Step, ...] = ()
    if body is not None:
        not_empty(body, "steps", problems)
        steps = steps_of(body, problems)
    return syntax.Routine(name, name_span, parameters, steps)


def _parameters(entry: Entry, of_main: bool, problems: Problems) -> tuple[syntax.Parameter, ...]:
    """`params:` is a list of names and of `name: default` (spec 01 §2, §3)."""
    node = entry.value
    if not isinstance(node, Sequence):
        hint = "write `params: []`" if is_null(node) else ""
        if is_text(node):
            hint = f"write `params: [{node.text}]`"
        elif isinstance(node, Mapping):
            hint = "begin each parameter with a dash:\n- name: default"
        wrong_kind("`params`", "a list of names", node, place(entry), problems, hint)
        return ()
    read = (_parameter(item, of_main, problems) for item in node.items)
    parameters = tuple(parameter for parameter in read if parameter is not None)
    first: dict[str, Span] = {}
    for parameter in parameters:
        name, span = parameter.variable.name, parameter.variable.span
        if first.setdefault(name, span) != span:
            others = [Label(first[name], "the first")]
            problems.add("WFC113", f"two parameters are named `{short(name)}`", span, others=others)
    if of_main and len(node.items) > 1:
        problems.add(
            "WFC110",
            f"`main` has {len(node.items)} parameters; it takes one, the argument of the execution",
            head(node.items[1]),
            hint="pass a map: `params: [args]`, then read `${args.name}`",
        )
    elif len(node.items) > MOST_PARAMETERS:
        problems.add(
            "WFC413",
            f"{len(node.items)} parameters; at most {MOST_PARAMETERS} are allowed",
            head(node.items[MOST_PARAMETERS]),
            "one too many",
            hint="pass several values in one map",
        )
    return parameters


def _parameter(item: Node, of_main: bool, problems: Problems) -> syntax.Parameter | None:
    if not isinstance(item, Mapping):
        name = variable(item, "a parameter", head(item), problems)
        return None if name is None else syntax.Parameter(name, None)
    if len(item.entries) != 1:
        hint = "write each as `- name: default`"
        message = "a parameter is a name or one `name: default`"
        problems.add("WFC105", message, head(item), hint=hint)
        return None
    (entry,) = item.entries
    name = variable(entry.key, "a parameter", entry.key.span, problems)
    default = value(entry.value, problems)
    if of_main:  # OQ-3
        hint = f"write `params: [{entry.key.text}]` and set what is missing in an `assign` step"
        problems.add("WFC111", "the parameter of `main` has a default", entry.key.span, hint=hint)
    elif not is_literal(default):  # OQ-5
        hint = "make `null` the default and set it in an `assign` step"
        message = f"the default of `{short(entry.key.text)}` is an expression; it must be a literal"
        problems.add("WFC112", message, place(entry), hint=hint)
    return None if name is None else syntax.Parameter(name, default)
