"""Seats and queue: exact bounds, first come first served, nobody held up by another workflow."""

from __future__ import annotations

import random
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_service.engine.admission import RETRY_AFTER, Admission, Bounds
from wfc_service.errors import ApiError


def test_who_has_no_seat_waits_and_gets_the_next_one_in_order() -> None:
    admission = Admission[str](Bounds(active=2, queued=10))
    assert [admission.admit("w", name) for name in "abcd"] == [True, True, False, False]
    assert admission.next() is None
    admission.release("w")
    assert [admission.next(), admission.next()] == ["c", None]
    admission.release("w")
    admission.release("w")
    assert [admission.next(), admission.next()] == ["d", None]
    assert (admission.active, admission.queued) == (1, 0)


@pytest.mark.parametrize(
    ("bounds", "admitted"),
    [
        (Bounds(active=2, queued=3), 5),
        (Bounds(active=2, queued=0), 2),
        (Bounds(active=None, queued=None, active_per_workflow=1, queued_per_workflow=2), 3),
        (Bounds(active=2, queued=None, active_per_workflow=5, queued_per_workflow=1), 3),
    ],
)
def test_one_more_than_the_bounds_is_refused_and_changes_nothing(
    bounds: Bounds, admitted: int
) -> None:
    admission = Admission[int](bounds)
    for number in range(admitted):
        admission.admit("w", number)
    before = (admission.active, admission.queued)
    with pytest.raises(ApiError) as refused:
        admission.admit("w", admitted)
    assert (refused.value.code, refused.value.retry_after) == (429, RETRY_AFTER)
    assert (admission.active, admission.queued) == before


def test_peaks_workflows_have_bounds_of_their_own_within_those_of_all() -> None:
    bounds = Bounds(active=4, active_per_workflow=1, peak_active=3, peak_queued=1)
    admission = Admission[str](bounds)
    assert [admission.admit("peak/1", name) for name in "abcd"] == [True, True, True, False]
    with pytest.raises(ApiError, match="of `1` are queued"):
        admission.admit("peak/1", "e")
    assert admission.admit("w", "f")
    assert not admission.admit("w", "g")
    assert not admission.admit("peak/2", "h")
    assert (admission.active, admission.queued) == (4, 3)
    admission.release("w")
    assert [admission.next(), admission.next()] == ["g", None]
    assert not admission.is_idle("peak/2")
    admission.withdraw("peak/2", "h")
    assert admission.is_idle("peak/2")


def test_without_bounds_everybody_has_a_seat() -> None:
    admission = Admission[int](Bounds(active=None, queued=0))
    assert all(admission.admit("w", number) for number in range(1000))


def test_an_unbuffered_execution_is_refused_instead_of_queued() -> None:
    admission = Admission[int](Bounds(active=1, queued=5))
    assert admission.admit("w", 1, unbuffered=True)
    with pytest.raises(ApiError, match="not to be queued"):
        admission.admit("w", 2, unbuffered=True)
    assert (admission.active, admission.queued) == (1, 0)


def test_a_workflow_at_its_own_bound_holds_up_nobody_else() -> None:
    admission = Admission[str](Bounds(active=3, queued=10, active_per_workflow=1))
    assert admission.admit("busy", "b1")
    assert not admission.admit("busy", "b2")
    assert admission.admit("other", "o1")
    assert not admission.admit("other", "o2")
    admission.release("other")
    assert [admission.next(), admission.next()] == ["o2", None]
    admission.release("busy")
    assert [admission.next(), admission.next()] == ["b2", None]


def test_who_is_withdrawn_gets_no_seat_and_leaves_room_in_the_queue() -> None:
    admission = Admission[str](Bounds(active=1, queued=2))
    assert [admission.admit("w", name) for name in "abc"] == [True, False, False]
    admission.withdraw("w", "b")
    assert not admission.admit("w", "d")
    admission.release("w")
    assert [admission.next(), admission.next()] == ["c", None]
    admission.release("w")
    assert admission.next() == "d"


@given(
    seed=st.integers(0, 2**32),
    active=st.integers(1, 4),
    queued=st.integers(0, 6),
    own=st.none() | st.integers(1, 3),
    own_queued=st.none() | st.integers(0, 3),
)
def test_random_comings_and_goings_are_those_of_a_plain_list(
    seed: int, active: int, queued: int, own: int | None, own_queued: int | None
) -> None:
    """The reference looks through one list of all that wait, which is what the heap stands for."""
    rng = random.Random(seed)
    admission = Admission[int](Bounds(active, queued, own, own_queued))
    seated: list[tuple[str, int]] = []
    waiting: deque[tuple[str, int]] = deque()

    def fits(workflow: str) -> bool:
        mine = sum(name == workflow for name, _ in seated)
        return len(seated) < active and (own is None or mine < own)

    for number in range(60):
        workflow = rng.choice("xyz")
        match rng.choice(["admit", "admit", "release", "withdraw"]):
            case "admit":
                mine = sum(name == workflow for name, _ in waiting)
                room = len(waiting) < queued and (own_queued is None or mine < own_queued)
                if not mine and fits(workflow):
                    assert admission.admit(workflow, number)
                    seated.append((workflow, number))
                elif room:
                    assert not admission.admit(workflow, number)
                    waiting.append((workflow, number))
                else:
                    with pytest.raises(ApiError):
                        admission.admit(workflow, number)
            case "release" if seated:
                gone = seated.pop(rng.randrange(len(seated)))
                admission.release(gone[0])
                while (ticket := admission.next()) is not None:
                    first = next(one for one in waiting if fits(one[0]))
                    assert ticket == first[1]
                    waiting.remove(first)
                    seated.append(first)
                assert not any(fits(name) for name, _ in waiting)
            case "withdraw" if waiting:
                gone = rng.choice(list(waiting))
                waiting.remove(gone)
                admission.withdraw(*gone)
        assert (admission.active, admission.queued) == (len(seated), len(waiting))
