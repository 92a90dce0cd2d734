"""The datagrams of OpenTrackIO: header, checksum, segments (SMPTE RIS OSVP, OpenTrackIO 1.0.1, transport)."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from tracking.protocols.decoder_memory import PartialMessage
from tracking.protocols.fletcher import fletcher16, older_form
from tracking.records import Rejection

Encoding = Literal["json", "cbor"]

HEADER_LENGTH = 16
MAGIC = b"OTrk"
ENCODING_CODES: dict[Encoding, int] = {"json": 0x01, "cbor": 0x02}
LONGEST_MESSAGE = 65536
SEQUENCE_MODULUS = 1 << 16

_MOST_SENDERS = 16
_SAME_AS_BEFORE = SEQUENCE_MODULUS - 1
_LAST = 0x8000
_LENGTH = 0x7FFF
_HEADER = struct.Struct(">4sBBHIHH")
_HEADER_BEFORE_CHECKSUM = struct.Struct(">4sBBHIH")


class Segment(NamedTuple):
    """One datagram with the right length and checksum: a whole message or a segment of one."""

    encoding: int
    sequence: int
    offset: int
    last: bool
    payload: bytes
    checksum: int


class Message(NamedTuple):
    """A whole payload, joined from its segments."""

    encoding: int
    payload: bytes


def read_segment(datagram: bytes) -> Segment | Rejection:
    """The segment in a datagram, or why it has none (length, type, checksum)."""
    if len(datagram) < HEADER_LENGTH:
        return Rejection(
            cause="length", detail=f"OpenTrackIO header of {len(datagram)} bytes, expected {HEADER_LENGTH}"
        )
    magic, _, encoding, sequence, offset, last_and_length, checksum = _HEADER.unpack_from(datagram)
    if magic != MAGIC:
        return Rejection(cause="type", detail=f"begins with {magic!r}, expected {MAGIC!r}")
    payload = datagram[HEADER_LENGTH:]
    if len(payload) != last_and_length & _LENGTH:
        return Rejection(
            cause="length", detail=f"payload of {len(payload)} bytes, header says {last_and_length & _LENGTH}"
        )
    summed = datagram[: HEADER_LENGTH - 2] + payload
    if fletcher16(summed) != checksum:
        return _wrong_checksum(summed, checksum)
    if encoding not in ENCODING_CODES.values():
        return Rejection(cause="type", detail=f"payload encoding {encoding:#04x}, expected 0x01 (JSON) or 0x02 (CBOR)")
    return Segment(encoding, sequence, offset, last_and_length >= _LAST, payload, checksum)


def _wrong_checksum(summed: bytes, found: int) -> Rejection:
    form = older_form(summed, found)
    cure = f"; it is Fletcher-16 {form}: update the sender to OpenTrackIO 1.0.1" if form else ""
    return Rejection(cause="checksum", detail=f"checksum {found:#06x}, expected {fletcher16(summed):#06x}{cure}")


def write_segments(payload: bytes, encoding: Encoding, sequence: int, max_payload: int) -> tuple[bytes, ...]:
    """`payload` as datagrams of at most `max_payload` bytes after the header, numbered from `sequence`."""
    starts = range(0, max(1, len(payload)), max_payload)
    return tuple(
        _write_segment(payload, start, max_payload, ENCODING_CODES[encoding], (sequence + number) % SEQUENCE_MODULUS)
        for number, start in enumerate(starts)
    )


def _write_segment(payload: bytes, start: int, max_payload: int, encoding: int, sequence: int) -> bytes:
    part = payload[start : start + max_payload]
    last = _LAST if start + len(part) == len(payload) else 0
    header = _HEADER_BEFORE_CHECKSUM.pack(MAGIC, 0, encoding, sequence, start, last | len(part))
    return header + fletcher16(header + part).to_bytes(2, "big") + part


def join_segment(partials: dict[str, PartialMessage], sender: str, segment: Segment) -> Message | Rejection | None:
    """The message that `segment` completes; None while a part is missing; a rejection if it cannot be completed.

    Segments must arrive in order, without a gap. A lost one drops the whole message. A sender may give all segments of
    a message one number. `partials` are updated.
    """
    partial = partials.pop(sender, None)
    if segment.offset == 0:
        partial = PartialMessage(encoding=segment.encoding, next_sequence=segment.sequence, payload=b"")
    if partial is None:
        return Rejection(cause="decode", detail=f"segment at byte {segment.offset} of a message whose start is missing")
    ahead = (segment.sequence - partial.next_sequence) % SEQUENCE_MODULUS
    in_place = segment.offset == len(partial.payload) and ahead in (0, _SAME_AS_BEFORE)
    if not in_place or segment.encoding != partial.encoding:
        return Rejection(cause="decode", detail=f"segment at byte {segment.offset}, expected {len(partial.payload)}")
    partial.payload += segment.payload
    partial.next_sequence = (segment.sequence + 1) % SEQUENCE_MODULUS
    if len(partial.payload) > LONGEST_MESSAGE:
        return Rejection(cause="length", detail=f"message of more than {LONGEST_MESSAGE} bytes")
    if segment.last:
        return Message(partial.encoding, partial.payload)
    while len(partials) >= _MOST_SENDERS:
        del partials[next(iter(partials))]
    partials[sender] = partial
    return None
