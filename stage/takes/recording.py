"""One take while it is recorded: its file, how far the disk holds it, and how fast it grows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stage.takes.kept_assets import AssetToKeep
from stage.takes.messages import AddFrame, BeginPart
from stage.takes.names import free_paths
from stage.takes.records import StatePiece, TakeFrame, TakePart, TakeSnapshot
from stage.takes.seals import seal_of, seal_of_state
from stage.takes.writer import TakeFile

FLUSH_NS = 250_000_000
MEASURED_AFTER_NS = 2_000_000_000


class Recording:
    """Writes one take. Any method may raise OSError; after that only `abandon` may be called.

    `on_disk_frame` is the last frame that survives a power cut, `last_frame` the last one that was added (None before
    the first), `heard_ns` when the core last sent something (host monotonic).
    """

    def __init__(self, directory: Path, opening: BeginPart, part: TakePart, now_ns: int) -> None:
        self.part = part
        self.paths = free_paths(directory, part)
        self._file = TakeFile(self.paths, opening.header, part)
        self._begun_ns = now_ns
        self._flushed_ns = now_ns
        self.heard_ns = now_ns
        self.on_disk_frame = opening.snapshot.frame
        self._previous = opening.snapshot.frame
        self._present_ns = 0
        self.frames = 0
        self.last_frame: int | None = None
        self.warned_of_room = False
        self._first = opening

    def begin(self) -> None:
        """Writes the first chunk, the snapshot, and waits until it is on the disk."""
        self.add_snapshot(self._first.snapshot, self._first.pieces)
        self._file.flush()

    def add_frame(self, put: AddFrame) -> None:
        """Adds a frame, sealed. Raises one of `UNDECODABLE` where the inputs are not an encoded record."""
        message = TakeFrame(
            frame=put.frame,
            previous=self._previous,
            plan=msgspec.Raw(put.plan),
            digest=put.digest,
            seal=seal_of(put.inputs),
        )
        self._file.add_frame(put.present_ns, put.inputs, put.report, message)
        self._previous, self._present_ns = put.frame, put.present_ns
        self.last_frame = put.frame
        self.frames += 1

    def add_snapshot(self, snapshot: TakeSnapshot, pieces: tuple[StatePiece, ...] = ()) -> None:
        """Adds a state; the next frame follows it, even where frames before it were lost."""
        sealed = msgspec.structs.replace(snapshot, seal=seal_of_state(snapshot))
        self._file.add_snapshot(self._present_ns, sealed, {piece.digest: piece.content for piece in pieces})
        self._previous = snapshot.frame

    def add_assets(self, assets: tuple[AssetToKeep, ...]) -> None:
        """Notes the names and hashes of files that the frames from here on name."""
        self._file.add_assets(tuple((asset.file, asset.sha256) for asset in assets))

    def flush_if_due(self, now_ns: int) -> bool:
        """Puts everything on the disk if the last time was a quarter of a second ago. Returns whether it did."""
        if now_ns - self._flushed_ns < FLUSH_NS:
            return False
        self._file.flush()
        self.on_disk_frame, self._flushed_ns = self._previous, now_ns
        return True

    def bytes_per_second(self, now_ns: int) -> float:
        """How fast the file grows; 0.0 until it has been measured for two seconds."""
        span_ns = now_ns - self._begun_ns
        return self._file.bytes_on_disk * 1e9 / span_ns if span_ns >= MEASURED_AFTER_NS else 0.0

    def close(self) -> Path:
        """Ends the file. Returns its final path."""
        path = self._file.close()
        self.on_disk_frame = self._previous
        return path

    def abandon(self) -> Path:
        """After an OSError: keeps what is whole. Returns the file's path, and never raises OSError itself."""
        return self._file.abandon()
