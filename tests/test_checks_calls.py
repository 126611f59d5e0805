"""Arguments of calls: what a routine or a library function takes, and values it cannot take."""

from __future__ import annotations

import pytest
from tests.front import codes_of, errors_of, problems_of

from wfc.library import FUNCTIONS
from wfc.problems import Problem

ROUTINES = """
pair:
  params: [first, second]
  steps:
    - done: {return: "${first + second}"}
optional:
  params: [first, second: 2]
  steps:
    - done: {return: "${first + second}"}
none:
  steps:
    - done: {return: 1}
"""


def in_call(call: str) -> str:
    """A workflow with one `call` step; `call` is its body in flow style."""
    return f"main:\n  params: [x]\n  steps:\n    - step: {{{call}}}\n{ROUTINES}"


def in_expression(expression: str) -> str:
    body = f"        return: '${{{expression}}}'\n"
    return f"main:\n  params: [x]\n  steps:\n    - step:\n{body}{ROUTINES}"


def the_problem(text: str) -> Problem:
    [problem] = problems_of(text)
    return problem


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("call: pair, args: {first: 1, second: 2}", []),
        ("call: pair, args: {second: 2, first: 1}", []),
        ("call: pair, args: [1, 2]", []),  # OQ-8
        ("call: pair, args: '${x}'", []),  # its names are known only at run time
        ("call: optional, args: {first: 1}", []),
        ("call: optional, args: [1]", []),
        ("call: none", []),
        ("call: none, args: {}", []),
        ("call: pair", ["WFC341"]),
        ("call: pair, args: {}", ["WFC341"]),
        ("call: pair, args: {first: 1}", ["WFC341"]),
        ("call: pair, args: [1]", ["WFC341"]),
        ("call: pair, args: [1, 2, 3]", ["WFC342"]),
        ("call: pair, args: {first: 1, second: 2, third: 3}", ["WFC340"]),
        ("call: pair, args: {first: 1, secnd: 2}", ["WFC340"]),  # one mistake, one problem
        ("call: pair, args: {first: 1, other: 2}", ["WFC341", "WFC340"]),
        ("call: optional, args: {second: 1}", ["WFC341"]),
        ("call: optional, args: [1, 2, 3]", ["WFC342"]),
        ("call: none, args: {first: 1}", ["WFC340"]),
        ("call: none, args: [1]", ["WFC342"]),
    ],
)
def test_call_of_a_subworkflow_gives_its_parameters(call: str, codes: list[str]) -> None:
    """Spec 01 §3, OQ-7."""
    assert codes_of(in_call(call)) == codes


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("call: text.split, args: {source: '${x}', separator: ','}", []),
        ("call: text.split, args: ['${x}', ',']", []),
        ("call: text.split, args: {source: '${x}'}", ["WFC341"]),
        ("call: text.split, args: {source: '${x}', sep: ','}", ["WFC341", "WFC340"]),
        ("call: text.split, args: {source: '${x}', seperator: ','}", ["WFC340"]),
        ("call: text.split, args: ['${x}', ',', 1]", ["WFC342"]),
        ("call: text.encode, args: {text: '${x}'}", []),
        ("call: text.encode, args: {data: '${x}'}", []),  # OQ-61
        ("call: text.encode, args: {data: '${x}', text: '${x}'}", ["WFC343"]),
        ("call: sys.now", []),
        ("call: sys.now, args: {zone: UTC}", ["WFC340"]),
        ("call: uuid.generate, args: [1]", ["WFC342"]),
        ("call: http.get, args: {url: '${x}', query: {a: 1}, headers: {A: b}, timeout: 5}", []),
        ("call: http.get, args: {url: '${x}', body: {a: 1}}", ["WFC340"]),
        ("call: http.post, args: {url: '${x}', body: {a: 1}}", []),
        ("call: http.post, args: {body: {a: 1}}", ["WFC341"]),
        ("call: http.request, args: {method: GET, url: '${x}'}", []),
        ("call: http.request, args: {url: '${x}'}", ["WFC341"]),
        ("call: sys.log, args: ['${x}', INFO]", []),
        ("call: sys.log, args: {message: hello}", ["WFC643", "WFC340"]),
        ("call: sys.sleep, args: {second: 5}", ["WFC340"]),
        ("call: map.get, args: {map: '${x}', keys: a}", []),
        ("call: map.get, args: {map: '${x}', key: a}", ["WFC340"]),
    ],
)
def test_call_of_a_library_function_gives_its_parameters(call: str, codes: list[str]) -> None:
    """Spec 06, OQ-7."""
    assert codes_of(in_call(call)) == codes


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("pair(1, 2)", []),
        ("optional(1)", []),
        ("none()", []),
        ("pair(1)", ["WFC341"]),
        ("pair()", ["WFC341"]),
        ("none(1)", ["WFC342"]),
        ("pair(1, pair(1))", ["WFC341"]),
        ("len(x)", []),
        ("len()", ["WFC341"]),
        ("len(x, 1)", ["WFC342"]),
        ("if(x, 1, 2)", []),
        ("if(x, 1)", ["WFC341"]),
        ("default(x)", ["WFC341"]),
        ('map.get(x, "a")', []),
        ('map.get(x, "a", 0)', ["WFC342"]),
        ("json.encode_to_string(x, true)", []),
        ("text.substring(x, 0)", ["WFC341"]),
        ('sys.get_env("A")', []),
        ('sys.get_env("A", "b")', []),
        ("sys.now(1)", ["WFC342"]),
    ],
)
def test_call_in_an_expression_gives_as_many_arguments(expression: str, codes: list[str]) -> None:
    """Spec 01 §3: positional only."""
    assert codes_of(in_expression(expression)) == codes


