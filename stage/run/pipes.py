"""Sockets between two processes of a run: one way each, of bounded queues, for encoded messages."""

from __future__ import annotations

import zmq

from tracking.records import ConfigError

QUEUED_MESSAGES_MAX = 600
"""Ten seconds of frames at 60 Hz may wait for the recorder."""
LINGER_MS = 100

Socket = zmq.Socket[bytes]
Context = zmq.Context[Socket]


def connected(context: Context, kind: int, endpoint: str, *, most_bytes: int) -> Socket:
    """A socket (zmq.PUSH or zmq.PULL) that finds the process at an endpoint whenever there is one.

    It takes no message of more than `most_bytes`.
    """
    socket = _configured(context, kind, most_bytes)
    socket.connect(endpoint)
    return socket


def bound(context: Context, kind: int, endpoint: str, *, most_bytes: int, whose: str) -> Socket:
    """A socket at an endpoint. Raises ConfigError where it is in use; `whose` it is, the message names."""
    socket = _configured(context, kind, most_bytes)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise ConfigError(
            f"{whose}: {endpoint}: cannot be bound: {zmq.strerror(error.errno or 0)}; is another server running?"
        ) from error
    return socket


def _configured(context: Context, kind: int, most_bytes: int) -> Socket:
    socket = context.socket(kind)
    socket.setsockopt(zmq.SNDHWM, QUEUED_MESSAGES_MAX)
    socket.setsockopt(zmq.RCVHWM, QUEUED_MESSAGES_MAX)
    socket.setsockopt(zmq.MAXMSGSIZE, most_bytes)
    socket.setsockopt(zmq.LINGER, LINGER_MS)
    return socket
