"""A block spec around its `config` (spec 11 §2)."""

from __future__ import annotations

from wfc.nodes import Entry, Scalar
from wfc.parse_shapes import head, is_null, place, short
from wfc.peak import syntax
from wfc.peak.parse_shapes import (
    Fields,
    choice,
    fields,
    inside,
    not_one_of,
    optional_words,
    reference,
    require,
    switch,
    wrong_kind,
)
from wfc.peak.parse_spec import metadata, parameters, release
from wfc.peak.recognise import Recognised
from wfc.problems import Problems
from wfc.similar import Speller

_KEYS = ("version", "kind", "metadata", "release", "config")
_BESIDE = ("parameters", "artifact", "featured", "scope", "tenants", "autoRunOnDeploy")


def parse_block(
    found: Recognised, problems: Problems
) -> tuple[syntax.Word, Entry | None, syntax.Block]:
    """Its name, its `config`, and what else it says."""
    body = found.body
    span = head(body)
    allowed = (*_KEYS, *_BESIDE) if found.root is body else _KEYS
    given = fields(body, allowed, "the block spec", problems)
    require(given, _KEYS, "the block spec", span, problems)
    if "version" in given:
        _version(given["version"], problems)
    name, summary, title = syntax.Word("", span), None, None
    if "metadata" in given:
        name, summary, title = metadata(given["metadata"], problems)
    version = release(given["release"], problems) if "release" in given else None
    beside = given if found.root is body else _beside(found, problems)
    build, run = _parameters(beside, problems)
    automatic = switch(beside, "autoRunOnDeploy", problems)
    switch(beside, "featured", problems)
    if "scope" in beside:
        choice(beside["scope"], ("private", "public", "shared"), problems)
    optional_words(beside, "tenants", problems)
    if "artifact" in beside:
        inside(beside["artifact"], ("path", "ignore_files"), "`artifact`", problems)
    config = given.get("config")
    if config is not None and reference(config.value) is not None:  # references stand inside it
        wrong_kind("config", "a map", config.value, place(config), problems)
    block = syntax.Block(summary, title, version, build, run, automatic)
    return name, config, block


def _version(entry: Entry, problems: Problems) -> None:
    """1, also as text: of the format, not of the block."""
    node = entry.value
    if not isinstance(node, Scalar) or node.text != "1":
        not_one_of("version", node, place(entry), ("1",), problems)


def _beside(found: Recognised, problems: Problems) -> Fields:
    """The keys beside `body`, in camel or snake case as the command takes them."""
    known = Fields()
    for entry in found.root.entries:
        key = entry.key.text
        meant = next((one for one in _BESIDE if _snake(one) == _snake(key)), "")
        if meant:
            if not is_null(entry.value):
                known[meant] = entry
        elif key != "body":
            near = Speller().similar(key, _BESIDE)
            hint = f"did you mean `{near}`?" if near else "remove it"
            if key in _KEYS:
                hint = f"indent it below `body:`\nbody:\n  {key}:"
            message = f"`{short(key)}` beside `body` has no effect"
            problems.add("WFC801", message, entry.key.span, hint=hint)
    return known


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def _parameters(
    beside: Fields, problems: Problems
) -> tuple[tuple[syntax.Parameter, ...], tuple[syntax.Parameter, ...]]:
    """Build and run parameters."""
    if "parameters" not in beside:
        return (), ()
    both = inside(beside["parameters"], ("build", "run"), "`parameters`", problems)
    build, run = (
        parameters(both[key], problems) if key in both else () for key in ("build", "run")
    )
    return build, run
