"""Where calls go: which URLs a route is for, what the stand-in sees, and what is said of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.compiled import workflow
from tests.http_server import echo, serving
from tests.process import quick

import wfc_runtime.v1 as wf
from wfc_runtime.auth import Needed
from wfc_runtime.routes import Routes
from wfc_runtime.stdlib import http

HERE = "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("source", "target", "url", "routed"),
    [
        ("https://a.example", HERE, "https://a.example", HERE),
        ("https://a.example", HERE, "https://a.example/", f"{HERE}/"),
        ("https://a.example/", HERE, "https://a.example/x/y?q=%2F#f", f"{HERE}/x/y?q=%2F#f"),
        ("https://a.example", HERE, "https://a.example?q=1", f"{HERE}?q=1"),
        ("https://a.example", HERE, "HTTPS://A.Example:443/x", f"{HERE}/x"),
        ("https://A.example:443", HERE, "https://a.example/x", f"{HERE}/x"),
        ("https://a.example", HERE, "https://me:pw@a.example/x", f"{HERE}/x"),
        ("https://a.example", HERE, "http://a.example/x", None),
        ("https://a.example", HERE, "https://a.example:8443/x", None),
        ("https://a.example:8443", HERE, "https://a.example:8443/x", f"{HERE}/x"),
        ("https://a.example", HERE, "https://www.a.example/x", None),
        ("https://a.example", HERE, "https://a.example.evil/x", None),
        ("https://a.example", HERE, "https://evil/https://a.example", None),
        ("https://a.example/v1", HERE, "https://a.example/v1", HERE),
        ("https://a.example/v1/", HERE, "https://a.example/v1/x", f"{HERE}/x"),
        ("https://a.example/v1", HERE, "https://a.example/v10/x", None),
        ("https://a.example/v1", HERE, "https://a.example/V1/x", None),
        ("https://a.example", f"{HERE}/a/", "https://a.example/x", f"{HERE}/a/x"),
        ("https://a.example/v1", f"{HERE}/b", "https://a.example/v1?q", f"{HERE}/b?q"),
        ("http://[::1]:80", HERE, "http://[::1]/x", f"{HERE}/x"),
        ("https://a.example", HERE, "https://[a", None),
        ("https://a.example", HERE, "https://a.example:x/", None),
    ],
)
def test_which_urls_a_route_is_for(source: str, target: str, url: str, routed: str | None) -> None:
    found = Routes({source: target}).routed(url)
    assert (None if found is None else found.url) == routed


@pytest.mark.parametrize("turned", [False, True])
def test_the_longest_route_serves(turned: bool) -> None:
    routes = {"https://a.example": "http://one", "https://a.example/v1/orders": "http://three"}
    routes |= {"https://a.example/v1": "http://two"}
    made = Routes(dict(reversed(routes.items())) if turned else routes)
    urls = ["/", "/v1/x", "/v1/orders", "/v1/orders/7", "/v1/ordersX"]
    found = [made.routed(f"https://a.example{path}") for path in urls]
    assert [each and each.url for each in found] == [
        "http://one/",
        "http://two/x",
        "http://three",
        "http://three/7",
        "http://two/ordersX",
    ]


@given(st.from_regex(r"\A(/[a-z%0-9.~]{0,5}){0,4}(\?[a-z=&%0-9+]{0,8})?\Z"))
def test_path_and_query_are_kept_as_they_are(rest: str) -> None:
    routed = Routes({"https://a.example": HERE}).routed(f"https://a.example{rest}")
    assert routed is not None
    assert routed.url in (HERE + rest, HERE + rest.removesuffix("?"))


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ({"a.example": HERE}, "`a.example` must be `http://` or `https://` and a host"),
        ({"https://a.example": "127.0.0.1:9000"}, "`127.0.0.1:9000` must be `http://` or"),
        ({"https://": HERE}, "`https://` must be"),
        ({"ftp://a.example": HERE}, "`ftp://a.example` must be"),
        ({"https://a.example?q": HERE}, "must not have a query"),
        ({"https://a.example": f"{HERE}#f"}, "must not have a query or fragment"),
        ({"https://a.example:x": HERE}, "`https://a.example:x` is not a URL"),
        ({"https://[a": HERE}, "`https://[a` is not a URL"),
        ({"https://a.example": "http://me:canary@b"}, "must not have a user or password"),
        ({"https://a.example": "http://me:canary@[b"}, "is not a URL"),
        ({"https://a.example": HERE, "https://A.example/": HERE}, "two routes lead from the same"),
        (
            {"https://a.example": HERE, "https://b.example": HERE, "https://a.example/": HERE},
            "two routes lead from the same place: https://a.example goes to",
        ),
    ],
)
def test_routes_that_cannot_be_are_value_errors(routes: dict[str, str], said: str) -> None:
    async def main(run: wf.Run) -> None: ...

    with pytest.raises(ValueError, match=re.escape(said)) as failed:
        asyncio.run(workflow(main).run(routes=routes))
    assert "canary" not in str(failed.value)


# -- requests -------------------------------------------------------------------------------------


class Asked:
    """An authorizer that says whether it was asked."""

    def __init__(self) -> None:
        self.needed: list[Needed] = []

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        self.needed.append(needed)
        return {"Authorization": "Bearer token"}


def routed(
    *urls: str, authorizer: wf.Authorizer | None = None, **arguments: Any
) -> tuple[list[Any], list[str], str]:
    """What the stand-in of https://orders.example sees of each URL; the log; its address, HERE."""
    log: list[str] = []

    async def scenario() -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> Any:
                seen = []
                for url in urls:
                    whole = {"url": url.replace("HERE", address), **arguments}
                    seen.append((await run.call("go", http.get, **whole))["body"])
                return seen

            seen = await workflow(main).run(
                env={},
                auth=authorizer,
                routes={"https://orders.example": address},
                log=lambda entry: log.append(f"{entry.severity} {entry.payload}"),
            )
            return seen, log, address

    result: tuple[list[Any], list[str], str] = asyncio.run(scenario())
    return result


