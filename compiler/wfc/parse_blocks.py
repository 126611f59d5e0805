"""`for`, `parallel` and `except`: blocks of steps with a scope of their own (spec 02 §4, 04 §5–9).

The steps inside are read by the function `read`, which is `parse_steps.steps_of`: steps hold blocks
and blocks hold steps, and this module stands before that one.
"""

from __future__ import annotations

from collections.abc import Callable

from wfc import syntax
from wfc.nodes import Entry, Mapping, Sequence
from wfc.parse_clauses import (
    concurrency_limit,
    exception_policy,
    loop_items,
    loop_variable,
    shared_variables,
)
from wfc.parse_entries import Named, named_entries
from wfc.parse_names import variable
from wfc.parse_shapes import fields, not_empty, place, required, short, wrong_kind
from wfc.problems import Label, Problems

MOST_BRANCHES = 10  # spec 07 §1

Steps = tuple[syntax.Step, ...]
ReadSteps = Callable[[Entry, Problems], Steps]


def loop(entry: Entry, read: ReadSteps, problems: Problems) -> syntax.For | None:
    """`for:` of an ordinary loop or of a parallel one; its steps may be none (OQ-39)."""
    node = entry.value
    if not isinstance(node, Mapping):
        hint = "write\nfor:\n  value: item\n  in: ${some_list}\n  steps:"
        wrong_kind("`for`", "a map", node, place(entry), problems, hint)
        return None
    what = "a `for` loop"
    found = fields(node, ("value", "index", "in", "range", "steps"), what, problems)
    current = loop_variable(found, entry, problems)
    index = None
    if "index" in found:
        given = found["index"]
        index = variable(given.value, "`index`", place(given), problems)
    items = loop_items(found, entry, problems)
    hint = "put the steps of the loop under `steps:`"
    body = required(found, "steps", what, entry.key.span, problems, hint)
    steps = () if body is None else read(body, problems)
    return syntax.For(current, index, items, steps, entry.key.span)


def parallel(entry: Entry, read: ReadSteps, problems: Problems) -> syntax.Parallel | None:
    """`parallel:` with branches or with a loop (spec 04 §8)."""
    node = entry.value
    if not isinstance(node, Mapping):
        hint = "write\nparallel:\n  branches:"
        wrong_kind("`parallel`", "a map", node, place(entry), problems, hint)
        return None
    keys = ("exception_policy", "shared", "concurrency_limit", "branches", "for")
    found = fields(node, keys, "a `parallel` step", problems)
    if "exception_policy" in found:
        exception_policy(found["exception_policy"], problems)
    shared: tuple[syntax.Variable, ...] = ()
    if "shared" in found:
        shared = shared_variables(found["shared"], problems)
    limit = None
    if "concurrency_limit" in found:
        limit = concurrency_limit(found["concurrency_limit"], problems)
    _check_bodies([found[key] for key in found if key in ("branches", "for")], entry, problems)
    branches = _branches(found["branches"], read, problems) if "branches" in found else ()
    iterated = loop(found["for"], read, problems) if "for" in found else None
    body = branches if iterated is None or branches else iterated
    return syntax.Parallel(body, shared, limit, entry.key.span)


def _check_bodies(bodies: list[Entry], entry: Entry, problems: Problems) -> None:
    """Exactly one of `branches` and `for` (spec 04 §8 rule 1)."""
    if not bodies:
        problems.add(
            "WFC135",
            "a `parallel` step has neither `branches` nor `for`",
            entry.key.span,
            hint="add `branches:` or `for:`",
        )
    elif len(bodies) == 2:
        problems.add(
            "WFC134",
            "a `parallel` step has both `branches` and `for`",
            bodies[1].key.span,
            others=[Label(bodies[0].key.span, "the other")],
            hint="make two `parallel` steps",
        )


def _branches(entry: Entry, read: ReadSteps, problems: Problems) -> tuple[syntax.Branch, ...]:
    node = entry.value
    if not isinstance(node, Mapping | Sequence):
        hint = "write each branch as\n- its_name:\n    steps:"
        wrong_kind("`branches`", "a list of branches", node, place(entry), problems, hint)
        return ()
    not_empty(entry, "branches", problems)
    named = named_entries(node, "branch", problems)
    made = tuple(_branch(branch, read, problems) for branch in named)
    if len(made) > MOST_BRANCHES:
        problems.add(
            "WFC414",
            f"{len(made)} branches in one `parallel` step; at most {MOST_BRANCHES} are allowed",
            made[MOST_BRANCHES].name_span,
            "one too many",
            hint="use a parallel `for`, which takes any number of iterations",
        )
    if len(made) == 1:  # only Google's schema asks for two (spec 01 §8)
        problems.add(
            "WFC611",
            "a `parallel` step with one branch runs nothing at the same time",
            made[0].name_span,
            "the only branch",
        )
    return made


def _branch(named: Named, read: ReadSteps, problems: Problems) -> syntax.Branch:
    what = f"the branch `{short(named.name)}`"
    steps: Steps = ()
    if isinstance(named.body, Mapping):
        found = fields(named.body, ("steps",), what, problems)
        hint = "put the steps of the branch under `steps:`"
        body = required(found, "steps", what, named.span, problems, hint)
        if body is not None:
            not_empty(body, "steps", problems)
            steps = read(body, problems)
    else:
        hint = f"write\n- {named.name}:\n    steps:"
        wrong_kind(what, "a map with `steps`", named.body, named.span, problems, hint)
    return syntax.Branch(named.name, named.span, steps)


def handler(entry: Entry, read: ReadSteps, problems: Problems) -> syntax.Except | None:
    """`except:`; both of its keys may be missing (spec 04 §9), and its steps none (OQ-39)."""
    node = entry.value
    if not isinstance(node, Mapping):
        hint = "write\nexcept:\n  as: e\n  steps:"
        wrong_kind("`except`", "a map", node, place(entry), problems, hint)
        return None
    found = fields(node, ("as", "steps"), "`except`", problems)
    error = None
    if "as" in found:
        error = variable(found["as"].value, "`as`", place(found["as"]), problems)
    steps = read(found["steps"], problems) if "steps" in found else ()
    return syntax.Except(error, steps, entry.key.span)
