"""The arguments of the commands that speak to a service: in, what was typed; out, their calls.

A module of its own, so that who checks or runs a file does not wait for these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wfc.command_line import (
    CallLog,
    Data,
    Environment,
    EnvironmentFile,
    Values,
    ValuesFile,
    command,
)

if TYPE_CHECKING:
    from wfc_client.service import Service

_Server = Annotated[
    str, typer.Option(metavar="URL", envvar="WFC_SERVER", help="Where the service is.")
]
_Project = Annotated[str, typer.Option(envvar="WFC_PROJECT", help="Its project.")]
_Location = Annotated[str, typer.Option(envvar="WFC_LOCATION", help="Its location.")]
_TokenFile = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A file with its bearer token; else WFC_TOKEN is one."),
]
_Format = Annotated[Literal["text", "json"], typer.Option(help="json: as the API has it.")]
_Labels = Annotated[
    list[str] | None,
    typer.Option("--label", "--labels", metavar="KEY=VALUE", help="A label; repeatable."),
]
_Workflow = Annotated[
    str, typer.Argument(metavar="WORKFLOW", help="A workflow's id; one of Peak's: number or name.")
]
_Execution = Annotated[
    list[str],
    typer.Argument(
        metavar="[WORKFLOW] EXECUTION", help="An execution's id or its first characters, or name."
    ),
]
_CallLogLevel = Annotated[CallLog | None, typer.Option(help="Which `call` steps are logged.")]
_History = Annotated[
    Literal["EXECUTION_HISTORY_BASIC", "EXECUTION_HISTORY_DETAILED"] | None,
    typer.Option(help="What is recorded of steps; DETAILED: values of variables as well."),
]

_SERVER = "http://127.0.0.1:8787"
_PROJECT, _LOCATION = "my-project", "us-central1"


@command
def _deploy(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A workflow, YAML or JSON.")],
    name: Annotated[
        str, typer.Option(metavar="ID", help="Its id; else the file's name up to its first dot.")
    ] = "",
    description: Annotated[str | None, typer.Option(help="At most 1,000 characters.")] = None,
    labels: _Labels = None,
    env: Environment = None,
    env_file: EnvironmentFile = None,
    service_account: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="As whom its calls are made.")
    ] = None,
    call_log_level: _CallLogLevel = None,
    history_level: _History = None,
    values: ValuesFile = None,
    value: Values = None,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """Create or change a workflow of a service."""
    from wfc.command_values import template_values
    from wfc.inputs import read_environment
    from wfc_client.connect import read_labels
    from wfc_client.deploy import deploy

    fields = _given(
        description=description,
        labels=read_labels(labels) if labels else None,
        userEnvVars=read_environment(env or [], env_file, google=True) if env or env_file else None,
        serviceAccount=service_account,
        callLogLevel=call_log_level,
        executionHistoryLevel=history_level,
    )
    return _ask(
        (server, project, location, token_file),
        lambda service: deploy(
            service,
            file,
            name=name,
            fields=fields,
            values=template_values(values, value or []),
            format=format,
        ),
    )


@command
def _list(
    workflow: Annotated[
        str | None, typer.Argument(metavar="WORKFLOW", help="Whose executions to list.")
    ] = None,
    filter: Annotated[
        str, typer.Option(metavar="EXPRESSION", help="""As in 'startTime>"2026-01-31"'.""")
    ] = "",
    state: Annotated[str, typer.Option(metavar="STATE", help="As in FAILED.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """List the workflows of a service, or the executions of one."""
    from wfc_client.listing import list_executions, list_workflows

    return _ask(
        (server, project, location, token_file),
        lambda service: (
            list_workflows(service, filter=filter, state=state, limit=limit, format=format)
            if workflow is None
            else list_executions(
                service, workflow, filter=filter, state=state, limit=limit, format=format
            )
        ),
    )


@command
def _execute(
    workflow: _Workflow,
    data: Data = "null",
    wait: Annotated[bool, typer.Option("--wait", help="Wait, and print its result.")] = False,
    labels: _Labels = None,
    call_log_level: _CallLogLevel = None,
    history_level: _History = None,
    no_queue: Annotated[
        bool, typer.Option("--no-queue", help="Refuse it where it could not start at once.")
    ] = False,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """Start an execution of a workflow in a service and print its id, or its result."""
    from wfc.inputs import read_data
    from wfc_client.connect import read_labels
    from wfc_client.execute import execute

    argument = read_data(data)
    fields = _given(
        labels=read_labels(labels) if labels else None,
        callLogLevel=call_log_level,
        executionHistoryLevel=history_level,
        disableConcurrencyQuotaOverflowBuffering=no_queue or None,
    )
    return _ask(
        (server, project, location, token_file),
        lambda service: execute(service, workflow, argument, fields, wait=wait, format=format),
    )


@command
def _describe(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORKFLOW|[WORKFLOW] EXECUTION", help="Ids; or one full name."),
    ],
    steps: Annotated[bool, typer.Option("--steps", help="All steps of an execution.")] = False,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """Show a workflow, or an execution: its state, its error, where it is."""
    from wfc_client.describe import describe

    return _ask(
        (server, project, location, token_file),
        lambda service: describe(service, _two(words), steps=steps, format=format),
    )


@command
def _cancel(
    words: _Execution,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """Cancel an execution."""
    from wfc_client.cancel import cancel

    return _ask(
        (server, project, location, token_file),
        lambda service: cancel(service, _two(words), format=format),
    )


@command
def _logs(
    words: _Execution,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the execution has finished.")
    ] = False,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
    format: _Format = "text",
) -> int:
    """Print the log of an execution."""
    from wfc_client.logs import show_logs

    return _ask(
        (server, project, location, token_file),
        lambda service: show_logs(service, _two(words), follow=follow, format=format),
    )


@command
def _batch(
    workflow: _Workflow,
    inputs: Annotated[
        str, typer.Argument(metavar="INPUTS|-", help="One argument a line, as JSON; - is stdin.")
    ],
    concurrency: Annotated[
        int, typer.Option("--concurrency", "-c", min=1, max=10_000, help="Unfinished ones at most.")
    ] = 20,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Else INPUTS.results.jsonl.")
    ] = "",
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Start lines again that did not succeed.")
    ] = False,
    rate: Annotated[float, typer.Option(min=0, help="Starts a second at most; 0: any.")] = 0,
    labels: _Labels = None,
    call_log_level: _CallLogLevel = None,
    server: _Server = _SERVER,
    project: _Project = _PROJECT,
    location: _Location = _LOCATION,
    token_file: _TokenFile = None,
) -> int:
    """Execute a workflow for each line of a file; resumes what was interrupted."""
    from wfc_client.batch import run_batch
    from wfc_client.connect import read_labels

    fields = _given(labels=read_labels(labels) if labels else None, callLogLevel=call_log_level)
    return _ask(
        (server, project, location, token_file),
        lambda service: run_batch(
            service,
            workflow,
            inputs,
            output,
            fields,
            concurrency=concurrency,
            rate=rate,
            retry_failed=retry_failed,
        ),
    )


@command
def _peak_proxy(
    server: _Server = _SERVER,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where clients find it.")] = 8789,
    folder: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where its certificates are kept; else in your data."),
    ] = None,
) -> int:
    """Lead Peak's own SDK to a service: prints the variables that it needs, then forwards."""
    from pathlib import Path

    from wfc.listening import in_url, is_loopback, listen, reachable
    from wfc.terminal import tell
    from wfc.wrong_use import WrongUse

    try:
        from wfc_client.peak_proxy import run_proxy
    except ImportError as error:
        hint = '  = hint: pip install "wfc-compiler[peak]"'
        raise WrongUse(f"`wfc peak-proxy` needs the package {error.name}", hint) from None
    with listen(host, port) as listener:
        address = f"http://{in_url(reachable(host))}:{listener.getsockname()[1]}"
        if not is_loopback(host):
            tell(f"others can reach {host}, and through it {server}")
        return run_proxy(listener, address, server, Path(folder) if folder else None)


def _ask(
    where: tuple[str, str, str, str | None], action: Callable[[Service], Awaitable[int]]
) -> int:
    from wfc_client.connect import ask, read_token
    from wfc_client.service import Service

    server, project, location, token_file = where
    return ask(Service(server, project, location, read_token(token_file)), action)


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _two(words: list[str]) -> list[str]:
    if len(words) > 2:
        from wfc.wrong_use import WrongUse

        raise WrongUse(f"`{words[2]}` is one word too many after a workflow and an execution")
    return words
