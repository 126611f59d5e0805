"""`retry`: which policies, predicates and numbers are accepted (spec 04 §9)."""

from __future__ import annotations

import pytest
from tests.front import codes_of, problems_of

BACKOFF = "backoff: {initial_delay: 1, max_delay: 60, multiplier: 2}"
ROUTINES = """
one:
  params: [error]
  steps:
    - done: {return: "${error.code == 503}"}
one_optional:
  params: [error: null]
  steps:
    - done: {return: true}
one_and_more:
  params: [error, code: 503]
  steps:
    - done: {return: "${error.code == code}"}
two:
  params: [error, code]
  steps:
    - done: {return: "${error.code == code}"}
none:
  steps:
    - done: {return: true}
"""


def with_retry(retry: str) -> str:
    return f"""
main:
  params: [x]
  steps:
    - guarded:
        try: {{call: http.get, args: {{url: "${{x.url}}"}}, result: r}}
        retry: {retry}
{ROUTINES}"""


def with_predicate(predicate: str) -> str:
    return with_retry(f"{{predicate: {predicate}, max_retries: 3, {BACKOFF}}}")


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        ("${http.default_retry}", []),
        ("${http.default_retry_non_idempotent}", []),
        ("${x}", []),  # what a variable holds is known only at run time
        ("${x.policy}", []),
        ("${http.default_retry_predicate}", ["WFC350"]),
        ("${http.default_retry_predicate_non_idempotent}", ["WFC350"]),
        ("${retry.always}", ["WFC350"]),
        ("${retry.default_backoff}", ["WFC350"]),
        ("${5}", ["WFC350"]),
        ('${"http.default_retry"}', ["WFC350"]),
        ("${one}", ["WFC207"]),
        ("http.default_retry", ["WFC105"]),
        ("5", ["WFC105"]),
    ],
)
def test_policy_is_one_of_the_library_or_a_map(policy: str, codes: list[str]) -> None:
    assert codes_of(with_retry(policy)) == codes


@pytest.mark.parametrize(
    ("predicate", "codes"),
    [
        ('"${http.default_retry_predicate}"', []),
        ('"${http.default_retry_predicate_non_idempotent}"', []),
        ('"${retry.always}"', []),
        ('"${retry.never}"', []),
        ('"${one}"', []),
        ('"${one_optional}"', []),
        ('"${one_and_more}"', []),
        ('"${x}"', []),
        ('"${two}"', ["WFC352"]),
        ('"${none}"', ["WFC352"]),
        ('"${one(x)}"', ["WFC351"]),
        ('"${retry.always(x)}"', ["WFC351"]),
        ('"${true}"', ["WFC351"]),
        ('"${retry.default_backoff}"', ["WFC351"]),
        ('"${http.default_retry}"', ["WFC650"]),
        ('"${http.default_retry_non_idempotent}"', ["WFC650"]),
    ],
)
def test_predicate_is_a_function_of_the_error(predicate: str, codes: list[str]) -> None:
    assert codes_of(with_predicate(predicate)) == codes


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("http.default_retry", "http.default_retry_predicate"),
        ("http.default_retry_non_idempotent", "http.default_retry_predicate_non_idempotent"),
    ],
)
def test_policy_and_predicate_are_told_apart_by_the_hint(wrong: str, right: str) -> None:
    [as_predicate] = problems_of(with_predicate(f'"${{{wrong}}}"'))
    assert as_predicate.hint == f"write `predicate: ${{{right}}}`"
    [as_policy] = problems_of(with_retry(f"${{{right}}}"))
    assert as_policy.hint == f"write `retry: ${{{wrong}}}`"


@pytest.mark.parametrize(
    ("retry", "omitted"),
    [
        (f"{{max_retries: 3, {BACKOFF}}}", "`predicate`"),
        (f'{{predicate: "${{one}}", {BACKOFF}}}', "`max_retries`"),
        (
            '{predicate: "${one}", max_retries: 3}',
            "`initial_delay`, `max_delay` and `multiplier`",
        ),
        (
            '{predicate: "${one}", max_retries: 3, backoff: {initial_delay: 1, max_delay: 2}}',
            "`multiplier`",
        ),
    ],
)
def test_omitted_parts_are_named(retry: str, omitted: str) -> None:
    """OQ-43."""
    [problem] = problems_of(with_retry(retry))
    assert problem.code == "WFC651"
    assert problem.message == f"this `retry` leaves out {omitted}"


@pytest.mark.parametrize(
    ("numbers", "codes"),
    [
        (("0", "1", "60", "1.25"), []),
        (("3", "0.5", "60", "1"), []),
        (("'${x.n}'", "'${x.n}'", "'${x.n}'", "'${x.n}'"), []),
        (("-1", "1", "60", "2"), ["WFC353"]),
        (("3", "0", "60", "2"), ["WFC353"]),
        (("3", "1", "-60", "2"), ["WFC353"]),
        (("3", "1", "60", "0"), ["WFC353"]),
        (("3", "1", "60", "-1.5"), ["WFC353"]),
        (("3", "'${-1}'", "60", "2"), ["WFC353"]),
        (("'${\"3\"}'", "1", "60", "2"), ["WFC353"]),
        (("'3'", "1", "60", "2"), ["WFC105"]),
        (("true", "1", "60", "2"), ["WFC105"]),
    ],
)
def test_literal_numbers_are_in_range(numbers: tuple[str, str, str, str], codes: list[str]) -> None:
    """Zero or negative delays and multipliers raise a ValueError (OPEN-QUESTIONS D)."""
    retries, initial, most, multiplier = numbers
    backoff = f"{{initial_delay: {initial}, max_delay: {most}, multiplier: {multiplier}}}"
    text = with_retry(f'{{predicate: "${{one}}", max_retries: {retries}, backoff: {backoff}}}')
    found = [code for code in codes_of(text) if code != "WFC651"]
    assert found == codes
