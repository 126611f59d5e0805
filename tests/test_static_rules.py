"""Static rules of spec 01–04 and 07, each with what it accepts and what it rejects."""

from __future__ import annotations

import pytest
from tests.frames import caught, in_branch, in_iteration, in_loop, main, returning, times
from tests.front import codes_of, errors_of

SUB = "f:\n  steps:\n    - t: {return: 1}\n"
STEP = "a: {assign: [y: 1]}"


def sub(params: str) -> str:
    return main("s: {return: 1}", more=SUB.replace("f:", f"f:\n  params: {params}"))


def loop(head: str) -> str:
    return main(f"s: {{for: {{{head}, steps: [{STEP}]}}}}")


def repeated(name: str) -> str:
    return f"{name}: {{for: {{value: v, in: [1], steps: [{name}_: {{assign: [y: '${{v}}']}}]}}}}"


def fan(step: str, head: str = "", name: str = "b") -> str:
    return f"{name}: {{parallel: {{{head}for: {{value: {name}_, in: [1], steps: [{step}]}}}}}}"


def attempt(rest: str) -> str:
    return main(f"s: {{try: {{call: sys.sleep, args: [1]}}, {rest}}}")


STRUCTURE = [
    # spec 01 §1: root forms
    ("list of steps", "- s: {return: 1}\n", ""),
    ("JSON", '{"main": {"steps": [{"s": {"return": "${1 + 1}"}}]}}', ""),
    ("JSON list", '[{"s": {"return": 1}}]', ""),
    ("subworkflow first", SUB + "main:\n  steps:\n    - s: {call: f}\n", ""),  # OQ-1
    ("no main", SUB, "WFC108"),
    (
        "unknown key of a subworkflow",
        main("s: {return: 1}", more="f: {step: [], steps: [t: {return: 1}]}\n"),
        "WFC103",
    ),
    ("subworkflow without steps", main("s: {return: 1}", more="f: {params: [a]}\n"), "WFC104"),
    # spec 01 §2, §3: parameters
    ("main without parameters", main("s: {return: 1}", params="[]"), ""),
    ("two parameters of main", main("s: {return: 1}", params="[a, b]"), "WFC110"),
    ("default of main's", main("s: {return: 1}", params="[{a: 1}]"), "WFC111"),  # OQ-3
    ("defaults", sub('[a, b: 0, c: "", d: false, e: null, g: [1], h: {i: 2}]'), ""),
    ("default that is an expression", sub("[a: '${1 + 1}']"), "WFC112"),  # OQ-5
    ("repeated parameter", sub("[a, a]"), "WFC113"),
    ("ten parameters", sub(f"[{times(10, 'p#')}]"), ""),
    ("eleven parameters", sub(f"[{times(11, 'p#')}]"), "WFC413"),
    # spec 01 §3: calls
    ("computed target", main("s: {call: '${x}'}"), "WFC123"),  # OQ-9
    ("named argument in an expression", returning("${int(value=1)}"), "WFC164"),
    ("result that is nested", main("s: {call: sys.now, result: x.y}"), "WFC124"),  # OQ-18
    # spec 01 §4: combinations
    *(
        (
            f"{action.partition(':')[0]} with next",
            main(f"s: {{{action}, next: t}}", "t: {return: 1}"),
            "",
        )
        for action in (
            "assign: [y: 1]",
            "call: sys.now, result: y",
            "switch: [{condition: true, return: 1}]",
            "try: {call: sys.now}, except: {as: e, steps: []}",
            f"steps: [{STEP}]",  # OQ-10
            f"for: {{value: v, in: [1], steps: [{STEP}]}}",
            "raise: no",
            "return: 1",
        )
    ),
    ("only next", main("s: {next: end}"), ""),
    ("two actions", main("s: {assign: [y: 1], return: 1}"), "WFC119"),  # OQ-11
    ("call and return", main("s: {call: sys.now, return: 1}"), "WFC119"),
    ("two steps in one entry", main("{a: {return: 1}, b: {return: 2}}"), "WFC115"),
    ("steps as a map", "main:\n  steps:\n    a: {return: 1}\n", "WFC102"),
    ("step without a name", main("{call: sys.now}"), "WFC117"),
    # spec 01 §5: names
    *(
        (f"step named {name}", main(f"{name}: {{assign: [y: 1]}}"), "")
        for name in ("return", "try", "get")
    ),
    ("step name with blanks", main('"odd step name!": {assign: [y: 1]}'), ""),
    ("repeated step name", main("a: {assign: [y: 1]}", "a: {return: 1}"), ""),  # OQ-12
    ("same step name in two routines", main("t: {call: f}", "u: {next: t}", more=SUB), ""),
    (
        "variables named like modules",
        main("s: {assign: [map: 1, list: 2, result: 3, args: 4]}"),
        "",
    ),
    ("variable with a dash", main("s: {assign: [a-b: 1]}"), "WFC181"),
    ("result with a dash", main("s: {call: sys.now, result: a-b}"), "WFC122"),
    # spec 01 §6
    ("integer keys", main("s: {return: {1: a, 2: b}}"), ""),  # OQ-13
    ("boolean key", main("s: {return: {true: a}}"), "WFC107"),
    ("repeated key", main("s: {return: {a: 1, a: 2}}"), "WFC020"),  # OQ-14
    ("alias", main("s: {return: [&a 1, *a]}"), ""),
    ("two documents", "- s: {return: 1}\n---\n- s: {return: 1}\n", "WFC021"),
    ("tag", main("s: {return: !env HOME}"), "WFC022"),
    ("yes and no are text", main("s: {assign: [y: yes, n: no]}"), ""),
]

