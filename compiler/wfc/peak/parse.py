"""nodes.Node -> peak.syntax.Workflow: what the author of a Peak workflow wrote.

    body:                    Workflow(Word("nightly"), steps=(Step(Word("load"), …),), …)
      name: nightly
      steps:
        load: {command: …}

Reports every structural problem (spec 11 §1, §2) and goes on: what is broken is left out of the
tree, what was plainly meant is read as it was meant.
"""

from __future__ import annotations

from wfc.parse_shapes import head, short
from wfc.peak import syntax
from wfc.peak.bind import bind
from wfc.peak.parse_block import parse_block
from wfc.peak.parse_retry import retry
from wfc.peak.parse_shapes import (
    Fields,
    fields,
    inside,
    mapping,
    maps,
    needed_word,
    require,
    switch,
)
from wfc.peak.parse_spec import images, tag
from wfc.peak.parse_steps import steps
from wfc.peak.parse_triggers import triggers, watchers
from wfc.peak.recognise import Recognised
from wfc.problems import Problems

_KEYS = ("name", "metadata", "tags", "triggers", "watchers", "retryOptions", "steps")
_CONFIG_KEYS = ("metadata", "images", "steps", "triggers", "watchers")


def parse(found: Recognised, problems: Problems) -> syntax.Workflow:
    """The workflow of a file that has been recognised as one of Peak's."""
    if found.kind == "block":
        return _block(found, problems)
    _beside(found, problems)
    bind(found.body, (), problems)
    span = head(found.body)
    given = fields(found.body, _KEYS, "the workflow", problems)
    require(given, ("name", "steps"), "the workflow", span, problems)
    name = needed_word(given, "name", span, problems)
    return _workflow(name, given, None, (), problems)


def _block(found: Recognised, problems: Problems) -> syntax.Workflow:
    name, config, block = parse_block(found, problems)
    given = Fields()
    unbound: tuple[syntax.Word, ...] = ()
    node = None if config is None else mapping(config, problems)
    if config is not None and node is not None:
        node, unbound = bind(node, block.build_parameters, problems)
        given = fields(node, _CONFIG_KEYS, "`config`", problems)
        require(given, ("steps",), "`config`", config.key.span, problems)
    return _workflow(name, given, block, unbound, problems)


def _workflow(
    name: syntax.Word,
    given: Fields,
    block: syntax.Block | None,
    unbound: tuple[syntax.Word, ...],
    problems: Problems,
) -> syntax.Workflow:
    """The parts that a workflow and the `config` of a block have in common."""
    return syntax.Workflow(
        name,
        _concurrent(given, problems),
        maps(given["tags"], tag, problems) if "tags" in given else (),
        triggers(given["triggers"], problems) if "triggers" in given else (),
        watchers(given["watchers"], problems) if "watchers" in given else (),
        retry(given["retryOptions"], problems) if "retryOptions" in given else None,
        steps(given["steps"], block is not None, problems) if "steps" in given else (),
        images(given["images"], problems) if "images" in given else (),
        block,
        unbound,
    )


def _concurrent(given: Fields, problems: Problems) -> bool:
    """`metadata.allowConcurrentExecution`, by default false."""
    if "metadata" not in given:
        return False
    found = inside(given["metadata"], ("allowConcurrentExecution",), "`metadata`", problems)
    return switch(found, "allowConcurrentExecution", problems)


def _beside(found: Recognised, problems: Problems) -> None:
    """Keys beside `body`, which the workflow commands pass over (spec 11 §1.0)."""
    for entry in found.root.entries if found.root is not found.body else ():
        key = entry.key.text
        if key == "body":
            continue
        hint = f"indent it below `body:`\nbody:\n  {key}:" if key in _KEYS else "remove it"
        message = f"`{short(key)}` beside `body` has no effect"
        problems.add("WFC801", message, entry.key.span, hint=hint)