def test_a_stand_in_sees_its_own_host_and_the_one_that_was_called() -> None:
    (seen,), _, address = routed("https://orders.example/x", query={"y": [1, 2]})
    headers = seen["headers"]
    assert (seen["path"], seen["query"]) == ("/x", [["y", "1"], ["y", "2"]])
    assert headers["Host"] == address.removeprefix("http://")
    assert headers["X-Forwarded-Host"] == "orders.example"
    assert headers["X-Forwarded-Proto"] == "https"


def test_headers_of_the_workflow_go_before_those_of_the_route() -> None:
    (seen,), _, _ = routed("https://orders.example/", headers={"x-forwarded-host": "mine"})
    given = [v for n, v in seen["headers"].items() if n.lower() == "x-forwarded-host"]
    assert given == ["mine"]


def test_a_route_is_said_once_and_only_where_it_is_used() -> None:
    _, log, address = routed("https://orders.example/1", "https://orders.example/2")
    assert log == [f"INFO https://orders.example goes to {address}"]
    assert routed("HERE/1")[1] == []


def test_a_routed_request_gets_no_token_and_none_is_fetched() -> None:
    """The token is another's.  A header that the workflow itself sets is its own affair."""
    authorizer, auth = Asked(), {"type": "OIDC"}
    urls = ("https://orders.example/", "HERE/")
    (routed_one, direct), _, _ = routed(*urls, authorizer=authorizer, auth=auth)
    assert "Authorization" not in routed_one["headers"]
    assert direct["headers"]["Authorization"] == "Bearer token"
    assert len(authorizer.needed) == 1
    (own,), _, _ = routed(urls[0], authorizer=authorizer, headers={"Authorization": "mine"})
    assert own["headers"]["Authorization"] == "mine"


def test_redirects_are_routed_too() -> None:
    """One that is relative to the URL that was called, and one to a host that is routed."""

    async def orders(request: web.BaseRequest) -> web.StreamResponse:
        targets = {"/a": "/b", "/b": "https://stock.example/c"}
        return web.Response(status=302, headers={"Location": targets[request.path]})

    async def scenario() -> Any:
        async with serving(orders) as one, serving(echo) as other:
            routes = {"https://orders.example": one, "https://stock.example": other}

            async def main(run: wf.Run) -> Any:
                return (await run.call("go", http.get, url="https://orders.example/a"))["body"]

            return await workflow(main).run(env={}, routes=routes, log=lambda entry: None)

    seen = asyncio.run(scenario())
    assert (seen["path"], seen["headers"]["X-Forwarded-Host"]) == ("/c", "stock.example")


