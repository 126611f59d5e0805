"""`steps:` of a Peak workflow: what every step has, and which kind of step it is (spec 11 §1.5)."""

from __future__ import annotations

import re
from typing import Literal

from wfc.nodes import Entry, Mapping
from wfc.parse_shapes import head, is_text, place, short
from wfc.peak import syntax
from wfc.peak.meant import meant_map, other_value
from wfc.peak.parse_actions import ACTION_KEYS, action
from wfc.peak.parse_retry import retry
from wfc.peak.parse_shapes import (
    Fields,
    choice,
    fields,
    inside,
    maps,
    needed_word,
    not_one_of,
    optional_words,
    reference,
    require,
    switch,
    words,
    wrong_kind,
)
from wfc.problems import Problems

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_KINDS = ("standard", "http", "export", "sql")
_COMMON = ("type", "parents", "executionParameters", "runConfiguration")
_OF_ANY_KIND = frozenset(key for keys in ACTION_KEYS.values() for key in keys)
_STATUSES = ("success", "failure")


def steps(entry: Entry, in_block: bool, problems: Problems) -> tuple[syntax.Step, ...]:
    """A map from names to steps, of which there is at least one (spec 11 §1.1)."""
    node = entry.value
    if not isinstance(node, Mapping):
        hint = "begin each step with its name:\nsteps:\n  step-1:\n    command: …"
        wrong_kind("steps", "a map from names to steps", node, place(entry), problems, hint)
        return ()
    if not node.entries:
        hint = "add one:\nsteps:\n  step-1:\n    command: …"
        problems.add("WFC706", "`steps` has no steps", place(entry), hint=hint)
    read = (_step(item, in_block, problems) for item in node.entries)
    return tuple(step for step in read if step is not None)


def _step(entry: Entry, in_block: bool, problems: Problems) -> syntax.Step | None:
    name = syntax.Word(entry.key.text, entry.key.span)
    what = f"the step `{short(name.text)}`"
    if not _NAME.fullmatch(name.text):
        allowed = re.sub(r"[^A-Za-z0-9_-]+", "_", name.text).strip("_")
        hint = f"write `{short(allowed)}:`" if allowed else ""
        message = f"`{short(name.text)}` is no name for a step: letters, digits, `_` and `-` are"
        problems.add("WFC707", message, name.span, hint=hint)
    if not isinstance(entry.value, Mapping):
        needed, hint = "a map, as every step is", meant_map(name.text, entry.value)
        wrong_kind(name.text, needed, entry.value, place(entry), problems, hint)
        return None
    kind = _kind(entry.value, problems)
    allowed_keys = (*_COMMON, *ACTION_KEYS[kind])
    found = fields(
        entry.value,
        allowed_keys,
        f"the {kind} step `{short(name.text)}`",
        problems,
        elsewhere=_OF_ANY_KIND,
    )
    comparisons, statuses = _conditions(found, problems)
    retried, skip, skip_dag = _run(found, problems)
    return syntax.Step(
        name,
        optional_words(found, "parents", problems),
        comparisons,
        statuses,
        retried,
        skip,
        skip_dag,
        action(kind, found, what, name.span, in_block, problems),
    )


def _kind(node: Mapping, problems: Problems) -> str:
    """The kind of step; where `type` says nothing that helps, what its keys tell."""
    written = next((entry for entry in node.entries if entry.key.text == "type"), None)
    told = _told_by_keys(node)
    if written is None or reference(written.value) is not None:
        if told != "standard":
            message = f"a step without `type` is a standard step, and this one has keys of {told}"
            problems.add("WFC703", message, head(node), hint=f"add `type: {told}`")
        return told
    if is_text(written.value) and written.value.text in _KINDS:
        return written.value.text
    not_one_of("type", written.value, place(written), _KINDS, problems)
    return told


def _told_by_keys(node: Mapping) -> str:
    """The kind that has the most of the keys, the default `standard` if no other has more."""
    keys = {entry.key.text for entry in node.entries}
    return max(_KINDS, key=lambda kind: len(keys & set(ACTION_KEYS[kind])))


def _run(found: Fields, problems: Problems) -> tuple[syntax.Retry | None, bool, bool]:
    """`runConfiguration`: retries, skip, skipDAG."""
    if "runConfiguration" not in found:
        return None, False, False
    allowed = ("retryOptions", "skipConfiguration")
    run = inside(found["runConfiguration"], allowed, "`runConfiguration`", problems)
    skips: Fields = {}
    if "skipConfiguration" in run:
        keys = ("skip", "skipDAG")
        skips = inside(run["skipConfiguration"], keys, "`skipConfiguration`", problems)
    retried = retry(run["retryOptions"], problems) if "retryOptions" in run else None
    return retried, switch(skips, "skip", problems), switch(skips, "skipDAG", problems)


def _conditions(
    found: Fields, problems: Problems
) -> tuple[tuple[syntax.Comparison, ...], tuple[syntax.ParentStatus, ...]]:
    """`executionParameters` (spec 11 §1.10)."""
    if "executionParameters" not in found:
        return (), ()
    allowed = ("conditional", "parentStatus")
    both = inside(found["executionParameters"], allowed, "`executionParameters`", problems)
    comparisons: tuple[syntax.Comparison, ...] = ()
    statuses: tuple[syntax.ParentStatus, ...] = ()
    if "conditional" in both:
        comparisons = maps(both["conditional"], _comparison, problems)
    if "parentStatus" in both:
        statuses = maps(both["parentStatus"], _parent_status, problems)
    return comparisons, statuses


def _comparison(node: Mapping, problems: Problems) -> syntax.Comparison:
    what = "an item of `conditional`"
    keys = ("condition", "stepName", "paramName", "value")
    found = fields(node, keys, what, problems)
    for key in ("stepName", "paramName"):
        if key in found and is_text(name := found[key].value) and not name.text:
            del found[key]  # `""` names nothing
    span = head(node)
    require(found, keys, what, span, problems)
    operator = None
    if "condition" in found:
        operator = choice(found["condition"], ("equals", "not-equals"), problems)
    return syntax.Comparison(
        operator != "not-equals",
        needed_word(found, "stepName", span, problems),
        needed_word(found, "paramName", span, problems),
        needed_word(found, "value", span, problems),
        node.span,
    )


def _parent_status(node: Mapping, problems: Problems) -> syntax.ParentStatus:
    what = "an item of `parentStatus`"
    keys = ("condition", "parents", "status")
    found = fields(node, keys, what, problems)
    require(found, keys, what, head(node), problems)
    which = None
    if "condition" in found:
        which = choice(found["condition"], ("all-of", "one-of"), problems)
    return syntax.ParentStatus(
        which != "one-of",
        optional_words(found, "parents", problems),
        _statuses(found["status"], problems) if "status" in found else (),
        node.span,
    )


def _statuses(entry: Entry, problems: Problems) -> tuple[Literal["success", "failure"], ...]:
    found: list[Literal["success", "failure"]] = []
    for item in words(entry, problems, _STATUSES):
        match item.text:
            case "success" | "failure" as status:
                found.append(status)
            case _:
                message = f"a status is `success` or `failure`, not `{short(item.text)}`"
                meant = other_value(item.text, _STATUSES)
                hint = f"did you mean `{meant}`?" if meant else ""
                problems.add("WFC705", message, item.span, hint=hint)
    return tuple(found)
