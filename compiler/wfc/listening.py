"""Where a command listens: in, `--host` and `--port`; out, a socket, and what to call the place."""

from __future__ import annotations

import ipaddress
import os
import socket

from wfc.wrong_use import WrongUse


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable(host: str) -> str:
    """Where this machine reaches what listens on a host: `0.0.0.0` stands for all addresses."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises WrongUse where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        code = error.errno or 0
        reason = os.strerror(code).lower() if code > 0 else "no such host"
        hint = "  = hint: `--port 0` takes any port that is free"
        raise WrongUse(f"cannot listen on {in_url(host)}:{port}: {reason}", hint) from None


def in_url(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
