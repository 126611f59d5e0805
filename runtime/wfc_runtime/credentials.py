"""Tokens from Google's application default credentials, by the google-auth package.

google-auth blocks, so it runs in threads.  A token is kept until shortly before it expires (for
google-auth 225 seconds), and is fetched once however many branches ask for it at one time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from wfc_runtime.auth import CLOUD_PLATFORM, HOW_WITHOUT, Needed, OAuth2
from wfc_runtime.errors import auth_error
from wfc_runtime.redact import first_line

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

    Fetching: TypeAlias = asyncio.Future[Credentials | str]
    """Credentials with a fresh token, or in one line why there are none."""

_SECONDS = 15
"""For each request for a token."""

_LOG_IN = "log in with `gcloud auth application-default login`"
_NO_ID_TOKEN = (
    "only a service account has ID tokens for an audience: "
    "log in with `gcloud auth application-default login --impersonate-service-account=ACCOUNT`"
)


class DefaultCredentials:
    """What `google.auth.default` finds: a key file, a login, or the machine's service account."""

    __slots__ = ("_credentials", "_fetching")

    def __init__(self) -> None:
        self._credentials: dict[Needed, Credentials] = {}
        self._fetching: dict[Needed, Fetching] = {}

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        """Raises the workflow's AuthError, of one line, for whatever fails (spec 05 §4)."""
        credentials = self._credentials.get(needed)
        if credentials is None or not credentials.valid:
            # a branch that is cancelled does not take the token from the others
            found = await asyncio.shield(self._fetch(needed, credentials))
            if isinstance(found, str):
                raise auth_error(f"{found}; {HOW_WITHOUT}")
            credentials = found
        headers: dict[str, str] = {}
        credentials.apply(headers)
        return headers

    def _fetch(self, needed: Needed, known: Credentials | None) -> Fetching:
        """The one fetch for all who ask at the same time, in one event loop."""
        fetching = self._fetching.get(needed)
        if fetching is None or fetching.get_loop() is not asyncio.get_running_loop():
            fetching = self._fetching[needed] = _in_thread(partial(_refreshed, needed, known))
            fetching.add_done_callback(partial(self._fetched, needed))
        return fetching

    def _fetched(self, needed: Needed, fetching: Fetching) -> None:
        if self._fetching.get(needed) is fetching:
            del self._fetching[needed]
        if not isinstance(fetching.result(), str):
            self._credentials[needed] = fetching.result()


def _in_thread(work: Callable[[], Credentials | str]) -> Fetching:
    """What `work` returns, from a thread that neither a cancelled run nor its process waits for."""
    loop = asyncio.get_running_loop()
    done: Fetching = loop.create_future()

    def body() -> None:
        result = work()
        try:
            loop.call_soon_threadsafe(done.set_result, result)
        except RuntimeError:
            pass  # the run has ended, and its loop with it

    threading.Thread(target=body, name="wfc credentials", daemon=True).start()
    return done


def _refreshed(needed: Needed, known: Credentials | None) -> Credentials | str:
    """Credentials with a fresh token; or why there are none, without what may hold a secret."""
    try:
        import google.auth.exceptions
        from google.auth.transport.requests import Request
    except ImportError:
        return 'google-auth is not installed: `pip install "google-auth[requests]"`'
    send = partial(Request(), timeout=_SECONDS)
    try:
        credentials = known or _found(needed, send)
        if not isinstance(credentials, str):
            credentials.refresh(send)
        return credentials
    except google.auth.exceptions.DefaultCredentialsError as exc:
        return _no_credentials(exc)
    except google.auth.exceptions.TransportError as exc:
        return _unreachable(exc)
    except google.auth.exceptions.GoogleAuthError as exc:
        said = first_line(str(exc.args[0]) if exc.args else "") or type(exc).__name__
        return f"no token was granted: {said.rstrip('.')}"
    except Exception as exc:
        return f"no token was granted: the answer cannot be read ({type(exc).__name__})"


def _no_credentials(exc: Exception) -> str:
    """Which file cannot be used and why; or that there is nothing to use."""
    said = str(exc.args[0]) if exc.args else ""
    if not said or "default credentials were not found" in said:
        return f"there are no Google credentials: {_LOG_IN}"
    return f"the Google credentials cannot be used: {first_line(said).rstrip('.')}"


def _unreachable(exc: Exception) -> str:
    """`oauth2.googleapis.com cannot be reached for a token`"""
    asked = getattr(exc.args[0] if exc.args else None, "request", None)
    host = urlsplit(str(getattr(asked, "url", ""))).hostname or "the token server"
    return f"{host} cannot be reached for a token"


def _found(needed: Needed, send: Callable[..., Any]) -> Credentials | str:
    import google.auth

    scopes = needed.scopes if isinstance(needed, OAuth2) else CLOUD_PLATFORM
    credentials, _ = google.auth.default(scopes=scopes, request=send)
    if isinstance(needed, OAuth2):
        return credentials
    return _identity(credentials, needed.audience, send)


def _identity(credentials: Any, audience: str, send: Callable[..., Any]) -> Credentials | str:
    """Credentials of the same account whose tokens are ID tokens for an audience."""
    from google.auth import compute_engine, impersonated_credentials
    from google.oauth2 import service_account

    match credentials:
        case service_account.Credentials():
            uri = credentials._token_uri  # it has no public name
            email = credentials.service_account_email
            return service_account.IDTokenCredentials(credentials.signer, email, uri, audience)
        case compute_engine.Credentials():
            return compute_engine.IDTokenCredentials(
                send, audience, use_metadata_identity_endpoint=True
            )
        case impersonated_credentials.Credentials():
            return impersonated_credentials.IDTokenCredentials(
                credentials, target_audience=audience, include_email=True
            )
        case _:
            return _NO_ID_TOKEN
