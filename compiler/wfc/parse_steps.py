"""Lists of steps and what is in them -> syntax.Step (spec 01 §4, 04).

    - fetch:                      Step("fetch", CallStep("http.get", …), Jump("done"))
        call: http.get
        next: done

The depth of recursion is bounded by what `read` lets through.
"""

from __future__ import annotations

from wfc import syntax
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_actions import assign, call
from wfc.parse_blocks import handler, loop, parallel
from wfc.parse_clauses import retry
from wfc.parse_entries import Named, named_entries
from wfc.parse_names import jump
from wfc.parse_shapes import (
    ACTIONS,
    BELONGS_TO,
    STEP_KEYS,
    fields,
    head,
    is_null,
    not_empty,
    place,
    required,
    short,
    wrong_kind,
)
from wfc.parse_values import condition, first_key, value
from wfc.problems import Label, Problems
from wfc.source import Span

MOST_CONDITIONS = 50  # spec 07 §1

Steps = tuple[syntax.Step, ...]


def steps_of(entry: Entry, problems: Problems) -> Steps:
    """The list of steps under a key; whether it may be empty is the caller's matter."""
    return step_list(entry.value, f"`{entry.key.text}`", place(entry), problems)


def step_list(node: Node, what: str, span: Span, problems: Problems) -> Steps:
    """A list of named steps; the 100,000 of spec 07 §1 do not fit into a source of 128 KB."""
    if isinstance(node, Mapping | Sequence):
        return tuple(_step(named, problems) for named in named_entries(node, "step", problems))
    wrong_kind(what, "a list of steps", node, span, problems, "write each step as\n- its_name:")
    return ()


def _step(named: Named, problems: Problems) -> syntax.Step:
    name, span, body = named.name, named.span, named.body
    what = f"the step `{short(name)}`" if name else "this step"
    match body:
        case Mapping(entries=(_, *_)):
            action, following = _body(body, what, named, problems)
            position = first_key(body)
            return syntax.Step(name, span, action, following, position, anonymous=not name)
        case Mapping() | Scalar(value=None):
            hint = "give it an action such as `assign:` or `call:`, or a `next:`"
            problems.add("WFC118", f"{what} has no body", span, hint=hint)
        case Sequence():
            hint = f"put the list under a key of the step:\n- {name}:\n    steps:"
            wrong_kind(f"the body of {what}", "a map", body, span, problems, hint)
        case Scalar():
            hint = f"write\n- {name}:\n    return: …"
            wrong_kind(f"the body of {what}", "a map", body, body.span, problems, hint)
    return syntax.Step(name, span, None, None, span, anonymous=not name)


def _body(
    mapping: Mapping, what: str, named: Named, problems: Problems
) -> tuple[syntax.Action | None, syntax.Jump | None]:
    """The one action of a body and its `next`; `named` is the step it belongs to."""
    found = fields(mapping, STEP_KEYS, what, problems)
    return _action(found, what, named, problems), _next(found, problems)


def _next(found: dict[str, Entry], problems: Problems) -> syntax.Jump | None:
    entry = found.get("next")
    return None if entry is None else jump(entry.value, place(entry), problems)


def _action(
    found: dict[str, Entry], what: str, named: Named, problems: Problems
) -> syntax.Action | None:
    keys = [key for key in found if key in ACTIONS]
    if len(keys) > 1:
        _report_several(keys, found, what, problems)
        keys = [key for key in keys if not is_null(found[key].value)]
    for key, owner in BELONGS_TO.items():
        if key in found and owner not in found:
            _report_orphan(found[key], owner, problems)
    made = []
    for key in keys:
        action = _action_under(key, found, named, problems)
        if action is not None:
            made.append((found[key].key.span, action))
    if len(made) <= 1:
        return made[0][1] if made else None
    # All are kept, so that the names they define are no second problem.
    name, span = named.name, named.span
    return syntax.Steps(
        tuple(syntax.Step(name, span, action, None, key, anonymous=True) for key, action in made)
    )


def _report_several(
    keys: list[str], found: dict[str, Entry], what: str, problems: Problems
) -> None:
    """One action a step (OQ-11)."""
    first, second, *_ = (found[key] for key in keys)
    hint = f"put `{keys[1]}` into a step of its own"
    if is_null(first.value):
        hint = f"indent `{keys[1]}` further if it belongs under `{keys[0]}:`"
    problems.add(
        "WFC119",
        f"{what} has {len(keys)} actions: {', '.join(f'`{key}`' for key in keys)}",
        second.key.span,
        "a second action",
        others=[Label(first.key.span, "the first")],
        hint=hint,
    )


