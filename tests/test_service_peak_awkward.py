"""Whatever is sent to Peak's API, nothing of it is a failure of ours."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.peak_calls import Peak, spec
from tests.peak_files import EVERYTHING
from tests.press_calls import DEPLOYMENTS, PARAMETERS, SPECS, deployment, publish, send
from tests.press_calls import spec as block_spec
from tests.service_calls import Client, Served

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["@param:shop", "", "name", "load", "\0", "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def paths(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the values of a tree are."""
    entries: list[Any] = []
    if isinstance(tree, dict):
        entries = list(tree.items())
    elif isinstance(tree, list):
        entries = list(enumerate(tree))
    return [at, *(path for key, value in entries for path in paths(value, (*at, key)))]


@st.composite
def mutants(draw: st.DrawFn, tree: Any) -> Any:
    """A tree with another value somewhere."""
    path, value = draw(st.sampled_from(paths(tree))), draw(VALUES)
    if not path:
        return value
    copy = deepcopy(tree)
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copy


RUN = {"params": {"global": {"a": 1}, "stepWise": {"load": {"b": "c"}}}, "stepsToRun": []}
CALLS = st.one_of(
    st.tuples(st.just("POST"), st.just(""), mutants(EVERYTHING)),
    st.tuples(st.just("PUT"), st.just("1"), mutants(EVERYTHING)),
    st.tuples(st.just("POST"), st.just("1/execute"), mutants(RUN)),
    st.tuples(st.just("POST"), st.just(DEPLOYMENTS), mutants(deployment("BLOCK"))),
    st.tuples(st.just("POST"), st.just("REVISIONS"), mutants(deployment("BLOCK"))),
    st.tuples(st.just("PATCH"), st.just("DEPLOYMENT"), mutants({"name": "n", "title": "t"})),
    st.tuples(st.just("PATCH"), st.just("RUN"), mutants({"horizon": 1, "mode": "full"})),
    st.tuples(
        st.just("PATCH"), st.just("BLOCK"), mutants({"metadata": {"name": "n"}, "tenants": ["a"]})
    ),
    st.tuples(
        st.just("FORM"),
        st.just(f"{SPECS}/"),
        mutants({"spec": block_spec("other"), "parameters": PARAMETERS, "tenants": ["a"]}),
    ),
)


def test_no_body_makes_a_failure_of_ours(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        await peak.create(spec(metadata={"allowConcurrentExecution": True}))
        block = await publish(client)
        made = await peak.ok("POST", DEPLOYMENTS, deployment(block))
        known = {
            "BLOCK": f"{SPECS}/{block}",
            "DEPLOYMENT": f"{DEPLOYMENTS}/{made['id']}",
            "REVISIONS": f"{DEPLOYMENTS}/{made['id']}/revisions",
            "RUN": f"/v1/deployments/{made['id']}/parameters/run",
        }
        for verb, path, body in drawn:
            text = json.dumps(body).replace('"BLOCK"', json.dumps(block))
            if verb == "FORM":
                fields = body if isinstance(body, dict) else {"spec": body}
                answer = await send(client, path, **fields)
            else:
                to = known.get(path, path)
                to = to if to.startswith("/") else f"/workflows/api/v1/workflows/{to}"
                answer = await client(verb, to, text.encode())
            assert answer.status < 500, (verb, path, body, answer.body)
            assert b"Internal error" not in answer.body  # of a form that is a 409
            if answer.status != 200:
                assert list(answer.json()) == ["detail"]

    drawn: list[Any] = []

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(CALLS)
    def draw(call: Any) -> None:
        drawn.append(call)

    draw()
    served(check)
