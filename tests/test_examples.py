"""The examples are what a newcomer runs first: no problems, and the results they promise."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import load as load_module

from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))


def compiled(name: str) -> str:
    problems = Problems()
    result = compile_source(load(ROOT / "examples" / name, problems))
    assert [*problems.sorted(), *result.problems] == []
    assert result.module is not None
    return result.module


async def result_of(name: str, args: object = None) -> Any:
    module = load_module(compiled(name))
    return await module.run(args, clock=VirtualClock(), env={})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_no_problems_not_even_warnings(path: Path) -> None:
    assert compiled(str(path.relative_to(ROOT / "examples")))


def test_fan_out_prices_what_it_can_and_names_the_rest() -> None:
    assert asyncio.run(result_of("quickstart/fan_out.yaml")) == {
        "prices": {"books": 10.0, "lamp": 7.0, "chair": 17.5, "plant": 11.5},
        "refused": ["letter weighs nothing", "anvil is too heavy"],
        "total": 46.0,
    }


@pytest.mark.parametrize(("args", "polls"), [(None, 3), ({"steps": 5}, 5)])
def test_polling_ends_when_the_job_is_done(args: object, polls: int) -> None:
    result = asyncio.run(result_of("poll_until_done.yaml", args))
    assert result == {"finished": polls, "polls": polls}


def test_only_errors_worth_it_are_retried() -> None:
    assert asyncio.run(result_of("retry_when_busy.yaml")) == "forty-two after 3 attempts"


@pytest.mark.parametrize(
    ("body", "accepted"),
    [({"approved": True}, ["o-1", "o-2"]), ({"approved": False}, ["o-1"]), (None, ["o-1"])],
)
def test_only_what_a_person_approves_is_accepted_of_the_large_orders(
    body: object, accepted: list[str]
) -> None:
    """Without an answer it ends after ten minutes."""
    clock = VirtualClock()
    callbacks = ScriptedCallbacks(clock, *([] if body is None else [CallbackRequest(60, body)]))
    children = {"price_order": load_module(compiled("approval/price_order.yaml")).workflow}
    running = load_module(compiled("approval/approve_orders.yaml")).run(
        clock=clock, callbacks=callbacks, children=children.__getitem__, env={}
    )
    assert [order["id"] for order in asyncio.run(running)] == accepted
    assert clock.time() == (600 if body is None else 60)


ORDER = {"id": "o-1", "customer": "c-1", "items": ["lamp", "chair"]}


@pytest.mark.parametrize(
    ("stock", "payment", "state", "calls"),
    [
        (200, 200, "SHIPPED", ["POST reservations", "POST payments", *["POST shipments"] * 2]),
        (409, 200, "OUT_OF_STOCK", ["POST reservations"]),
        (200, 402, "REFUSED", ["POST reservations", "POST payments", "DELETE reservations/r-1"]),
    ],
)
def test_an_order_that_is_not_paid_gives_its_goods_back(
    stock: int, payment: int, state: str, calls: list[str]
) -> None:
    made: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        service = request.path.strip("/")
        made.append(f"{request.method} {service}")
        status = {"reservations": stock, "payments": payment}.get(service, 200)
        body = {"id": "r-1", "price": 12.5, "missing": ["lamp"], "tracking": f"t-{len(made)}"}
        return web.json_response(body, status=status)

    async def order() -> Any:
        services = web.Application()
        services.router.add_route("*", "/{service:.*}", answer)
        runner = web.AppRunner(services)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            args = {"services": f"http://127.0.0.1:{port}", "order": ORDER}
            return await result_of("process_order.yaml", args)
        finally:
            await runner.cleanup()

    result = asyncio.run(order())
    assert result["state"] == state
    assert made == calls


def test_nightly_counts_both_regions_and_reports_them() -> None:
    module = load_module(compiled("peak/nightly.yaml"))
    lines: list[str] = []

    def log(entry: Any) -> None:
        lines.append(entry.payload)

    result = asyncio.run(module.run({"global": {"day": "monday"}}, log=log))
    assert [(name, step.status) for name, step in result.steps.items()] == [
        ("count-north", "Success"),
        ("count-south", "Success"),
        ("report", "Success"),
        ("repair", "Skipped"),
    ]
    assert "north 6 south 37" in lines
