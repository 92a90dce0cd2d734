"""Decodes OpenTrackIO 1.0.1: datagrams to samples, in either encoding, whole or in segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbor2
import msgspec

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory, note_ignored
from tracking.protocols.opentrackio_packets import (
    ENCODING_CODES,
    SEQUENCE_MODULUS,
    Encoding,
    Segment,
    join_segment,
    read_segment,
)
from tracking.protocols.opentrackio_parts import Payload, Whole
from tracking.protocols.opentrackio_payload import sample_from_payload, static_block
from tracking.protocols.opentrackio_salvage import read_loose_json, salvage
from tracking.protocols.sequence import refuse_sequence
from tracking.records import PacketError, Reading, RejectCause, Rejection, TrackerSample
from tracking.settings import TrackerConfig

_LONGEST_SLATE = 128
_LONGEST_DETAIL = 200
_SOURCE_NUMBERS = range(1, 201)
_CBOR_DEPTH = 16
# Tag 55799 before a payload says that it is CBOR (RFC 8949, section 3.4.6).
_SELF_DESCRIBED = b"\xd9\xd9\xf7"
_SELF_DESCRIBED_TAG = 55799
# OpenTrackIO has no tagged values. A tag may request regular expressions or huge decimals, so none is interpreted.
_CBOR_TAGS = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000)


class PayloadReader:
    """Reads payloads in both encodings. The typed JSON decoder is made once."""

    def __init__(self) -> None:
        self._json = msgspec.json.Decoder(Payload)
        self._tags: dict[int, Callable[..., Any]] = dict.fromkeys(_CBOR_TAGS, _tagged)
        self._tags[_SELF_DESCRIBED_TAG] = _described

    def read(self, encoding: int, payload: bytes, ignored: list[str]) -> Payload | Rejection:
        """The payload's parts, or why they cannot be read (decode, not_finite).

        The names of fields that cannot be used are added to `ignored`; the transforms must be right.
        """
        try:
            if encoding == ENCODING_CODES["json"]:
                return self._read_json(payload, ignored)
            content = self._cbor_values(payload)
            try:
                return msgspec.convert(content, Payload)
            except msgspec.ValidationError:
                return salvage(content, ignored)
        except (msgspec.MsgspecError, ValueError, cbor2.CBORDecodeError, RecursionError, OverflowError) as error:
            # Python's own JSON writer writes these two words, against the standard.
            cause: RejectCause = "not_finite" if b"NaN" in payload or b"Infinity" in payload else "decode"
            return Rejection(cause=cause, detail=str(error)[:_LONGEST_DETAIL])

    def _read_json(self, payload: bytes, ignored: list[str]) -> Payload:
        try:
            return self._json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return salvage(read_loose_json(payload), ignored)

    def _cbor_values(self, payload: bytes) -> object:
        return cbor2.loads(
            payload.removeprefix(_SELF_DESCRIBED),
            semantic_decoders=self._tags,
            tag_hook=_tagged,
            str_errors="replace",
            max_depth=_CBOR_DEPTH,
            strict_hashable_types=True,
        )


class OpenTrackIODatagrams:
    """OpenTrackIO over UDP: a message in one datagram or in several segments."""

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._reader = PayloadReader()
        self._memory = memory
        self._source_number = config.camera_id
        self._siblings = sibling_ids

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings of one datagram: a sample, nothing yet, or rejections."""
        sender, received_ns = datagram.sender, datagram.received_ns
        segment = read_segment(datagram.payload)
        if isinstance(segment, Rejection):
            return (segment,)
        if segment.last and segment.offset == 0 and sender not in self._memory.partials:
            return self._read(segment.encoding, segment.payload, sender, received_ns, segment)
        return self._join(sender, received_ns, segment)

    def _join(self, sender: str, received_ns: int, segment: Segment) -> tuple[Reading, ...]:
        refusal = refuse_sequence(
            self._memory.sequences, sender, segment.sequence, SEQUENCE_MODULUS, content=segment.checksum
        )
        if refusal is not None:
            return (refusal,)
        partials = self._memory.partials
        cut_off = segment.offset == 0 and sender in partials
        joined = join_segment(partials, sender, segment)
        readings: tuple[Reading, ...] = ()
        if cut_off:
            readings = (Rejection(cause="decode", detail="a message's last segments did not arrive"),)
        if isinstance(joined, Rejection):
            return (*readings, joined)
        if joined is None:
            return readings
        return readings + self._read(joined.encoding, joined.payload, sender, received_ns, None)

    def _read(
        self, encoding: int, payload: bytes, sender: str, received_ns: int, counted: Segment | None
    ) -> tuple[Reading, ...]:
        """`counted` has the message's sequence number; None if the segments' own numbers were checked already."""
        ignored: list[str] = []
        parts = self._reader.read(encoding, payload, ignored)
        if isinstance(parts, Rejection):
            return (parts,)
        number = parts.source_number
        if number is not None and number != self._source_number:
            if number in self._siblings:
                return ()
            if number not in _SOURCE_NUMBERS or self._source_number is not None:
                return (_foreign(number, self._source_number),)
        if counted is not None:
            # One socket may carry several sources, each with its own sequence.
            refusal = refuse_sequence(
                self._memory.sequences,
                f"{sender} {number}",
                counted.sequence,
                SEQUENCE_MODULUS,
                content=counted.checksum,
            )
            if refusal is not None:
                return (refusal,)
        self._remember(parts, ignored)
        reading = sample_from_payload(parts, ignored)
        for name in ignored:
            note_ignored(self._memory, name, received_ns)
        return (reading,)

    def _remember(self, parts: Payload, ignored: list[str]) -> None:
        memory, tracker = self._memory, parts.tracker
        if parts.static is not None:
            memory.static = static_block(parts.static, ignored)
        if tracker is not None:
            memory.recording = tracker.recording
            memory.slate = tracker.slate[:_LONGEST_SLATE] if tracker.slate else None


def decode_opentrackio(payload: bytes, encoding: Encoding) -> TrackerSample:
    """The sample in a whole payload, without a datagram's header. Raises PacketError (decode, not_finite)."""
    parts = PayloadReader().read(ENCODING_CODES[encoding], payload, [])
    reading = parts if isinstance(parts, Rejection) else sample_from_payload(parts, [])
    if isinstance(reading, Rejection):
        raise PacketError(reading.cause, reading.detail)
    return reading


def _foreign(found: Whole, wanted: int | None) -> Rejection:
    expected = "a source number from 1 to 200" if wanted is None else f"source number {wanted}"
    return Rejection(
        cause="id",
        detail=f"source number {found}, expected {expected}",
        found=f"{found:g}",
        expected="1 to 200" if wanted is None else str(wanted),
    )


class _Tagged:
    """In the place of a tagged CBOR value: no field takes it, so it is left out like any other of a wrong type."""


_TAGGED = _Tagged()


def _tagged(*_: object) -> _Tagged:
    return _TAGGED


def _described(content: object, _immutable: bool) -> object:
    return content
