"""From tracebacks to the workflow: frames, `context`, `stackTrace` and what `except` sees (05)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.compiled import line as line_of
from tests.compiled import load, module, place, text_of

import wfc_runtime.v1 as wf
from wfc_runtime.sourcemap import Frame, SourceMap
from wfc_runtime.testing import VirtualClock
from wfc_runtime.trace import first_line


def error_of(order: Any, args: object = None) -> wf.WorkflowError:
    with pytest.raises(wf.WorkflowError) as caught:
        asyncio.run(order.run(args, clock=VirtualClock(), env={}))
    return caught.value


def element(step: str, routine: str, line: int, column: int, length: int) -> dict[str, Any]:
    position = {"line": str(line), "column": str(column), "length": str(length)}
    return {"step": step, "routine": routine, "position": position}


CALC = """
async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # go · order.yaml:5
    r = sub(args)
    return r


def sub(item: wf.Value) -> wf.Value:
    # calc · order.yaml:14
    n = wf.add(
        item["qty"],
        item["price"] if "price" in item else wf.div(1, item["zero"]),
    )
    return n
"""


def calc() -> Any:
    """Two routines; in `calc` one assignment with an expression inside another."""
    text = text_of(CALC, parameters=1)
    whole = place(
        text,
        """wf.add(
        item["qty"],
        item["price"] if "price" in item else wf.div(1, item["zero"]),
    )""",
    )
    # `place` counts the end in the text's last line
    start = whole.partition("-")[0]
    end = f"{line_of(text, 'wf.div') + 1}:5"
    positions = f"""\
main
 {line_of(text, "r = sub")} 5:9+4 go
sub
 {line_of(text, "n = wf.add")} 14:9+6 calc
 {start}-{end} 14:11+30
 {place(text, "wf.div(1, item['zero'])".replace("'", '"'))} 15:20+9
"""
    return load(text_of(CALC, positions, parameters=1))


def test_an_error_has_a_frame_for_every_routine_it_passed_innermost_first() -> None:
    """The map of spec 05 §3, with the position of the expression that failed."""
    error = error_of(calc(), {"price": 1})
    assert error.payload == {
        "message": "KeyError: key not found: qty",
        "tags": ["KeyError", "LookupError"],
    }
    assert error.context == (
        "KeyError: key not found: qty\n"
        'in step "calc", routine "sub", line: 14\n'
        'in step "go", routine "main", line: 5'
    )
    assert error.stack_trace == {
        "elements": [element("calc", "sub", 14, 11, 30), element("go", "main", 5, 9, 4)]
    }


def test_the_smallest_expression_around_the_failure_is_reported() -> None:
    error = error_of(calc(), {"qty": 1, "zero": 0})
    assert error.payload["message"] == "ZeroDivisionError: division by zero"
    assert error.stack_trace["elements"][0] == element("calc", "sub", 15, 20, 9)


def test_an_error_of_a_helper_is_reported_where_the_helper_is_called() -> None:
    error = error_of(calc(), {"qty": None, "price": 1})
    assert error.payload["tags"] == ["TypeError"]
    assert error.stack_trace["elements"][0] == element("calc", "sub", 14, 11, 30)


def test_a_statement_is_reported_where_no_expression_failed() -> None:
    order = module(
        """
        async def main(run: wf.Run) -> wf.Value:
            # first · order.yaml:3
            x = 1
            # odd · order.yaml:5
            raise wf.WorkflowError("how odd!")
        """,
        'main\n 5 3:9+6 first\n 7 5:9+5 "an \\"odd\\" step"\n',
    )
    error = error_of(order)
    assert error.payload == "how odd!"
    assert error.context == (
        'RuntimeError: "how odd!"\nin step "an "odd" step", routine "main", line: 5'
    )
    assert error.stack_trace == {"elements": [element('an "odd" step', "main", 5, 9, 5)]}


def test_lambdas_and_comprehensions_belong_to_the_line_they_stand_in() -> None:
    order = module(
        """
        async def main(run: wf.Run) -> wf.Value:
            m: wf.Value = {}
            found = [(lambda k: m[k])(k) for k in ["a"]]
            return found
        """,
        "main\n 4 3:9+6 init\n 5 4:9+6 look\n",
    )
    error = error_of(order)
    assert error.context == 'KeyError: key not found: a\nin step "look", routine "main", line: 4'


RETRIED = """
async def main(run: wf.Run) -> wf.Value:
    retry = run.retry("guarded", max_retries=1)
    while True:
        try:
            # work · order.yaml:6
            fails({})
        except Exception as exc:
            error = await retry.settle(exc)
            if error is None:
                continue
            raise error
        break


