"""Messages in and out over the bound sockets. All use of ZeroMQ while the show runs is here; nothing here reads a body.

The ROUTER takes messages from its peers in turn, so a flood from one client delays the others by one message each and
not by the flood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import zmq

from stage.config.addresses import is_loopback
from stage.control.guard import Guard
from stage.control.outbox import Outbox, Sent
from stage.control.sockets import ControlSockets
from stage.control.streams import Stream
from tracking.settable import Role

_BYTES_A_DRAIN = 256 * 1024
_PARTS_A_MESSAGE = 4
_PARTS_KEPT = 24
_ROUTE_BYTES = 1024


class Message(NamedTuple):
    """One message of a client, and the role of its connection. `body` is None where there are other than one part.

    `route` has the parts between the client's identity and an empty delimiter, which the reply must repeat. A REQ
    socket with REQ_CORRELATE puts a number there, a proxy the identities of its own clients.
    """

    sender: str
    role: Role
    body: bytes | None
    parts: int
    route: tuple[bytes, ...] = ()


class Exchange:
    """Receives clients' messages, replies to them and publishes. It never waits and never raises.

    `counts` has what failed: "receive_failed", "answers_lost", "publications_lost".
    """

    def __init__(self, sockets: ControlSockets, guard: Guard, counts: Counter[str]) -> None:
        self._sockets = sockets
        self._guard = guard
        self._counts = counts
        self._outbox = Outbox(self._send)
        self._parts: list[zmq.Frame] = []
        self._number_of_parts = 0

    def receive(self, budget: int) -> Iterator[Message]:
        """What has arrived, from about `budget` messages and 256 KiB.

        It is counted by ZeroMQ's frames, since one message may have any number of them. Surplus ones are dropped, now
        or next time.
        """
        if self._guard.check():
            self._parts, self._number_of_parts = [], 0
        lost = self._outbox.flush()
        if lost:
            self._counts["answers_lost"] += lost
        received_bytes = 0
        for _ in range(budget * _PARTS_A_MESSAGE):
            part = self._part() if received_bytes < _BYTES_A_DRAIN else None
            if part is None:
                return
            received_bytes += len(part)
            self._number_of_parts += 1
            if len(self._parts) < _PARTS_KEPT:
                self._parts.append(part)
            if not part.more:
                parts, number = self._parts, self._number_of_parts
                self._parts, self._number_of_parts = [], 0
                yield _message_of(parts, number)

    def reply(self, sender: str, body: bytes, route: tuple[bytes, ...] = ()) -> None:
        """Sends a reply to the client that a message came from; a sender of another edge is ignored.

        A client that is gone, or leaves a great many replies unread, loses them. The show does not wait for it.
        """
        envelope = _envelope_of(sender, route)
        if envelope is not None and not self._outbox.put(sender, (*envelope, body)):
            self._counts["answers_lost"] += 1

    def _send(self, parts: tuple[bytes, ...]) -> Sent:
        try:
            self._sockets.requests.send_multipart(parts, zmq.NOBLOCK)
        except zmq.Again:
            return "full"
        except zmq.ZMQError:
            return "gone"
        return "sent"

    def publish(self, stream: Stream, body: bytes) -> None:
        """Sends a body to every subscriber of a stream, under the stream's name as its topic."""
        if not self._sockets.publish(stream, body):
            self._counts["publications_lost"] += 1

    def _part(self) -> zmq.Frame | None:
        try:
            return self._sockets.requests.recv(zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return None
        except zmq.ZMQError:
            self._counts["receive_failed"] += 1
            return None


def _message_of(parts: list[zmq.Frame], number: int) -> Message:
    """A REQ socket puts an empty part before its body and wants it back, so the sender's name says which kind it is."""
    delimiter = next((place for place, part in enumerate(parts) if place and not len(part)), 0)
    sender = ("req-" if delimiter else "zmq-") + parts[0].bytes.hex()
    single = number == len(parts) == delimiter + 2
    body = parts[-1].bytes if single else None
    return Message(sender, _role_of(parts[-1]), body, number - 1 - delimiter, _route_of(parts[1:delimiter]))


def _route_of(parts: list[zmq.Frame]) -> tuple[bytes, ...]:
    """The parts as bytes; none of them where they are longer than any real route."""
    return tuple(part.bytes for part in parts) if sum(map(len, parts)) <= _ROUTE_BYTES else ()


def _envelope_of(sender: str, route: tuple[bytes, ...]) -> list[bytes] | None:
    """The parts that lead a reply to its client; None if the sender is not a client of these sockets."""
    kind, _, identity = sender.partition("-")
    if kind not in {"req", "zmq"}:
        return None
    try:
        found = bytes.fromhex(identity)
    except ValueError:
        return None
    return [found, *route, b""] if kind == "req" else [found]


def _role_of(part: zmq.Frame) -> Role:
    """Clients on this machine are admins. Those beyond it, whom nothing has authenticated, are operators."""
    try:
        return "admin" if is_loopback(str(part.get("Peer-Address"))) else "operator"
    except (zmq.ZMQError, ValueError):
        return "operator"
