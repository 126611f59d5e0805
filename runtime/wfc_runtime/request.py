"""An http request from its arguments: in go what a workflow gave, out comes what is sent (spec 06).

Nulls count as left out.  A wrong type raises the workflow's TypeError, a bad value its ValueError.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from wfc_runtime.auth import Needed, needed_auth
from wfc_runtime.conversions import string
from wfc_runtime.errors import WorkflowError, type_error, value_error
from wfc_runtime.jsontext import encode
from wfc_runtime.redact import redacted, redacted_url
from wfc_runtime.stdlib import arguments
from wfc_runtime.stdlib import text as texts
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientSession


METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE")
DEFAULT_TIMEOUT = 300
LONGEST_TIMEOUT = 1800
_LONGEST_LINE = 64 * 1024
"""Bytes of one header of a response; aiohttp's own limit is 8 KB, which real headers exceed."""
USER_AGENT = "GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)"

_JSON = re.compile(r"application/(json|[^/;]+\+json)")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_OURS = ("content-length", "transfer-encoding")
"""Headers that follow from the body; a given one is left out, as Go's http client does."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is sent; the timeout is in seconds, `auth` what the caller must prove.

    The headers are the workflow's: a token for `auth` is added when the request is sent, and never
    becomes part of a `Request`.  `private` are names of headers, in small letters, that hold
    secrets although their names do not say so.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    timeout: float
    ssl: SSLContext | None
    auth: Needed | None = None
    private: frozenset[str] = frozenset()

    def summary(self) -> str:
        """What it is, without secrets."""
        return f"{self.method} {redacted_url(self.url)}"

    def __repr__(self) -> str:
        return f"Request({self.method} {redacted_url(self.url)}, {redacted(self.headers)})"


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
    if private_service_name is not None:
        raise value_error("this version of wfc cannot look up a `private_service_name`")
    sent = _headers(headers)
    encoded = None if body is None else _body(body, sent)
    full_url = _url(url, query)
    needed = needed_auth(auth, url)
    seconds = _timeout(timeout)
    return Request(method, full_url, sent, encoded, seconds, _ssl(ca_certificate), needed)


@lru_cache(maxsize=256)
def is_json(content_type: str) -> bool:
    return _JSON.fullmatch(media_type(content_type)) is not None


def charset(content_type: str) -> str | None:
    """`text/plain; charset="latin-1"` → `latin-1`"""
    found = _CHARSET.search(content_type)
    return found[1] if found else None


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
            pairs.append(f"{_quoted(str(name))}={_quoted(_query_text(name, single))}")
    if not pairs:
        return text
    base, hash_sign, fragment = text.partition("#")
    joint = "?" if "?" not in base else "" if base.endswith(("?", "&")) else "&"
    return f"{base}{joint}{'&'.join(pairs)}{hash_sign}{fragment}"


def _quoted(text: str) -> str:
    plain = text.isascii() and text.isalnum()  # most are, and to look takes a tenth of the time
    return text if plain else quote_plus(text)


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
    for key, value in (given or {}).items():
        name = str(key)  # an integer may be one (OQ-13)
        if type(value) is not str:
            raise type_error(f"the header `{name}` must be a string, not {word(value)}")
        if not HEADER_NAME.fullmatch(name):
            raise value_error(f"`{_shown_name(name)}` cannot be the name of a header")
        if not HEADER_VALUE.fullmatch(value):
            raise value_error(f"the header `{name}` must not hold control characters")
        if name.lower() == "user-agent":
            agent = value
        elif name.lower() not in _OURS:
            headers[name] = value
    headers["User-Agent"] = f"{agent} {USER_AGENT}" if agent else USER_AGENT
    return headers


def _shown_name(name: str) -> str:
    """As far as it is a name: what comes after `Authorization:` is not shown."""
    good = HEADER_NAME.match(name)
    return f"{good[0] if good else ''}…"


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
    name = charset(given[0])
    try:
        return texts.encode(body, name)
    except WorkflowError:
        raise value_error(f"the body cannot be written in its charset `{name}`") from None


def _ssl(certificate: Value) -> SSLContext | None:
    """A context that trusts a certificate besides those of the system; PEM, or DER as bytes."""
    if certificate is None:
        return None
    if type(certificate) is bytes and certificate.lstrip().startswith(b"-----BEGIN"):
        certificate = certificate.decode("latin-1")
    if type(certificate) is not str and type(certificate) is not bytes:
        raise arguments.wrong("http.request", "ca_certificate", "a string or bytes", certificate)
    return _trusting(certificate)


@lru_cache(maxsize=8)
def _trusting(certificate: str | bytes) -> SSLContext:
    """One context a certificate: only requests with the same one can share a connection."""
    import ssl

    try:
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, TypeError, ValueError):
        raise value_error("`ca_certificate` is not a certificate in PEM or DER form") from None
    return context


def open_session(connections: int = 0) -> ClientSession:
    """The session of an execution: no cookies are kept, and the seats limit the connections.

    Where many executions share it there are at most so many `connections`, 0 for any number; who
    needs one more waits for it.

    It does not trust the environment: proxies are ours to choose (proxies.py), and a `.netrc` would
    send passwords that the workflow does not know of.  It adds no Content-Type: what has a body has
    one already, and what has none would be called `application/octet-stream`.
    """
    import aiohttp

    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=DEFAULT_TIMEOUT),
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("Content-Type",),
        connector=aiohttp.TCPConnector(limit=connections),
    )
