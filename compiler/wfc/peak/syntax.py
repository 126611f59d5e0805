"""The tree that `peak.parse` returns: what the author of a Peak workflow wrote (spec 11 §1, §2).

Nodes compare by identity, so that a pass can keep what it finds out in a dictionary keyed by node.
Optional fields that the format gives a default have it here; None means that nothing was written
and nothing is the default.
"""

from __future__ import annotations

from typing import Literal as OneOf

from wfc.frozen import frozen
from wfc.nodes import Node
from wfc.source import Span


@frozen
class Word:
    """A text and its place; numbers and booleans where text belongs are as JSON writes them."""

    text: str
    span: Span


# -- the parts of a step (spec 11 §1.4 – §1.10) ---------------------------------------------------


@frozen
class Retry:
    """`retryOptions`: `duration` in seconds before the first retry; no `exit_codes` are all."""

    duration: int
    exit_codes: tuple[int, ...] | None
    exponential: bool
    retries: int
    span: Span


@frozen
class Comparison:
    """An item of `conditional`: the step runs if an output parameter is (not) `value`."""

    equal: bool
    step: Word
    parameter: Word
    value: Word
    span: Span


@frozen
class ParentStatus:
    """An item of `parentStatus`: all (or one) of `parents` ended with one of `statuses`."""

    every: bool
    parents: tuple[Word, ...]
    statuses: tuple[OneOf["success", "failure"], ...]
    span: Span


@frozen
class Variable:
    """An entry of `parameters.env`, of `headers` or of `buildArguments`."""

    name: Word
    value: Word


@frozen
class Inherited:
    """An entry of `parameters.inherit`: the variable `name` gets the output parameter `output`."""

    name: Word
    output: Word


@frozen
class Inputs:
    """`parameters` of a step; `secrets` are names of secrets."""

    env: tuple[Variable, ...] = ()
    inherit: tuple[Inherited, ...] = ()
    secrets: tuple[Word, ...] = ()


@frozen
class Output:
    """An entry of `outputParameters`: `name` is the content of `file` after the step."""

    name: Word
    file: Word


@frozen
class Repository:
    """A repository to clone; `token` is the name of a credential, `file` is for SQL alone."""

    branch: Word
    url: Word
    token: Word | None
    file: Word | None
    span: Span


@frozen
class ExistingImage:
    """`imageId` and `imageVersionId`, or a block's `imageDetails`; no version is the latest."""

    id: int
    version: int | None
    span: Span


@frozen
class BuiltImage:
    """`image` of a block's step, or an entry of `config.images`: built when it is deployed."""

    version: Word | None
    dockerfile: Word | None
    context: Word | None
    use_cache: bool
    arguments: tuple[Variable, ...]
    secrets: tuple[Word, ...]
    span: Span


@frozen
class ImageReference:
    """`imageRef`: a key of `config.images`."""

    name: Word


Image = ExistingImage | BuiltImage | ImageReference


@frozen
class Resources:
    """What the machine has; `storage` is in GB.  None is the tenant's default."""

    instance_type: int | None
    storage: int | None


# -- how an http step says who it is (spec 11 §1.7) -----------------------------------------------


@frozen
class NoAuth:
    pass


@frozen
class OAuth:
    """`client_id` and `client_secret` are names of secrets."""

    client_id: Word
    client_secret: Word
    url: Word


@frozen
class Basic:
    """`password` is the name of a secret."""

    username: Word
    password: Word


@frozen
class ApiKey:
    """`key` is the name of a secret."""

    key: Word


@frozen
class BearerToken:
    """`token` is the name of a secret."""

    token: Word


Auth = NoAuth | OAuth | Basic | ApiKey | BearerToken

# -- steps (spec 11 §1.5 – §1.8) ------------------------------------------------------------------


@frozen
class Standard:
    """A command in an image; `timeout` in seconds, None is for ever."""

    command: Word
    image: Image | None
    resources: Resources
    timeout: int | None
    clear_image_cache: bool
    repository: Repository | None
    inputs: Inputs
    outputs: tuple[Output, ...]


Method = OneOf["get", "post", "put", "patch", "delete"]


@frozen
class Http:
    """A request; the values of `secret_headers` are names of secrets."""

    method: Method
    url: Word
    payload: Word | None
    headers: tuple[Variable, ...]
    secret_headers: tuple[Variable, ...]
    auth: Auth
    inputs: Inputs
    outputs: tuple[Output, ...]


@frozen
class Sql:
    """A query on the warehouse: the path of a stored script, or a file of a repository."""

    query: Word | Repository
    inputs: Inputs


@frozen
class Export:
    """A table of the warehouse written to files, gzipped with `compression`."""

    schema: Word
    table: Word
    sort_by: Word
    descending: bool
    compression: bool


Action = Standard | Http | Sql | Export


@frozen
class Step:
    """A step; `name.span` is its key, which messages and comments point at.

    `parents` is what was written; who really comes before it is in `peak.graph`.
    """

    name: Word
    parents: tuple[Word, ...]
    comparisons: tuple[Comparison, ...]
    statuses: tuple[ParentStatus, ...]
    retry: Retry | None
    skip: bool
    skip_dag: bool
    action: Action


# -- triggers and watchers (spec 11 §1.2, §1.3) ---------------------------------------------------


@frozen
class Cron:
    """Runs by the clock (UTC); `peak.cron` reads the expression."""

    expression: Word


@frozen
class Webhook:
    """Runs when its URL is called; `preserve` keeps the URL when the workflow is updated."""

    preserve: bool
    id: Word | None
    span: Span


Trigger = Cron | Webhook


@frozen
class Events:
    """What a watcher hears of; `runtime_exceeded` in minutes."""

    success: bool
    fail: bool
    runtime_exceeded: int | float | None


@frozen
class NotifyUser:
    user: Word


@frozen
class NotifyWebhook:
    """`payload` is JSON text."""

    name: Word
    url: Word
    payload: Word


@frozen
class NotifyByEmail:
    name: Word | None
    recipients: tuple[Word, ...]


Notification = NotifyUser | NotifyWebhook | NotifyByEmail


@frozen
class Watcher:
    events: Events
    notification: Notification
    span: Span


# -- the whole (spec 11 §1.1, §2) -----------------------------------------------------------------


@frozen
class NamedImage:
    """An entry of `config.images`."""

    name: Word
    image: BuiltImage


@frozen
class Parameter:
    """A build or run parameter of a block; `default` is `defaultValue`, of any kind."""

    name: Word
    type: str
    required: bool
    default: Node | None


@frozen
class Block:
    """What a block spec says around its workflow; a workflow of its own has none."""

    summary: Word | None
    title: Word | None
    version: Word | None
    build_parameters: tuple[Parameter, ...]
    run_parameters: tuple[Parameter, ...]
    auto_run_on_deploy: bool


@frozen
class Workflow:
    """A workflow; `steps` in the order of the file, `retry` for steps that have none themselves,
    `images` those that a block's steps refer to.

    `unbound` are the references `@param:name` to build parameters that have no value yet: a text
    that is one is left as it is, and any other field that is one counts as not written.
    """

    name: Word
    concurrent: bool
    tags: tuple[Word, ...]
    triggers: tuple[Trigger, ...]
    watchers: tuple[Watcher, ...]
    retry: Retry | None
    steps: tuple[Step, ...]
    images: tuple[NamedImage, ...]
    block: Block | None
    unbound: tuple[Word, ...]
