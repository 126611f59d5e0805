"""The command's arguments: in, what was typed; out, a call of the function that does it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Literal, ParamSpec

import typer

from wfc.command import guard
from wfc.version import described

_P = ParamSpec("_P")

_Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Workflows, YAML or JSON.")]
_File = Annotated[str, typer.Argument(metavar="FILE", help="A workflow, YAML or JSON.")]
_Terraform = Annotated[
    bool,
    typer.Option("--terraform", help="The text is a Terraform template: $${…} stands for ${…}."),
]
ValuesFile = Annotated[
    str | None,
    typer.Option("--values", "-v", metavar="FILE", help="YAML: variables of a Peak template."),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--value", "-p", metavar="KEY=VALUE", help="One of them; repeatable, goes first."),
]
_Limits = Literal["google", "local"]
CallLog = Literal["LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE"]
Data = Annotated[
    str, typer.Option(metavar="JSON|@FILE|-", help="The argument of main; - reads stdin.")
]
Environment = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="A variable for sys.get_env; repeatable."),
]
EnvironmentFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="NAME=VALUE lines; --env goes before.")
]

PEAK = {"rich_help_panel": "Of a Peak workflow"}
Secrets = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="NAME=VALUE lines; else the environment.", **PEAK),
]
Images = Annotated[
    str | None, typer.Option(metavar="FILE", help="YAML: what stands for images.", **PEAK)
]
Workdir = Annotated[
    str | None, typer.Option(metavar="DIR", help="Keeps the steps' folders here.", **PEAK)
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="URL", help="Of sql and export steps; SQLAlchemy's.", **PEAK
    ),
]
Queries = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="The scripts of sql steps; else workflows' own.", **PEAK),
]

Auth = Annotated[
    Literal["default", "none"],
    typer.Option(help="none: no token for requests with `auth`. default: Google's, or yours."),
]
Routes = Annotated[
    list[str] | None,
    typer.Option(metavar="URL=URL", help="Where calls of a URL go instead; repeatable."),
]
RoutesFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="URL=URL lines; --route goes before.")
]

app = typer.Typer(
    help="Check, compile and run Google Cloud Workflows definitions, and Peak's.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command(function: Callable[_P, int]) -> Callable[_P, None]:
    """Registers a function that returns an exit code."""

    @app.command(name=function.__name__.strip("_").replace("_", "-"))
    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        raise typer.Exit(guard(lambda: function(*args, **kwargs)))

    return run


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        print(described())
        raise typer.Exit


@command
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
    history: Annotated[
        bool, typer.Option("--history", help="The module also reports its steps to a recorder.")
    ] = False,
    terraform: _Terraform = False,
    values: ValuesFile = None,
    value: Values = None,
) -> int:
    """Write a Python module for each workflow: order.yaml -> order.py."""
    from wfc.command_compile import compile_files
    from wfc.command_values import template_values

    return compile_files(
        files,
        directory=output,
        stdout=stdout,
        bundle=bundle,
        accounting=limits == "google",
        history=history,
        terraform=terraform,
        values=template_values(values, value or []),
    )


@command
def _check(
    files: _Files,
    format: Annotated[
        Literal["text", "json", "sarif", "github"], typer.Option(help="How to print problems.")
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are problems too.")] = False,
    terraform: _Terraform = False,
    values: ValuesFile = None,
    value: Values = None,
) -> int:
    """Print the problems of workflows without running them."""
    from wfc.command_check import check_files
    from wfc.command_values import template_values

    given = template_values(values, value or [])
    return check_files(files, format, strict=strict, terraform=terraform, values=given)


@command
def _run(
    file: _File,
    data: Data = "null",
    env: Environment = None,
    env_file: EnvironmentFile = None,
    auth: Auth = "default",
    route: Routes = None,
    routes: RoutesFile = None,
    limits: Annotated[_Limits, typer.Option(help="google: all limits of the service.")] = "google",
    workflows: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where the workflows are that FILE calls; else its own."),
    ] = None,
    call_log_level: Annotated[
        CallLog, typer.Option(help="Which `call` steps are logged.")
    ] = "LOG_NONE",
    history: Annotated[
        Literal["none", "basic", "detailed"],
        typer.Option(help="The steps that ran, as a tree; detailed: with values of variables."),
    ] = "none",
    format: Annotated[
        Literal["text", "json"], typer.Option(help="json: one object with state and result.")
    ] = "text",
    terraform: _Terraform = False,
    values: ValuesFile = None,
    value: Values = None,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="For all steps; repeatable.", **PEAK),
    ] = None,
    step_param: Annotated[
        list[str] | None,
        typer.Option(metavar="STEP.NAME=VALUE", help="For one step; repeatable.", **PEAK),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option(metavar="STEP,…", help="Run these; STEP+ with those after it.", **PEAK),
    ] = None,
    secrets: Secrets = None,
    images: Images = None,
    workdir: Workdir = None,
    database: DatabaseUrl = None,
    queries: Queries = None,
) -> int:
    """Run a workflow and print its result as JSON."""
    from wfc.command_run import run_file
    from wfc.command_values import template_values
    from wfc.peak_options import PeakOptions

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
        history=history,
        format=format,
        terraform=terraform,
        values=template_values(values, value or []),
        peak=PeakOptions(
            param or [], step_param or [], steps, secrets, images, workdir, database, queries
        ),
    )


@command
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
