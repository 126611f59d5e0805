"""`retry`: policies, predicates and literal numbers (spec 04 §9).

retry: ${http.default_retry_predicate}           error: a predicate is not a policy
retry: {predicate: ${http.default_retry}, …}     warning: a policy is not a predicate
retry: {predicate: "${worth_it(e)}", …}          error: a predicate is named, not called
"""

from __future__ import annotations

from wfc import syntax
from wfc.checks.types import NUMBER, Types, actions, bare, constant, named
from wfc.library import VALUES
from wfc.names import Names
from wfc.problems import Label, Problems

_POLICY_OF = {
    "http.default_retry_predicate": "http.default_retry",
    "http.default_retry_predicate_non_idempotent": "http.default_retry_non_idempotent",
}
_PREDICATE_OF = {policy: predicate for predicate, policy in _POLICY_OF.items()}
_BACKOFF = "retry.default_backoff"
_DEFAULTS = {
    "predicate": "tries every error again",
    "max_retries": "5",
    "initial_delay": "1",
    "max_delay": "60",
    "multiplier": "1.25",
}
"""What is used for an omitted part (OQ-43)."""


def retry(workflow: syntax.Workflow, names: Names, types: Types, problems: Problems) -> None:
    for action in actions(workflow):
        if isinstance(action, syntax.Try) and action.retry is not None:
            found = action.retry
            if found.policy is not None:
                _policy(found.policy, names, types, problems)
                continue
            _omitted(found, problems)
            if found.predicate is not None:
                _predicate(found.predicate, workflow, names, types, problems)
            _number("max_retries", found.max_retries, types, problems, zero=True)
            _number("initial_delay", found.initial_delay, types, problems)
            _number("max_delay", found.max_delay, types, problems)
            _number("multiplier", found.multiplier, types, problems)


def _policy(policy: syntax.Expression, names: Names, types: Types, problems: Problems) -> None:
    """What stands alone after `retry:`; what a variable holds is known only at run time."""
    value = bare(policy)
    name = _library_value(value, names)
    if name in _PREDICATE_OF:
        return
    if name:
        what = "a backoff" if name == _BACKOFF else "a predicate"
        problems.add(
            "WFC350",
            f"`{name}` is {what}, not a retry policy",
            policy.span,
            what,
            hint=f"write `retry: ${{{_POLICY_OF.get(name, 'http.default_retry')}}}`",
            note="or a map with `predicate`, `max_retries` and `backoff`",
        )
    elif value in types and "map" not in types[value]:
        text = constant(value)
        problems.add(
            "WFC350",
            f"a retry policy is not {named(types[value])}",
            policy.span,
            named(types[value]),
            hint=f"write `retry: ${{{text}}}`" if text in _PREDICATE_OF else "",
            note="it is `${http.default_retry}`, `${http.default_retry_non_idempotent}` or a map",
        )


def _omitted(found: syntax.Retry, problems: Problems) -> None:
    parts = {
        "predicate": found.predicate,
        "max_retries": found.max_retries,
        "initial_delay": found.initial_delay,
        "max_delay": found.max_delay,
        "multiplier": found.multiplier,
    }
    omitted = [name for name, value in parts.items() if value is None]
    if found.backoff is not None:
        omitted = [name for name in omitted if name in ("predicate", "max_retries")]
    if 0 < len(omitted) < len(parts):
        used = [f"`{name}` {_DEFAULTS[name]}" for name in omitted]
        problems.add(
            "WFC651",
            f"this `retry` leaves out {_listed(omitted)}",
            found.span,
            "not complete",
            note=f"no document of Google's says what is used then; here {', '.join(used)}",
        )


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _predicate(
    predicate: syntax.Expression,
    workflow: syntax.Workflow,
    names: Names,
    types: Types,
    problems: Problems,
) -> None:
    value = bare(predicate)
    name = _library_value(value, names)
    if name in _PREDICATE_OF:
        problems.add(
            "WFC650",
            f"`{name}` is a retry policy, not a predicate",
            predicate.span,
            "a retry policy",
            hint=f"write `predicate: ${{{_PREDICATE_OF[name]}}}`",
        )
    elif name == _BACKOFF:
        problems.add("WFC351", f"`{name}` is not a predicate", predicate.span, "a backoff")
    elif isinstance(value, syntax.Name):
        routine = names.reads.get(value)
        if isinstance(routine, syntax.Routine):
            _one_parameter(predicate, routine, problems)
    elif isinstance(value, syntax.Call):
        problems.add(
            "WFC351",
            "a predicate is named, not called",
            predicate.span,
            "called before anything has failed",
            hint=f"write `predicate: ${{{value.function}}}`",
        )
    elif value in types:
        text = constant(value)
        known = text in VALUES or text in {routine.name for routine in workflow.routines}
        problems.add(
            "WFC351",
            f"a predicate is a function, not {named(types[value])}",
            predicate.span,
            named(types[value]),
            hint=f"write `predicate: ${{{text}}}`" if known else "",
        )


def _one_parameter(
    predicate: syntax.Expression, routine: syntax.Routine, problems: Problems
) -> None:
    """It is called with the error alone, so one parameter must be there and no more be needed."""
    required = [parameter for parameter in routine.parameters if parameter.default is None]
    if routine.parameters and len(required) <= 1:
        return
    count = len(required)
    problems.add(
        "WFC352",
        f"the predicate `{routine.name}` must take one parameter, the error",
        predicate.span,
        "called with the error as its only argument",
        others=[Label(parameter.variable.span, "required") for parameter in required]
        or [Label(routine.name_span, "takes no parameters")],
        hint="" if count else "write `params: [error]`",
    )


def _number(
    part: str,
    value: syntax.Expression | None,
    types: Types,
    problems: Problems,
    *,
    zero: bool = False,
) -> None:
    """A literal that is no number, or that raises a ValueError when it is used."""
    if value is None:
        return
    possible = types.get(value)
    if possible is not None and not possible & NUMBER:
        message = f"`{part}` is a number, not {named(possible)}"
        problems.add("WFC353", message, value.span, named(possible))
        return
    number = constant(value)
    if isinstance(number, int | float) and (number < 0 or (number == 0 and not zero)):
        wrong = "negative" if number < 0 else "zero"
        problems.add("WFC353", f"`{part}` cannot be {wrong}", value.span, wrong)


def _library_value(value: syntax.Expression, names: Names) -> str:
    """The library name an expression is as a whole, or nothing (the empty string)."""
    if isinstance(value, syntax.Member) and value in names.values:
        return names.values[value].name
    return ""
