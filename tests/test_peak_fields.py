"""Which fields a Peak workflow and a block spec may have, and what they hold (spec 11 §1, §2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.peak_files import (
    BLOCK,
    EVERYTHING,
    EXPORT,
    HTTP,
    SQL,
    STANDARD,
    Path_,
    changed,
    checked,
    codes_of,
    problems_of,
    workflow,
)

from wfc.peak import syntax


def test_everything_at_once_is_accepted() -> None:
    assert problems_of(EVERYTHING) == []
    assert problems_of({"body": EVERYTHING}) == []
    assert problems_of(BLOCK) == []
    assert problems_of({**BLOCK["body"], "parameters": BLOCK["parameters"]}) == []


LOAD = ("steps", "load")
NUMBER = {"name": "n", "type": "number", "required": True}
OBJECT = {"name": "o", "type": "object", "required": False}
TELL = ("steps", "tell")
SUM = ("steps", "sum-up")


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        (("name",), ..., ["WFC703"]),
        (("name",), 5, ["WFC704"]),
        (("name",), None, ["WFC703"]),
        (("steps",), ..., ["WFC703"]),
        (("steps",), {}, ["WFC706"]),
        (("steps",), [], ["WFC704"]),
        (("stepz",), {}, ["WFC702"]),
        (("metadata", "allowConcurrentExecution"), "yes", ["WFC704"]),
        (("metadata", "allowConcurentExecution"), True, ["WFC702"]),
        (("metadata",), None, []),
        (("tags",), ["sales"], ["WFC704"]),
        (("tags", 0), {}, ["WFC703"]),
        (("triggers",), None, []),
        (("triggers", 0, "webhook"), True, ["WFC713"]),
        (("triggers", 0, "cron"), "every day", ["WFC714"]),
        (("triggers", 0, "cron"), 5, ["WFC704"]),
        (("triggers", 1, "webhook"), "yes", ["WFC704"]),
        (("triggers", 1, "webhookId"), "3f2a", []),
        (("triggers", 0, "crom"), "0 0 * * *", ["WFC702"]),
        (("watchers", 0, "events"), ..., ["WFC703"]),
        (("watchers", 0, "user"), ..., ["WFC715"]),
        (("watchers", 0, "email"), {"recipients": {"to": ["a@b"]}}, ["WFC715"]),
        (("watchers", 0, "events", "failed"), True, ["WFC702"]),
        (("watchers", 0, "events", "fail"), 1, ["WFC704"]),
        (("watchers", 1, "events", "runtimeExceeded"), 2.5, []),
        (("watchers", 1, "events", "runtimeExceeded"), "10", ["WFC704"]),
        (("watchers", 1, "events", "runtimeExceeded"), True, ["WFC704"]),
        (("watchers", 1, "webhook", "url"), ..., ["WFC703"]),
        (("watchers", 1, "webhook", "payload"), {"a": 1}, ["WFC704"]),
        (("watchers", 2, "email", "recipients"), {}, ["WFC703"]),
        (("watchers", 2, "email", "recipients", "to"), "bob@example.com", ["WFC704"]),
        (("retryOptions", "duration"), 120, []),
        (("retryOptions", "duration"), 121, ["WFC711"]),
        (("retryOptions", "duration"), -1, ["WFC711"]),
        (("retryOptions", "duration"), "5", ["WFC704"]),
        (("retryOptions", "duration"), 1.5, ["WFC704"]),
        (("retryOptions", "numberOfRetries"), 5, []),
        (("retryOptions", "numberOfRetries"), 6, ["WFC711"]),
        (("retryOptions", "numberOfRetries"), True, ["WFC704"]),
        (("retryOptions", "exitCodes"), 1, ["WFC704"]),
        (("retryOptions", "exitCodes", 0), "1", ["WFC704"]),
        (("retryOptions", "retries"), 1, ["WFC702"]),
        ((*LOAD, "command"), ..., ["WFC703"]),
        ((*LOAD, "command"), ["python", "load.py"], ["WFC704"]),
        ((*LOAD, "type"), ..., []),
        ((*LOAD, "type"), "shell", ["WFC705"]),
        ((*LOAD, "imageId"), "100", ["WFC704"]),
        ((*LOAD, "imageId"), ..., ["WFC806"]),
        ((*LOAD, "imageDetails"), {"id": 1}, ["WFC724"]),
        ((*LOAD, "imageRef"), "python", ["WFC724"]),
        ((*LOAD, "resources", "storage"), "10 GB", ["WFC712"]),
        ((*LOAD, "resources", "storage"), 10, ["WFC712"]),
        ((*LOAD, "resources", "storage"), "0GB", []),
        ((*LOAD, "resources", "storage"), ["10GB"], ["WFC712"]),
        ((*LOAD, "resources", "instanceTypeId"), "big", ["WFC704"]),
        ((*LOAD, "resources"), "big", ["WFC704"]),
        ((*LOAD, "stepTimeout"), 0, ["WFC711"]),
        ((*LOAD, "stepTimeout"), 1, []),
        ((*LOAD, "repository", "url"), ..., ["WFC703"]),
        ((*LOAD, "repository", "filePath"), "a.sql", ["WFC702"]),
        ((*LOAD, "parameters", "env", "LIMIT"), [1], ["WFC704"]),
        ((*LOAD, "parameters", "env"), ["A=1"], ["WFC704"]),
        ((*LOAD, "parameters", "secrets"), "warehouse", ["WFC704"]),
        ((*LOAD, "parameters", "vars"), {}, ["WFC702"]),
        ((*LOAD, "parents"), "tell", ["WFC704"]),
        ((*LOAD, "runConfiguration", "retryOptions", "duration"), 500, ["WFC711"]),
        ((*LOAD, "runConfiguration", "skipConfiguration", "skipDag"), True, ["WFC702"]),
        ((*LOAD, "url"), "https://example.com", ["WFC702"]),
        ((*TELL, "method"), ..., []),
        ((*TELL, "method"), "POST", ["WFC705"]),
        ((*TELL, "url"), ..., ["WFC703"]),
        ((*TELL, "auth"), ..., ["WFC703"]),
        ((*TELL, "auth"), {}, ["WFC703"]),
        ((*TELL, "auth"), "none", ["WFC704"]),
        ((*TELL, "auth", "type"), "digest", ["WFC705"]),
        ((*TELL, "auth", "password"), ..., ["WFC703"]),
        ((*TELL, "auth"), {"type": "oauth"}, ["WFC703"]),
        ((*TELL, "auth"), {"type": "api-key", "apiKey": "key"}, []),
        ((*TELL, "auth"), {"type": "bearer-token", "token": "key"}, ["WFC702"]),
        ((*LOAD, "parameters", "env", "A=B"), "1", ["WFC708"]),
        ((*LOAD, "parameters", "env", ""), "1", ["WFC708"]),
        ((*LOAD, "parameters", "env", "A\0"), "1", ["WFC708"]),
        ((*LOAD, "parameters", "env", "A"), "\0", ["WFC708"]),
        ((*LOAD, "parameters", "env", "a.b-1 é"), "=", []),
        ((*LOAD, "outputParameters", "rowCount"), "/tmp/rows.txt", ["WFC725"]),
        ((*LOAD, "outputParameters", "rowCount"), "out/../../rows.txt", ["WFC725"]),
        ((*LOAD, "outputParameters", "rowCount"), "..", ["WFC725"]),
        ((*LOAD, "outputParameters", "rowCount"), "\0", ["WFC725"]),
        ((*LOAD, "outputParameters", "rowCount"), "./out/../..rows.txt", []),
        ((*TELL, "parameters", "inherit"), {"A=B": "rowCount"}, ["WFC708"]),
        ((*TELL, "payload"), {"rows": 1}, ["WFC704"]),
        ((*TELL, "outputParameters", "answer"), "answer.txt", ["WFC721"]),
        ((*TELL, "headers", "absolute", "Accept"), {}, ["WFC704"]),
        ((*TELL, "headers", "Accept"), "text/plain", ["WFC702"]),
        ((*SUM, "repository"), ..., ["WFC722"]),
        ((*SUM, "sqlQueryPath"), "sales/month", ["WFC722"]),
        ((*SUM, "repository", "filePath"), ..., ["WFC703"]),
        ((*SUM, "repository", "filePath"), "../a.sql", ["WFC725"]),
        ((*SUM, "repository", "filePath"), "/sums/../a.sql", []),
        ((*SUM, "parameters", "secrets"), ["a"], ["WFC702"]),
        ((*SUM, "outputParameters"), {"a": "b"}, ["WFC702"]),
        ((*SUM, "executionParameters", "conditional", 0, "condition"), "is", ["WFC705"]),
        ((*SUM, "executionParameters", "conditional", 0, "value"), ..., ["WFC703"]),
        ((*SUM, "executionParameters", "conditional", 0, "value"), 0, ["WFC704"]),
        ((*SUM, "executionParameters", "conditional", 0, "value"), "", []),
        ((*SUM, "executionParameters", "conditional", 0, "stepName"), "", ["WFC703"]),
        ((*SUM, "executionParameters", "conditional", 0, "paramName"), "", ["WFC703"]),
        ((*SUM, "executionParameters", "parentStatus", 0, "parents"), [""], ["WFC731"]),
        ((*TELL, "parents"), ["load", ""], ["WFC731"]),
        ((*SUM, "executionParameters", "parentStatus", 0, "status"), ["failed"], ["WFC705"]),
        ((*SUM, "executionParameters", "parentStatus", 0, "condition"), "any", ["WFC705"]),
        (("steps", "unload", "table"), ..., ["WFC703"]),
        (("steps", "unload", "sortOrder"), "down", ["WFC705"]),
        (("steps", "unload", "parameters"), {}, ["WFC702"]),
        (("steps", "unload"), [], ["WFC704"]),
        (("steps", "Un_load-2"), STANDARD, []),
        (("steps", "un load"), STANDARD, ["WFC707"]),
        (("steps", ""), STANDARD, ["WFC707"]),
        ((*LOAD, "command"), "@param:command", ["WFC741"]),
    ],
    ids=str,
)
def test_fields_of_a_workflow(path: Path_, value: Any, codes: list[str]) -> None:
    assert codes_of({"body": changed(EVERYTHING, path, value)}) == codes


CONFIG = ("body", "config")
STEP = (*CONFIG, "steps", "load")


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        (("body", "version"), "1", []),
        (("body", "version"), 2, ["WFC705"]),
        (("body", "kind"), ..., ["WFC703"]),
        (("body", "kind"), "service", ["WFC701"]),
        (("body", "metadata", "summary"), ..., ["WFC703"]),
        (("body", "metadata", "allowConcurrentExecution"), True, ["WFC802"]),
        (("body", "metadata", "colour"), "red", ["WFC702"]),
        (("body", "metadata", "descriptionContentType"), "text/html", ["WFC705"]),
        (("body", "release", "version"), "1.0", ["WFC705"]),
        (("body", "release", "version"), "1.0.0-rc.1+b5", []),
        (("body", "release", "version"), 1.0, ["WFC704"]),
        (("body", "release"), ..., ["WFC703"]),
        (CONFIG, "@param:owner", ["WFC704"]),
        ((*CONFIG, "steps"), ..., ["WFC703"]),
        ((*CONFIG, "retryOptions"), {}, ["WFC702"]),
        ((*CONFIG, "metadata", "allowConcurrentExecution"), 1, ["WFC704"]),
        ((*STEP, "imageRef"), "python", ["WFC723"]),
        ((*STEP, "image"), ..., ["WFC806"]),
        ((*STEP, "imageId"), 5, ["WFC723", "WFC724"]),
        ((*STEP, "resources", "instanceTypeId"), "@param:instanse", ["WFC741"]),
        ((*STEP, "resources", "instanceTypeId"), "@param:owner", []),  # its value comes later
        ((*STEP, "resources", "instanceTypeId"), "@param:cache", ["WFC704"]),  # false is no id
        ((*STEP, "image", "useCache"), "maybe", ["WFC704"]),
        ((*STEP, "image", "buildArguments"), {"token": "t", "n": 5}, []),
        ((*CONFIG, "steps", "train", "imageRef"), "pyton", ["WFC743"]),
        ((*CONFIG, "steps", "publish", "imageDetails", "id"), ..., ["WFC703"]),
        (("parameters", "build", 0, "type"), "bool", ["WFC705"]),
        (("parameters", "build", 0, "name"), "owner", ["WFC741", "WFC742"]),
        (("parameters", "run", 0, "required"), ..., ["WFC703"]),
        (("parameters", "run", 0, "properties"), [], ["WFC702"]),  # a number has none
        (("parameters", "run", 0), {**OBJECT, "properties": [NUMBER]}, []),
        (("parameters", "run", 0), {**OBJECT, "properties": [NUMBER, NUMBER]}, ["WFC742"]),
        (("parameters", "run", 0), {**OBJECT, "properties": [{"name": "n"}]}, ["WFC703"]),
        (("parameters", "run", 0), {**OBJECT, "properties": {"n": NUMBER}}, ["WFC704"]),
        (("parameters", "tests"), [], ["WFC702"]),
        (("scope",), "everyone", ["WFC705"]),
        (("auto_run_on_deploy",), True, []),
        (("steps",), {}, ["WFC801"]),
    ],
    ids=str,
)
def test_fields_of_a_block(path: Path_, value: Any, codes: list[str]) -> None:
    assert codes_of(changed(BLOCK, path, value)) == codes


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        (STANDARD, []),
        (HTTP, []),
        (SQL, []),
        (EXPORT, []),
        ({**HTTP, "type": ...}, ["WFC703"]),  # by its keys no standard step
        ({**SQL, "repository": {"branch": "m", "url": "u", "filePath": "f"}}, ["WFC722"]),
        ({"type": "http"}, ["WFC703"]),
        ({}, ["WFC703", "WFC806"]),
    ],
    ids=str,
)
def test_the_least_that_a_step_needs(step: Any, codes: list[str]) -> None:
    written = {key: value for key, value in step.items() if value is not ...}
    assert codes_of(workflow(a=written)) == codes


def hint_of(file: Any, path: Path_, value: Any) -> str:
    (problem,) = problems_of(changed(file, path, value))
    return problem.hint


@pytest.mark.parametrize(
    ("path", "value", "hint"),
    [
        ((*LOAD, "resources", "storage"), "20 Gb", "write `storage: 20GB`"),
        ((*LOAD, "imageDetails"), {"id": 7}, "write `imageId: 7`"),
        ((*LOAD, "parents"), "tell", "write `parents: [tell]`"),
        ((*LOAD, "comand"), "x", "did you mean `command`?"),
        ((*LOAD, "timeout"), 5, "did you mean `stepTimeout`?"),
        ((*LOAD, "stepTimeout"), "10m", "it is in seconds: write `stepTimeout: 600`"),
        ((*LOAD, "stepTimeout"), "0s", ""),
        ((*LOAD, "command"), ["python", "a.py"], "write `command: python a.py`"),
        ((*LOAD, "command"), ["grep", "a|b", "c"], "write `command: grep 'a|b' c`"),
        ((*LOAD, "command"), ["echo a: b"], 'write `command: "echo a: b"`'),
        ((*LOAD, "command"), ["pip install .", "python a.py"], ""),  # not one command
        ((*LOAD, "env"), {}, "put it into `parameters`:\nparameters:\n  env: …"),
        ((*LOAD, "parameters", "env"), [{"A": "1"}], "write what is in `env` without dashes"),
        (
            (*LOAD, "skip"),
            True,
            "put it into `runConfiguration`:\nrunConfiguration:\n  skipConfiguration:\n    skip: …",
        ),
        (
            (*LOAD, "runConfiguration", "skip"),
            True,
            "put it into `skipConfiguration`:\nskipConfiguration:\n  skip: …",
        ),
        (
            (*LOAD, "repository"),
            "https://e.com/r",
            "write `repository: {branch: main, url: https://e.com/r}`",
        ),
        (
            (*LOAD, "repository"),
            "a, b #c",
            'write `repository: {branch: main, url: "a, b #c"}`',
        ),
        ((*TELL, "auth"), "none", "write `auth: {type: no-auth}`"),
        ((*TELL, "headers", "absolut"), {}, "did you mean `absolute`?"),
        (
            (*TELL, "headers", "Accept"),
            "a/b",
            "put it into `absolute`:\nheaders:\n  absolute:\n    Accept: …",
        ),
        (
            (*SUM, "executionParameters", "conditional", 0, "condition"),
            "==",
            "did you mean `equals`?",
        ),
        (
            (*SUM, "executionParameters", "parentStatus", 0, "condition"),
            "any-of",
            "did you mean `one-of`?",
        ),
        (
            (*SUM, "executionParameters", "parentStatus", 0, "status"),
            "failed",
            "write `status: [failure]`",
        ),
        (
            (*SUM, "executionParameters", "parentStatus", 0, "status"),
            ["failed"],
            "did you mean `failure`?",
        ),
        (("steps", "unload", "sortOrder"), "descending", "did you mean `desc`?"),
        (("steps", "unload", "compression"), "gzip", "write `compression: true`"),
        (("steps", "unload", "parameters"), {}, ""),  # which is no slip for `parents`
        (("schedule",), "0 2 * * *", "write it as a trigger:\ntriggers:\n- cron: …"),
        (("watchers", 0, "events"), ["fail"], "write `events: {fail: true}`"),
        (
            ("watchers", 0, "events"),
            ["success", "failure"],
            "write `events: {success: true, fail: true}`",
        ),
        (("watchers", 0, "events"), ["runtimeExceeded"], ""),  # which is no switch
        (("watchers", 0, "events"), [{"fail": True}], "write what is in `events` without dashes"),
        (
            ("watchers", 2, "email"),
            "bob@example.com",
            "write `email: {recipients: {to: [bob@example.com]}}`",
        ),
        (("retryOptions", "exponentialBackoff"), "yes", "write `exponentialBackoff: true`"),
        (("retryOptions", "numberOfRetries"), "3", "write it without quotes: `3`"),
        (("retryOptions", "duration"), "5 min", "it is in seconds: write `duration: 120`"),
        (("retryOptions", "retries"), 3, "did you mean `numberOfRetries`?"),
        (("name",), ["a", "b\nc"], ""),
        (("name",), None, "write `name: …`"),
        ((*LOAD, "command"), None, "write `command: …`"),
    ],
    ids=str,
)
def test_hints_can_be_typed_in(path: Path_, value: Any, hint: str) -> None:
    assert hint_of(EVERYTHING, path, value) == hint


def test_hints_for_blocks() -> None:
    at: Path_ = ("parameters", "run", 0)
    assert hint_of(BLOCK, (*at, "type"), "integer") == "did you mean `number`?"
    assert hint_of(BLOCK, (*at, "default"), 7) == "did you mean `defaultValue`?"
    unquoted = "write it without quotes: `defaultValue: 7.5`"
    assert hint_of(BLOCK, (*at, "defaultValue"), "7.5") == unquoted


@pytest.mark.parametrize(
    ("kind", "fits", "others"),
    [
        ("boolean", False, [0, "no"]),
        ("string", "1", [1, True, ["a"]]),
        ("number", 1.5, [True, "1", [1]]),
        ("object", {"a": []}, [[], "{}"]),
        ("string_array", ["a"], ["a", ["a", 1]]),
        ("number_array", [1, 2.5], [1, [True]]),
        ("object_array", [{}], [{}, [[]]]),
    ],
)
def test_the_default_of_a_parameter_is_of_its_type(kind: str, fits: Any, others: list[Any]) -> None:
    def codes(default: Any) -> list[str]:
        one = {"name": "p", "type": kind, "required": False, "defaultValue": default}
        return codes_of(changed(BLOCK, ("parameters", "run", 0), one))

    assert codes(fits) == []
    for other in others:
        assert codes(other) == ["WFC704"]


CONDITION = {"dependsOn": "cache", "operator": "equals", "value": True}


@pytest.mark.parametrize(
    ("key", "value", "codes"),
    [
        ("options", [{"title": "Low", "value": 7}], []),
        ("options", [7], ["WFC704"]),
        ("options", {"value": 7}, ["WFC704"]),
        ("options", [{"title": "Low"}], ["WFC703"]),
        ("conditions", [CONDITION], []),
        ("conditions", CONDITION, []),
        ("conditions", {"conditionType": "OR", "conditions": [CONDITION, CONDITION]}, []),
        ("conditions", [{**CONDITION, "operator": "=="}], ["WFC705"]),
        ("conditions", [{**CONDITION, "dependOn": "cache"}], ["WFC702"]),
        ("conditions", [{"dependsOn": "cache"}], ["WFC703"]),
        ("conditions", [{"conditionType": "XOR", "conditions": [CONDITION]}], ["WFC705"]),
        ("conditions", [{"conditionType": "AND", "conditions": [{}]}], ["WFC703"]),
        ("conditions", ["cache"], ["WFC704"]),
    ],
    ids=str,
)
def test_options_and_conditions_of_a_parameter(key: str, value: Any, codes: list[str]) -> None:
    assert codes_of(changed(BLOCK, ("parameters", "run", 0, key), value)) == codes


def test_a_wrong_default_is_said_where_it_is_written_and_nowhere_else() -> None:
    block = changed(BLOCK, ("parameters", "build", 1, "defaultValue"), "21")
    (problem,) = problems_of(block)
    assert problem.message == "`defaultValue` must be a number, as `type: number` says, not text"


def test_the_tree_holds_what_was_written() -> None:
    made = checked(EVERYTHING).workflow
    assert (made.name.text, made.concurrent) == ("nightly-forecast", True)
    assert made.retry is not None
    assert (made.retry.duration, made.retry.exit_codes, made.retry.retries) == (10, (1, 137), 2)
    load, tell, sum_up, unload = made.steps
    assert load.retry is not None
    assert (load.retry.duration, load.retry.exit_codes, load.retry.exponential) == (1, None, False)
    assert isinstance(load.action, syntax.Standard)
    assert load.action.resources.storage == 10
    assert isinstance(load.action.image, syntax.ExistingImage)
    assert (load.action.image.id, load.action.image.version) == (100, 7)
    assert [(v.name.text, v.value.text) for v in load.action.inputs.env] == [
        ("SHOP", "north"),
        ("LIMIT", "10"),
    ]
    assert isinstance(tell.action, syntax.Http)
    assert isinstance(tell.action.auth, syntax.Basic)
    assert isinstance(sum_up.action, syntax.Sql)
    assert isinstance(sum_up.action.query, syntax.Repository)
    assert isinstance(unload.action, syntax.Export)
    assert (unload.action.descending, unload.action.compression) == (True, True)
    cron, webhook = made.triggers  # `{}` is none
    assert isinstance(cron, syntax.Cron)
    assert isinstance(webhook, syntax.Webhook)
    assert webhook.preserve


def test_build_parameters_take_their_defaults_and_those_without_are_left() -> None:
    made = checked(BLOCK).workflow
    load = made.steps[0]
    assert isinstance(load.action, syntax.Standard)
    assert isinstance(load.action.image, syntax.BuiltImage)
    assert load.action.image.use_cache is False
    assert load.action.resources.instance_type == 21
    assert [word.text for word in made.unbound] == ["@param:owner"]
    assert made.block is not None
    assert made.concurrent


def test_the_flag_of_a_blocks_description_does_not_count() -> None:
    tree = changed(BLOCK, ("body", "config", "metadata"), ...)
    tree["body"]["metadata"]["allowConcurrentExecution"] = True
    assert not checked(tree).workflow.concurrent


@pytest.mark.parametrize(
    ("payload", "method", "expected"),
    [(None, None, "get"), ("{}", None, "post"), ("{}", "put", "put"), (None, "delete", "delete")],
)
def test_a_method_that_is_not_written(
    payload: str | None, method: str | None, expected: str
) -> None:
    step = {**HTTP, "payload": payload, "method": method}
    action = checked(workflow(a=step)).workflow.steps[0].action
    assert isinstance(action, syntax.Http)
    assert action.method == expected
