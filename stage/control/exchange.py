"""Messages in and out over the bound sockets. All use of ZeroMQ while the show runs is here; nothing here reads a body.

The ROUTER takes messages from its peers in turn, so a flood from one client delays the others by one message each and
not by the flood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

import zmq

from stage.config.addresses import is_loopback
from stage.control.outbox import Outbox, Sent
from stage.control.sockets import ControlSockets
from tracking.settable import Role

Stream = Literal["state", "telemetry"]
_BYTES_A_DRAIN = 256 * 1024
_PARTS_A_MESSAGE = 4
_DRAINS_A_TRY = 32


class Message(NamedTuple):
    """One message of a client, and the role of its connection. `body` is None where there are other than one part."""

    sender: str
    role: Role
    body: bytes | None
    parts: int


class Exchange:
    """Receives clients' messages, replies to them and publishes. It never waits and never raises.

    `counts` has what failed: "receive_failed", "answers_lost", "publications_lost".
    """

    def __init__(self, sockets: ControlSockets, counts: Counter[str]) -> None:
        self._sockets = sockets
        self._counts = counts
        self._outbox = Outbox(self._send)
        self._parts: list[zmq.Frame] = []
        self._drains = 0

    def receive(self, budget: int) -> Iterator[Message]:
        """What has arrived, from about `budget` messages and 256 KiB.

        It is counted by ZeroMQ's frames, since one message may have any number of them. Surplus ones are dropped, now
        or next time.
        """
        self._bind_again()
        lost = self._outbox.flush()
        if lost:
            self._counts["answers_lost"] += lost
        received_bytes = 0
        for _ in range(budget * _PARTS_A_MESSAGE):
            part = self._part() if received_bytes < _BYTES_A_DRAIN else None
            if part is None:
                return
            received_bytes += len(part)
            if len(self._parts) < _PARTS_A_MESSAGE:
                self._parts.append(part)
            if not part.more:
                parts, self._parts = self._parts, []
                yield _message_of(parts)

    def reply(self, sender: str, body: bytes) -> None:
        """Sends a reply to the client that a message came from; a sender of another edge is ignored.

        A client that is gone, or leaves a great many replies unread, loses them. The show does not wait for it.
        """
        if _envelope_of(sender) is not None and not self._outbox.put(sender, body):
            self._counts["answers_lost"] += 1

    def _send(self, sender: str, body: bytes) -> Sent:
        try:
            self._sockets.requests.send_multipart([*(_envelope_of(sender) or ()), body], zmq.NOBLOCK)
        except zmq.Again:
            return "full"
        except zmq.ZMQError:
            return "gone"
        return "sent"

    def publish(self, stream: Stream, body: bytes) -> None:
        """Sends a body to every subscriber of a stream, under the stream's name as its topic."""
        socket = self._sockets.state if stream == "state" else self._sockets.telemetry
        try:
            socket.send_multipart([stream.encode(), body], zmq.NOBLOCK)
        except zmq.ZMQError:
            self._counts["publications_lost"] += 1

    def _part(self) -> zmq.Frame | None:
        try:
            return self._sockets.requests.recv(zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return None
        except zmq.ZMQError:
            self._counts["receive_failed"] += 1
            return None

    def _bind_again(self) -> None:
        self._drains += 1
        if self._sockets.incomplete and self._drains % _DRAINS_A_TRY == 0:
            self._sockets.try_again()


def _message_of(parts: list[zmq.Frame]) -> Message:
    """A REQ socket puts an empty part before its body and wants it back, so the sender's name says which kind it is."""
    delimited = len(parts) == 3 and not len(parts[1])
    sender = ("req-" if delimited else "zmq-") + parts[0].bytes.hex()
    single = len(parts) == 2 + delimited
    return Message(sender, _role_of(parts[-1]), parts[-1].bytes if single else None, len(parts) - 1)


def _envelope_of(sender: str) -> list[bytes] | None:
    """The parts that lead a reply to its client; None if the sender is not a client of these sockets."""
    kind, _, identity = sender.partition("-")
    if kind not in {"req", "zmq"}:
        return None
    try:
        found = bytes.fromhex(identity)
    except ValueError:
        return None
    return [found, b""] if kind == "req" else [found]


def _role_of(part: zmq.Frame) -> Role:
    """Clients on this machine are admins. Those beyond it, whom nothing has authenticated, are operators."""
    try:
        return "admin" if is_loopback(str(part.get("Peer-Address"))) else "operator"
    except (zmq.ZMQError, ValueError):
        return "operator"