def fails(m: wf.Value) -> wf.Value:
    # look · order.yaml:20
    return m["key"]
"""


def test_an_error_that_is_raised_on_keeps_the_places_where_it_happened() -> None:
    main = "main\n 4 4:9+3 guarded\n 8 6:13+4 work\n 9 4:9+3 guarded\n"
    error = error_of(module(RETRIED, main + "fails\n 18 20:9+6 look\n"))
    assert error.context == (
        "KeyError: key not found: key\n"
        'in step "look", routine "fails", line: 20\n'
        'in step "work", routine "main", line: 6'
    )


FAN = """
async def main(run: wf.Run) -> wf.Value:
    # parallelStep · nested_errors.yaml:2
    async def num_body(run: wf.Run, num: wf.Value, index: int) -> None:
        # parentLoop · nested_errors.yaml:8
        async def num2_body(run: wf.Run, num2: wf.Value, index: int) -> None:
            # checkEven · nested_errors.yaml:15
            if wf.mod(num, 2) != 0:
                raise wf.WorkflowError("how odd!")

        await run.parallel_for("parentLoop", wf.span(0, 0), num2_body)

    await run.parallel_for("parallelStep", wf.span(0, 1), num_body)
    return None
"""


def test_branch_errors_have_frames_inside_the_branch_only() -> None:
    """The error map of the service's page on nested parallel steps, lines included."""
    text = text_of(FAN)
    positions = f"""\
main
 {line_of(text, "if wf.mod")} 15:23+9 checkEven
 {line_of(text, 'await run.parallel_for("parentLoop"')} 8:15+8 parentLoop
 {line_of(text, 'await run.parallel_for("parallelStep"')} 2:5+8 parallelStep
"""
    error = error_of(module(FAN, positions))
    message = (
        "UnhandledBranchError: One or more branches or iterations encountered an unhandled "
        "runtime error"
    )
    tags = ["UnhandledBranchError", "RuntimeError"]

    def branch(number: str, step: str, line: int, payload: Any) -> dict[str, Any]:
        context = f'RuntimeError: "branch error"\nin step "{step}", routine "main", line: {line}'
        return {"id": number, "error": {"context": context, "payload": payload}}

    inner = {
        "branches": [branch("0", "checkEven", 15, "how odd!")],
        "message": message,
        "tags": tags,
        "truncated": False,
    }
    assert error.payload == {
        "branches": [branch("1", "parentLoop", 8, inner)],
        "message": message,
        "tags": tags,
        "truncated": False,
    }
    assert error.context == f'{message}\nin step "parallelStep", routine "main", line: 2'
    assert error.stack_trace == {"elements": [element("parallelStep", "main", 2, 5, 8)]}


# -- what `except` sees ---------------------------------------------------------------------------


def test_except_sees_a_raised_value_as_it_is_and_a_native_error_as_its_map() -> None:
    order = module(
        """
        async def main(run: wf.Run) -> wf.Value:
            seen: wf.Value = []
            for cause in [1, 2, 3]:
                try:
                    if cause == 1:
                        raise wf.WorkflowError({"code": 55})
                    if cause == 2:
                        {}["missing"]
                    1 / 0
                except Exception as exc:
                    e = wf.caught(exc)
                    seen.append(e)
            return seen
        """
    )
    assert asyncio.run(order.run()) == [
        {"code": 55},
        {"message": "KeyError: key not found: missing", "tags": ["KeyError", "LookupError"]},
        {
            "message": "ZeroDivisionError: division by zero",
            "tags": ["ZeroDivisionError", "ArithmeticError"],
        },
    ]


