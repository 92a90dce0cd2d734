"""A take's file while it is written: MCAP, whole on disk after every `flush`, under its final name once closed."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from mcap.data_stream import RecordBuilder
from mcap.records import DataEnd, Footer
from mcap.writer import MCAP0_MAGIC, CompressionType, Writer

from stage.run.whole_files import sync_directory
from stage.takes.names import TakePaths
from stage.takes.records import (
    INPUTS_TOPIC,
    OUTCOME_TOPIC,
    PIECE_TOPIC,
    PLAN_TOPIC,
    SNAPSHOT_TOPIC,
    StatePiece,
    TakeFrame,
    TakeHeader,
    TakePart,
    TakeSnapshot,
)

METADATA = "openstage"
MORE_ASSETS = "openstage_assets"
"""Files that frames name which come after this record, as in the metadata of the beginning."""
ASSET_KEY = "asset:"
CHUNK_BYTES = 2**20
_SCHEMAS = {
    INPUTS_TOPIC: "openstage.FrameInputs",
    OUTCOME_TOPIC: "openstage.Report",
    PLAN_TOPIC: "openstage.TakeFrame",
    PIECE_TOPIC: "openstage.StatePiece",
    SNAPSHOT_TOPIC: "openstage.TakeSnapshot",
}


class DurableStream:
    """Collects what the MCAP writer writes; `flush` puts it on the disk in one piece and notes how far the disk is."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = bytearray()
        self.whole = 0
        """Bytes known to be on disk, always at the end of a whole record."""

    def write(self, part: bytes) -> int:
        self._pending += part
        return len(part)

    def tell(self) -> int:
        return self.whole + len(self._pending)

    def flush(self) -> None:
        """Raises OSError where the disk refuses; `whole` is then what it was."""
        rest = memoryview(self._pending)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        finally:
            rest.release()
        os.fsync(self._descriptor)
        self.whole += len(self._pending)
        self._pending = bytearray()

    def cut(self) -> None:
        """Drops what is not whole, and ends the file so that any MCAP reader opens it, if there is room for that."""
        os.ftruncate(self._descriptor, self.whole)
        os.lseek(self._descriptor, self.whole, os.SEEK_SET)
        self._pending = bytearray(_bare_ending())
        try:
            self.flush()
        except OSError:
            os.ftruncate(self._descriptor, self.whole)


