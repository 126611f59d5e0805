"""The standard library's signatures, as a table (spec 06, 03 §8).

One row a function.  The checker reads arguments from it, `lower` the spelling of the call, `infer`
the result's type; a test compares every row with the runtime's function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ResultType = Literal[
    "any", "null", "boolean", "integer", "double", "number", "string", "bytes", "list", "map"
]
"""What `get_type` says of the result, where that is known; `number` is integer or double."""

Way = Literal["pure", "run", "wait"]
"""How a call is written.

pure  a plain function of `wf`:                     `wf.text.to_lower(source)`
run   a method of the running execution, not awaited: `run.now()`
wait  awaited, as a method of the running execution or through `run.call`
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`required` says whether it may be left out; `default` is the documented one, for people."""

    name: str
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A library function.

    `python` is what the generated module calls: `wf.text.to_lower`, `run.now`, `wf.http.get`.
    `blocking` functions cannot be used in expressions (spec 03 §9).  `aliases` says that the
    result may share structure with an argument, so that a later write could be seen through it.
    """

    name: str
    parameters: tuple[Parameter, ...]
    python: str
    way: Way = "pure"
    result: ResultType = "any"
    blocking: bool = False
    aliases: bool = False


Operation = Literal["", "longrunning", "status", "state", "execution", "bigquery", "knative"]
"""What a connector's reply says of the work it began: see `wfc_runtime.operations`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Function):
    """A function that is one method of a Google API (spec 06): what its call needs at run time.

    method     the http method
    url        the address, a template of path parameters: `https://…/v1/{+name}:access`
    query      the method's own query parameters
    body       whether a request has a body
    region     the argument that names the region of the host, `us-east1-run.googleapis.com`
    upload     the address for `uploadType: media`
    operation  how a long-running operation is followed; empty where none is
    poll       the path to ask for it, a template of the reply's fields; empty for its own link
    scopes     the OAuth2 scopes; empty for that of all of Google Cloud
    """

    method: str
    url: str
    query: tuple[str, ...] = ()
    body: bool = False
    region: str = ""
    upload: str = ""
    operation: Operation = ""
    poll: str = ""
    scopes: tuple[str, ...] = ()


def _parameters(text: str) -> tuple[Parameter, ...]:
    """`"a b c=1"` → a and b required, c optional with the documented default 1."""
    made = []
    for part in text.split():
        name, equals, default = part.partition("=")
        made.append(Parameter(name, not equals, default))
    return tuple(made)


def _pure(name: str, parameters: str, result: ResultType, *, aliases: bool = False) -> Function:
    python = "wf." + _SPELLING.get(name, name)
    return Function(name, _parameters(parameters), python, "pure", result, aliases=aliases)


_SPELLING = {"if": "if_"}
_REQUEST = (
    "timeout=300 headers=null query=null auth=null private_service_name=null ca_certificate=null"
)
_BODY = _REQUEST.replace("headers", "body=null headers")


def _http(verb: str, first: str, rest: str) -> Function:
    name = f"http.{verb}"
    parameters = _parameters(f"{first} {rest}")
    return Function(name, parameters, f"wf.{name}", "wait", "map", blocking=True)


def _sleep(name: str, parameter: str) -> Function:
    python = name.replace("sys.", "run.")
    return Function(name, _parameters(parameter), python, "wait", "null", blocking=True)


_CLUSTER = "project=null location=null"
_RUN_CHILD = "projects.locations.workflows.executions.run"


def _helper(
    name: str, python: str, parameters: str, result: ResultType, *, blocking: bool = True
) -> Function:
    """A function beside the connectors; those of Secret Manager may stand in expressions."""
    return Function(
        name, _parameters(parameters), f"wf.{python}", "wait", result, blocking=blocking
    )


_TABLE = (
    # expression helpers (spec 03 §8)
    _pure("default", "value default", "any", aliases=True),
    _pure("double", "value", "double"),
    _pure("get_type", "value", "string"),
    _pure("if", "condition then otherwise", "any", aliases=True),
    _pure("int", "value", "integer"),
    _pure("keys", "map", "list"),
    _pure("len", "value", "integer"),
    _pure("string", "value", "string"),
    # modules and the helpers beside the connectors (spec 06)
    _pure("base64.decode", "data padding=true", "bytes"),
    _pure("base64.encode", "data padding=true", "string"),
    _helper(
        "gke.await_job",
        "gke.await_job",
        f"cluster_id job_name namespace=default {_CLUSTER} query=null timeout=1800 "
        "polling_policy=null",
        "map",
    ),
    _helper(
        "gke.create_job",
        "gke.create_job",
        f"cluster_id job namespace=default {_CLUSTER} query=null timeout=300",
        "any",
    ),
    _helper(
        "gke.delete_job",
        "gke.delete_job",
        f"cluster_id job_name namespace=default {_CLUSTER} query=null timeout=300",
        "any",
    ),
    _helper(
        "gke.request",
        "gke.request",
        f"cluster_id path method=GET {_CLUSTER} timeout=300 body=null headers=null query=null",
        "map",
    ),
    _helper(
        "googleapis.secretmanager.v1.projects.secrets.addVersionString",
        "secretmanager.add_version_string",
        "secret_id data project_id=null connector_params=null",
        "map",
        blocking=False,
    ),
    _helper(
        "googleapis.secretmanager.v1.projects.secrets.versions.accessString",
        "secretmanager.access_string",
        "secret_id version=latest project_id=null connector_params=null",
        "string",
        blocking=False,
    ),
    _pure("hash.compute_checksum", "data algorithm", "bytes"),
    _pure("hash.compute_hmac", "key data algorithm", "bytes"),
    _http("delete", "url", _BODY),
    _http("get", "url", _REQUEST),
    _http("patch", "url", _BODY),
    _http("post", "url", _BODY),
    _http("put", "url", _BODY),
    _http("request", "method url", _BODY),
    _pure("http.default_retry_predicate", "exception", "boolean"),
    _pure("http.default_retry_predicate_non_idempotent", "exception", "boolean"),
    _pure("json.decode", "data", "any"),
    _pure("json.encode", "data indent=false", "bytes"),
    _pure("json.encode_to_string", "data indent=false", "string"),
    _pure("list.concat", "objs val", "list", aliases=True),
    _pure("list.prepend", "objs val", "list", aliases=True),
    _pure("map.delete", "map key", "map", aliases=True),
    _pure("map.get", "map keys", "any", aliases=True),
    _pure("map.merge", "first second", "map", aliases=True),
    _pure("map.merge_nested", "first second", "map", aliases=True),
    _pure("math.abs", "x", "number"),
    _pure("math.floor", "x", "integer"),
    _pure("math.max", "x y", "number"),
    _pure("math.min", "x y", "number"),
    _pure("retry.always", "exception", "boolean"),
    _pure("retry.never", "exception", "boolean"),
    Function("sys.get_env", _parameters("name default=null"), "run.get_env", "run", "any"),
    Function(
        "sys.log",
        _parameters("data=null severity=DEFAULT text=null json=null timeout=null"),
        "run.log",
        "run",
        "null",
        blocking=True,
    ),
    Function("sys.now", (), "run.now", "run", "double"),
    _sleep("sys.sleep", "seconds"),
    _sleep("sys.sleep_until", "time"),
    _pure("text.decode", "data charset=UTF-8", "string"),
    _pure("text.encode", "text charset=UTF-8", "bytes"),
    _pure("text.find_all", "source substr", "list"),
    _pure("text.find_all_regex", "source regexp", "list"),
    _pure("text.match_regex", "source regexp", "boolean"),
    _pure("text.replace_all", "source substr repl", "string"),
    _pure("text.replace_all_regex", "source regexp repl", "string"),
    _pure("text.split", "source separator", "list"),
    _pure("text.substring", "source start end", "string"),
    _pure("text.to_lower", "source", "string"),
    _pure("text.to_upper", "source", "string"),
    _pure("text.url_decode", "source", "string"),
    _pure("text.url_encode", "source", "string"),
    _pure("text.url_encode_plus", "source", "string"),
    _pure("time.format", "seconds timezone=UTC", "string"),
    _pure("time.parse", "value", "double"),
    Function("uuid.generate", (), "run.uuid", "run", "string"),
)

FUNCTIONS: dict[str, Function] = {function.name: function for function in _TABLE}
"""Every function this version runs, by its full name."""

VALUES: dict[str, str] = {
    "http.default_retry": "wf.http.default_retry",
    "http.default_retry_non_idempotent": "wf.http.default_retry_non_idempotent",
    "http.default_retry_predicate": "wf.http.default_retry_predicate",
    "http.default_retry_predicate_non_idempotent": "wf.http.default_retry_predicate_non_idempotent",
    "retry.always": "wf.retry.always",
    "retry.never": "wf.retry.never",
    "retry.default_backoff": "wf.retry.default_backoff",
}
"""Names that may be used without a call, for retry policies, and how they are spelled in Python."""

NOT_YET: dict[str, str] = {
    "events.await_callback": "callbacks",
    "events.create_callback_endpoint": "callbacks",
    "experimental.executions.map": "child executions",
    "experimental.executions.run": "child executions",
    f"googleapis.workflowexecutions.v1.{_RUN_CHILD}": "child executions",
    f"googleapis.workflowexecutions.v1beta.{_RUN_CHILD}": "child executions",
}
"""Documented functions that this version refuses by name instead of running them wrongly."""

CONNECTORS = "googleapis."
"""How the names of connectors begin; `discovery` knows them."""

PARAMETER_ALIASES: dict[tuple[str, str], str] = {("text.encode", "data"): "text"}
"""Other names seen for a parameter (OQ-61)."""

MODULES: frozenset[str] = frozenset(
    name.partition(".")[0] for name in (*FUNCTIONS, *VALUES, *NOT_YET) if "." in name
)
"""First parts of library names: `text` of `text.split`."""
