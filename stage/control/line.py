"""A client's line to a stage: sends a request and waits for its reply. It keeps nothing for a stage that is away."""

from __future__ import annotations

import time
import uuid
from typing import Any

import msgpack
import zmq

from stage.gate.keys import ClientKey


class NoAnswerError(Exception):
    """The stage is not there, or did not answer; it may have carried out what it was asked."""


class Line:
    """A connection to the stage at `endpoint`, for use from one thread. A message waits `timeout_s` to be sent.

    With a `key` it is encrypted, and the stage knows by the key who asks.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], endpoint: str, timeout_s: float, key: ClientKey | None = None
    ) -> None:
        self._context = context
        self._key = key
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        self._socket = self._opened()

    def ask(self, body: bytes, request_id: str, wait_s: float) -> dict[str, Any]:
        """Sends a request once and returns its reply. Raises NoAnswerError after `wait_s`."""
        try:
            self._socket.send(body)
        except zmq.Again:
            raise NoAnswerError(self._why()) from None
        return self._await(request_id, wait_s)

    def renew(self) -> None:
        """Connects anew. What has not been sent is dropped, and a late answer is not heard."""
        self._events.close(0)
        self._socket.close()
        self._socket = self._opened()

    def _await(self, request_id: str, wait_s: float) -> dict[str, Any]:
        """The reply to `request_id`. Late answers to requests that timed out are ignored."""
        deadline = time.monotonic() + wait_s
        while (left := deadline - time.monotonic()) > 0.0:
            if self._socket.poll(int(left * 1000) + 1):
                reply: dict[str, Any] = msgpack.unpackb(self._socket.recv())
                if reply["id"] == request_id:
                    return reply
        raise NoAnswerError(f"{self._endpoint} received the request but did not answer within {wait_s:g} s")

    def _opened(self) -> zmq.Socket[bytes]:
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.IMMEDIATE, 1)
        socket.setsockopt(zmq.SNDTIMEO, int(self._timeout_s * 1000))
        socket.setsockopt(zmq.IDENTITY, uuid.uuid4().hex.encode())
        self._events = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        connect(socket, self._endpoint, self._key)
        return socket

    def _why(self) -> str:
        """Why a message could not be sent."""
        if not self._events.poll(0):
            return f"nothing answers at {self._endpoint}: is `stage run` running?"
        found = "a client without a key" if self._key is None else f"the key of {self._key.name}"
        return f"{self._endpoint} refuses {found}: let its crew make one, stage control keys add NAME"


def connect(socket: zmq.Socket[bytes], endpoint: str, key: ClientKey | None = None) -> None:
    """Connects a socket over IPv4 or IPv6, with a key or without. Raises NoAnswerError where this is no address."""
    socket.setsockopt(zmq.IPV6, int("[" in endpoint))
    if key is not None:
        socket.setsockopt(zmq.CURVE_SERVERKEY, key.server.encode("ascii"))
        socket.setsockopt(zmq.CURVE_PUBLICKEY, key.public.encode("ascii"))
        socket.setsockopt(zmq.CURVE_SECRETKEY, key.secret.encode("ascii"))
    try:
        socket.connect(endpoint)
    except zmq.ZMQError as error:
        wanted = "expected tcp://ADDRESS:PORT, as tcp://127.0.0.1:7700"
        raise NoAnswerError(f"endpoint: found {endpoint!r}, {wanted} ({zmq.strerror(error.errno or 0)})") from None
