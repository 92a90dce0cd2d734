"""Reads a take from its beginning, as far as it is whole: cut anywhere, damaged anywhere, hostile or not."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
import zstandard
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Attachment, Channel, Chunk, Footer, McapRecord, Message, Metadata
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import MCAP0_MAGIC

from stage.takes.records import (
    FORMAT,
    INPUTS_TOPIC,
    MESSAGE_BYTES_MAX,
    PLAN_TOPIC,
    SNAPSHOT_TOPIC,
    UNDECODABLE,
    TakeFrame,
    TakeHeader,
    TakePart,
    TakeSnapshot,
)
from stage.takes.writer import ASSET_KEY, METADATA
from tracking.records import ConfigError, Evolving

_UNREADABLE = (McapError, ValueError, OverflowError, MemoryError, struct.error, zstandard.ZstdError)
"""What the MCAP library raises on bytes that are no MCAP; a wrong checksum is a ValueError."""
_ATTACHMENTS = ("config.toml", "config", "calibration")
_DAMAGES_TOLD = 100
_PART_DIGITS = 10
_ENDING = struct.Struct("<BQQQI8s")
"""The footer (opcode, length, two offsets, a checksum) and the closing magic."""


class RecordedFrame(Evolving):
    """One frame of a take: its inputs as encoded, and what was said of its plan."""

    present_ns: int
    inputs: bytes
    message: TakeFrame


Entry = RecordedFrame | TakeSnapshot


class TakeReader:
    """One take's file, open for reading.

    `header` and `part` are there at once. `entries` may be walked again and again; after a walk `damage` says what
    could not be read, and `spoilt` counts what is not as it was written, apart from an end that was cut off.

    Raises:
        ConfigError: the file cannot be opened, or is no take, or its beginning is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: list[str] = []
        self.spoilt = 0
        self._closed: bool | None = None
        self.header, self.part = self._read_beginning()

    @property
    def complete(self) -> bool:
        """Whether the file was closed properly, and nothing of it that was walked through is damaged."""
        closed = _is_closed(self.path) if self._closed is None else self._closed
        return closed and not self.damage

    def entries(self) -> Iterator[Entry]:
        """Frames and snapshots in recorded order, one chunk in memory at a time."""
        self.damage, self.spoilt, self._closed = [], 0, None
        closed = False
        topics: dict[int, str] = {}
        inputs: Message | None = None
        for record in self._records():
            if isinstance(record, Channel):
                topics[record.id] = record.topic
            elif isinstance(record, Footer):
                closed = True
            elif isinstance(record, Message):
                topic = topics.get(record.channel_id, "")
                if topic == INPUTS_TOPIC:
                    inputs = record
                elif topic in (PLAN_TOPIC, SNAPSHOT_TOPIC):
                    entry = self._entry(topic, record, inputs)
                    if entry is not None:
                        yield entry
        self._closed = closed

    def _entry(self, topic: str, message: Message, inputs: Message | None) -> Entry | None:
        try:
            if topic == SNAPSHOT_TOPIC:
                return msgspec.msgpack.decode(message.data, type=TakeSnapshot)
            frame = msgspec.msgpack.decode(message.data, type=TakeFrame)
        except UNDECODABLE as error:
            self._tell(f"{topic} message {message.sequence}: {error}", spoilt=1)
            return None
        if inputs is None or inputs.sequence != message.sequence:
            self._tell(f"frame {frame.frame}: its inputs are missing", spoilt=1)
            return None
        return RecordedFrame(present_ns=inputs.log_time, inputs=inputs.data, message=frame)

    def _records(self) -> Iterator[McapRecord]:
        """Records, those inside chunks included; ends where the file is cut or can no longer be followed."""
        with _opened(self.path) as stream:
            reader = StreamReader(
                _WholeReads(stream),  # type: ignore[arg-type]  # the library only reads
                emit_chunks=True,
                record_size_limit=MESSAGE_BYTES_MAX,
            )
            try:
                for record in reader.records:
                    if isinstance(record, Chunk):
                        yield from self._unpacked(record, stream.tell())
                    else:
                        yield record
            except _UNREADABLE as error:
                harm = "damaged" if _is_closed(self.path) else "cut or damaged"
                reason = str(error) or "the file ends in the middle of a record"
                self._tell(f"{harm} before byte {stream.tell()}: {reason}", spoilt=int(harm == "damaged"))

    def _unpacked(self, chunk: Chunk, end: int) -> list[McapRecord]:
        """A chunk's records; none, and a damage told, where it is not what was written."""
        try:
            if _unpacked_bytes(chunk) > MESSAGE_BYTES_MAX:
                raise ValueError(f"it would unpack to more than {MESSAGE_BYTES_MAX} bytes")
            return list(breakup_chunk(chunk, validate_crc=True))
        except _UNREADABLE as error:
            self._tell(f"chunk before byte {end} is damaged and left out: {error or type(error).__name__}", spoilt=1)
            return []

    def _read_beginning(self) -> tuple[TakeHeader, TakePart]:
        metadata: dict[str, str] | None = None
        attached: dict[str, bytes] = {}
        for record in self._records():
            if isinstance(record, Metadata) and record.name == METADATA:
                metadata = record.metadata
            elif isinstance(record, Attachment) and record.name in _ATTACHMENTS:
                attached[record.name] = record.data
            if metadata is not None and len(attached) == len(_ATTACHMENTS):
                return _header_from(self.path, metadata, attached)
        why = self.damage[0] if self.damage else "it holds no description of a take"
        raise ConfigError(f"{self.path}: found no readable take, expected an MCAP file of `stage`: {why}")

    def _tell(self, damage: str, *, spoilt: int) -> None:
        self.spoilt += spoilt
        if len(self.damage) < _DAMAGES_TOLD:
            self.damage.append(damage)