@pytest.mark.parametrize("name", sorted(name for name in FUNCTIONS if FUNCTIONS[name].blocking))
def test_waiting_function_in_an_expression_is_an_error(name: str) -> None:
    """Spec 03 §9; the hint is a step."""
    problem = the_problem(in_expression(f"{name}(x)"))
    assert problem.code == "WFC344"
    assert f"`call: {name}`" in problem.hint


def test_subworkflow_that_waits_may_be_called_in_an_expression() -> None:
    """OQ-34."""
    text = in_expression("waits()") + "waits:\n  steps:\n    - a: {call: sys.sleep, args: [1]}\n"
    assert codes_of(text) == []


def test_third_argument_of_map_get_is_a_default() -> None:
    problem = the_problem(in_expression('map.get(x, ["a", "b"], 0)'))
    assert problem.hint == 'write `default(map.get(x, ["a", "b"]), 0)`'


@pytest.mark.parametrize(
    ("url", "code", "hint"),
    [
        ("example.com", "WFC644", "write `https://example.com`"),
        ("x", "WFC644", "write `${x}`"),
        ("$x", "WFC665", "write `${x}`"),
        ("'${x}/orders'", "WFC664", 'write `${x + "/orders"}`'),
        ("'${HOST}/orders'", "WFC644", ""),
    ],
)
def test_a_url_without_a_scheme_is_one_problem(url: str, code: str, hint: str) -> None:
    problem = the_problem(in_call(f"call: http.get, args: {{url: {url}}}"))
    assert (problem.code, problem.hint) == (code, hint)


def test_an_argument_one_letter_off_is_one_mistake() -> None:
    problem = the_problem(in_call("call: http.get, args: {uri: 'https://example.com'}"))
    assert (problem.code, problem.hint) == ("WFC340", "did you mean `url`?")


def test_misspelt_argument_shows_the_parameters_of_the_routine() -> None:
    problem = the_problem(in_call("call: pair, args: {first: 1, secnd: 2}"))
    assert problem.hint == "did you mean `second`?"
    assert [label.text for label in problem.others] == ["its parameters"]