VARIABLES = [
    # spec 02 §2: assign
    ("fifty assignments", main(f"s: {{assign: [{times(50, 'a#: 1')}]}}"), ""),
    ("map of assignments", main("s: {assign: {y: 1}}"), "WFC125"),
    ("computed name", main("s: {assign: ['${x}': 1]}"), "WFC180"),
    (
        "parts of a parameter",
        main("s: {assign: [x.a.b: 1, 'x[\"c-d\"]': 2, 'x[x.i + 1][0]': 3]}"),
        "",
    ),
    ("part of nothing", main("s: {assign: [m.k: 1]}"), "WFC201"),
    ("later assignment of the map", main("s: {assign: [m.k: 1]}", "t: {assign: [m: {}]}"), ""),
    # spec 02 §4: scopes
    ("assigned in `steps`", main(f"s: {{steps: [{STEP}]}}", "t: {return: '${y}'}"), ""),
    (
        "assigned in a `switch`",
        main("s: {switch: [{condition: true, assign: [y: 1]}]}", "t: {return: '${y}'}"),
        "",
    ),
    (
        "assigned in a `try`",
        main("s: {try: {call: sys.now, result: y}, except: {}}", "t: {return: '${y == null}'}"),
        "",
    ),
    (
        "outer variable in a loop",
        in_loop("a: {assign: [total: '${total + v}']}", last="return: '${total}'"),
        "",
    ),
    ("outer variable assigned later", in_loop(STEP, last="assign: [y: 2]"), ""),  # OQ-19
    (
        "outer variable in `except`",
        main(
            "i: {assign: [m: 1]}",
            "s: {try: {call: sys.now}, except: {as: e, steps: [a: {assign: [m: '${e}']}]}}",
            "t: {return: '${m}'}",
        ),
        "",
    ),
    ("local of an `except`", caught("{assign: [m: '${e}', n: '${m}']}"), ""),
    ("loop variable in two loops", main(*(repeated(name) for name in "st")), ""),
    ("value and index with one name", loop("value: v, index: v, in: [1]"), "WFC323"),
    (
        "routines do not see each other",
        main("s: {assign: [y: 1]}", "t: {call: f}", more="f: {steps: [u: {return: '${y}'}]}\n"),
        "WFC201",
    ),
]

