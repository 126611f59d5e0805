"""Workflow files with something wrong: real ones and random ones, changed here and there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from tests import corpus
from tests.awkward import HOSTILE, NAMES, ODD
from tests.workflows import workflow

Json = Any
Path_ = tuple[Any, ...]

_GOLDEN = Path(__file__).parent.parent / "golden"
_KEYS = [
    "main",
    "params",
    "steps",
    "assign",
    "call",
    "args",
    "result",
    "switch",
    "condition",
    "next",
    "for",
    "value",
    "index",
    "in",
    "range",
    "parallel",
    "shared",
    "branches",
    "concurrency_limit",
    "exception_policy",
    "try",
    "retry",
    "except",
    "as",
    "predicate",
    "max_retries",
    "backoff",
    "initial_delay",
    "max_delay",
    "multiplier",
    "raise",
    "return",
    "end",
    "break",
    "continue",
]
_CALLS = [
    "sys.log",
    "sys.sleep",
    "sys.now",
    "http.get",
    "http.request",
    "text.split",
    "list.concat",
    "map.get",
    "len",
    "keys",
    "json.decode",
    "time.format",
    "retry.always",
    "http.default_retry",
    "base64.encode",
    "math.max",
    "uuid.generate",
    "nosuch",
    "googleapis.x.y",
    "events.await_callback",
    "main",
    "default",
    "if",
    "int",
]
_TOKENS = [
    "${",
    "}",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    ",",
    ":",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "<",
    "<=",
    "==",
    "!=",
    "in",
    "and",
    "or",
    "not",
    "not(",
    "null",
    "true",
    "1",
    "2.5",
    "1e308",
    "9223372036854775807",
    "-1",
    '"a"',
    '"',
    "'",
    "\\",
    "\\n",
    "$${",
    "#",
    "-",
    "&",
    "!",
    "|",
    ">",
    "?",
    "@",
    "~",
    "<<",
    "e",
    "x",
    "args",
    "item",
]
_SCALARS: list[Json] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2.5,
    1e308,
    2**63,
    "",
    "x",
    [],
    {},
    [[]],
    {"a": 1},
]


@cache
def _texts(which: str) -> tuple[str, ...]:
    paths = sorted((_GOLDEN / which).rglob("workflow.*[!y]"))
    if corpus.ROOT.is_dir() and which == "problems":
        paths += sorted((corpus.ROOT / "files").rglob("*.*"))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    return tuple(text for text in texts if len(text) < 8_000)


def _example(chance: Random) -> str:
    """A golden program or problem, or a real file where these are beside the repository."""
    return chance.choice(_texts(chance.choice(["programs", "problems"])))


def changed_text(chance: Random) -> str:
    """An example with lines and characters lost, doubled, exchanged and added."""
    text = _example(chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if chance.random() < 0.5:
            lines = text.split("\n")
            start, length = chance.randrange(len(lines)), chance.randint(1, 3)
            piece = lines[start : start + length]
            at = chance.randrange(len(lines))
            match chance.randrange(4):
                case 0:
                    del lines[start : start + length]
                case 1:
                    lines[at:at] = piece
                case 2:
                    lines[start : start + length] = [
                        chance.choice(["", " ", "  "]) + x for x in piece
                    ]
                case _:
                    lines[start : start + length] = [x.removeprefix("  ") for x in piece]
            text = "\n".join(lines)
        else:
            start, length = chance.randint(0, len(text)), chance.randint(0, 12)
            scrap = chance.choice([*_TOKENS, *_KEYS, *_CALLS, *HOSTILE, *ODD, "\t", "\n", "\n  "])
            text = text[:start] + scrap + text[start + length :]
    return text


def changed_tree(chance: Random) -> str:
    """An example, or a random workflow, with parts of its tree lost, moved and exchanged."""
    tree = _tree(chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        tree = _changed(tree, chance)
    if chance.random() < 0.5:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    try:
        return str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=60))
    except yaml.YAMLError:
        return json.dumps(tree)


def _tree(chance: Random) -> Json:
    if chance.random() < 0.3:
        return workflow(chance)
    try:
        return yaml.safe_load(_example(chance))
    except (yaml.YAMLError, ValueError):
        return workflow(chance)


def _changed(tree: Json, chance: Random) -> Json:
    tree = json.loads(json.dumps(tree, default=str))
    places = list(_places(tree))
    if not places:
        return _new(tree, chance)
    *path, last = chance.choice(places)
    parent = tree
    for key in path:
        parent = parent[key]
    old = parent[last]
    other = tree
    for key in chance.choice([place for place in places if _alike(tree, place, old)]):
        other = other[key]
    other = json.loads(json.dumps(other))
    match chance.randrange(10):
        case 0:
            del parent[last]
        case 1:
            parent[last] = _new(old, chance)
        case 2:
            parent[last] = chance.choice([[old], {chance.choice(_KEYS): old}, [old, old]])
        case 3 if isinstance(parent, dict):
            key = chance.choice([*_KEYS, *NAMES, *ODD])
            parent[key] = parent.pop(last)
        case 4 if isinstance(parent, dict):
            parent[chance.choice(_KEYS)] = _new(old, chance)
        case 5 if isinstance(parent, list):
            parent.insert(chance.randint(0, len(parent)), old)
        case 6 if isinstance(parent, list):
            chance.shuffle(parent)
        case _:
            parent[last] = other
    return tree


def _alike(tree: Json, path: Path_, old: Json) -> bool:
    for key in path:
        tree = tree[key]
    return type(tree) is type(old)


def _places(tree: Json, path: Path_ = ()) -> Iterator[Path_]:
    if path:
        yield path
    children = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, child in children:
        yield from _places(child, (*path, key))


def _new(old: Json, chance: Random) -> Json:
    """Something else in the place of a value; of a text, mostly the text with a slip in it."""
    if isinstance(old, str) and chance.random() < 0.7:
        start, length = chance.randint(0, len(old)), chance.randint(0, 4)
        return old[:start] + chance.choice(_TOKENS) + old[start + length :]
    words = chance.choice([_SCALARS, _CALLS, NAMES, ODD, HOSTILE, _KEYS])
    word = chance.choice(words)
    expressive = isinstance(word, str) and chance.random() < 0.5
    return f"${{{word}}}" if expressive else word
