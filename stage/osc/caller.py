"""The way from OSC to the stage: requests in the name of its senders, their answers, and what the stage publishes.

Everything goes through the run's gate, which may be restarted meanwhile: the sockets find it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import zmq

from stage.control.wire import WireRequest, encode_request
from stage.gate.local import PassedOn, panel_endpoint, set_up_to_pass_on, streams_endpoint
from tracking.settable import Role

OWN_ROUTE = "osc"
"""What the mirror's own questions are asked under."""
_IDENTITY = b"osc"
"""The same after a restart, so that a sender is still the same client."""
_MOST_A_ROUND = 256


class Sender(NamedTuple):
    """Whoever sends OSC: nothing is known but the address. `role` is what that may do."""

    address: str
    role: Role

    @property
    def owner(self) -> str:
        """Who that is to the stage."""
        return f"osc:{self.address}"


class Caller:
    """One connection to the gate of the run in the folder `runtime`, which knows it by `secret`."""

    def __init__(self, runtime: str, secret: str) -> None:
        self._secret = secret
        self._context = zmq.Context()
        self._requests = self._socket(zmq.DEALER)
        self._requests.setsockopt(zmq.IMMEDIATE, 1)
        self._requests.setsockopt(zmq.IDENTITY, _IDENTITY)
        self._requests.connect(panel_endpoint(runtime))
        self._updates = self._socket(zmq.SUB)
        self._updates.setsockopt(zmq.SUBSCRIBE, b"state")
        self._updates.connect(streams_endpoint(runtime))

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], ...]:
        """What to poll: something may have come."""
        return self._requests, self._updates

    def send(self, request: WireRequest, sender: Sender) -> bool:
        """Sends a request in the name of a sender; False if nobody takes one now. Never waits."""
        return self._send(request, self._header(sender.address, sender.owner, sender.role))

    def ask(self, request: WireRequest) -> bool:
        """Asks for what the mirror itself wants to know."""
        return self._send(request, self._header(OWN_ROUTE, OWN_ROUTE, "viewer"))

    def replies(self) -> Iterator[bytes]:
        """The replies that have come."""
        yield from self._received(self._requests)

    def updates(self) -> Iterator[bytes]:
        """The updates of the state that have come."""
        yield from self._received(self._updates)

    def close(self) -> None:
        """Closes the connection."""
        self._context.destroy(linger=0)

    def _header(self, route: str, owner: str, role: Role) -> PassedOn:
        return PassedOn(secret=self._secret, route=route, owner=owner, role=role, origin=route)

    def _send(self, request: WireRequest, header: PassedOn) -> bool:
        try:
            self._requests.send_multipart([msgspec.msgpack.encode(header), encode_request(request)], zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        return True

    def _socket(self, kind: int) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        set_up_to_pass_on(socket)
        return socket

    def _received(self, socket: zmq.Socket[bytes]) -> Iterator[bytes]:
        with contextlib.suppress(zmq.Again):
            for _ in range(_MOST_A_ROUND):
                yield socket.recv_multipart(zmq.NOBLOCK)[-1]