EXPRESSIONS = [
    # spec 03 §1
    ("400 characters", returning("${" + "x".ljust(400) + "}"), ""),  # OQ-22
    ("401 characters", returning("${" + "x".ljust(401) + "}"), "WFC401"),
    ("mixed text", main("s: {return: 'a ${x}'}"), ""),  # OQ-21
    # spec 03 §2, §3
    *(
        (f"accepted: {expression}", returning(f"${{{expression}}}"), "")
        for expression in (
            "1e3 + 1.5e-3",  # OQ-25
            "+1 - -1",  # OQ-27
            "true AND False or NOT TRUE",
            r'"a\n\t\"\\ \u00e9"',  # OQ-24
            "[[1, 2][0], x.a[0].b]",
            "9223372036854775807",
            "1 < 2 == true",
        )
    ),
    ("not in", returning("${1 not in x}"), "WFC161"),  # OQ-26
    ("too large an integer", returning("${9223372036854775808}"), "WFC158"),
    ("point first", returning("${.5}"), "WFC159"),  # OQ-25
    ("trailing comma", returning("${[1, 2,]}"), "WFC168"),
    ("map literal", returning("${{1: 2}}"), "WFC162"),
    ("And", returning("${true And false}"), "WFC166"),
    ("unknown escape", returning(r'${"\q"}'), "WFC157"),  # OQ-24
    # spec 03 §4: a variable wins over a module
    (
        "field of a variable named like a module",
        main("s: {assign: [map: {a: 1}, b: '${map.a}']}"),
        "",
    ),
    ("library name as a value", returning("${text.split}"), "WFC206"),
    ("routine as a value", main("s: {return: '${f}'}", more=SUB), "WFC207"),
    (
        "subworkflow that waits",
        main("s: {return: '${f()}'}", more="f: {steps: [t: {call: sys.sleep, args: [1]}]}\n"),
        "",
    ),  # OQ-34
]

