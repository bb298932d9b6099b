"""A real mail server on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Server:
    """Answers what it is told, then keeps what it accepts."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.received: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.received.append(envelope.content)
        return answer


@contextmanager
def running_server() -> Iterator[tuple[Server, int]]:
    """Run a server; yield it with its port."""
    server = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()
