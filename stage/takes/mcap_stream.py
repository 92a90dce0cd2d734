"""Reads the records of an MCAP file as far as it is whole: cut anywhere, damaged anywhere, hostile or not."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Chunk, McapRecord
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import MCAP0_MAGIC

from stage.takes.faults import UnreadableTakeError
from stage.takes.records import MESSAGE_BYTES_MAX
from tracking.sources.ordinary_files import open_ordinary
from tracking.system_faults import said_by_system

_UNREADABLE = (McapError, ValueError, OverflowError, MemoryError, struct.error, zstandard.ZstdError)
"""What the MCAP library raises on bytes that are not MCAP; a wrong checksum is a ValueError."""
_DAMAGES_NAMED = 100
_ENDING = struct.Struct("<BQQQI8s")
"""The footer (opcode, length, two offsets, a checksum) and the closing magic."""


class DamageLog:
    """What of a file could not be read, in words. `spoilt` counts what is not as it was written: everything named here
    but an end that was cut off.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spoilt = 0

    def note(self, damage: str, *, spoilt: bool) -> None:
        """Adds one line; of very many only the first are kept."""
        self.spoilt += spoilt
        if len(self.lines) < _DAMAGES_NAMED:
            self.lines.append(damage)


def begins_as_mcap(path: Path) -> bool:
    """Whether a file is of this kind at all, or empty. Raises UnreadableTakeError where it cannot be opened."""
    with _opened(path) as stream:
        start = stream.read(len(MCAP0_MAGIC))
    return MCAP0_MAGIC.startswith(start)


def mcap_records(path: Path, damage: DamageLog) -> Iterator[McapRecord]:
    """Records, those inside chunks included; ends where the file is cut or can no longer be followed.

    Raises:
        UnreadableTakeError: the file cannot be opened.
    """
    with _opened(path) as stream:
        reader = StreamReader(
            _WholeReads(stream),  # type: ignore[arg-type]  # the library only reads
            emit_chunks=True,
            record_size_limit=MESSAGE_BYTES_MAX,
        )
        try:
            for record in reader.records:
                if isinstance(record, Chunk):
                    yield from _unpacked(record, stream.tell(), damage)
                else:
                    yield record
        except _UNREADABLE as error:
            harm = "damaged" if is_closed(path) else "cut or damaged"
            reason = str(error) or "the file ends in the middle of a record"
            damage.note(f"{harm} before byte {stream.tell()}: {reason}", spoilt=harm == "damaged")


def is_closed(path: Path) -> bool:
    """Whether the file ends as a closed take does: with a footer and the closing magic."""
    with _opened(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _ENDING.size))
        ending = stream.read(_ENDING.size)
    if len(ending) < _ENDING.size:
        return False
    opcode, length, *_, magic = _ENDING.unpack(ending)
    return bool(opcode == Opcode.FOOTER and length == _ENDING.size - 17 and magic == MCAP0_MAGIC)


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
        return open_ordinary(path)
    except OSError as error:
        raise UnreadableTakeError(path, "take_not_opened", found=said_by_system(error)) from error


def _unpacked(chunk: Chunk, end: int, damage: DamageLog) -> list[McapRecord]:
    """A chunk's records; none, and a damage noted, where it is not what was written."""
    try:
        if _unpacked_bytes(chunk) > MESSAGE_BYTES_MAX:
            raise ValueError(f"it would unpack to more than {MESSAGE_BYTES_MAX} bytes")
        return list(breakup_chunk(chunk, validate_crc=True))
    except _UNREADABLE as error:
        reason = str(error) or type(error).__name__
        damage.note(f"chunk before byte {end} is damaged and left out: {reason}", spoilt=True)
        return []


def _unpacked_bytes(chunk: Chunk) -> int:
    if chunk.compression == "":
        return len(chunk.data)
    if chunk.compression != "zstd":
        raise ValueError(f"found compression {chunk.compression!r}, expected zstd or none")
    return max(chunk.uncompressed_size, zstandard.frame_content_size(chunk.data))
