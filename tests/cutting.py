"""A way to a service of Peak's API that breaks when it hurts most: after something was started."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit


@contextmanager
def cutting(server: str) -> Iterator[tuple[str, list[str]]]:
    """A way to a server that cuts the first `execute` once it is answered, and tells of each.

    Nothing of the answer comes through: the SDK takes one without its body for an empty one.
    """
    target, seen = urlsplit(server), list[str]()
    listener = socket.create_server(("127.0.0.1", 0))

    def send(client: socket.socket, behind: socket.socket, first: Event) -> None:
        with suppress(OSError):  # the connection has been cut
            while data := client.recv(1 << 16):
                if b"/execute " in data.partition(b"\r\n")[0]:
                    seen.append(data.partition(b" HTTP/")[0].decode())
                    if len(seen) == 1:
                        first.set()
                behind.sendall(data)

    def pass_on(client: socket.socket) -> None:
        with client, socket.create_connection((target.hostname, target.port)) as behind:
            first = Event()
            Thread(target=send, args=(client, behind, first), daemon=True).start()
            while data := behind.recv(1 << 16):
                if first.is_set():
                    client.shutdown(socket.SHUT_RDWR)  # without a word of it
                    return
                client.sendall(data)

    def accept() -> None:
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            Thread(target=pass_on, args=(client,), daemon=True).start()

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