def library_bug(run: wf.Run) -> Any:
    """Stands for a function of the runtime."""
    return dict[str, int]()["a bug"]


def test_a_native_error_inside_the_runtime_is_never_the_workflows() -> None:
    order = module(
        """
        async def main(run: wf.Run) -> wf.Value:
            try:
                library(run)
            except Exception as exc:
                e = wf.caught(exc)
                return e
        """
    )
    vars(order)["library"] = library_bug
    with pytest.raises(KeyError, match="a bug"):
        asyncio.run(order.run())


def test_a_module_with_a_variable_called_workflow_is_no_generated_code() -> None:
    order = module(
        """
        async def main(run: wf.Run) -> wf.Value:
            return foreign()
        """
    )
    namespace: dict[str, Any] = {"workflow": "mine"}
    exec("def foreign():\n    return {}['a bug']\n", namespace)
    vars(order)["foreign"] = namespace["foreign"]
    with pytest.raises(KeyError, match="a bug"):
        asyncio.run(order.run())


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("text", 'RuntimeError: "text"'),
        ('say "hi"\n', 'RuntimeError: "say \\"hi\\"\\n"'),
        ({"code": 5, "any": [1.0]}, 'RuntimeError: {"any":[1],"code":5}'),
        ({"message": "mine"}, 'RuntimeError: {"message":"mine"}'),
        ({"message": 5, "tags": []}, 'RuntimeError: {"message":5,"tags":[]}'),
        ({"message": "KeyError: x", "tags": ["KeyError"]}, "KeyError: x"),
        (False, "RuntimeError: false"),
        (None, "RuntimeError: null"),
        (b"bytes", "RuntimeError: a bytes that has no form in JSON"),
    ],
)
def test_the_first_line_of_a_context_is_the_message_or_the_value(
    payload: Any, expected: str
) -> None:
    """OQ-46"""
    assert first_line(payload) == expected


# -- the source map -------------------------------------------------------------------------------


def test_a_source_map_is_read_when_somebody_looks() -> None:
    broken = SourceMap("main\n 12 position\n", "order.py")
    with pytest.raises(ValueError, match="position"):
        broken.find((1, 0), (1, 1))


def test_places_before_the_first_statement_have_no_frame() -> None:
    source_map = SourceMap("main\n 12 3:9+6 init\n", "order.py")
    assert source_map.find((11, 0), (11, 5)) is None
    assert source_map.find((12, 0), (12, 5)) == Frame("init", "main", 3, 9, 6)
    assert source_map.find((99, 0), (99, 5)) == Frame("init", "main", 3, 9, 6)


def test_an_expression_counts_only_where_it_holds_all_of_the_instruction() -> None:
    source_map = SourceMap(
        "main\n 15 7:9+4 fetch\n 15:10-16:20 9:16+22\n 15:12-15:18 9:20+3\n", "order.py"
    )

    def line(start: tuple[int, int], end: tuple[int, int]) -> tuple[int, int] | None:
        frame = source_map.find(start, end)
        return frame and (frame.line, frame.column)

    assert line((15, 12), (15, 18)) == (9, 20)
    assert line((15, 12), (15, 19)) == (9, 16)
    assert line((15, 10), (16, 20)) == (9, 16)
    assert line((15, 9), (16, 20)) == (7, 9)
    assert line((15, 10), (16, 21)) == (7, 9)


def test_a_step_name_with_blanks_is_written_as_json() -> None:
    source_map = SourceMap('main\n 20 12:9+3 "odd  step — ü\u2028"\n', "order.py")
    assert source_map.find((20, 0), (20, 1)) == Frame("odd  step — ü\u2028", "main", 12, 9, 3)
