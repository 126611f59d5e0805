"""A workflow's tree as Google's published schema may judge it.

The schema is narrower than the language in the places of spec 01 §8, and it knows expressions only
in some; `schema_view` puts something there that it accepts.  All else is left as it is, so what it
still rejects must be rejected by us.
"""

from __future__ import annotations

from typing import Any

from wfc.expressions import is_embedded

SOME_STEPS = [{"some_step": {"return": None}}]
EXPRESSION = "${x}"


def schema_view(tree: Any) -> Any:
    """The tree of a whole file; what has an unexpected shape stays, for the schema to see."""
    if isinstance(tree, list):
        return _steps(tree)
    if isinstance(tree, dict):
        return {name: _keyed(routine, steps=_steps) for name, routine in tree.items()}
    return tree


def _keyed(value: Any, **views: Any) -> Any:
    """A map with the views applied to the values under their names."""
    if not isinstance(value, dict):
        return value
    return {key: views[key](inner) if key in views else inner for key, inner in value.items()}


def _steps(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {name: _body(body) for name, body in item.items()} if isinstance(item, dict) else item
        for item in value
    ]


def _perhaps_no_steps(value: Any) -> Any:
    return SOME_STEPS if value == [] else _steps(value)  # OQ-39


def _body(value: Any) -> Any:
    """The body of a step or of a `switch` entry."""
    if not isinstance(value, dict):
        return value
    views = {
        "condition": _expression,
        "except": _except,
        "for": _for,
        "parallel": _parallel,
        "raise": lambda _: "any value",  # spec 01 §8
        "retry": _retry,
        "steps": _steps,
        "switch": _switch,
        "try": _try,
    }
    seen = _keyed(value, **views)
    if "args" in seen:
        seen["args"] = _arguments(seen["args"], str(seen.get("call")))
    return seen


def _switch(value: Any) -> Any:
    return [_body(case) for case in value] if isinstance(value, list) else value


def _try(value: Any) -> Any:
    if isinstance(value, list):
        return _perhaps_no_steps(value)
    if isinstance(value, dict) and list(value) == ["steps"]:
        return {"steps": _perhaps_no_steps(value["steps"])}
    return _body(value)


def _except(value: Any) -> Any:
    return _keyed(value, steps=_perhaps_no_steps)


def _for(value: Any) -> Any:
    return _keyed(value, steps=_perhaps_no_steps, range=_range, **{"in": _expression})


def _parallel(value: Any) -> Any:
    views = {"branches": _steps, "concurrency_limit": _limit, "for": _for}
    return _keyed(value, **views)


def _limit(value: Any) -> Any:
    return 1 if _is_expression(value) else value  # spec 01 §8


def _range(value: Any) -> Any:
    """A whole expression (spec 03 §1) or two bounds, which may be quoted ones (spec 01 §6)."""
    if isinstance(value, list):
        return [1 if _is_expression(bound) else bound for bound in value]
    return "${[1, 2]}" if _is_expression(value) else value


def _retry(value: Any) -> Any:
    numbers = ("initial_delay", "max_delay", "multiplier")
    return _keyed(
        _expression(value),
        max_retries=_number,
        backoff=lambda given: _keyed(given, **dict.fromkeys(numbers, _number)),
    )


def _number(value: Any) -> Any:
    """Doubles and expressions (spec 01 §8)."""
    return 1 if _is_expression(value) or isinstance(value, float) else value


def _arguments(args: Any, function: str) -> Any:
    """Positional arguments, whole maps and any `body` are fine (spec 01 §8).

    Of the others the schema asks for types, which no deployment looks at (spec 09 §4), and asks it
    of subworkflows too, whose parameters may bear any name.  What is left are the method and the
    kind of authentication of a request.
    """
    if isinstance(args, list) or _is_expression(args):
        return {}
    if not isinstance(args, dict) or not function.startswith("http."):
        return {} if isinstance(args, dict) else args
    seen: dict[str, Any] = {}
    method, auth = args.get("method"), args.get("auth")
    if isinstance(method, str) and not _is_expression(method):
        seen["method"] = method
    if isinstance(auth, dict):
        kind = auth.get("type")
        seen["auth"] = dict.fromkeys(auth.keys() - {"type", "scope", "scopes", "audience"})
        if isinstance(kind, str) and not _is_expression(kind):
            seen["auth"]["type"] = kind
    return seen


def _expression(value: Any) -> Any:
    """The schema's pattern for expressions does not see those of several lines (spec 03 §1)."""
    return EXPRESSION if _is_expression(value) else value


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and is_embedded(value)
