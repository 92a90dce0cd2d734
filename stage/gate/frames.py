"""ZMTP 3 as bytes: greeting, frames, the few commands of it, and messages. RFC 23 and 37 (3.0, 3.1), rfc.zeromq.org.

Nothing here holds more than one frame, and no frame is longer than its reader allows.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

GREETING_BYTES = 64
SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
OPENING = SIGNATURE + b"\x03"
"""What a server may send before it knows the mechanism of its client: signature and major version."""
_MECHANISM = slice(12, 32)
_MORE, _LONG, _COMMAND = 0x01, 0x02, 0x04
_SHORT_HEADER, _LONG_HEADER = 2, 9
_MOST_ROUTE_BYTES = 1024


class ViolationError(Exception):
    """A client broke a rule; `cause` is a word to count it by."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Frame(NamedTuple):
    """One frame: a command of the protocol, or a part of a message; `more` parts may follow."""

    body: bytes
    more: bool
    command: bool


def rest_of_greeting(mechanism: bytes, *, minor: int = 0) -> bytes:
    """What follows `OPENING` in a server's greeting."""
    return bytes((minor,)) + mechanism.ljust(20, b"\0") + b"\0" + bytes(31)


def mechanism_of(greeting: bytes | bytearray) -> bytes:
    """The mechanism that a client's greeting names. As much of it must be there."""
    return bytes(greeting[_MECHANISM]).rstrip(b"\0")


def begins_wrong(content: bytes | bytearray) -> bool:
    """Whether the first bytes of a connection cannot become a greeting of ZMTP 3."""
    size = len(content)
    if content[0] != SIGNATURE[0] or (size >= len(SIGNATURE) and not content[len(SIGNATURE) - 1] & 1):
        return True
    return size >= len(OPENING) and content[len(OPENING) - 1] < OPENING[-1]


class FrameReader:
    """Cuts a stream of bytes into frames of at most `most_bytes`; command frames are of at most `most_command`."""

    def __init__(self, most_bytes: int, most_command: int) -> None:
        self._most = {False: most_bytes, True: most_command}
        self._content = bytearray()
        self._at = 0

    def feed(self, content: bytes) -> None:
        """Adds what has arrived. No more should be added than one turn of reading before `next` gives None."""
        if self._at:
            del self._content[: self._at]
            self._at = 0
        self._content += content

    @property
    def waiting(self) -> int:
        """Bytes that are not in a frame yet."""
        return len(self._content) - self._at

    def next(self) -> Frame | None:
        """The next whole frame; None until more has arrived. Raises ViolationError for a frame that may not be."""
        content, at = self._content, self._at
        have = len(content) - at
        if have < _SHORT_HEADER:
            return None
        flags = content[at]
        command = bool(flags & _COMMAND)
        if flags & ~(_MORE | _LONG | _COMMAND) or (command and flags & _MORE):
            raise ViolationError("not_zeromq")
        if not flags & _LONG:
            size, begin = content[at + 1], at + _SHORT_HEADER
        elif have < _LONG_HEADER:
            return None
        else:
            (size,) = struct.unpack_from(">Q", content, at + 1)
            begin = at + _LONG_HEADER
        if size > self._most[command]:
            raise ViolationError("frame_too_long")
        end = begin + size
        if end > len(content):
            return None
        self._at = end
        return Frame(bytes(content[begin:end]), bool(flags & _MORE), command)


def encode_frame(body: bytes, *, more: bool = False, command: bool = False) -> bytes:
    """One frame as bytes."""
    flags = (_MORE if more else 0) | (_COMMAND if command else 0)
    if len(body) < 256:
        return bytes((flags, len(body))) + body
    return bytes((flags | _LONG,)) + struct.pack(">Q", len(body)) + body


def encode_message(parts: tuple[bytes, ...]) -> bytes:
    """A whole message as bytes."""
    last = len(parts) - 1
    return b"".join(encode_frame(part, more=place < last) for place, part in enumerate(parts))


def encode_command(name: bytes, content: bytes = b"") -> bytes:
    """A command frame."""
    return encode_frame(bytes((len(name),)) + name + content, command=True)


def command_of(body: bytes) -> tuple[bytes, bytes]:
    """Name and content of a command frame. Raises ViolationError for one without a name."""
    if not body or len(body) <= body[0] or not body[0]:
        raise ViolationError("not_zeromq")
    return body[1 : 1 + body[0]], body[1 + body[0] :]


def ready_command(socket_type: bytes) -> bytes:
    """The READY of the NULL mechanism, as a command frame."""
    return encode_command(b"READY", _property(b"Socket-Type", socket_type) + _property(b"Identity", b""))


def error_command(reason: bytes) -> bytes:
    """The ERROR that a handshake ends with; libzmq's clients understand a status of three digits."""
    return encode_command(b"ERROR", bytes((len(reason),)) + reason)


def property_of(content: bytes, wanted: bytes) -> bytes:
    """One property of a READY, by its name in any case; b"" without one. Raises ViolationError where it is no list."""
    at, found = 0, b""
    while at < len(content):
        name_end = at + 1 + content[at]
        if name_end + 4 > len(content):
            raise ViolationError("not_zeromq")
        (size,) = struct.unpack_from(">I", content, name_end)
        if name_end + 4 + size > len(content):
            raise ViolationError("not_zeromq")
        if content[at + 1 : name_end].lower() == wanted.lower():
            found = content[name_end + 4 : name_end + 4 + size]
        at = name_end + 4 + size
    return found


def _property(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + struct.pack(">I", len(value)) + value


class Message(NamedTuple):
    """One message. `enveloped` says that an empty delimiter stood before the body, and `route` what stood before that.

    There is one body, or `body` is None and `parts` says how many there were. A REQ socket with REQ_CORRELATE puts a
    number before the delimiter, a proxy the identities of its own clients.
    """

    body: bytes | None
    parts: int
    enveloped: bool = False
    route: tuple[bytes, ...] = ()


def message_of(parts: Sequence[bytes]) -> Message:
    """The message in these parts. A route that is longer than any real one is left out."""
    place = next((place for place, part in enumerate(parts) if not part), None)
    route = () if place is None else tuple(parts[:place])
    after = len(parts) if place is None else len(parts) - place - 1
    body = parts[-1] if after == 1 else None
    kept = route if sum(map(len, route)) <= _MOST_ROUTE_BYTES else ()
    return Message(body, after, place is not None, kept)


def envelope_of(route: tuple[bytes, ...], *, enveloped: bool) -> tuple[bytes, ...]:
    """The parts that lead an answer to its client."""
    return (*route, b"") if enveloped else ()