def test_connectors_are_routed_and_get_no_token_where_they_are() -> None:
    connector = wf.Connector("googleapis.x.v1.get", "GET", "https://x.googleapis.com/v1/y")
    authorizer = Asked()

    async def scenario() -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> Any:
                return await run.call("go", connector)

            routes = {"https://x.googleapis.com": address}
            return await workflow(main).run(
                env={}, auth=authorizer, routes=routes, log=lambda entry: None
            )

    seen = asyncio.run(scenario())
    assert seen["path"] == "/v1/y"
    assert "Authorization" not in seen["headers"]
    assert authorizer.needed == []


def test_child_executions_have_the_routes_and_the_tokens_of_their_caller() -> None:
    log: list[object] = []
    authorizer = Asked()

    async def scenario() -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> Any:
                got = [await run.call("go", http.get, url="https://orders.example/")]
                got.append(await run.call("go", http.get, url=address, auth={"type": "OIDC"}))
                return [each["body"]["headers"].get("Authorization") for each in got]

            async def calling(run: wf.Run) -> Any:
                child = await run.call("run", wf.executions.run, workflow_id="child")
                return [child, await main(run)]

            return await workflow(calling).run(
                env={},
                auth=authorizer,
                routes={"https://orders.example": address},
                log=lambda entry: log.append(entry.payload),
                children={"child": workflow(main)}.__getitem__,
            )

    assert asyncio.run(scenario()) == [[None, "Bearer token"]] * 2
    assert len(log) == 1
    assert len(authorizer.needed) == 2


# -- the command ----------------------------------------------------------------------------------

CALLS = """\
- orders: {call: http.get, args: {url: "https://orders.example/x", auth: {type: OIDC}}, result: a}
- stock: {call: http.get, args: {url: "https://stock.example/y"}, result: b}
- done: {return: ["${a.body.path}", "${b.body.path}"]}
"""


def test_the_command_takes_routes_from_options_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "calls.yaml").write_text(CALLS, encoding="utf-8")

    async def scenario() -> Any:
        async with serving(echo) as address:
            (tmp_path / "routes").write_text(
                f"# stand-ins\n\nhttps://orders.example=http://127.0.0.1:1\n"
                f"  https://stock.example={address}/s\n",
                encoding="utf-8",
            )
            route = f"https://orders.example={address}"
            options = ["--route", route, "--routes", "routes"]
            done = await asyncio.to_thread(quick, tmp_path, "run", "calls.yaml", *options)
            return done, address

    done, address = asyncio.run(scenario())
    assert (done.returncode, done.stdout) == (0, '["/x","/s/y"]\n')
    said = [line for line in done.stderr.splitlines() if '"severity":"INFO"' in line]
    assert [line.partition('"textPayload":')[2].partition(",")[0] for line in said] == [
        f'"https://orders.example goes to {address}"',
        f'"https://stock.example goes to {address}/s"',
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--route", "https://a.example"], "a route cannot be used: `https://a.example` is not "),
        (["--route", "=http://b"], "`=http://b` is not written as URL=URL"),
        (["--route", "https://me:pw@a.example"], "`https://…@a.example` is not written as URL=URL"),
        (["--route", "a.example=http://b"], "`a.example` must be `http://` or `https://`"),
        (["--route", "https://a.example=b"], "is not written as URL=URL"),
        (
            ["--route", "https://a.example=http://b?q"],
            "`http://b?[redacted]` must not have a query",
        ),
        (["--routes", "routes"], "a route cannot be used in `routes`, line 2: `nonsense` is not "),
        (["--routes", "missing"], "cannot read `missing`: no such file or directory"),
        (
            ["--route", "https://a=http://b", "--route", "https://A/=http://c"],
            "a route cannot be used: two routes lead from the same place: https://a goes to http://b",
        ),
    ],
)
def test_a_route_that_cannot_be_is_wrong_use(tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "calls.yaml").write_text(CALLS, encoding="utf-8")
    (tmp_path / "routes").write_text("https://a=http://b\nnonsense\n", encoding="utf-8")
    done = quick(tmp_path, "run", "calls.yaml", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