class _WholeReads:
    """Gives exactly as many bytes as were asked for, or none: a cut record is the end, never half a record."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, length: int) -> bytes:
        if length > MESSAGE_BYTES_MAX:
            return b""
        part = self._stream.read(length)
        return part if len(part) == length else b""


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; give the path of a take (.mcap)") from error


def _is_closed(path: Path) -> bool:
    """Whether the file ends as a take does that was closed: with a footer and the closing magic."""
    with _opened(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _ENDING.size))
        ending = stream.read(_ENDING.size)
    if len(ending) < _ENDING.size:
        return False
    opcode, length, *_, magic = _ENDING.unpack(ending)
    return bool(opcode == Opcode.FOOTER and length == _ENDING.size - 17 and magic == MCAP0_MAGIC)


def _unpacked_bytes(chunk: Chunk) -> int:
    if chunk.compression == "":
        return len(chunk.data)
    if chunk.compression != "zstd":
        raise ValueError(f"found compression {chunk.compression!r}, expected zstd or none")
    return max(chunk.uncompressed_size, zstandard.frame_content_size(chunk.data))


def _header_from(path: Path, metadata: dict[str, str], attached: dict[str, bytes]) -> tuple[TakeHeader, TakePart]:
    if metadata.get("format") != FORMAT:
        found = metadata.get("format", "none")
        raise ConfigError(
            f"{path}: found take format {found}, expected {FORMAT}: replay it with the version that made it"
        )
    for name in _ATTACHMENTS:
        key = name.replace(".", "_") + "_sha256"
        if hashlib.sha256(attached[name]).hexdigest() != metadata.get(key):
            raise ConfigError(f"{path}: the attached {name} is not what was recorded (its SHA-256 differs)")
    part = metadata.get("part", "")
    header = TakeHeader(
        frame_rate=metadata.get("frame_rate", ""),
        config_toml=attached["config.toml"].decode(errors="replace"),
        config=attached["config"],
        calibration=attached["calibration"],
        assets=tuple(
            (key.removeprefix(ASSET_KEY), value) for key, value in metadata.items() if key.startswith(ASSET_KEY)
        ),
        renderer=metadata.get("renderer", ""),
        home=metadata.get("home", ""),
        version=metadata.get("version", ""),
        build=metadata.get("build", ""),
        machine=metadata.get("machine", ""),
    )
    return header, TakePart(
        name=metadata.get("name", ""),
        part=int(part) if part.isdecimal() and len(part) < _PART_DIGITS else 1,
        gap=metadata.get("gap", ""),
        started=metadata.get("started", ""),
    )
