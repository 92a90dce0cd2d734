"""The way from OSC to the stage: requests for its senders, their answers, and what the stage publishes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import zmq

from stage.control.wire import WireRequest, encode_request
from stage.run.options import BoundPorts

_QUEUED = 1024
_LOOK_S = 0.25
_MOST_A_ROUND = 256


class Caller:
    """One connection to the stage whose ports stand in the file `ports`, which a starting core writes."""

    def __init__(self, ports: Path) -> None:
        self._context = zmq.Context()
        self._requests = self._socket(zmq.DEALER)
        self._updates = self._socket(zmq.SUB)
        self._updates.setsockopt(zmq.SUBSCRIBE, b"state")
        found = _await_ports(ports)
        self._requests.connect(found.endpoint)
        self._updates.connect(f"tcp://{found.host}:{found.state}")

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], ...]:
        """What to poll: something may have come."""
        return self._requests, self._updates

    def send(self, request: WireRequest) -> bool:
        """Sends a request; False if the stage takes none now. Never waits."""
        try:
            self._requests.send(encode_request(request), zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        return True

    def replies(self) -> Iterator[bytes]:
        """The replies that have come."""
        yield from self._received(self._requests)

    def updates(self) -> Iterator[bytes]:
        """The updates of the state that have come."""
        yield from self._received(self._updates)

    def close(self) -> None:
        """Closes the connection."""
        self._context.destroy(linger=0)

    def _socket(self, kind: int) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDHWM, _QUEUED)
        socket.setsockopt(zmq.RCVHWM, _QUEUED)
        return socket

    def _received(self, socket: zmq.Socket[bytes]) -> Iterator[bytes]:
        with contextlib.suppress(zmq.Again):
            for _ in range(_MOST_A_ROUND):
                yield socket.recv_multipart(zmq.NOBLOCK)[-1]


def _await_ports(ports: Path) -> BoundPorts:
    while True:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(ports.read_bytes(), type=BoundPorts)
        time.sleep(_LOOK_S)
