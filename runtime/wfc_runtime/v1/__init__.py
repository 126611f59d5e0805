"""What a compiled module sees of the runtime: `import wfc_runtime.v1 as wf`.

Only re-exports.  A module compiled by an older compiler keeps working: names here never change
their meaning.
"""

from wfc_runtime.auth import Authorizer, FixedToken, NoAuth
from wfc_runtime.connectors import Connector
from wfc_runtime.conversions import default, double, get_type, if_, keys, string
from wfc_runtime.conversions import int_ as int
from wfc_runtime.conversions import length as len
from wfc_runtime.entry import StepEntry
from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.interrupt import run_interruptibly
from wfc_runtime.lock import Lock
from wfc_runtime.logs import LogEntry
from wfc_runtime.named import named
from wfc_runtime.observer import BranchPath, Observer
from wfc_runtime.operators import (
    add,
    div,
    each,
    eq,
    floordiv,
    ge,
    gt,
    is_in,
    item,
    key,
    le,
    lt,
    mod,
    mul,
    ne,
    neg,
    pos,
    put,
    span,
    span_of,
    sub,
    truth,
)
from wfc_runtime.recorder import Recorder
from wfc_runtime.run import Run
from wfc_runtime.stdlib import (
    base64,
    events,
    executions,
    gke,
    hash,
    http,
    json,
    list,
    map,
    math,
    retry,
    secretmanager,
    text,
    time,
)
from wfc_runtime.trace import caught
from wfc_runtime.values import Value, copy
from wfc_runtime.workflow import Workflow, routes_of

__all__ = [
    "Authorizer",
    "BranchPath",
    "Connector",
    "FixedToken",
    "Lock",
    "LogEntry",
    "NoAuth",
    "Observer",
    "Recorder",
    "ResourceLimit",
    "Run",
    "StepEntry",
    "Value",
    "Workflow",
    "WorkflowError",
    "add",
    "base64",
    "caught",
    "copy",
    "default",
    "div",
    "double",
    "each",
    "eq",
    "events",
    "executions",
    "floordiv",
    "ge",
    "get_type",
    "gke",
    "gt",
    "hash",
    "http",
    "if_",
    "int",
    "is_in",
    "item",
    "json",
    "key",
    "keys",
    "le",
    "len",
    "list",
    "lt",
    "map",
    "math",
    "mod",
    "mul",
    "named",
    "ne",
    "neg",
    "pos",
    "put",
    "retry",
    "routes_of",
    "run_interruptibly",
    "secretmanager",
    "span",
    "span_of",
    "string",
    "sub",
    "text",
    "time",
    "truth",
]
