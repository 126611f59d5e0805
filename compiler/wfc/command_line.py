"""The command's arguments: in, what was typed; out, a call of the function that does it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Literal, ParamSpec

import typer

from wfc.command import guard
from wfc.version import VERSION

_P = ParamSpec("_P")

_Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Workflows, YAML or JSON.")]
_File = Annotated[str, typer.Argument(metavar="FILE", help="A workflow, YAML or JSON.")]
_Terraform = Annotated[
    bool,
    typer.Option("--terraform", help="The text is a Terraform template: $${…} stands for ${…}."),
]
_Limits = Literal["google", "local"]

app = typer.Typer(
    help="Check, compile and run Google Cloud Workflows definitions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _command(function: Callable[_P, int]) -> Callable[_P, None]:
    """Registers a function that returns an exit code."""

    @app.command(name=function.__name__.strip("_"))
    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        raise typer.Exit(guard(lambda: function(*args, **kwargs)))

    return run


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        print(f"wfc {VERSION}")
        raise typer.Exit


@_command
def _compile(
    files: _Files,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where to write; else next to FILE."),
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the one module instead of writing it.")
    ] = False,
    bundle: Annotated[
        bool,
        typer.Option("--bundle", help="Also copy the runtime: the folder runs by itself."),
    ] = False,
    limits: Annotated[
        _Limits, typer.Option(help="google: the module also counts its steps and memory.")
    ] = "local",
    terraform: _Terraform = False,
) -> int:
    """Write a Python module for each workflow: order.yaml -> order.py."""
    from wfc.command_compile import compile_files

    return compile_files(
        files,
        directory=output,
        stdout=stdout,
        bundle=bundle,
        accounting=limits == "google",
        terraform=terraform,
    )


@_command
def _check(
    files: _Files,
    format: Annotated[
        Literal["text", "json", "sarif", "github"], typer.Option(help="How to print problems.")
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are problems too.")] = False,
    terraform: _Terraform = False,
) -> int:
    """Print the problems of workflows without running them."""
    from wfc.command_check import check_files

    return check_files(files, format, strict=strict, terraform=terraform)


@_command
def _run(
    file: _File,
    data: Annotated[
        str, typer.Option(metavar="JSON|@FILE|-", help="The argument of main; - reads stdin.")
    ] = "null",
    env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A variable for sys.get_env; repeatable."),
    ] = None,
    env_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="NAME=VALUE lines; --env goes before.")
    ] = None,
    auth: Annotated[
        Literal["default", "none"],
        typer.Option(help="none: no token for requests with `auth`. default: Google's, or yours."),
    ] = "default",
    route: Annotated[
        list[str] | None,
        typer.Option(metavar="URL=URL", help="Where calls of a URL go instead; repeatable."),
    ] = None,
    routes: Annotated[
        str | None, typer.Option(metavar="FILE", help="URL=URL lines; --route goes before.")
    ] = None,
    limits: Annotated[_Limits, typer.Option(help="google: all limits of the service.")] = "google",
    workflows: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where the workflows are that FILE calls; else its own."),
    ] = None,
    call_log_level: Annotated[
        Literal["LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE"],
        typer.Option(help="Which `call` steps are logged."),
    ] = "LOG_NONE",
    format: Annotated[
        Literal["text", "json"], typer.Option(help="json: one object with state and result.")
    ] = "text",
    terraform: _Terraform = False,
) -> int:
    """Run a workflow and print its result as JSON."""
    from wfc.command_run import run_file

    return run_file(
        file,
        data=data,
        env=env or [],
        env_file=env_file,
        auth=auth,
        routes=route or [],
        routes_file=routes,
        limits=limits,
        workflows=workflows,
        call_log=call_log_level,
        format=format,
        terraform=terraform,
    )


@_command
def _explain(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|NAME", help="As in WFC203, text.split, the module text, or connectors."
        ),
    ] = None,
) -> int:
    """Explain a problem's code or a library function with examples, or list them all."""
    from wfc.explain import explain, list_topics

    print(list_topics() if topic is None else explain(topic), end="")
    return 0


@_command
def _serve(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Its workflow files are deployed and watched.")
    ] = ".",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the REST API.")] = 8787,
    grpc_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the gRPC API.")] = 8788,
    data: Annotated[
        str, typer.Option(metavar="DIR", help="Where executions and deployments are kept.")
    ] = ".wfc",
    project: Annotated[str, typer.Option(help="The id of the project.")] = "my-project",
    location: Annotated[str, typer.Option(help="The id of the location.")] = "us-central1",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that run executions; else one a core.")
    ] = None,
    max_active: Annotated[
        int, typer.Option(min=1, help="Executions that are active at one time.")
    ] = 10_000,
    max_queued: Annotated[
        int, typer.Option(min=0, help="Executions that wait; beyond, 429 is answered.")
    ] = 100_000,
    max_active_per_workflow: Annotated[
        int | None, typer.Option(min=1, help="The same for each workflow.")
    ] = None,
    max_queued_per_workflow: Annotated[
        int | None, typer.Option(min=0, help="The same for each workflow.")
    ] = None,
    durability: Annotated[
        Literal["normal", "full"],
        typer.Option(help="full: also what a crash of the machine must not lose."),
    ] = "normal",
    keep_finished: Annotated[
        float, typer.Option(metavar="DAYS", min=0, help="How long finished executions are kept.")
    ] = 90,
    token_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Has the token that requests must bear."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="The only hosts that workflows reach; repeatable."),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A variable for sys.get_env; repeatable."),
    ] = None,
    env_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="NAME=VALUE lines; --env goes before.")
    ] = None,
    auth: Annotated[
        Literal["default", "none"],
        typer.Option(help="none: no token for requests with `auth`. default: Google's, or yours."),
    ] = "default",
    route: Annotated[
        list[str] | None,
        typer.Option(metavar="URL=URL", help="Where calls of a URL go instead; repeatable."),
    ] = None,
    routes: Annotated[
        str | None, typer.Option(metavar="FILE", help="URL=URL lines; --route goes before.")
    ] = None,
    limits: Annotated[_Limits, typer.Option(help="google: all limits of the service.")] = "google",
) -> int:
    """Serve the workflows of a folder with Google's APIs: deploy, execute, queue."""
    from wfc.command_serve import serve

    return serve(
        folder,
        host=host,
        port=port,
        grpc_port=grpc_port,
        data=data,
        project=project,
        location=location,
        workers=workers,
        max_active=max_active,
        max_queued=max_queued,
        max_active_per_workflow=max_active_per_workflow,
        max_queued_per_workflow=max_queued_per_workflow,
        durability=durability,
        keep_finished=keep_finished,
        token_file=token_file,
        allow_host=allow_host or [],
        env=env or [],
        env_file=env_file,
        auth=auth,
        routes=route or [],
        routes_file=routes,
        limits=limits,
    )
