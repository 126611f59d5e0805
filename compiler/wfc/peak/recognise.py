"""Which language a file is in, told by its content (spec 11 §1.0, §2).

    body: {name: …, steps: {…}}         a Peak workflow; also without `body:` around it
    body: {kind: workflow, config: …}   a block spec for Press; also without `body:` around it
    main: {steps: […]}, [{step: …}]     a Google workflow

What is none of them gets one problem, and so does what is Peak's but no workflow.
"""

from __future__ import annotations

import re
from typing import Literal

from wfc.frozen import frozen
from wfc.nodes import Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import STEP_KEYS, head, is_null, is_text, short
from wfc.problems import Problems
from wfc.source import Source

_OF_A_WORKFLOW = {"name", "triggers", "watchers", "retryOptions", "tags", "metadata"}
_OF_A_STEP = {
    *("type", "command", "parents", "imageId", "imageDetails", "imageRef", "sqlQueryPath"),
    *("runConfiguration", "executionParameters", "outputParameters", "stepTimeout"),
}
_OTHERS = {
    "stepsToRun": "the body of a call that runs some steps of a workflow",
    "params": "the parameters of an execution",
    "spec": "the deployment of a block",
}
"""What else the body of one of Peak's files may be, by a key of it."""

_TOP_KEY = re.compile(r"^['\"]?([A-Za-z_][\w-]*)['\"]?[ \t]*:(?=\s|\{[%{#]|$)", re.MULTILINE)
_TAG = re.compile(r"\{[{%#]")
_TAG_LINE = re.compile(r"^\{[{%#]", re.MULTILINE)


@frozen
class Recognised:
    """A file of Peak's: `body` is the workflow or block spec in it, `root` the whole file."""

    kind: Literal["workflow", "block"]
    body: Mapping
    root: Mapping


def recognise(
    source: Source, node: Node, problems: Problems
) -> Recognised | Literal["google"] | None:
    """The language of a file; None where it is reported as neither."""
    if not isinstance(node, Mapping) or node.get("main") is not None:
        return "google"  # whose parser says what is wrong with it, if something is
    body = node.get("body")
    if isinstance(body, Mapping):
        kind = _kind(body)
        if kind is not None:
            return Recognised(kind, body, node) if _is_workflow(body, problems) else None
        if not any(_is_routine(entry.value) for entry in node.entries):
            _neither(source, node, body, problems)
            return None
    kind = _kind(node)
    if kind is not None:
        return Recognised(kind, node, node) if _is_workflow(node, problems) else None
    if _looks_like_google(node):
        return "google"
    _neither(source, node, node, problems)
    return None


def is_template(text: str) -> bool:
    """Whether a text is a template for a Peak workflow: it has tags, and its top keys are Peak's.

    Before it is rendered it need not be YAML, so only lines are looked at.  JSON is what Peak's API
    takes, where nothing is rendered, and therefore never a template.
    """
    if not _TAG.search(text):
        return False
    keys = {found[1] for found in _TOP_KEY.finditer(text)}
    if "main" in keys:
        return False
    if "body" in keys or {"name", "steps"} <= keys or {"kind", "config"} <= keys:
        return True
    return bool(_TAG_LINE.search(text)) and not re.search(r"^- ", text, re.MULTILINE)


def _kind(body: Mapping) -> Literal["workflow", "block"] | None:
    keys = {entry.key.text for entry in body.entries}
    config = body.get("config")
    if isinstance(body.get("kind"), Scalar) and keys & {"config", "metadata", "release", "version"}:
        return "block"
    if isinstance(config, Mapping) and config.get("steps") is not None:
        return "block"
    steps = body.get("steps")
    if isinstance(steps, Mapping) and (
        keys & _OF_A_WORKFLOW or any(_is_step(entry.value) for entry in steps.entries)
    ):
        return "workflow"
    if isinstance(body.get("name"), Scalar) and keys - {"name"} <= _OF_A_WORKFLOW | {"steps"}:
        return "workflow"
    return None


def _is_step(node: Node) -> bool:
    return isinstance(node, Mapping) and any(entry.key.text in _OF_A_STEP for entry in node.entries)


def _is_workflow(body: Mapping, problems: Problems) -> bool:
    """Whether a block spec is one of a workflow; reports it if not."""
    kind = body.get("kind")
    if kind is None or is_null(kind) or (is_text(kind) and kind.text == "workflow"):
        return True
    shown = f" `{short(kind.text)}`" if is_text(kind) else ""
    problems.add(
        "WFC701",
        f"this is a spec of the kind{shown}, not of a workflow",
        head(kind),
        hint="only specs with `kind: workflow` can be compiled",
    )
    return False


def _is_routine(node: Node) -> bool:
    """Whether a value can be a routine of a Google workflow: it has steps, which are a list."""
    return isinstance(node, Mapping) and (
        isinstance(node.get("steps"), Sequence) or isinstance(node.get("params"), Sequence)
    )


def _looks_like_google(node: Mapping) -> bool:
    keys = {entry.key.text for entry in node.entries}
    return (
        not node.entries
        or keys <= set(STEP_KEYS)
        or any(
            isinstance(entry.value, Sequence)
            or _is_routine(entry.value)
            or (isinstance(entry.value, Mapping) and _has(entry.value, STEP_KEYS))
            for entry in node.entries
        )
    )


def _has(node: Mapping, keys: tuple[str, ...]) -> bool:
    return any(entry.key.text in keys for entry in node.entries)


def _neither(source: Source, root: Mapping, body: Mapping, problems: Problems) -> None:
    other = next((_OTHERS[e.key.text] for e in body.entries if e.key.text in _OTHERS), "")
    message = f"`{source.file_name}` holds neither a Google workflow nor one of Peak's"
    if other:
        message = f"`{source.file_name}` holds {other}, not a workflow"
    problems.add(
        "WFC701",
        message,
        head(body),
        hint="a Google workflow begins with `main:`, one of Peak's has `name:` and `steps:`",
        note="" if body is root else "it has neither `steps` nor a `config` with `steps`",
    )
