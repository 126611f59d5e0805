"""What somebody means who writes a Peak workflow as other systems have it: hints to be typed in.

Slips of the pen are found by `similar`; here are words of other systems for the same, keys that
stand on another level, and short forms that Peak does not have.
"""

from __future__ import annotations

import json
import re
import shlex

from wfc.nodes import Mapping, Node, Sequence
from wfc.parse_shapes import is_text, short
from wfc.similar import Speller

_KEYS = {
    **dict.fromkeys(("after", "dependsOn", "depends_on", "needs", "requires"), "parents"),
    **dict.fromkeys(("output", "outputs"), "outputParameters"),
    **dict.fromkeys(("cmd", "run", "script"), "command"),
    **dict.fromkeys(("body", "data", "json"), "payload"),
    **dict.fromkeys(("attempts", "maxRetries", "retries"), "numberOfRetries"),
    **dict.fromkeys(("backoff", "exponential"), "exponentialBackoff"),
    **dict.fromkeys(("delay", "interval"), "duration"),
    **dict.fromkeys(("failed", "failure", "on_failure"), "fail"),
    "default": "defaultValue",
    "query": "sqlQueryPath",
    "timeout": "stepTimeout",
    "token": "bearerToken",
    "user": "username",
    "verb": "method",
}
"""Keys by what others call them, with values of the same kind."""

_INSIDE = {
    "allowConcurrentExecution": ("metadata",),
    "conditional": ("executionParameters",),
    "env": ("parameters",),
    "inherit": ("parameters",),
    "instanceTypeId": ("resources",),
    "parentStatus": ("executionParameters",),
    "retryOptions": ("runConfiguration",),
    "secrets": ("parameters",),
    "skip": ("runConfiguration", "skipConfiguration"),
    "skipConfiguration": ("runConfiguration",),
    "skipDAG": ("runConfiguration", "skipConfiguration"),
    "storage": ("resources",),
    "to": ("recipients",),
}
"""Where a key belongs that stands above."""

_OTHERWISE = {
    "cron": ("triggers", "write it as a trigger:\ntriggers:\n- cron: …"),
    "schedule": ("triggers", "write it as a trigger:\ntriggers:\n- cron: …"),
    "retries": (
        "runConfiguration",
        "write it so:\nrunConfiguration:\n  retryOptions:\n    numberOfRetries: …",
    ),
    **dict.fromkeys(
        ("condition", "if", "when"),
        (
            "executionParameters",
            "write it so:\nexecutionParameters:\n  conditional:\n"
            "  - {stepName: …, paramName: …, condition: equals, value: …}",
        ),
    ),
    "environment": ("parameters", "write it so:\nparameters:\n  env: …"),
}
"""A key that has to be there, and how it says what another one would."""

_VALUES = {
    **dict.fromkeys(("any", "any-of", "anyOf", "one", "some"), "one-of"),
    **dict.fromkeys(("all", "allOf", "every"), "all-of"),
    **dict.fromkeys(("==", "=", "eq", "is"), "equals"),
    **dict.fromkeys(("!=", "ne", "is-not"), "not-equals"),
    **dict.fromkeys(("error", "fail", "failed", "Failed"), "failure"),
    **dict.fromkeys(("ok", "succeeded", "successful"), "success"),
    **dict.fromkeys(("float", "int", "integer"), "number"),
    **dict.fromkeys(("dict", "map"), "object"),
    **dict.fromkeys(("str", "text"), "string"),
    **dict.fromkeys(("bearer", "jwt", "token"), "bearer-token"),
    **dict.fromkeys(("apikey", "apiKey", "key"), "api-key"),
    **dict.fromkeys(("anonymous", "none"), "no-auth"),
    **dict.fromkeys(("command", "shell"), "standard"),
    "array": "string_array",
    "ascending": "asc",
    "bool": "boolean",
    "descending": "desc",
    "list": "string_array",
    "oauth2": "oauth",
}

_EVENTS = ("success", "fail")

_YES = ("always", "gz", "gzip", "on", "true", "y", "yes")
_NO = ("false", "n", "never", "no", "none", "off")

_MAPS = {
    "auth": "{type: no-auth}",
    "email": "{recipients: {to: [%s]}}",
    "imageDetails": "{id: %s}",
    "repository": "{branch: main, url: %s}",
    "webhook": '{name: …, url: %s, payload: "{}"}',
}
"""How a map begins, of which only the text has been written that it is about."""

_PLAIN = re.compile(r"[\w/.]([^\s:?,\[\]{}]|:(?=[^\s?,\[\]{}])| (?=[^\s#?,\[\]{}]))*")
"""Text that YAML reads as it stands, in brackets too."""

_TIME = re.compile(
    r"\s*([1-9]\d{0,5})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)\s*", re.IGNORECASE
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def other_key(key: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed keys that another system calls so; "" where there is none."""
    meant = _KEYS.get(key, "")
    return meant if meant in allowed else ""


def other_place(key: str, allowed: tuple[str, ...]) -> str:
    """The hint of a key that belongs elsewhere, "" where it is none."""
    if "absolute" in allowed and not Speller().similar(key, allowed):  # of a header
        return f"put it into `absolute`:\nheaders:\n  absolute:\n    {short(key)}: …"
    path = _INSIDE.get(key, ())
    for index, part in enumerate(path):
        if part in allowed:
            levels = enumerate((*path[index:], f"{key}: …"))
            lines = [f"{'  ' * depth}{name}" for depth, name in levels]
            return f"put it into `{part}`:\n" + ":\n".join(lines)
    needed, hint = _OTHERWISE.get(key, ("", ""))
    return hint if needed in allowed else ""


def other_value(text: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed values that another system calls so; "" where there is none."""
    meant = _VALUES.get(text, "")
    return meant if meant in allowed else ""


def meant_switch(text: str) -> str:
    """`true` or `false`, "" where neither is meant."""
    plain = text.lower()
    return "true" if plain in _YES else "false" if plain in _NO else ""


def meant_map(key: str, node: Node) -> str:
    """The hint of what should be a map."""
    if is_text(node) and key in _MAPS:
        written = _MAPS[key]
        return f"write `{key}: {written.replace('%s', _spelled(short(node.text)))}`"
    if not isinstance(node, Sequence) or not node.items:
        return ""
    if all(isinstance(item, Mapping) for item in node.items):
        return f"write what is in `{short(key)}` without dashes"
    events = [_event(item.text) if is_text(item) else "" for item in node.items]
    if key == "events" and all(events):
        return f"write `events: {{{', '.join(f'{event}: true' for event in events)}}}`"
    return ""


def meant_text(key: str, node: Node) -> str:
    """The hint of what should be a text and is a list: of one, or of a command's words."""
    if not isinstance(node, Sequence) or not all(map(is_text, node.items)):
        return ""
    words = [item.text for item in node.items if is_text(item)]
    if len(words) > 1 and any(len(word.split()) != 1 for word in words):
        return ""
    text = shlex.join(words) if len(words) > 1 else "".join(words)
    return f"write `{key}: {_spelled(text)}`" if text and short(text) == text else ""


def meant_seconds(text: str, most: int | None) -> int | None:
    """`10m` → 600, and no more than may be; None for what is no time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    seconds = int(found[1]) * _SECONDS[found[2][0].lower()]
    return seconds if most is None else min(seconds, most)


def _event(text: str) -> str:
    """The switch of an event, "" where it is none."""
    return text if text in _EVENTS else other_key(text, _EVENTS)


def _spelled(text: str) -> str:
    """The text as YAML has to have it."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