class TakeFile:
    """A take being written.

    The file is locked while it is open, so that nobody repairs it meanwhile. Every method may raise OSError (disk
    full, quota, medium gone); after that only `abandon` may be called.
    """

    def __init__(self, paths: TakePaths, header: TakeHeader, part: TakePart) -> None:
        self.paths = paths
        self._descriptor = os.open(paths.open, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o644)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._stream = DurableStream(self._descriptor)
        self._writer = Writer(
            self._stream,  # type: ignore[arg-type]  # the library only writes, asks for the position and flushes
            chunk_size=CHUNK_BYTES,
            compression=CompressionType.ZSTD,
        )
        self._assets = set(dict(header.assets).items())
        self._pieces: set[bytes] = set()
        self._begin(header, part)

    @property
    def bytes_on_disk(self) -> int:
        """How much of the take is safe."""
        return self._stream.whole

    def add_frame(self, present_ns: int, inputs: bytes, report: bytes, frame: TakeFrame) -> None:
        """Adds one frame: the encoded inputs as they came, the encoded report, then the plan's message.

        A take of format 1 has no report: there it is empty and nothing is written of it.
        """
        self._add(INPUTS_TOPIC, frame.frame, present_ns, inputs)
        if report:
            self._add(OUTCOME_TOPIC, frame.frame, present_ns, report)
        self._add(PLAN_TOPIC, frame.frame, present_ns, msgspec.msgpack.encode(frame))

    def add_snapshot(self, present_ns: int, snapshot: TakeSnapshot, pieces: Mapping[bytes, bytes]) -> None:
        """Adds the state after a frame, and before it those of the `pieces` by digest that the file does not hold."""
        for digest in [digest for digest in pieces if digest not in self._pieces]:
            piece = msgspec.msgpack.encode(StatePiece(digest=digest, content=pieces[digest]))
            self._add(PIECE_TOPIC, snapshot.frame, present_ns, piece)
            self._pieces.add(digest)
        self._add(SNAPSHOT_TOPIC, snapshot.frame, present_ns, msgspec.msgpack.encode(snapshot))

    def add_assets(self, assets: tuple[tuple[str, str], ...]) -> None:
        """Adds pairs of file name and SHA-256 that the take's beginning does not have yet."""
        while fresh := dict(pair for pair in assets if pair not in self._assets):  # a record names a file once
            self._assets.update(fresh.items())
            self._writer.add_metadata(MORE_ASSETS, {ASSET_KEY + file: sha256 for file, sha256 in fresh.items()})

    def flush(self) -> None:
        """Ends the chunk in progress and waits until it is on the disk."""
        self._writer.flush()  # type: ignore[no-untyped-call]  # the library leaves it unannotated

    def close(self) -> Path:
        """Writes the index and gives the file its final name, which is returned."""
        self._writer.finish()  # type: ignore[no-untyped-call]  # the library leaves it unannotated
        self._stream.flush()
        closed = self._name_finally()
        os.close(self._descriptor)
        return closed

    def abandon(self) -> Path:
        """After a write error: keeps what is whole, under its final name if the medium still allows that.

        Returns where the file is, and never raises OSError itself.
        """
        try:
            self._stream.cut()
            return self._name_finally()
        except OSError:
            return self.paths.open
        finally:
            os.close(self._descriptor)

    def _begin(self, header: TakeHeader, part: TakePart) -> None:
        self._writer.start(profile="", library="openstage")
        self._writer.add_metadata(METADATA, metadata_of(header, part))
        self._writer.add_attachment(0, 0, "config.toml", "application/toml", header.config_toml.encode())
        self._writer.add_attachment(0, 0, "config", "application/msgpack", header.config)
        self._writer.add_attachment(0, 0, "calibration", "application/msgpack", header.calibration)
        self._channels: dict[str, int] = {}
        for topic, name in _SCHEMAS.items():
            schema = self._writer.register_schema(name=name, encoding="", data=b"")
            self._channels[topic] = self._writer.register_channel(topic, "msgpack", schema)
        sync_directory(self.paths.open.parent)

    def _add(self, topic: str, frame: int, present_ns: int, message: bytes) -> None:
        stamp = max(present_ns, 0)
        self._writer.add_message(self._channels[topic], stamp, message, stamp, sequence=frame & 0xFFFFFFFF)

    def _name_finally(self) -> Path:
        self.paths.open.rename(self.paths.closed)
        sync_directory(self.paths.closed.parent)
        return self.paths.closed


def metadata_of(header: TakeHeader, part: TakePart) -> dict[str, str]:
    """The file's `openstage` metadata: who made it, with what, and check values of its attachments."""
    return {
        "format": header.format,
        "version": header.version,
        "build": header.build,
        "machine": header.machine,
        "renderer": header.renderer,
        **({"quality": header.quality} if header.quality else {}),
        "home": header.home,
        "frame_rate": header.frame_rate,
        "name": part.name,
        "part": str(part.part),
        "gap": part.gap,
        **({"gap_cause": msgspec.json.encode(part.gap_cause).decode()} if part.gap_cause else {}),
        "started": part.started,
        **({"slate": part.slate} if part.slate else {}),
        "config_toml_sha256": hashlib.sha256(header.config_toml.encode()).hexdigest(),
        "config_sha256": hashlib.sha256(header.config).hexdigest(),
        "calibration_sha256": hashlib.sha256(header.calibration).hexdigest(),
        **{ASSET_KEY + file: sha256 for file, sha256 in header.assets},
    }


def _bare_ending() -> bytes:
    """The end of an MCAP file without an index: end of data, a footer that names no summary, the closing magic."""
    builder = RecordBuilder()
    DataEnd(0).write(builder)
    Footer(summary_start=0, summary_offset_start=0, summary_crc=0).write(builder)
    ending: bytes = builder.end()  # type: ignore[no-untyped-call]  # the library leaves it unannotated
    return ending + MCAP0_MAGIC
