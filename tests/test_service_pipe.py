"""The pipe: every message once, in order, however the bytes are cut."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_service.worker.pipe import Message, Pipe

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(sent=st.lists(st.lists(JSON, min_size=1, max_size=4), max_size=8), cut=st.integers(1, 64))
def test_messages_arrive_as_they_were_sent_however_the_bytes_are_cut(
    sent: list[list[Any]], cut: int
) -> None:
    async def main() -> None:
        written = bytearray()

        class Wire(asyncio.Transport):
            def write(self, data: Any) -> None:
                written.extend(data)

        received: list[Message] = []
        sender, receiver = (Pipe(received.extend, lambda: None) for _ in range(2))
        sender.connection_made(Wire())
        for number, message in enumerate(sent):
            sender.send(*message)
            if number % 3 == 0:
                sender.flush()
        sender.flush()
        for start in range(0, len(written), cut):
            receiver.data_received(bytes(written[start : start + cut]))
        assert received == sent

    asyncio.run(main())


def test_what_is_sent_before_closing_arrives_and_then_each_end_hears_that_it_is_over() -> None:
    async def main() -> None:
        left, right = socket.socketpair()
        received: list[Message] = []
        over = [asyncio.Event(), asyncio.Event()]
        one, other = (Pipe(received.extend, event.set) for event in over)
        await one.connect(left)
        await other.connect(right)
        large = "x" * 3_000_000
        one.send("first", large)
        one.send("second", "\udc80", 2**70)
        one.close()
        await asyncio.gather(*(event.wait() for event in over))
        assert received == [["first", large], ["second", "\udc80", 2**70]]
        other.send("to nobody")

    asyncio.run(main())


def test_what_json_cannot_hold_ends_the_pipe_on_both_sides() -> None:
    async def main() -> None:
        left, right = socket.socketpair()
        over = [asyncio.Event(), asyncio.Event()]
        one, other = (Pipe(lambda _: None, event.set) for event in over)
        await one.connect(left)
        await other.connect(right)
        one.send("before")
        one.send("bad", object())
        with pytest.raises(TypeError):
            one.flush()
        await asyncio.gather(*(event.wait() for event in over))

    asyncio.run(main())
