"""FreeD messages out of datagrams and out of a serial line's chunks, with their memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed import BROADCAST_ID, D1_LENGTH, D1_TYPE, FreeDReader
from tracking.protocols.sequence import SEQUENCE_4_BIT, refuse_sequence
from tracking.records import Reading, Rejection
from tracking.settings import TrackerConfig

_LONGEST_CHUNK = 65536
_BITS_PER_BYTE = 11
_DEFAULT_BAUD = 38400
_CHECK = 0x40


class FreeDDatagrams:
    """FreeD over UDP: one D1 message a datagram."""

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._reader = FreeDReader(config.dialect)
        self._memory = memory
        self._camera_id = config.camera_id
        self._siblings = sibling_ids
        self._counted = config.dialect.lens == "zcam"

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The reading of one datagram; nothing for a packet of a sibling."""
        payload = datagram.payload
        reading = self._reader.read(payload)
        if isinstance(reading, Rejection):
            return (reading,)
        camera_id = payload[1]
        if camera_id not in (self._camera_id, BROADCAST_ID):
            if camera_id in self._siblings:
                return ()
            if self._camera_id is not None:
                return (foreign_id(camera_id, self._camera_id),)
        if self._counted and reading.sequence is not None:
            content = zlib.crc32(payload)
            refusal = refuse_sequence(
                self._memory.sequences, datagram.sender, reading.sequence, SEQUENCE_4_BIT, content=content
            )
            if refusal is not None:
                return (refusal,)
        return (reading,)


class FoundMessage(NamedTuple):
    """A whole D1 message of a serial line, and when its last byte came."""

    message: bytes
    received_ns: int


class MessageFinder:
    """Finds D1 messages in whatever bytes a serial line brings, in chunks of any length.

    A message begins at 0xD1 and is believed when its 29 bytes sum to 0x40. Where they do not, the search goes on at the
    next byte, so that a 0xD1 in garbage cannot take a message with it. While out of step, a message of a body that is
    not `expected` is taken for garbage as well: by chance alone one false start in 256 has a good sum.
    """

    def __init__(self, memory: DecoderMemory, baud: int, expected: Callable[[int], bool]) -> None:
        self._memory = memory
        self._byte_ns = _BITS_PER_BYTE * 1_000_000_000 // baud
        self._expected = expected

    def find(self, chunk: bytes, received_ns: int) -> list[FoundMessage | Rejection]:
        """The messages that the chunk completes, and the garbage between them, in order."""
        memory = self._memory
        if len(chunk) > _LONGEST_CHUNK:
            memory.pending = b""
            return [Rejection(cause="length", detail=f"serial chunk of {len(chunk)} bytes")]
        line = memory.pending + chunk
        found: list[FoundMessage | Rejection] = []
        place = 0
        while True:
            start = line.find(D1_TYPE, place)
            self._skip((len(line) if start < 0 else start) - place, found)
            if start < 0 or len(line) - start < D1_LENGTH:
                break
            place = start + D1_LENGTH
            if not self._believable(line, start):
                self._skip(1, found)
                place = start + 1
                continue
            self._fall_into_step(found)
            stamp_ns = received_ns - (len(line) - place) * self._byte_ns
            found.append(FoundMessage(line[start:place], stamp_ns))
        memory.pending = b"" if start < 0 else line[start:]
        return found

    def _believable(self, line: bytes, start: int) -> bool:
        if sum(line[start : start + D1_LENGTH]) & 0xFF != _CHECK:
            return False
        return self._memory.in_step or self._expected(line[start + 1])

    def _skip(self, count: int, found: list[FoundMessage | Rejection]) -> None:
        """Pass over garbage: one rejection for each message's length of it."""
        if count <= 0:
            return
        memory = self._memory
        memory.in_step = False
        memory.skipped += count
        while memory.skipped >= D1_LENGTH:
            memory.skipped -= D1_LENGTH
            found.append(_garbage(D1_LENGTH))

    def _fall_into_step(self, found: list[FoundMessage | Rejection]) -> None:
        memory = self._memory
        if memory.skipped:
            found.append(_garbage(memory.skipped))
            memory.skipped = 0
        memory.in_step = True


class FreeDSerial:
    """FreeD over a serial line."""

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._reader = FreeDReader(config.dialect)
        self._camera_id = config.camera_id
        self._siblings = sibling_ids
        self._finder = MessageFinder(memory, baud_of(config.source), self._expected)

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings that the chunk completes; samples are stamped when their last byte came."""
        readings: list[Reading] = []
        for found in self._finder.find(datagram.payload, datagram.received_ns):
            if isinstance(found, Rejection):
                readings.append(found)
            else:
                self._read(found, readings)
        return tuple(readings)

    def _expected(self, camera_id: int) -> bool:
        return self._camera_id is None or camera_id in (self._camera_id, BROADCAST_ID) or camera_id in self._siblings

    def _read(self, found: FoundMessage, readings: list[Reading]) -> None:
        camera_id = found.message[1]
        if camera_id in (self._camera_id, BROADCAST_ID) or (
            self._camera_id is None and camera_id not in self._siblings
        ):
            readings.append(self._reader.read(found.message, found.received_ns))
        elif camera_id not in self._siblings:
            readings.append(foreign_id(camera_id, self._camera_id))


def baud_of(source: str) -> int:
    """The line's speed in bits per second from `serial:///dev/...?baud=38400`; 38400 where it is not said."""
    words = parse_qs(urlsplit(source).query).get("baud", [])
    text = words[0] if words else ""
    return int(text) if text.isdecimal() and 0 < int(text) < 100_000_000 else _DEFAULT_BAUD


def foreign_id(found: int, wanted: int | None) -> Rejection:
    """The packet of a body that this tracker is not."""
    return Rejection(cause="id", detail=f"camera id {found}, expected {wanted}")


def _garbage(count: int) -> Rejection:
    return Rejection(cause="checksum", detail=f"{count} bytes that are no FreeD message")
