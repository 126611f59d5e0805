"""`wfc serve`: in, a folder and options; out, a service until it is told to end."""

from __future__ import annotations

import ipaddress
import math
import os
import re
import resource
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from wfc.inputs import read_environment, read_routes, read_secrets
from wfc.listening import in_url, is_loopback, listen, reachable
from wfc.peak_options import PeakOptions
from wfc.terminal import tell, wants_colour
from wfc.version import VERSION
from wfc.wrong_use import WrongUse

_PROJECT_NUMBER = 1
_SHORTEST_TOKEN = 16
_OPEN_FILES = 65_536
_FOR_EVER = 36_500
"""Days."""
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_LOCATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")


def serve(
    folder: str,
    *,
    host: str,
    port: int,
    grpc_port: int,
    public_url: str | None,
    data: str,
    project: str,
    location: str,
    workers: int | None,
    max_active: int,
    max_queued: int,
    workflow_active: int | None,
    workflow_queued: int | None,
    durability: Literal["normal", "full"],
    keep_finished: float,
    token_file: str | None,
    allow_host: Sequence[str],
    env: Sequence[str],
    env_file: str | None,
    auth: Literal["default", "none"],
    routes: Sequence[str],
    routes_file: str | None,
    limits: Literal["google", "local"],
    values: Mapping[str, Any],
    peak: PeakOptions,
    peak_active: int,
    peak_queued: int,
    queue_full_400: bool,
) -> int:
    """Serves until SIGINT or SIGTERM; executions that are not over go on the next time."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what grpc cannot do is said here
    try:
        from wfc_service.engine.admission import Bounds
        from wfc_service.front.serve import CannotServe, Server, run, stopping_on_signals
        from wfc_service.names import Place
        from wfc_service.settings import PeakSettings, Settings
        from wfc_service.store.retention import Retention
        from wfc_service.worker.machine import Machine
    except ImportError as error:
        hint = '  = hint: pip install "wfc-compiler[serve]"'
        raise WrongUse(f"`wfc serve` needs the package {error.name}", hint) from None
    if not Path(folder).is_dir():
        raise WrongUse(f"`{folder}` is not a folder")
    _check_id("--project", project, _PROJECT)
    _check_id("--location", location, _LOCATION)
    _check_hosts(allow_host)
    kept = _seconds(keep_finished)
    public = "" if public_url is None else _base_url(public_url)
    token = _token(host, token_file)
    variables = read_environment(env, env_file, google=True)
    where = read_routes(routes, routes_file)
    machine = Machine(
        secrets=read_secrets(peak.secrets) if peak.secrets else {},
        workdir=Path(peak.workdir) if peak.workdir else None,
        database=peak.database,
        queries=Path(peak.queries or folder),
    )
    if peak.images:
        from wfc.command_run_images import read_images

        machine = replace(machine, images=read_images(peak.images))
    listener = listen(host, port)
    _allow_open_files()
    port = listener.getsockname()[1]
    bound = f"{in_url(host)}:{port}"
    address = f"http://{in_url(reachable(host))}:{port}"
    settings = Settings(
        address=address,
        public_url=public,
        workers=workers or os.cpu_count() or 1,
        bounds=Bounds(
            *(max_active, max_queued, workflow_active, workflow_queued, peak_active, peak_queued)
        ),
        variables=variables,
        routes=where,
        auth=auth,
        allowed_hosts=tuple(allow_host) or None,
        limits=limits,
        token=token,
        retention=Retention(seconds=kept),
        peak=PeakSettings(machine, queue_full_400),
    )

    async def main() -> None:
        server = Server(
            folder=Path(folder),
            data=Path(data),
            place=Place(project, location, _PROJECT_NUMBER),
            settings=settings,
            listener=listener,
            grpc_address=f"{in_url(host)}:{grpc_port}",
            durability=durability,
            version=VERSION,
            tell=tell,
            colour=wants_colour(sys.stderr),
            values=values,
        )

        def started() -> None:
            tell(f"REST   http://{bound}/v1/projects/{project}/locations/{location}/workflows")
            tell(f"gRPC   {in_url(host)}:{server.grpc_port}")
            tell(f"Peak   http://{bound}/workflows/api/v1/workflows/")
            if not public and reachable(host) != host:
                tell(f"callbacks are at {address}; others need `--public-url URL` to reach them")
            tell("Ctrl-C ends it; executions that are not over go on the next time")

        with stopping_on_signals(server):
            await server.run(started)
        tell("stopped")

    with listener:
        try:
            run(main())
        except CannotServe as error:
            raise WrongUse(*error.args) from None
    return 0


def _check_id(option: str, text: str, form: re.Pattern[str]) -> None:
    if form.fullmatch(text) is None:
        raise WrongUse(f"`{text}` cannot be the id that `{option}` gives: it is part of URLs")


def _seconds(days: float) -> float | None:
    """None for longer than a service lives."""
    if math.isnan(days):
        raise WrongUse("`--keep-finished` is how many days, not nan")
    return days * 86_400 if days < _FOR_EVER else None


def _base_url(text: str) -> str:
    """What paths can be put behind."""
    try:
        parts = urlsplit(text)
        is_base = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_base = False
    if (
        not is_base
        or not text.isascii()
        or any(c in text for c in "?# @")
        or not text.isprintable()
    ):
        hint = "  = hint: `--public-url https://workflows.example.com`"
        raise WrongUse(f"`{text}` is not a URL that callbacks can begin with", hint)
    return text.rstrip("/")


def _check_hosts(hosts: Sequence[str]) -> None:
    """A host that no URL can have would bar everything, and nobody would know why."""
    for host in hosts:
        if _HOST.fullmatch(host) is None and not _is_address(host):
            hint = "  = hint: `--allow-host orders.example.com` allows all its ports, by any scheme"
            raise WrongUse(f"`{host}` is not the name of a host", hint)


def _token(host: str, file: str | None) -> str:
    """What requests must bear; "" for nothing, which only this machine's own requests may."""
    if file is None:
        if is_loopback(host):
            return ""
        hint = "  = hint: `--token-file FILE`, with a long random text in FILE"
        raise WrongUse(f"others can reach {host}, so that requests must bear a token", hint)
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise WrongUse(f"cannot read `{file}`: {reason.lower()}") from None
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        what = f"at least {_SHORTEST_TOKEN} printable ASCII characters"
        hint = f"  = hint: python -c 'import secrets; print(secrets.token_hex(32))' > {file}"
        raise WrongUse(f"the token in `{file}` must have {what}", hint)
    return token


def _allow_open_files() -> None:
    """As many open files as the machine lets us have: each connection is one, here and in workers.

    1024, which is usual, would be used up by as many clients or requests of workflows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # the system may have a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
