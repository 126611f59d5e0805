"""The arguments of `wfc serve`: in, what was typed; out, a call of the function that serves."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from wfc.command_line import (
    PEAK,
    Auth,
    DatabaseUrl,
    Environment,
    EnvironmentFile,
    Images,
    Queries,
    Routes,
    RoutesFile,
    Secrets,
    Values,
    ValuesFile,
    Workdir,
    command,
)


@command
def _serve(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Its workflow files are deployed and watched.")
    ] = ".",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the REST API.")] = 8787,
    grpc_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the gRPC API.")] = 8788,
    public_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where callbacks reach it, if not at --host."),
    ] = None,
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
    workflow_active: Annotated[
        int | None, typer.Option(min=1, help="As --max-active, for each workflow.")
    ] = None,
    workflow_queued: Annotated[
        int | None, typer.Option(min=0, help="As --max-queued, for each workflow.")
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
    env: Environment = None,
    env_file: EnvironmentFile = None,
    auth: Auth = "default",
    route: Routes = None,
    routes: RoutesFile = None,
    limits: Annotated[
        Literal["google", "local"], typer.Option(help="google: all limits of the service.")
    ] = "google",
    values: ValuesFile = None,
    value: Values = None,
    secrets: Secrets = None,
    images: Images = None,
    workdir: Workdir = None,
    database: DatabaseUrl = None,
    queries: Queries = None,
    peak_active: Annotated[
        int, typer.Option(min=1, help="Executions of one workflow at one time.", **PEAK)
    ] = 10,
    peak_queued: Annotated[
        int, typer.Option(min=0, help="Executions of one workflow that wait.", **PEAK)
    ] = 100,
    peak_queue_full: Annotated[
        Literal["429", "400-after-retries"],
        typer.Option(help="What is answered beyond; 400 is what Peak's SDK shows.", **PEAK),
    ] = "429",
) -> int:
    """Serve the workflows of a folder with Google's and Peak's APIs: deploy, execute, queue."""
    from wfc.command_serve import serve
    from wfc.command_values import template_values
    from wfc.peak_options import PeakOptions

    return serve(
        folder,
        host=host,
        port=port,
        grpc_port=grpc_port,
        public_url=public_url,
        data=data,
        project=project,
        location=location,
        workers=workers,
        max_active=max_active,
        max_queued=max_queued,
        workflow_active=workflow_active,
        workflow_queued=workflow_queued,
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
        values=template_values(values, value or []),
        peak=PeakOptions(
            secrets=secrets, images=images, workdir=workdir, database=database, queries=queries
        ),
        peak_active=peak_active,
        peak_queued=peak_queued,
        queue_full_400=peak_queue_full != "429",
    )
