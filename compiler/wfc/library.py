"""The standard library's signatures, as a table (spec 06, 03 §8).

One row a function.  The checker reads arguments from it, `lower` the spelling of the call, `infer`
the result's type; a test compares every row with the runtime's function.
"""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Literal

from wfc.frozen import frozen_value

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


@frozen_value
class Parameter:
    """`types` are those it takes, as `get_type` calls them; none where it takes any.

    `required` says whether it may be left out; `default` is the documented one, for people, and so
    is `about`, what Google's description of an API says of it.
    """

    name: str
    types: tuple[str, ...] = ()
    required: bool = True
    default: str = ""
    about: str = ""


@frozen_value
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


@frozen_value
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
    about      what Google's description of the API says of the method, for people
    """

    _: KW_ONLY
    method: str
    url: str
    query: tuple[str, ...] = ()
    body: bool = False
    region: str = ""
    upload: str = ""
    operation: Operation = ""
    poll: str = ""
    scopes: tuple[str, ...] = ()
    about: str = ""


def _parameters(text: str) -> tuple[Parameter, ...]:
    """`"a b:list|map c:number=1"` → a of any type, b, and c optional with the default 1."""
    made = []
    for part in text.split():
        typed, equals, default = part.partition("=")
        name, _, types = typed.partition(":")
        expanded = types.replace("number", "integer|double")
        made.append(Parameter(name, tuple(filter(None, expanded.split("|"))), not equals, default))
    return tuple(made)


def _pure(name: str, parameters: str, result: ResultType, *, aliases: bool = False) -> Function:
    python = "wf." + _SPELLING.get(name, name)
    return Function(name, _parameters(parameters), python, "pure", result, aliases=aliases)


_SPELLING = {"if": "if_"}
_REQUEST = (
    "timeout:number=300 headers:map=null query:map=null auth:map=null"
    " private_service_name=null ca_certificate=null"
)
_ENCODED = "data:null|boolean|number|string|list|map indent:boolean|map=false"
_BODY = _REQUEST.replace("headers", "body=null headers", 1)


def _http(verb: str, first: str, rest: str) -> Function:
    name = f"http.{verb}"
    parameters = _parameters(f"{first} {rest}")
    return Function(name, parameters, f"wf.{name}", "wait", "map", blocking=True)


def _sleep(name: str, parameter: str) -> Function:
    python = name.replace("sys.", "run.")
    return Function(name, _parameters(parameter), python, "wait", "null", blocking=True)


def module_of(name: str) -> str:
    """`text` of `text.split`; `helpers` for an expression helper, which has none.

    What stands beside the connectors is one module, `googleapis`.
    """
    module = name.rpartition(".")[0] or "helpers"
    return "googleapis" if module.startswith("googleapis.") else module


def short(name: str) -> str:
    """The name as it stands among those of its module: `split`, `versions.accessString`."""
    parts = name.split(".")
    return ".".join(parts[-2:] if parts[0] == "googleapis" else parts[-1:])


def _execution(name: str, parameters: str, python: str, result: ResultType = "any") -> Function:
    made = _parameters(parameters)
    return Function(name, made, f"wf.executions.{python}", "wait", result, blocking=True)


_CLUSTER = "project:string=null location:string=null"


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
    _pure("double", "value:string|number", "double"),
    _pure("get_type", "value", "string"),
    _pure("if", "condition:boolean|null then otherwise", "any", aliases=True),
    _pure("int", "value:string|number", "integer"),
    _pure("keys", "map:map", "list"),
    _pure("len", "value:string|list|map", "integer"),
    _pure("string", "value:number|boolean|string", "string"),
    # modules (spec 06)
    _pure("base64.decode", "data:string padding:boolean=true", "bytes"),
    _pure("base64.encode", "data:bytes padding:boolean=true", "string"),
    Function(
        "events.await_callback",
        _parameters("callback:map timeout:number=43200"),
        "wf.events.await_callback",
        "wait",
        "map",
        blocking=True,
    ),
    Function(
        "events.create_callback_endpoint",
        _parameters("http_callback_method:string=POST"),
        "run.create_callback_endpoint",
        "run",
        "map",
    ),
    _execution(
        "experimental.executions.map",
        "workflow_id:string arguments:list timeout:number=1800 location:string=null"
        " project_id:string=null",
        "map",
        "list",
    ),
    _execution(
        "experimental.executions.run",
        "workflow_id:string location:string=null project_id:string=null argument=null",
        "run",
    ),
    _execution(
        "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run",
        "workflow_id:string location:string=null project_id:string=null argument=null"
        " callLogLevel:string=null disableConcurrencyQuotaOverflowBuffering:boolean=true"
        " connector_params:map=null",
        "run_connector",
    ),
    _helper(
        "gke.await_job",
        "gke.await_job",
        f"cluster_id:string job_name:string namespace:string=default {_CLUSTER} query:map=null"
        " timeout:number=1800 polling_policy:map=null",
        "map",
    ),
    _helper(
        "gke.create_job",
        "gke.create_job",
        f"cluster_id:string job:map namespace:string=default {_CLUSTER} query:map=null"
        " timeout:number=300",
        "any",
    ),
    _helper(
        "gke.delete_job",
        "gke.delete_job",
        f"cluster_id:string job_name:string namespace:string=default {_CLUSTER} query:map=null"
        " timeout:number=300",
        "any",
    ),
    _helper(
        "gke.request",
        "gke.request",
        f"cluster_id:string path:string method:string=GET {_CLUSTER} timeout:number=300 body=null"
        " headers:map=null query:map=null",
        "map",
    ),
    _helper(
        "googleapis.secretmanager.v1.projects.secrets.addVersionString",
        "secretmanager.add_version_string",
        "secret_id:string data:string project_id:string=null connector_params:map=null",
        "map",
        blocking=False,
    ),
    _helper(
        "googleapis.secretmanager.v1.projects.secrets.versions.accessString",
        "secretmanager.access_string",
        "secret_id:string version:string|integer=latest project_id:string=null"
        " connector_params:map=null",
        "string",
        blocking=False,
    ),
    _pure("hash.compute_checksum", "data:bytes algorithm:string", "bytes"),
    _pure("hash.compute_hmac", "key:bytes data:bytes algorithm:string", "bytes"),
    _http("delete", "url:string", _BODY),
    _http("get", "url:string", _REQUEST),
    _http("patch", "url:string", _BODY),
    _http("post", "url:string", _BODY),
    _http("put", "url:string", _BODY),
    _http("request", "method:string url:string", _BODY),
    _pure("http.default_retry_predicate", "exception", "boolean"),
    _pure("http.default_retry_predicate_non_idempotent", "exception", "boolean"),
    _pure("json.decode", "data:bytes|string", "any"),
    _pure("json.encode", _ENCODED, "bytes"),
    _pure("json.encode_to_string", _ENCODED, "string"),
    _pure("list.concat", "objs:list val", "list", aliases=True),
    _pure("list.prepend", "objs:list val", "list", aliases=True),
    _pure("map.delete", "map:map key:string|integer", "map", aliases=True),
    _pure("map.get", "map keys:string|integer|list", "any", aliases=True),
    _pure("map.merge", "first:map second:map", "map", aliases=True),
    _pure("map.merge_nested", "first:map second:map", "map", aliases=True),
    _pure("math.abs", "x:number", "number"),
    _pure("math.floor", "x:number", "integer"),
    _pure("math.max", "x:number y:number", "number"),
    _pure("math.min", "x:number y:number", "number"),
    _pure("retry.always", "exception", "boolean"),
    _pure("retry.never", "exception", "boolean"),
    Function(
        "sys.get_env", _parameters("name:string default:string=null"), "run.get_env", "run", "any"
    ),
    Function(
        "sys.log",
        _parameters(
            "data=null severity:string=DEFAULT text=null json:map=null timeout:number=null"
        ),
        "run.log",
        "run",
        "null",
        blocking=True,
    ),
    Function("sys.now", (), "run.now", "run", "double"),
    _sleep("sys.sleep", "seconds:number"),
    _sleep("sys.sleep_until", "time:string"),
    _pure("text.decode", "data:bytes charset:string=UTF-8", "string"),
    _pure("text.encode", "text:string charset:string=UTF-8", "bytes"),
    _pure("text.find_all", "source:string substr:string", "list"),
    _pure("text.find_all_regex", "source:string regexp:string", "list"),
    _pure("text.match_regex", "source:string regexp:string", "boolean"),
    _pure("text.replace_all", "source:string substr:string repl:string", "string"),
    _pure("text.replace_all_regex", "source:string regexp:string repl:string", "string"),
    _pure("text.split", "source:string separator:string", "list"),
    _pure("text.substring", "source:string start:integer end:integer", "string"),
    _pure("text.to_lower", "source:string", "string"),
    _pure("text.to_upper", "source:string", "string"),
    _pure("text.url_decode", "source:string", "string"),
    _pure("text.url_encode", "source:string", "string"),
    _pure("text.url_encode_plus", "source:string", "string"),
    _pure("time.format", "seconds:number timezone:string=UTC", "string"),
    _pure("time.parse", "value:string", "double"),
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

CONNECTORS = "googleapis."
"""How the names of connectors begin; `discovery` knows them."""

PARAMETER_ALIASES: dict[tuple[str, str], str] = {("text.encode", "data"): "text"}
"""Other names seen for a parameter (OQ-61)."""

NAMES: tuple[str, ...] = tuple(
    sorted(dict.fromkeys((*FUNCTIONS, *VALUES)), key=lambda name: ("." in name, module_of(name)))
)
"""All functions and values, module by module, those without a module first."""

MODULES: frozenset[str] = frozenset(
    name.partition(".")[0] for name in (*FUNCTIONS, *VALUES) if "." in name
)
"""First parts of library names: `text` of `text.split`."""
