"""The 20 rows of spec 09 §3: what the service refuses to deploy is an error before any run."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from tests.frames import caught, in_branch, in_iteration, in_loop, main, returning, times
from tests.front import errors_of


class Row(NamedTuple):
    """A workflow that row `number` of spec 09 §3 rejects, and the errors it gives."""

    number: int
    what: str
    text: str
    codes: str


SUBWORKFLOW = "f:\n  steps:\n    - t: {return: 1}\n"
LOOP_OF_LOOP_VARIABLE = "a: {for: {value: v, in: [1], steps: [b: {assign: [y: 1]}]}}"
SET_TOTAL = "a: {assign: [total: 1]}"
SET_Y = "a: {assign: [y: 1]}"
NOW = "a: {call: sys.now}"

ROWS = [
    # 1: YAML and JSON syntax
    Row(1, "missing colon", "main:\n  steps\n    - s: {return: 1}\n", "WFC010"),
    Row(1, "bracket never closed", "main: {steps: [{s: {return: 1}}\n", "WFC010"),
    Row(1, "quote never closed", main('s: {return: "a}'), "WFC010"),
    Row(1, "tab", "main:\n\tsteps: []\n", "WFC015"),
    Row(1, "indentation", "main:\n  steps:\n    - a: {next: b}\n   - b: {next: a}\n", "WFC010"),
    Row(1, "JSON without a comma", '{"main": {"steps": [{"a": {}} {"b": {}}]}}', "WFC010"),
    # 2: expression syntax
    Row(2, "operand missing", returning("${x +}"), "WFC150"),
    Row(2, "bracket missing", returning("${(x + 1}"), "WFC155"),
    Row(2, "single quotes", returning("${''a''}"), "WFC153"),
    Row(2, "odd key without quotes", returning("${x[special!key]}"), "WFC152"),
    Row(2, "deep in a literal", main("s: {return: {a: [{b: '${1 +}'}]}}"), "WFC150"),
    Row(2, "condition", main("s: {switch: [{condition: '${x ==}', next: end}]}"), "WFC150"),
    Row(2, "target", main("s: {assign: ['x[1': 2]}"), "WFC155"),
    # 3: undefined names
    Row(3, "variable in `return`", returning("${varC}"), "WFC201"),
    Row(3, "variable in an argument", main("s: {call: sys.log, args: ['${y}']}"), "WFC201"),
    Row(3, "variable in a target's index", main("s: {assign: ['x[y]': 1]}"), "WFC201"),
    Row(3, "nested target without its map", main("s: {assign: [m.k: 1]}"), "WFC201"),
    Row(
        3,
        "variable of another routine",
        main("s: {call: f}", more="f:\n  steps:\n    - t: {return: '${x}'}\n"),
        "WFC201",
    ),
    Row(3, "step", main("s: {next: nowhere}"), "WFC203"),
    Row(3, "step of another routine", main("s: {next: t}", more=SUBWORKFLOW), "WFC203"),
    Row(3, "in a `switch`", main("s: {switch: [{condition: true, next: nowhere}]}"), "WFC203"),
    Row(3, "subworkflow", main("s: {call: nothing}"), "WFC205"),
    Row(3, "subworkflow in an expression", returning("${nothing(1)}"), "WFC205"),
    Row(
        3,
        "subworkflow as predicate",
        main("s: {try: {call: sys.now}, retry: {predicate: '${nothing}'}}"),
        "WFC201",
    ),
    # 4: unknown functions and modules
    Row(4, "module", main("s: {call: strings.upper, args: ['${x}']}"), "WFC205"),
    Row(4, "function of a module", main("s: {call: text.upper, args: ['${x}']}"), "WFC205"),
    Row(4, "function in an expression", returning("${text.lower(x)}"), "WFC205"),
    Row(4, "helpers of Python's", returning("${[str(x), type(x), bool(x)]}"), "WFC205 " * 3),
    # 5: locals of `for` and `except` outside their block
    Row(5, "loop variable", in_loop(SET_Y, last="return: '${v}'"), "WFC202"),
    Row(5, "name of a loop", in_loop(SET_Y, last="return: '${y}'"), "WFC202"),
    Row(5, "error variable", caught("{assign: [m: 1]}", last="return: '${e}'"), "WFC202"),
    Row(5, "name of an `except`", caught("{assign: [m: 1]}", last="return: '${m}'"), "WFC202"),
    # 6: another branch's variable
    Row(6, "read in an expression", in_branch("a: {assign: [y: '${own}']}"), "WFC209"),
    Row(6, "read in a condition", in_branch("a: {switch: [{condition: '${own}'}]}"), "WFC209"),
    Row(6, "read after the step", in_branch(NOW, last="return: '${own}'"), "WFC202"),
    # 7: a parent's variable that is not shared
    Row(7, "assignment", in_branch(SET_TOTAL), "WFC381"),
    Row(7, "nested target", in_branch("a: {assign: ['list[0]': 1]}"), "WFC381"),
    Row(7, "result", in_branch("a: {call: sys.now, result: total}"), "WFC381"),
    Row(7, "parameter", in_branch("a: {assign: [x: 1]}"), "WFC381"),
    Row(7, "parallel loop", in_iteration("a: {assign: [total: '${total + v}']}"), "WFC381"),
    Row(
        7,
        "in a loop inside",
        in_branch("b: {for: {value: w, in: [1], steps: [" + SET_TOTAL + "]}}"),
        "WFC381",
    ),
    Row(
        7,
        "only the outer of two steps shares it",
        in_branch(
            "b: {parallel: {for: {value: w, in: [1], steps: [" + SET_TOTAL + "]}}}",
            head="shared: [total],",
        ),
        "WFC381",
    ),
    Row(
        7,
        "only the inner of two steps shares it",
        in_branch(
            "b: {parallel: {shared: [total], for: {value: w, in: [1], steps: [" + SET_TOTAL + "]}}}"
        ),
        "WFC381",
    ),
    # 8: a branch's own name that is also a variable outside
    Row(
        8, "assigned afterwards", in_branch("a: {assign: [z: 1]}", last="assign: [z: 2]"), "WFC381"
    ),
    Row(
        8,
        "result afterwards",
        in_branch("a: {assign: [z: 1]}", last="call: sys.now, result: z"),
        "WFC381",
    ),
    # 9: jumps
    Row(9, "out of a loop", in_loop("a: {next: after}"), "WFC303"),
    Row(9, "into a loop", in_loop(SET_Y, last="next: a"), "WFC304"),
    Row(9, "out of a branch", in_branch("a: {next: after}"), "WFC305"),
    Row(9, "across branches", in_branch("a: {next: other}"), "WFC305"),
    Row(9, "into a branch", in_branch(SET_Y, last="next: a"), "WFC306"),
    Row(9, "out of an iteration", in_iteration("a: {next: after}"), "WFC305"),
    Row(9, "out of a `try` in a loop", in_loop("a: {try: {next: after}, except: {}}"), "WFC303"),
    Row(9, "`break` in a parallel loop", in_iteration("a: {next: break}"), "WFC308"),
    Row(9, "`break` in a branch", in_branch("a: {next: break}"), "WFC308"),
    Row(9, "`end` in a branch", in_branch("a: {next: end}"), "WFC309"),
    Row(9, "`end` in a parallel loop", in_iteration("a: {next: end}"), "WFC309"),
    Row(9, "`break` outside a loop", main("s: {next: break}"), "WFC301"),
    Row(9, "`continue` outside a loop", main("s: {next: continue}"), "WFC302"),
    # 10: `return` in parallel
    Row(10, "branch", in_branch("a: {return: 1}"), "WFC383"),
    Row(10, "iteration", in_iteration("a: {return: '${v}'}"), "WFC383"),
    Row(10, "`switch`", in_branch("a: {switch: [{condition: true, return: 1}]}"), "WFC383"),
    Row(10, "`steps`", in_branch("a: {steps: [b: {return: 1}]}"), "WFC383"),
    Row(
        10,
        "loop in a branch",
        in_branch("a: {for: {value: w, in: [1], steps: [b: {return: 1}]}}"),
        "WFC383",
    ),
    Row(
        10,
        "`except` in an iteration",
        in_iteration("a: {try: {call: sys.now}, except: {steps: [b: {return: 1}]}}"),
        "WFC383",
    ),
    # 11: loop variables
    Row(11, "nested loops with one variable", in_loop(LOOP_OF_LOOP_VARIABLE), "WFC322"),
    Row(11, "index", in_loop(LOOP_OF_LOOP_VARIABLE.replace("v,", "w, index: v,")), "WFC322"),
    Row(11, "read outside its loop", in_loop(SET_Y, last="return: '${v}'"), "WFC202"),
    Row(11, "assigned outside its loop", in_loop(SET_Y, first="v: 0"), "WFC321"),
    # 12: `for` without a name in `try`
    Row(
        12,
        "in `try`",
        main("s: {try: {for: {value: v, in: [1], steps: [a: {next: continue}]}}}"),
        "WFC140",
    ),
    # 13: empty bodies
    Row(13, "subworkflow", main("s: {call: f}", more="f:\n  steps: []\n"), "WFC106"),
    Row(13, "main", "main:\n  steps: []\n", "WFC106"),
    Row(13, "list form", "[]\n", "WFC101"),
    # 14: repeated step names (OQ-12: an error only where `next` names one)
    Row(
        14,
        "named by `next`",
        main("a: {next: b}", "b: {call: sys.now}", "b: {return: 1}"),
        "WFC204",
    ),
    # 15: limits
    Row(15, "51 assignments", main(f"s: {{assign: [{times(51, 'a#: 1')}]}}"), "WFC411"),
    Row(15, "51 conditions", main(f"s: {{switch: [{times(51, '{condition: false}')}]}}"), "WFC412"),
    Row(
        15,
        "11 branches",
        main(
            f"s: {{parallel: {{branches: [{times(11, 'b#: {steps: [s#: {next: continue}]}')}]}}}}"
        ),
        "WFC414",
    ),
    Row(
        15,
        "11 parameters",
        main(
            "s: {return: 1}", more=SUBWORKFLOW.replace("f:", f"f:\n  params: [{times(11, 'p#')}]")
        ),
        "WFC413",
    ),
    Row(15, "401 characters", returning("${" + "x".ljust(401) + "}"), "WFC401"),
    Row(15, "more than 128 KB", returning("${x}") + "# padding\n" * 13_200, "WFC410"),
    # 16: blocking functions in expressions
    Row(16, "request", returning('${http.get("https://a.example").body}'), "WFC344"),
    Row(16, "callback", returning("${events.await_callback(x)}"), "WFC344"),
    Row(16, "child", returning('${experimental.executions.run("a")}'), "WFC344"),
    Row(16, "children", returning('${experimental.executions.map("a", [1])}'), "WFC344"),
    Row(16, "log", returning('${sys.log("a")}'), "WFC344"),
    Row(16, "sleep", main("s: {switch: [{condition: '${sys.sleep(1) == null}'}]}"), "WFC344"),
    Row(16, "sleep until", returning('${sys.sleep_until("2030-01-01T00:00:00Z")}'), "WFC344"),
    # 17: the shape of things
    Row(17, "two parameters of main", main("s: {return: 1}", params="[a, b]"), "WFC110"),
    Row(17, "default in main", main("s: {return: 1}", params="[a: 1]"), "WFC111"),  # OQ-3
    Row(17, "key of main", "main:\n  step: []\n  steps:\n    - s: {return: 1}\n", "WFC103"),
    Row(17, "key of a step", main("s: {return: 1, retrun: 2}"), "WFC103"),
    Row(17, "key of `for`", main("s: {for: {value: v, in: [1], do: 2, steps: []}}"), "WFC103"),
    Row(17, "key of `parallel`", in_branch(NOW, head="limit: 2,"), "WFC103"),
    Row(17, "key of `retry`", main("s: {try: {call: sys.now}, retry: {times: 3}}"), "WFC103"),
    Row(17, "`args` without `call`", main("s: {args: {a: 1}, return: 1}"), "WFC120"),
    Row(17, "`result` without `call`", main("s: {result: y, return: 1}"), "WFC120"),
    Row(17, "`retry` without `try`", main("s: {call: sys.now, retry: '${x}'}"), "WFC120"),
    Row(17, "`except` without `try`", main("s: {call: sys.now, except: {steps: []}}"), "WFC120"),
    Row(
        17,
        "`in` and `range`",
        main("s: {for: {value: v, in: [1], range: [1, 2], steps: []}}"),
        "WFC130",
    ),
    Row(17, "neither `in` nor `range`", main("s: {for: {value: v, steps: []}}"), "WFC131"),
    Row(
        17,
        "`branches` and `for`",
        in_branch(NOW, head="for: {value: v, in: [1], steps: []},"),
        "WFC134",
    ),
    Row(17, "neither `branches` nor `for`", main("s: {parallel: {shared: [x]}}"), "WFC135"),
    # 18: exception policy
    Row(18, "another policy", in_branch(NOW, head="exception_policy: unhandled,"), "WFC136"),
    Row(18, "in another case", in_branch(NOW, head="exception_policy: ContinueAll,"), "WFC136"),
    # 19: literal concurrency limit (OQ-42)
    *(
        Row(19, limit, in_branch(NOW, head=f"concurrency_limit: {limit},"), "WFC138")
        for limit in ("0", "-1", "1.5", '"2"', "true", "null", "[1]")
    ),
    # 20: what must not be missing or empty
    Row(20, "entry without `condition`", main("s: {switch: [{next: end}]}"), "WFC104"),
    Row(20, "no assignments", main("s: {assign: []}"), "WFC106"),
    Row(20, "no conditions", main("s: {switch: []}"), "WFC106"),
    Row(20, "no nested steps", main("s: {steps: []}"), "WFC106"),
    Row(20, "no branches", main("s: {parallel: {branches: []}}"), "WFC106"),
    Row(20, "no steps in a branch", in_branch(NOW).replace(NOW, ""), "WFC106"),
    Row(20, "no body", main("s:"), "WFC118"),
    Row(20, "empty body", main("s: {}"), "WFC118"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}: {row.what}")
def test_what_the_service_refuses_is_an_error(row: Row) -> None:
    assert errors_of(row.text) == row.codes.split()


def test_every_row_of_the_table_is_here() -> None:
    assert {row.number for row in ROWS} == set(range(1, 21))
