"""An http request from its arguments: in go what a workflow gave, out comes what is sent (spec 06).

Nulls count as left out.  A wrong type raises the workflow's TypeError, a bad value its ValueError.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from wfc_runtime.conversions import string
from wfc_runtime.errors import auth_error, type_error, value_error
from wfc_runtime.jsontext import encode
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientSession

    from wfc_runtime.auth import OIDC, OAuth2

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE")
DEFAULT_TIMEOUT = 300
LONGEST_TIMEOUT = 1800
USER_AGENT = "GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)"

_JSON = re.compile(r"application/(json|[^/;]+\+json)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; the timeout is in seconds, `auth` says which credentials to add."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    timeout: float
    ssl: SSLContext | None
    auth: OAuth2 | OIDC | None = None


def request(
    method: Value,
    url: Value,
    timeout: Value,
    body: Value,
    headers: Value,
    query: Value,
    auth: Value,
    private_service_name: Value,
    ca_certificate: Value,
) -> Request:
    """Checks the arguments of `http.request` and makes the request of them."""
    if arguments.text("http.request", "method", method) not in METHODS:
        raise value_error(f"http.request(): `method` must be one of {', '.join(METHODS)}")
    if auth is not None:
        raise auth_error("this version of wfc cannot obtain credentials for `auth`")
    if private_service_name is not None:
        raise value_error("this version of wfc cannot look up a `private_service_name`")
    sent = _headers(headers)
    encoded = None if body is None else _body(body, sent)
    full_url = _url(url, query)
    return Request(method, full_url, sent, encoded, _timeout(timeout), _ssl(ca_certificate))


def is_json(content_type: str) -> bool:
    return _JSON.fullmatch(media_type(content_type)) is not None


def media_type(content_type: str) -> str:
    """`Application/JSON; charset=utf-8` → `application/json`"""
    return content_type.partition(";")[0].strip().lower()


def _timeout(timeout: Value) -> float:
    if timeout is None:
        return DEFAULT_TIMEOUT
    if not 0 < arguments.number("http.request", "timeout", timeout) <= LONGEST_TIMEOUT:
        raise value_error(f"`timeout` must be more than 0 and at most {LONGEST_TIMEOUT} seconds")
    return float(timeout)


def _url(url: Value, query: Value) -> str:
    text = arguments.text("http.request", "url", url)
    if not text.lower().startswith(("http://", "https://")):
        raise value_error("`url` must start with `http://` or `https://`")
    if query is None:
        return text
    pairs = []
    for name, value in arguments.entries("http.request", "query", query).items():
        for single in value if type(value) is list else [value]:
            pairs.append(f"{quote_plus(str(name))}={quote_plus(_query_text(name, single))}")
    if not pairs:
        return text
    base, hash_sign, fragment = text.partition("#")
    joint = "?" if "?" not in base else "" if base.endswith(("?", "&")) else "&"
    return f"{base}{joint}{'&'.join(pairs)}{hash_sign}{fragment}"


def _query_text(name: str, value: Value) -> str:
    if value is None or type(value) in (bytes, list, dict):
        expected = "a string, number, boolean, or a list of these"
        raise type_error(f"`query.{name}` must be {expected}, not {word(value)}")
    return string(value)


def _headers(given: Value) -> dict[str, str]:
    """The given headers and a User-Agent, which a given one goes before."""
    headers: dict[str, str] = {}
    agent = None
    if given is not None:
        arguments.entries("http.request", "headers", given)
    for name, value in (given or {}).items():
        if type(value) is not str:
            raise type_error(f"the header `{name}` must be a string, not {word(value)}")
        if not _HEADER_NAME.fullmatch(str(name)):
            raise value_error(f"`{name}` cannot be the name of a header")
        if not _HEADER_VALUE.fullmatch(value):
            raise value_error(f"the header `{name}` must not hold control characters")
        if name.lower() == "user-agent":
            agent = value
        else:
            headers[name] = value
    headers["User-Agent"] = f"{agent} {USER_AGENT}" if agent else USER_AGENT
    return headers


def _body(body: Value, headers: dict[str, str]) -> bytes:
    """The body by its content type; without one, the type that fits the body is added."""
    given = [value for name, value in headers.items() if name.lower() == "content-type"]
    if not given:
        if type(body) is bytes:
            headers["Content-Type"] = "application/octet-stream"
            return body
        headers["Content-Type"] = "application/json; charset=utf-8"
        return encode(body).encode()
    if type(body) is bytes:
        return body
    if is_json(given[0]):
        return encode(body).encode()
    if type(body) is not str:
        kind = media_type(given[0])
        raise type_error(f"a body of type `{kind}` must be a string or bytes, not {word(body)}")
    return body.encode()


def _ssl(certificate: Value) -> SSLContext | None:
    """A context that trusts a certificate besides those of the system; PEM, or DER as bytes."""
    if certificate is None:
        return None
    import ssl

    if type(certificate) is bytes and certificate.lstrip().startswith(b"-----BEGIN"):
        certificate = certificate.decode("latin-1")
    if type(certificate) is not str and type(certificate) is not bytes:
        raise arguments.wrong("http.request", "ca_certificate", "a string or bytes", certificate)
    try:
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError):
        raise value_error("`ca_certificate` is not a certificate in PEM or DER form") from None
    return context


def open_session() -> ClientSession:
    """The session of an execution: no cookies are kept, and the seats limit the connections."""
    import aiohttp

    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=DEFAULT_TIMEOUT),
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0),
    )