def _report_orphan(entry: Entry, owner: str, problems: Problems) -> None:
    """`args` without `call` and the like; what is inside is looked at all the same."""
    key = entry.key.text
    hint = f"add `call: some_function` beside `{key}:`"
    if owner == "try":
        hint = f"indent what may fail below a `try:` beside `{key}:`"
    problems.add("WFC120", f"`{key}` without `{owner}`", entry.key.span, hint=hint)
    match key:
        case "args":
            value(entry.value, problems)
        case "retry":
            retry(entry, problems)
        case "except":
            handler(entry, steps_of, problems)


def _action_under(
    key: str, found: dict[str, Entry], named: Named, problems: Problems
) -> syntax.Action | None:
    entry = found[key]
    match key:
        case "assign":
            return assign(entry, problems)
        case "call":
            return call(entry, found.get("args"), found.get("result"), problems)
        case "switch":
            return _switch(entry, named, problems)
        case "for":
            return loop(entry, steps_of, problems)
        case "parallel":
            return parallel(entry, steps_of, problems)
        case "try":
            return _try(entry, found, named, problems)
        case "raise":
            return syntax.Raise(value(entry.value, problems))
        case "return":
            return syntax.Return(value(entry.value, problems))
        case _:
            not_empty(entry, "steps", problems)
            return syntax.Steps(steps_of(entry, problems))


def _switch(entry: Entry, named: Named, problems: Problems) -> syntax.Switch:
    node = entry.value
    items: tuple[Node, ...] = ()
    match node:
        case Sequence():
            not_empty(entry, "conditions", problems)
            items = node.items
        case Mapping(entries=(_, *_)):
            hint = "begin each entry with a dash:\n- condition: …"
            wrong_kind("`switch`", "a list of conditions", node, head(node), problems, hint)
            items = (node,)
        case _:
            hint = "write\nswitch:\n- condition: …"
            wrong_kind("`switch`", "a list of conditions", node, place(entry), problems, hint)
    if len(items) > MOST_CONDITIONS:
        problems.add(
            "WFC412",
            f"{len(items)} conditions in one `switch`; at most {MOST_CONDITIONS} are allowed",
            head(items[MOST_CONDITIONS]),
            "one too many",
            hint="go on in another `switch` step",
        )
    cases = (_case(item, named, problems) for item in items)
    return syntax.Switch(tuple(case for case in cases if case is not None))


def _case(item: Node, named: Named, problems: Problems) -> syntax.Case | None:
    what = "a `switch` entry"
    if not isinstance(item, Mapping) or not item.entries:
        hint = "write `- condition: …` and below it what to do then"
        wrong_kind(what, "a map with a `condition`", item, head(item), problems, hint)
        return None
    found = fields(item, ("condition", *STEP_KEYS), what, problems)
    hint = "add `condition: true` for what is done otherwise"
    test = required(found, "condition", what, head(item), problems, hint)
    tested = syntax.Constant(True, item.span) if test is None else condition(test, problems)
    action = _action(found, what, named, problems)
    return syntax.Case(tested, action, _next(found, problems), first_key(item))


def _try(entry: Entry, found: dict[str, Entry], named: Named, problems: Problems) -> syntax.Try:
    steps = _tried(entry, named, problems)
    policy = retry(found["retry"], problems) if "retry" in found else None
    caught = handler(found["except"], steps_of, problems) if "except" in found else None
    return syntax.Try(steps, policy, caught, entry.key.span)


def _tried(entry: Entry, named: Named, problems: Problems) -> Steps:
    """A list of steps, also under `steps:`, or the body of one step without a name."""
    node = entry.value
    match node:
        case Sequence():
            return steps_of(entry, problems)
        case Mapping(entries=(only,)) if only.key.text == "steps":
            return steps_of(only, problems)
        case Mapping(entries=(_, *_)):
            what = f"the `try` of the step `{short(named.name)}`"
            for inner in node.entries:
                if inner.key.text == "for":
                    _report_unnamed_loop(inner, named, problems)
            action, following = _body(node, what, named, problems)
            position = first_key(node)
            name, span = named.name, named.span
            return (syntax.Step(name, span, action, following, position, anonymous=True),)
        case Mapping() | Scalar(value=None):
            hint = "indent what may fail below `try:`"
            problems.add("WFC118", "`try` has no body", entry.key.span, hint=hint)
        case _:
            wrong_kind("`try`", "a map or a list of steps", node, place(entry), problems)
    return ()


def _report_unnamed_loop(entry: Entry, named: Named, problems: Problems) -> None:
    problems.add(
        "WFC140",
        "a `for` loop directly inside `try` has no name",
        entry.key.span,
        hint="put it into a step of its own:\ntry:\n  steps:\n  - some_name:\n      for: …",
        # the service's own words (spec 09 §2)
        note=f"failed to build: error in step {named.name}: loop step name should not be empty",
    )