STEPS = [
    # spec 04 §3
    ("condition in text", main("s: {switch: [{condition: x == 1, next: end}]}"), "WFC127"),
    ("entry with only a condition", main("s: {switch: [{condition: true}]}"), ""),
    ("fifty conditions", main(f"s: {{switch: [{times(50, '{condition: false}')}]}}"), ""),
    # spec 04 §4
    ("back", main("a: {assign: [y: 1]}", "b: {next: a}"), ""),
    ("out of nested steps", main("s: {steps: [a: {next: t}]}", "t: {return: 1}"), ""),
    (
        "out of `except`",
        main("s: {try: {call: sys.now}, except: {steps: [a: {next: t}]}}", "t: {return: 1}"),
        "",
    ),
    ("into nested steps", main(f"s: {{steps: [{STEP}]}}", "t: {next: a}"), ""),  # OQ-38
    (
        "into a `try`",
        main(f"s: {{try: {{steps: [{STEP}]}}, except: {{}}}}", "t: {next: a}"),
        "WFC307",
    ),
    (
        "into an `except`",
        main(f"s: {{try: {{call: sys.now}}, except: {{steps: [{STEP}]}}}}", "t: {next: a}"),
        "WFC307",
    ),
    (
        "into a `switch`",
        main(f"s: {{switch: [{{condition: true, steps: [{STEP}]}}]}}", "t: {next: a}"),
        "WFC307",
    ),
    ("inside a loop", in_loop("a: {next: b}, b: {next: continue}"), ""),
    (
        "break in a `try` in a loop",
        in_loop("a: {try: {next: break}, except: {steps: [b: {next: continue}]}}"),
        "",
    ),
    ("end in a loop", in_loop("a: {next: end}"), ""),
    ("continue in a branch", in_branch("a: {next: continue}"), ""),
    ("continue in an iteration", in_iteration("a: {next: continue}"), ""),
    (
        "break of a loop in a branch",
        in_branch("a: {for: {value: w, in: [1], steps: [b: {next: break}]}}"),
        "",
    ),
    # spec 04 §5
    ("in a list", loop("value: v, in: [1, 2]"), ""),
    ("range of doubles", loop("value: v, range: [-1.1, -1]"), ""),
    ("range in one expression", loop("value: v, range: '${[1, len(x)]}'"), ""),
    ("range of three", loop("value: v, range: [1, 2, 3]"), "WFC133"),
    ("range of text", loop("value: v, range: [1, b]"), "WFC133"),
    ("in a map", loop("value: v, in: {a: 1}"), "WFC132"),
    ("no value", loop("in: [1]"), "WFC104"),
    ("empty steps", main("s: {for: {value: v, in: [1], steps: []}}"), ""),  # OQ-39
    ("return in a loop", in_loop("a: {return: '${v}'}"), ""),
    # spec 04 §8
    (
        "shared",
        in_branch("a: {assign: [total: 1, 'list[0]': 2]}", head="shared: [total, list],"),
        "",
    ),
    (
        "shared name that does not exist",
        in_branch(STEP, head="shared: [nobody],"),
        "WFC382",
    ),  # OQ-40
    (
        "shared twice",
        in_branch("a: {assign: [total: 1]}", head="shared: [total, total],"),
        "WFC137",
    ),
    (
        "both parallel steps share it",
        in_branch(
            fan("a: {assign: [total: 1]}", "shared: [total], "),
            head="shared: [total],",
        ),
        "",
    ),
    ("own names of branches", in_branch("a: {assign: [own: 1]}"), ""),
    ("limit that is an expression", in_branch(STEP, head="concurrency_limit: '${x}',"), ""),
    ("one branch", main(f"s: {{parallel: {{branches: [b: {{steps: [{STEP}]}}]}}}}"), ""),
    ("parallel in parallel", in_branch(fan(STEP)), ""),
    ("three parallel steps deep", in_branch(fan(fan(STEP, name="c"))), "WFC384"),  # OQ-41
    # spec 04 §9
    ("bare try", main("s: {try: {call: sys.now}}"), ""),
    ("list as the body of try", main(f"s: {{try: [{STEP}], except: {{}}}}"), ""),
    ("except without steps", attempt("except: {as: e}"), ""),
    ("except with empty steps", attempt("except: {as: e, steps: []}"), ""),  # OQ-39
    ("policy", attempt("retry: '${http.default_retry}'"), ""),
    (
        "numbers that are expressions",
        attempt("retry: {max_retries: '${x}', backoff: {multiplier: 1.25}}"),
        "",
    ),
    # spec 04 §10
    *(
        (f"raise {value}", main(f"s: {{raise: {value}}}"), "")
        for value in ("no", "{code: 5}", "'${x}'", "false")
    ),
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(text, codes, id=what)
        for what, text, codes in [*STRUCTURE, *VARIABLES, *EXPRESSIONS, *STEPS]
    ],
)
def test_rule_accepts_and_rejects(text: str, codes: str) -> None:
    assert errors_of(text) == codes.split()


@pytest.mark.parametrize(
    ("what", "text", "code"),
    [
        ("OQ-12", main("a: {assign: [y: 1]}", "a: {return: 1}"), "WFC601"),
        ("OQ-12", main("a: {next: end}", "end: {return: 1}"), "WFC602"),
        ("OQ-21", main("s: {return: 'Hello ${x}'}"), "WFC664"),
        ("OQ-43", attempt("retry: {max_retries: 3}"), "WFC651"),
        ("spec 04 §8", in_branch(STEP, head="shared: [total],"), "WFC604"),
        ("spec 01 §8", main(f"s: {{parallel: {{branches: [b: {{steps: [{STEP}]}}]}}}}"), "WFC611"),
        ("spec 03 §4", main("s: {assign: [text: a, y: '${text.split(text, x)}']}"), "WFC603"),
    ],
)
def test_what_deploys_but_is_likely_wrong_is_a_warning(what: str, text: str, code: str) -> None:
    assert code in codes_of(text)
