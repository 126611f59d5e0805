"""Google's default credentials, against stand-ins of what grants the tokens (spec 06, auth)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.compiled import workflow
from tests.http_server import serving, talking
from tests.process import quick, wfc
from tests.token_server import CANARY, TokenServer, claims, key_file

import wfc_runtime.v1 as wf
from wfc_runtime.auth import OIDC as Audience
from wfc_runtime.credentials import DefaultCredentials
from wfc_runtime.stdlib import http

OAUTH2 = {"type": "OAuth2", "scopes": ["https://scope.example/a", "https://scope.example/b"]}
OIDC = {"type": "OIDC", "audience": "https://orders.example"}
WITHOUT = "; to do without, run with `--auth none` or with a token in WFC_AUTH_TOKEN"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that is logged in nowhere, and is not Google's."""
    for name in ("WFC_AUTH_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    # read when it is imported, which an earlier test may have brought about
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True, raising=False)


@asynccontextmanager
async def granting(
    server: TokenServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """A server that both grants the tokens of a key file and is called with them."""
    async with serving(server) as address:
        path = key_file(folder, f"{address}/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        yield address


async def calls(address: str, *auths: Any, **options: Any) -> None:
    async def main(run: wf.Run) -> None:
        for auth in auths:
            await run.call("go", http.get, url=f"{address}/orders", auth=auth)

    await workflow(main).run(**options)


def error_of(address: str, auth: Any, **options: Any) -> str:
    """The message of the AuthError that a request with `auth` ends in."""
    with pytest.raises(wf.WorkflowError) as failed:
        asyncio.run(calls(address, auth, **options))
    assert failed.value.payload["tags"] == ["AuthError"]
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    message: str = failed.value.payload["message"]
    assert "\n" not in message
    assert CANARY not in message
    return message.removeprefix("AuthError: ")


def test_a_key_file_has_access_tokens_and_id_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = TokenServer()

    async def scenario() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:
            await calls(address, OAUTH2, OIDC)

    asyncio.run(scenario())
    scopes = "https://scope.example/a https://scope.example/b"
    assert server.granted == [("OAuth2", scopes), ("OIDC", "https://orders.example")]
    access, identity = (str(each).removeprefix("Bearer ") for each in server.authorizations)
    assert access == f"ya29.{CANARY}-1"
    assert claims(identity)["aud"] == "https://orders.example"


def test_a_token_is_fetched_once_for_all_branches_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = TokenServer()

    async def scenario() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:

            async def branch(run: wf.Run, item: Any, index: int) -> None:
                for auth in (OAUTH2, OIDC):
                    await run.call("go", http.get, url=address, auth=auth)

            async def main(run: wf.Run) -> None:
                await run.parallel_for("all", range(15), branch)

            await workflow(main).run()

    asyncio.run(scenario())
    assert sorted(kind for kind, _ in server.granted) == ["OAuth2", "OIDC"]
    assert len(server.authorizations) == 30
    assert len(set(server.authorizations)) == 2


def test_a_token_about_to_expire_is_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = TokenServer(lifetime=60)

    async def scenario() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:
            await calls(address, OAUTH2, OAUTH2)
            server.lifetime = 3600
            await calls(address, OAUTH2, OAUTH2)

    asyncio.run(scenario())
    assert len(server.granted) == 3
    assert server.authorizations[0] != server.authorizations[1]
    assert server.authorizations[2] == server.authorizations[3]


def test_who_asks_first_may_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others still get the one token that is on its way."""
    server = TokenServer()

    async def scenario() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:
            credentials = DefaultCredentials()
            first = asyncio.create_task(calls(address, OAUTH2, auth=credentials))
            second = asyncio.create_task(calls(address, OAUTH2, auth=credentials))
            await asyncio.sleep(0)
            first.cancel()
            await second
            assert first.cancelled()

    asyncio.run(scenario())
    assert len(server.granted) == len(server.authorizations) == 1


def test_a_run_that_is_cancelled_does_not_wait_for_a_token_that_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the end of the event loop."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async def scenario() -> None:
        async with talking(silent) as address:
            path = key_file(tmp_path, f"{address}/token")
            monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
            running = asyncio.create_task(calls(address, OAUTH2))
            await asked.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert [task for task in left if "serve" not in repr(task)] == []

    asyncio.run(scenario())


def test_credentials_may_serve_one_event_loop_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the first was left while a token was on its way."""
    server, credentials = TokenServer(), DefaultCredentials()

    async def leave() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:
            running = asyncio.create_task(calls(address, OAUTH2, auth=credentials))
            await asyncio.sleep(0)
            running.cancel()

    async def stay() -> None:
        async with granting(server, tmp_path, monkeypatch) as address:
            await calls(address, OAUTH2, OAUTH2, auth=credentials)

    asyncio.run(leave())
    asyncio.run(stay())
    assert len(server.authorizations) == 2


# -- failures -------------------------------------------------------------------------------------


def test_without_credentials_the_error_says_how_to_log_in_and_how_to_do_without() -> None:
    assert error_of("http://127.0.0.1:1", OIDC) == (
        "there are no Google credentials: log in with `gcloud auth application-default login`"
        + WITHOUT
    )


def test_without_google_auth_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.transport.requests", None)
    assert error_of("http://127.0.0.1:1", OAUTH2) == (
        'google-auth is not installed: `pip install "google-auth[requests]"`' + WITHOUT
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "was not found"),
        ("{", "is not a valid json file"),
        ("{}", "does not have a valid type"),
        (json.dumps({"type": "service_account", "private_key": CANARY}), "cannot be used"),
    ],
)
def test_a_key_file_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, said: str
) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    message = error_of("http://127.0.0.1:1", OAUTH2)
    assert message.startswith("the Google credentials cannot be used: ")
    assert said in message
    assert message.endswith(WITHOUT)


