"""Workflows around one step in flow style, for tables of rules."""

from __future__ import annotations


def main(*steps: str, params: str = "[x]", more: str = "") -> str:
    """A workflow whose main has these steps; `more` are other routines."""
    listed = "".join(f"    - {step}\n" for step in steps)
    return f"main:\n  params: {params}\n  steps:\n{listed}{more}"


def returning(expression: str) -> str:
    return main(f"s: {{return: '{expression}'}}")


def in_loop(step: str, *, first: str = "total: 0", last: str = "return: 1") -> str:
    """A step of an ordinary loop over `v` between the steps `init` and `after`."""
    loop = f"each: {{for: {{value: v, in: '${{x}}', steps: [{step}]}}}}"
    return main(f"init: {{assign: [{first}]}}", loop, f"after: {{{last}}}")


def in_branch(step: str, *, head: str = "", last: str = "return: 1") -> str:
    """A step of one of two branches between the steps `init` and `after`; `head`: more keys."""
    branches = f"[one: {{steps: [{step}]}}, two: {{steps: [other: {{assign: [own: 1]}}]}}]"
    fan = f"fan: {{parallel: {{{head} branches: {branches}}}}}"
    return main("init: {assign: [total: 0, list: []]}", fan, f"after: {{{last}}}")


def in_iteration(step: str) -> str:
    """A step of a parallel loop over `v` between the steps `init` and `after`."""
    fan = f"fan: {{parallel: {{for: {{value: v, in: '${{x}}', steps: [{step}]}}}}}}"
    return main("init: {assign: [total: 0]}", fan, "after: {return: '${total}'}")


def caught(body: str, *, last: str = "return: 1") -> str:
    """A step with an `except` body of one step."""
    handler = f"{{as: e, steps: [a: {body}]}}"
    step = f"s: {{try: {{call: sys.sleep, args: [1]}}, except: {handler}}}"
    return main(step, f"t: {{{last}}}")


def times(count: int, item: str) -> str:
    return ", ".join(item.replace("#", str(number)) for number in range(count))
