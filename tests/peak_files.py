"""Peak workflow files for tests: one of every kind of field, and ways to change it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from wfc.peak.front import Checked, front
from wfc.peak.recognise import Recognised, recognise
from wfc.pipeline import check_source
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.source import Source

Json = Any
Path_ = tuple[str | int, ...]

STANDARD: Json = {"imageId": 100, "command": "python load.py"}
HTTP: Json = {"type": "http", "url": "https://example.com", "auth": {"type": "no-auth"}}
SQL: Json = {"type": "sql", "sqlQueryPath": "sales/month"}
EXPORT: Json = {"type": "export", "schema": "sales", "table": "orders", "sortBy": "id"}

EVERYTHING: Json = {
    "name": "nightly-forecast",
    "metadata": {"allowConcurrentExecution": True},
    "tags": [{"name": "sales"}, {"name": "nightly"}],
    "triggers": [{"cron": "0 2 * * *"}, {"webhook": True, "webhookPolicy": "preserve"}, {}],
    "watchers": [
        {"user": "ann@example.com", "events": {"success": False, "fail": True}},
        {
            "webhook": {"name": "call", "url": "https://example.com/hook", "payload": "{}"},
            "events": {"runtimeExceeded": 10},
        },
        {"email": {"recipients": {"to": ["bob@example.com"]}}, "events": {"fail": True}},
    ],
    "retryOptions": {
        "duration": 10,
        "exitCodes": [1, 137],
        "exponentialBackoff": True,
        "numberOfRetries": 2,
    },
    "steps": {
        "load": {
            "type": "standard",
            "imageId": 100,
            "imageVersionId": 7,
            "command": "python load.py > rows.txt",
            "resources": {"instanceTypeId": 21, "storage": "10GB"},
            "parents": [],
            "stepTimeout": 600,
            "clearImageCache": True,
            "repository": {"branch": "main", "url": "https://example.com/r", "token": "git"},
            "parameters": {"env": {"SHOP": "north", "LIMIT": 10}, "secrets": ["warehouse"]},
            "outputParameters": {"rowCount": "rows.txt"},
            "runConfiguration": {
                "retryOptions": {"duration": 1, "numberOfRetries": 5},
                "skipConfiguration": {"skip": False, "skipDAG": False},
            },
        },
        "tell": {
            "type": "http",
            "method": "post",
            "url": "https://example.com/load",
            "payload": '{"rows": "{{ROWS}}"}',
            "headers": {"absolute": {"Accept": "text/plain"}, "secrets": {"X-Key": "key"}},
            "auth": {"type": "basic", "username": "shop", "password": "shop-password"},
            "parents": ["load"],
            "parameters": {"inherit": {"ROWS": "rowCount"}, "env": {"DAY": "1"}},
            "outputParameters": {"answer": "response.txt"},
        },
        "sum-up": {
            "type": "sql",
            "repository": {"branch": "main", "url": "https://example.com/r", "filePath": "a.sql"},
            "parameters": {"env": {"month": "1"}, "inherit": {"rows": "rowCount"}},
            "parents": ["load", "tell"],
            "executionParameters": {
                "conditional": [
                    {
                        "condition": "not-equals",
                        "stepName": "load",
                        "paramName": "rowCount",
                        "value": "0",
                    }
                ],
                "parentStatus": [
                    {"condition": "all-of", "parents": ["load"], "status": ["success"]}
                ],
            },
        },
        "unload": {
            "type": "export",
            "schema": "sales",
            "table": "orders",
            "sortBy": "id",
            "sortOrder": "desc",
            "compression": True,
            "parents": ["sum-up"],
        },
    },
}

BLOCK: Json = {
    "body": {
        "version": 1,
        "kind": "workflow",
        "metadata": {
            "name": "forecast",
            "summary": "Forecasts sales",
            "title": "Forecast",
            "descriptionContentType": "text/plain",
            "tags": [{"name": "sales"}],
        },
        "release": {"version": "1.0.0", "notes": "the first"},
        "config": {
            "metadata": {"allowConcurrentExecution": True},
            "images": {"python": {"dockerfile": "Dockerfile", "context": "."}},
            "steps": {
                "load": {
                    "image": {"version": "0.0.1", "useCache": "@param:cache"},
                    "command": "python load.py",
                    "resources": {"instanceTypeId": "@param:instance", "storage": "10GB"},
                },
                "train": {"imageRef": "python", "command": "python train.py", "parents": ["load"]},
                "publish": {
                    "imageDetails": {"id": 2942, "versionId": 3},
                    "command": "python publish.py",
                },
            },
            "triggers": [{"cron": "0 0 * * *"}],
            "watchers": [{"user": "@param:owner", "events": {"fail": True}}],
        },
    },
    "parameters": {
        "build": [
            {"name": "cache", "type": "boolean", "required": False, "defaultValue": False},
            {"name": "instance", "type": "number", "required": False, "defaultValue": 21},
            {"name": "owner", "type": "string", "required": True},
        ],
        "run": [{"name": "horizon", "type": "number", "required": False, "defaultValue": 7}],
    },
    "artifact": {"path": ".", "ignore_files": [".gitignore"]},
    "featured": True,
    "scope": "private",
    "autoRunOnDeploy": False,
}


def workflow(**steps: Json) -> Json:
    """A workflow with these steps; `_` in their names stands for `-`."""
    return {"name": "w", "steps": {name.replace("_", "-"): step for name, step in steps.items()}}


def changed(tree: Json, path: Path_, value: Json) -> Json:
    """A copy in which `value` stands at `path`; the key is removed if it is `...`."""
    copy = deepcopy(tree)
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copy


def problems_of(tree: Json) -> list[Problem]:
    """What is wrong with a file that holds this tree, as JSON."""
    return check_source(Source("w.json", json.dumps(tree, indent=1)))


def codes_of(tree: Json) -> list[str]:
    return [problem.code for problem in problems_of(tree)]


def errors_of(tree: Json) -> list[str]:
    return [problem.code for problem in problems_of(tree) if problem.severity == "error"]


def checked(tree: Json) -> Checked:
    """The tree and graph of a workflow without errors."""
    source = Source("w.json", json.dumps(tree, indent=1))
    problems = Problems()
    node = read(source, problems)
    assert node is not None
    found = recognise(source, node, problems)
    assert isinstance(found, Recognised)
    made = front(found, problems)
    assert made is not None, problems.sorted()
    return made
