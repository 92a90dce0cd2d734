"""A ZeroMQ client made of bytes (ZMTP 3.0, NULL mechanism), for what no library sends."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator

_GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_ANSWER_BYTES = 66
MORE, LAST = 0x01, 0x00
PING = b"\x04\x07\x04PING\x00\x0a"
"""A heartbeat that wants an answer (ZMTP 3.1)."""


def frame(body: bytes, flags: int = LAST) -> bytes:
    """One frame; long ones have eight bytes of length."""
    if len(body) < 256:
        return bytes((flags, len(body))) + body
    return bytes((flags | 0x02,)) + struct.pack(">Q", len(body)) + body


class RawClient:
    """A connection whose handshake is done. `kind` is the socket type that it claims to be."""

    def __init__(self, port: int, kind: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 5.0)
        ready = b"\x05READY" + _property(b"Socket-Type", kind)
        if kind == b"DEALER":
            ready += _property(b"Identity", b"")
        self._socket.sendall(_GREETING + b"\x04" + bytes((len(ready),)) + ready)
        answer = b""
        while len(answer) < _ANSWER_BYTES and (more := self._socket.recv(4096)):
            answer += more

    def push(self, content: bytes, seconds: float) -> int:
        """Sends until everything is sent, the peer closes or the time is over. Returns the bytes sent."""
        self._socket.settimeout(0.1)
        sent, view, deadline = 0, memoryview(content), time.monotonic() + seconds
        while sent < len(content) and time.monotonic() < deadline:
            try:
                sent += self._socket.send(view[sent : sent + 65536])
            except TimeoutError:
                continue
            except OSError:
                break
        return sent

    def close(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def raw_client(port: int, kind: bytes) -> Iterator[RawClient]:
    """A raw connection that is closed afterwards."""
    client = RawClient(port, kind)
    try:
        yield client
    finally:
        client.close()


def _property(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + struct.pack(">I", len(value)) + value
