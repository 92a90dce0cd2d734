"""The two private endpoints for processes of the run itself: requests that the panel passes on, and the streams.

They are in the run's folder, which only this user can enter. Whoever passes requests on for others must also know the
secret in that folder.
"""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

import msgspec
import zmq

from stage.gate.limits import MAX_MESSAGE_BYTES
from stage.gate.link import Handed, Stream, has_come
from stage.gate.turns import Turns
from stage.run.pipes import Context
from tracking.records import UNDECODABLE, Evolving
from tracking.settable import Role

PANEL = "panel"
_LONGEST_ROUTE = 64
_MOST_WAITING = 256
_QUEUED = 256
_LONGEST = 256
_MOST_ASKED, _LONGEST_ANSWER = 1024, 1 << 22
_FINDS_AGAIN_MS = 50


class PassedOn(Evolving):
    """The header of a request that is passed on: for whom, with the secret of the run. `route` leads the reply back."""

    secret: str
    route: str
    owner: str = ""
    person: str = ""
    role: Role = "viewer"
    origin: str = ""


_HEADER: msgspec.msgpack.Decoder[PassedOn] = msgspec.msgpack.Decoder(PassedOn)


def panel_endpoint(runtime: str) -> str:
    """Where requests are passed on: a ROUTER for messages of `[header, body]`, answered by `[route, body]`."""
    return f"ipc://{runtime}/panel"


def streams_endpoint(runtime: str) -> str:
    """Where state and telemetry are published for processes of the run."""
    return f"ipc://{runtime}/streams"


def set_up_to_pass_on(socket: zmq.Socket[Any]) -> None:
    """Bounds a socket of a process that is about to connect to either endpoint, and has it find a new gate quickly."""
    options = {
        zmq.LINGER: 0,
        zmq.SNDHWM: _MOST_ASKED,
        zmq.RCVHWM: _MOST_ASKED,
        zmq.MAXMSGSIZE: _LONGEST_ANSWER,
        zmq.RECONNECT_IVL: _FINDS_AGAIN_MS,
        zmq.RECONNECT_IVL_MAX: 0,
    }
    for option, value in options.items():
        socket.setsockopt(option, value)


class LocalEnds:
    """Both endpoints, bound in the folder `runtime`. `secret` is what a header must have."""

    def __init__(self, context: Context, runtime: str, secret: str, turns: Turns) -> None:
        self._secret = secret
        self._turns = turns
        self._clients: set[str] = set()
        self._requests = context.socket(zmq.ROUTER)
        self._streams = context.socket(zmq.PUB)
        for socket in (self._requests, self._streams):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.SNDHWM, _QUEUED)
            socket.setsockopt(zmq.RCVHWM, _QUEUED)
            socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        self._requests.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._requests.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self._requests.bind(panel_endpoint(runtime))
        self._streams.bind(streams_endpoint(runtime))

    @property
    def descriptor(self) -> int:
        """What to poll: something may have come."""
        return int(self._requests.getsockopt(zmq.FD))

    def receive(self, *, core_is_there: bool) -> int:
        """Takes what has come, as far as there is room. Returns how many requests were none, or not the panel's.

        Without a core nothing is taken; it waits in the socket.
        """
        refused = 0
        if not has_come(self._requests) or not core_is_there:
            return 0
        self._clients = {one for one in self._clients if self._turns.waiting_of(one)}
        while has_come(self._requests) and self._turns.has_room:
            if sum(map(self._turns.waiting_of, self._clients)) >= _MOST_WAITING:
                break
            handed = self._read(self._requests.recv_multipart(zmq.NOBLOCK))
            if handed is None:
                refused += 1
            else:
                self._clients.add(handed.connection)
                self._turns.put(handed.connection, handed)
        return refused

    def reply(self, connection: str, body: bytes) -> None:
        """Sends a reply to whoever a request was passed on for; it is lost where that process is gone."""
        _, identity, route = connection.split(":", 2)
        try:
            self._requests.send_multipart([bytes.fromhex(identity), route.encode(), body], zmq.NOBLOCK)
        except zmq.ZMQError:
            return

    def publish(self, stream: Stream, body: bytes) -> None:
        """Publishes a body, under the stream's name as its topic."""
        self._streams.send_multipart([stream.encode(), body], zmq.NOBLOCK)

    def _read(self, parts: list[bytes]) -> Handed | None:
        """The request in a message; None where it is none, or does not know the secret."""
        if len(parts) != 3 or len(parts[2]) > MAX_MESSAGE_BYTES:
            return None
        try:
            header = _HEADER.decode(parts[1])
        except UNDECODABLE:
            return None
        texts = (header.owner, header.person, header.origin)
        if not hmac.compare_digest(header.secret.encode(), self._secret.encode()) or max(map(len, texts)) > _LONGEST:
            return None
        if len(header.route.encode()) > _LONGEST_ROUTE:
            return None
        return Handed(
            connection=f"{PANEL}:{parts[0].hex()}:{header.route}",
            owner=header.owner,
            person=header.person,
            role=header.role,
            origin=header.origin,
            body=parts[2],
        )


def read_secret(file: Path) -> str:
    """The secret of a run. Raises OSError."""
    return file.read_text(encoding="ascii").strip()
