"""Failures of the network as the workflow's errors, in plain words (spec 05 §4).

In goes an exception of aiohttp or the system, out comes ConnectionFailedError where nothing was
sent yet, so that a retry is safe, ConnectionError where something may have been, TimeoutError, or
ValueError for what is no URL.
"""

from __future__ import annotations

import os
from ssl import SSLCertVerificationError, SSLError

import aiohttp

from wfc_runtime.errors import (
    WorkflowError,
    connection_error,
    connection_failed_error,
    timeout_error,
    value_error,
)
from wfc_runtime.redact import redacted_url

FAILURES = (aiohttp.ClientError, TimeoutError, OSError, UnicodeError)
"""What a request can raise; UnicodeError for a host that no name server can be asked for."""


def network_error(exc: BaseException, url: str) -> WorkflowError:
    match exc:
        case aiohttp.InvalidURL() | UnicodeError():
            return value_error(f"`url` is not a URL: {redacted_url(url)}")
        case aiohttp.ClientHttpProxyError():
            return connection_failed_error(f"the proxy does not let it through: code {exc.status}")
        case aiohttp.ClientProxyConnectionError():
            return _not_connected(f"the proxy {exc.host}:{exc.port}", exc.os_error)
        case aiohttp.ClientConnectorCertificateError():
            return _not_connected(f"{exc.host}:{exc.port}", exc.certificate_error)
        case aiohttp.ClientConnectorError():
            return _not_connected(f"{exc.host}:{exc.port}", exc.os_error)
        case TimeoutError():
            return timeout_error()
        case aiohttp.ServerDisconnectedError():
            return connection_error("the server closed the connection without an answer")
        case aiohttp.ClientPayloadError():
            return connection_error("the connection broke before the whole response was there")
        case aiohttp.ClientResponseError():
            return connection_error("the server's answer cannot be read as HTTP")
        case OSError():
            return connection_error(f"the connection broke: {_why(exc)}")
        case _:
            return connection_error("the connection broke")


def _not_connected(place: str, cause: Exception) -> WorkflowError:
    return connection_failed_error(f"cannot connect to {place}: {_why(cause)}")


def _why(exc: Exception) -> str:
    """`connection refused`, `the certificate is not trusted: certificate has expired`"""
    match exc:
        case SSLCertVerificationError(verify_message=str(message)) if message:
            return f"the certificate is not trusted: {message.rstrip('.')}"
        case SSLError(reason=str(reason)):
            return f"TLS: {reason.replace('_', ' ').lower()}"
        case OSError(errno=int(number)) if number > 0:
            return os.strerror(number).lower()
        case OSError(strerror=str(words)) if words:
            return words.lower()
        case OSError(args=[str(text)]) if text.startswith("Multiple exceptions"):
            return "none of its addresses can be reached"
        case _:
            return "no reason is known"