@pytest.mark.parametrize("auth", [OAUTH2, OIDC])
@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((400, '{"error":"invalid_grant","error_description":"no such account"}'), "no such"),
        ((400, "<html>\n<p>bad</p>"), "<html>"),
        ((200, "{}"), "no token was granted: "),
        ((200, f'{{"refresh_token":"{CANARY}"}}'), "no token was granted: "),
        ((200, f"{CANARY}"), "no token was granted: "),
        ((401, f'{{"error":"{CANARY}{"x" * 40}"}}'), "no token was granted: "),
    ],
)
def test_a_refusal_is_one_line_that_repeats_no_token(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    auth: Any,
    refusal: tuple[int, str],
    said: str,
) -> None:
    server = TokenServer()
    server.refusal = refusal

    async def scenario() -> str:
        async with granting(server, tmp_path, monkeypatch) as address:
            return await asyncio.to_thread(error_of, address, auth)

    message = asyncio.run(scenario())
    assert said in message
    assert message.endswith(WITHOUT)


def test_each_branch_has_an_error_of_its_own() -> None:
    """Both wait for one fetch; what one does to its error the other must not see."""
    credentials, needed = DefaultCredentials(), Audience("https://orders.example")

    async def scenario() -> list[Any]:
        asking = [credentials.headers(needed) for _ in range(2)]
        return await asyncio.gather(*asking, return_exceptions=True)

    first, second = asyncio.run(scenario())
    assert first.payload == second.payload
    assert first.payload is not second.payload


def test_a_token_server_that_cannot_be_reached_is_named_without_its_client_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda seconds: None)
    path = key_file(tmp_path, "http://127.0.0.1:1/token")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    told = "127.0.0.1 cannot be reached for a token"
    assert error_of("http://127.0.0.1:1", OAUTH2) == told + WITHOUT


def test_a_login_of_a_person_has_no_id_token_for_an_audience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "application_default_credentials.json"
    person = {"type": "authorized_user", "client_id": "c", "client_secret": CANARY}
    person |= {"refresh_token": CANARY, "quota_project_id": "p"}
    path.write_text(json.dumps(person), encoding="utf-8")
    message = error_of("http://127.0.0.1:1", OIDC)
    assert message.startswith("only a service account has ID tokens for an audience: log in with")
    assert "--impersonate-service-account=" in message


# -- the command ----------------------------------------------------------------------------------

WORKFLOW = """\
- access: {{call: http.get, args: {{url: "{0}/orders", auth: {{type: OAuth2}}}}, result: a}}
- identity: {{call: http.get, args: {{url: "{0}{1}", auth: {{type: OIDC}}}}, result: b}}
- done: {{return: ["${{a.body.code}}", "${{b.body.code}}"]}}
"""


async def wfc_run(folder: Path, address: str, *options: str, path: str = "/orders") -> Any:
    """`wfc run` in a thread, while a server here answers it."""
    (folder / "calls.yaml").write_text(WORKFLOW.format(address, path), encoding="utf-8")
    return await asyncio.to_thread(quick, folder, "run", "calls.yaml", *options)


def test_the_command_gets_tokens_from_the_metadata_server(tmp_path: Path) -> None:
    """In a process of its own: google-auth reads where that server is when it is imported."""
    server = TokenServer()

    async def scenario() -> Any:
        async with serving(server) as address:
            (tmp_path / "calls.yaml").write_text(WORKFLOW.format(address, "/x"), encoding="utf-8")
            host = address.removeprefix("http://")
            env = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "NO_GCE_CHECK": ""}
            return await asyncio.to_thread(wfc, tmp_path, "run", "calls.yaml", env=env)

    done = asyncio.run(scenario())
    assert (done.returncode, done.stdout, done.stderr) == (0, "[200,200]\n", "")
    (access, _), (identity, audience) = server.granted
    assert (access, identity) == ("OAuth2", "OIDC")
    assert audience.endswith("/x")
    assert all(str(each).startswith("Bearer ") for each in server.authorizations)


@pytest.mark.parametrize(("path", "code"), [("/orders", 0), ("/refused", 3)])
def test_the_command_shows_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: int
) -> None:
    server = TokenServer()

    async def scenario() -> Any:
        async with granting(server, tmp_path, monkeypatch) as address:
            return await wfc_run(tmp_path, address, path=path)

    done = asyncio.run(scenario())
    assert done.returncode == code
    tokens = [str(each).removeprefix("Bearer ") for each in server.authorizations]
    assert len(tokens) == 2
    assert [token for token in tokens if token in done.stdout + done.stderr] == []


@pytest.mark.parametrize(
    ("options", "token", "authorization"),
    [
        ([], CANARY, f"Bearer {CANARY}"),
        (["--auth", "none"], None, None),
        (["--auth", "none"], CANARY, None),
    ],
)
def test_the_command_runs_without_google(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    token: str | None,
    authorization: str | None,
) -> None:
    server = TokenServer()
    if token is not None:
        monkeypatch.setenv("WFC_AUTH_TOKEN", token)

    async def scenario() -> Any:
        async with serving(server) as address:
            return await wfc_run(tmp_path, address, *options)

    done = asyncio.run(scenario())
    assert (done.returncode, done.stdout, done.stderr) == (0, "[200,200]\n", "")
    assert server.authorizations == [authorization] * 2


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    done = asyncio.run(wfc_run(tmp_path, "http://127.0.0.1:1"))
    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == (
        "execution failed: AuthError: there are no Google credentials: "
        f"log in with `gcloud auth application-default login`{WITHOUT}"
    )
