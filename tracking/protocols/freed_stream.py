"""FreeD decoders for datagrams and for the chunks of a serial line."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed import D1_LENGTH, D1_TYPE, FreeDReader
from tracking.protocols.freed_datagrams import DatagramMessages, garbage
from tracking.protocols.freed_heads import Heads
from tracking.protocols.sequence import SEQUENCE_4_BIT, refuse_sequence
from tracking.records import Reading, Rejection, TrackerSample
from tracking.settings import TrackerConfig

_LONGEST_CHUNK = 65536
_BITS_PER_BYTE = 11
_DEFAULT_BAUD = 38400
_CHECK = 0x40
_LINE_ENDS = b"\r\n"
"""Some senders write these after each message."""


class FreeDDatagrams:
    """FreeD over UDP. A datagram usually is one D1 message, but may have any length (see `DatagramMessages`)."""

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._reader = FreeDReader(config.dialect)
        self._memory = memory
        self._messages = DatagramMessages(memory)
        self._heads = Heads(config.camera_id, memory, sibling_ids)
        self._counted = config.dialect.lens == "zcam"

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings of one datagram; nothing for a sibling's packet or for a part of a message."""
        payload = datagram.payload
        reading = self._reader.read(payload)
        if isinstance(reading, TrackerSample) and not (self._memory.fragments or self._counted):
            refusal = self._heads.refusal(payload)
            return (reading,) if refusal is None else refusal
        readings: tuple[Reading, ...] = ()
        for result in self._messages.find(datagram):
            if isinstance(result, Rejection):
                readings += (result,)
            else:
                readings += self._judged(result, self._reader.read(result), datagram.sender)
        return readings

    def _judged(self, message: bytes, reading: Reading, sender: str) -> tuple[Reading, ...]:
        refusal = self._heads.refusal(message)
        if self._counted and self._heads.is_ours(message[1]):
            refusal = self._out_of_sequence(message, reading, sender) or refusal
        return (reading,) if refusal is None else refusal

    def _out_of_sequence(self, message: bytes, reading: Reading, sender: str) -> tuple[Rejection, ...] | None:
        if isinstance(reading, Rejection) or reading.sequence is None:
            return None
        content = zlib.crc32(message)
        refused = refuse_sequence(self._memory.sequences, sender, reading.sequence, SEQUENCE_4_BIT, content=content)
        return None if refused is None else (refused,)


class LineMessage(NamedTuple):
    """A whole D1 message of a serial line, and when its last byte arrived."""

    content: bytes
    received_ns: int


class MessageFinder:
    """Finds D1 messages in the bytes of a serial line, in chunks of any length.

    A message begins at 0xD1 and is accepted if its 29 bytes sum to 0x40. If they do not, the search continues at the
    next byte, so that a 0xD1 in garbage cannot hide a message. While out of step, a message of a body that is not
    `expected` also counts as garbage: by chance one false start in 256 has the right sum.
    """

    def __init__(self, memory: DecoderMemory, baud: int, expected: Callable[[int], bool]) -> None:
        self._memory = memory
        self._byte_ns = _BITS_PER_BYTE * 1_000_000_000 // baud
        self._expected = expected

    def find(self, chunk: bytes, received_ns: int) -> list[LineMessage | Rejection]:
        """The messages that the chunk completes, and the garbage between them, in order."""
        memory = self._memory
        if len(chunk) > _LONGEST_CHUNK:
            memory.pending = b""
            return [Rejection(cause="length", detail=f"serial chunk of {len(chunk)} bytes")]
        line = memory.pending + chunk
        results: list[LineMessage | Rejection] = []
        place = 0
        while True:
            start = line.find(D1_TYPE, place)
            between = line[place:] if start < 0 else line[place:start]
            if between.strip(_LINE_ENDS):
                self._skip(len(between), results)
            if start < 0 or len(line) - start < D1_LENGTH:
                break
            place = start + D1_LENGTH
            if not self._believable(line, start):
                self._skip(1, results)
                place = start + 1
                continue
            self._regain_step(results)
            stamp_ns = received_ns - (len(line) - place) * self._byte_ns
            results.append(LineMessage(line[start:place], stamp_ns))
        memory.pending = b"" if start < 0 else line[start:]
        return results

    def _believable(self, line: bytes, start: int) -> bool:
        if sum(line[start : start + D1_LENGTH]) & 0xFF != _CHECK:
            return False
        return self._memory.in_step or self._expected(line[start + 1])

    def _skip(self, count: int, results: list[LineMessage | Rejection]) -> None:
        """Skip garbage, with one rejection for each message length of it."""
        if count <= 0:
            return
        memory = self._memory
        memory.in_step = False
        memory.skipped += count
        while memory.skipped >= D1_LENGTH:
            memory.skipped -= D1_LENGTH
            results.append(garbage(D1_LENGTH))

    def _regain_step(self, results: list[LineMessage | Rejection]) -> None:
        memory = self._memory
        if memory.skipped:
            results.append(garbage(memory.skipped))
            memory.skipped = 0
        memory.in_step = True


class FreeDSerial:
    """FreeD over a serial line."""

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._reader = FreeDReader(config.dialect)
        self._heads = Heads(config.camera_id, memory, sibling_ids)
        self._finder = MessageFinder(memory, baud_of(config.source), self._heads.is_expected)

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings that the chunk completes; samples are stamped with the time of their last byte."""
        readings: list[Reading] = []
        for result in self._finder.find(datagram.payload, datagram.received_ns):
            if isinstance(result, Rejection):
                readings.append(result)
                continue
            refusal = self._heads.refusal(result.content)
            readings += (self._reader.read(result.content, result.received_ns),) if refusal is None else refusal
        return tuple(readings)


def baud_of(source: str) -> int:
    """The line's speed in bits per second from `serial:///dev/...?baud=38400`; 38400 by default."""
    words = parse_qs(urlsplit(source).query).get("baud", [])
    text = words[0] if words else ""
    return int(text) if text.isdecimal() and 0 < int(text) < 100_000_000 else _DEFAULT_BAUD
