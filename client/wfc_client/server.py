"""One http server: in, method, path and body of a request; out, the JSON of the reply.

async with Server("http://127.0.0.1:8787", token) as server:
    await server.request("GET", "v1/projects/…")
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from types import TracebackType
from typing import Any, Final
from urllib.parse import quote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp

from wfc.version import VERSION
from wfc.visible import visible
from wfc.wrong_use import WrongUse
from wfc_client.errors import ApiError, ServiceError

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10)
_LOCAL: Final = re.compile(r"localhost|127\.[0-9.]+|::1")
_PEAK: Final = "/workflows/api/"
"""In the paths of Peak's API, whose errors are `{"detail": …}` (spec 11 §4.5)."""

_LONGEST: Final = 300
"""Characters that are shown of a reply in another form."""


class Server:
    """Belongs to the event loop in which it is opened.

    now  the server's time of its latest reply, in seconds since 1970; 0 where it has not said it
    """

    def __init__(self, url: str, token: str = "") -> None:
        """Raises WrongUse for what is no URL of http."""
        scheme, host = check_address(url)
        self.url = url.rstrip("/")
        self.now = 0.0
        self._headers = {"User-Agent": f"wfc/{VERSION}"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._proxy = _proxy(scheme, host)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Server:
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=_TIMEOUT,
            connector=aiohttp.TCPConnector(limit=0),  # whoever asks has a bound of their own
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The reply's JSON object.

        Raises ApiError for a refusal, ServiceError where nothing answers or in another form.
        """
        assert self._session is not None, "the server is used outside `async with`"
        try:
            async with self._session.request(
                method,
                f"{self.url}/{quote(path, safe='/:@')}",
                params=query,
                json=body,
                headers=headers,
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                content = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise self._unreachable(_reason(error), in_doubt=False) from None
        except TimeoutError:
            said = f"it did not answer within {_TIMEOUT.total:.0f} s"
            raise self._unreachable(said, in_doubt=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(_reason(error), in_doubt=True) from None
        self.now = _seconds(response.headers.get("Date"))
        return self._value(response, content)

    def _value(self, response: aiohttp.ClientResponse, content: bytes) -> dict[str, Any]:
        try:
            value: Any = json.loads(content)
        except ValueError:  # UnicodeDecodeError is one
            value = None
        match value:
            case {"error": dict() as error} if response.status >= 400:
                raise ApiError(response.status, error, _retry_after(response))
            case {"detail": detail} if response.status >= 400 and _PEAK in response.url.path:
                status = (response.reason or "").upper().replace(" ", "_")
                error = {"message": str(detail), "status": status}
                raise ApiError(response.status, error, _retry_after(response))
            case dict() if 200 <= response.status < 300:
                return value
        if response.status in (429, 502, 503, 504):  # of a proxy in front of the service
            raise ApiError(response.status, {"message": response.reason}, _retry_after(response))
        start = visible(content[:_LONGEST].decode(errors="replace"))
        detail = f"  = response: {response.status}: {start}" if start else ""
        raise ServiceError(
            f"what listens at `{self.url}` does not speak Google's Workflows API"
            f" ({response.method} {response.url.path} gave {response.status})",
            detail,
            code=response.status,
        )

    def _unreachable(self, why: str, *, in_doubt: bool) -> ServiceError:
        hint = "  = hint: start a service with `wfc serve`, or name yours with `--server URL`"
        message = f"cannot reach the service at `{self.url}`: {why}"
        return ServiceError(message, hint, temporary=True, in_doubt=in_doubt)


def check_address(url: str) -> tuple[str, str]:
    """Scheme and host; raises WrongUse for what is no URL of http."""
    try:
        parts = urlsplit(url)
        if parts.password is not None:
            hint = "  = hint: give a token with `--token-file FILE`, or in the variable WFC_TOKEN"
            raise WrongUse("the address of a server cannot hold a password", hint)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts.scheme, parts.hostname
    except ValueError:
        pass
    hint = "  = hint: write it as in `--server http://127.0.0.1:8787`"
    raise WrongUse(f"`{url}` is not the address of a server", hint)


def _reason(error: BaseException) -> str:
    """Plain words: aiohttp's own name the address again, and sometimes are none."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {error.certificate_error}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name is not known"
    if isinstance(error, (aiohttp.ClientOSError, OSError)) and error.strerror:
        # asyncio writes `Connect call failed ('127.0.0.1', 8787)` for the number alone
        reason = re.sub(r"Connect call failed.*|\[.*?\] ?", "", error.strerror)
        return (reason or "connection refused").lower()
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closed the connection"
    return str(error).lower() or type(error).__name__


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Seconds, which RFC 9110 §10.2.3 allows to be a date as well; 0 where there is none."""
    text = response.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text)
    date = _seconds(text)
    return max(0.0, date - time()) if date else 0.0


def _seconds(date: str | None) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() if date else 0.0
    except ValueError:
        return 0.0


def _proxy(scheme: str, host: str) -> str | None:
    """As HTTP_PROXY, HTTPS_PROXY and NO_PROXY say; this machine is never reached by one."""
    if _LOCAL.fullmatch(host) or proxy_bypass(host):
        return None
    return getproxies_environment().get(scheme)