RUN = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run"


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("call: sys.sleep, args: {seconds: 5}", []),
        ("call: sys.sleep, args: {seconds: '${x}'}", []),
        ("call: sys.sleep, args: {seconds: '5'}", ["WFC640"]),
        ("call: sys.sleep, args: ['5']", ["WFC640"]),
        ("call: sys.sleep, args: {seconds: -1}", ["WFC642"]),
        ("call: sys.sleep, args: {seconds: '${-1}'}", ["WFC642"]),
        ("call: sys.sleep, args: {seconds: 31536000}", []),
        ("call: sys.sleep, args: {seconds: 31536001}", ["WFC642"]),
        ("call: http.get, args: {url: '${x}', timeout: 1800}", []),
        ("call: http.get, args: {url: '${x}', timeout: 1801}", ["WFC642"]),
        ("call: http.get, args: {url: '${x}', timeout: '30s'}", ["WFC640"]),
        ("call: http.get, args: {url: '${x}', headers: null}", []),  # as if left out
        ("call: http.get, args: {url: '${x}', headers: [a]}", ["WFC640"]),
        ("call: http.get, args: {url: null}", ["WFC640"]),
        ("call: http.get, args: {url: http://a.example}", []),
        ("call: http.get, args: {url: HTTPS://a.example}", []),
        ("call: http.get, args: {url: www.foo.com}", ["WFC644"]),
        ("call: http.get, args: {url: '${\"www.\" + x}'}", []),
        ("call: http.request, args: {method: get, url: '${x}'}", ["WFC345"]),
        ("call: http.request, args: {method: FETCH, url: '${x}'}", ["WFC345"]),
        ("call: http.request, args: {method: '${x}', url: '${x}'}", []),
        ("call: http.get, args: {url: '${x}', auth: {type: OIDC, audience: '${x}'}}", []),
        ("call: http.get, args: {url: '${x}', auth: {type: OAuth2, scopes: [a]}}", []),
        ("call: http.get, args: {url: '${x}', auth: {type: Basic}}", ["WFC345"]),
        ("call: http.get, args: {url: '${x}', auth: {type: OIDC, user: a}}", ["WFC346"]),
        ("call: http.get, args: {url: '${x}', auth: '${x}'}", []),
        ("call: http.get, args: {url: '${x}', auth: OIDC}", ["WFC640"]),
        ("call: http.get, args: {url: '${x}', auth: {}}", ["WFC645"]),
        ("call: http.get, args: {url: '${x}', auth: {type: null}}", ["WFC645"]),
        ("call: http.get, args: {url: '${x}', auth: {typ: OIDC}}", ["WFC346"]),
        ("call: http.get, args: {url: '${x}', auth: {type: 5}}", ["WFC640"]),
        ("call: http.get, args: {url: '${x}', auth: {type: '${x}', scopes: '${x}'}}", []),
        ("call: http.get, args: {url: '${x}', auth: {type: OAuth2, scope: a b}}", []),
        ("call: http.get, args: {url: '${x}', auth: {type: OAuth2, scope: 5}}", ["WFC640"]),
        ("call: http.get, args: {url: '${x}', auth: {type: OIDC, audience: [a]}}", ["WFC640"]),
        (
            "call: http.get, args: {url: '${x}', auth: {type: OAuth2, scope: a, scopes: b}}",
            ["WFC645"],
        ),
        (
            "call: http.get, args: {url: '${x}', auth: {type: OAuth2, scope: null, scopes: b}}",
            [],
        ),
        ("call: http.get, args: {url: '${x}', auth: {type: OIDC, scopes: [a]}}", ["WFC646"]),
        ("call: http.get, args: {url: '${x}', auth: {type: OAuth2, audience: a}}", ["WFC646"]),
        ("call: sys.log, args: {text: a, severity: WARNING}", []),
        ("call: sys.log, args: {text: a, severity: warning}", ["WFC641"]),
        ("call: sys.log, args: {text: a, severity: WARN}", ["WFC641"]),
        ("call: sys.log, args: {text: a, severity: '${x}'}", []),
        ("call: sys.log, args: {data: [1]}", []),
        ("call: sys.log, args: {json: {a: 1}}", []),
        ("call: sys.log, args: {json: a}", ["WFC640"]),
        ("call: sys.log", ["WFC643"]),
        ("call: sys.log, args: {severity: INFO}", ["WFC643"]),
        ("call: sys.log, args: {data: null}", ["WFC643"]),
        ("call: sys.log, args: {data: a, text: b}", ["WFC643"]),
        ("call: sys.log, args: {data: '${x}', text: b}", []),  # x may be null
        ("call: sys.log, args: [null, ERROR, '${x}']", []),
        ("call: text.to_upper, args: [5]", ["WFC640"]),
        ("call: events.create_callback_endpoint", []),
        ("call: events.create_callback_endpoint, args: {http_callback_method: post}", ["WFC641"]),
        ("call: events.create_callback_endpoint, args: {http_callback_method: 1}", ["WFC640"]),
        ("call: events.create_callback_endpoint, args: {method: PUT}", ["WFC340"]),
        ("call: events.await_callback, args: {callback: '${x}', timeout: 31536000}", []),
        ("call: events.await_callback, args: {callback: '${x}', timeout: -1}", ["WFC642"]),
        ("call: events.await_callback, args: {callback: https://x.example}", ["WFC640"]),
        ("call: events.await_callback", ["WFC341"]),
        ("call: experimental.executions.run, args: {workflow_id: a, argument: b}", []),
        ("call: experimental.executions.run, args: {workflow: a}", ["WFC340"]),
        ("call: experimental.executions.map, args: {workflow_id: a, arguments: b}", ["WFC640"]),
        ("call: experimental.executions.map, args: {workflow_id: a}", ["WFC341"]),
        (f"call: {RUN}, args: {{workflow_id: a, callLogLevel: LOG_NONE}}", []),
        (f"call: {RUN}, args: {{workflow_id: a, callLogLevel: NONE}}", ["WFC641"]),
        (f"call: {RUN}, args: {{workflow_id: 1}}", ["WFC640"]),
        (f"call: {RUN}, args: {{workflow_id: a, arguments: 1}}", ["WFC340"]),
    ],
)
def test_values_that_always_fail_are_found(call: str, codes: list[str]) -> None:
    assert codes_of(in_call(call)) == codes


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ('base64.encode(text.encode("a"))', []),
        ('base64.encode("a")', ["WFC640"]),
        ("base64.encode(json.encode(x))", []),
        ("base64.encode(json.encode_to_string(x))", ["WFC640"]),
        ("json.decode(text.encode(x))", []),
        ("json.decode(map.get(x, 1))", []),
        ("keys([1])", ["WFC640"]),
        ("len(5)", ["WFC640"]),
        ("len(string(5))", []),
        ("string([1])", ["WFC640"]),
        ("string(null)", ["WFC640"]),
        ("int(true)", ["WFC640"]),  # OQ-32
        ('math.max(1, "2")', ["WFC640"]),
        ("math.max(1, x + 1)", []),
        ("if(null, 1, 2)", []),  # spec 03 §7
        ('if("yes", 1, 2)', ["WFC640"]),
        ('hash.compute_checksum(text.encode("a"), "SHA256")', []),
        ('hash.compute_checksum(text.encode("a"), "sha256")', ["WFC641"]),
        ("text.split(x, null)", ["WFC640"]),
        ('sys.get_env("A", null)', []),
    ],
)
def test_arguments_of_a_type_that_always_fails_are_found(expression: str, codes: list[str]) -> None:
    assert codes_of(in_expression(expression)) == codes


def test_types_that_only_fail_at_run_time_are_warnings() -> None:
    """Spec 09 §4: the service checks types when it runs."""
    assert errors_of(in_expression('base64.encode("a")')) == []


def test_number_in_quotes_is_said_to_lose_them() -> None:
    assert "`5` without the quotes" in the_problem(in_call("call: sys.sleep, args: ['5']")).hint
