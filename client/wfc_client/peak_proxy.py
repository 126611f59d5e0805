"""`wfc peak-proxy`: in, a socket and a server; out, a way to it for Peak's own SDK.

The SDK speaks to https://service.peak.ai and https://press.peak.ai and knows no other address, but
it takes the proxy of HTTPS_PROXY and trusts the certificates of REQUESTS_CA_BUNDLE (spec 12 A).
"""

from __future__ import annotations

import asyncio
import shlex
import signal
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wfc.terminal import tell
from wfc.wrong_use import WrongUse
from wfc_client.peak_authority import Authority
from wfc_client.peak_tunnel import LARGEST_HEAD, Target, Tunnels
from wfc_client.server import check_address

_MOST: Final = 400
"""Connections at a time: each needs two open files, of which a process often has 1,024."""


def run_proxy(listener: socket.socket, address: str, server: str, folder: Path | None) -> int:
    """Serves until it is interrupted.

    listener  bound; `address` is its URL for clients
    folder    of the certificate authority, None for one among the user's own data
    """
    target = _target(server)
    authority = Authority((folder or _folder()).absolute())
    print(f"HTTPS_PROXY={address}")
    print(f"REQUESTS_CA_BUNDLE={shlex.quote(str(authority.bundle))}", flush=True)
    tell(f"what has these two variables finds Peak's hosts at {target.url}, and no other hosts")
    tell("Ctrl-C ends it")
    asyncio.run(_serve(listener, target, authority))
    return 0


async def _serve(listener: socket.socket, target: Target, authority: Authority) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    tunnels = Tunnels(target, authority.context, tell, _MOST)
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # where there are no signals, Ctrl-C ends it all
            loop.add_signal_handler(number, stopped.set)
    server = await asyncio.start_server(
        tunnels.serve, sock=listener, limit=LARGEST_HEAD, backlog=_MOST
    )
    await stopped.wait()
    server.close()


def _target(url: str) -> Target:
    """Raises WrongUse for what is no URL of http, and for a path, which a tunnel cannot add."""
    scheme, host = check_address(url)
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        hint = f"  = hint: `--server {scheme}://{parts.netloc}`"
        raise WrongUse("Peak's SDK cannot be led to a path of a server", hint)
    tls = ssl.create_default_context() if scheme == "https" else None
    port = parts.port or (443 if scheme == "https" else 80)
    return Target(url.rstrip("/"), host, port, tls)


def _folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("wfc", appauthor=False) / "peak-proxy"
