"""Reads a folder of numbered frames by number. Every frame is a file of its own: no frame needs another."""

from __future__ import annotations

from pathlib import Path

from render.media.faults import MediaError
from render.media.film import Stamp, stamp_of
from render.media.picture_frames import CodedFrames, exr_bands, fill_light_levels
from render.media.planes import FrameMemory, PlaneWriter, orientation_of
from render.media.sequence import numbered_frames
from render.worlds.shared.media import MediaFacts


class SequenceReader:
    """Frames of a folder. `seeks` is always 0."""

    def __init__(self, folder: Path, facts: MediaFacts) -> None:
        self._frames = numbered_frames(folder)
        self._facts = facts
        if self._frames.frames != facts.frames:
            raise MediaError("media_replaced")
        self._coded = None if facts.planes == "light" else CodedFrames(self._frames.kind)
        self._writer: PlaneWriter | None = None
        self._memory = FrameMemory(facts)
        self.seeks = 0

    def read(self, frame: int, into: memoryview, first: int = 0) -> None:
        """Fills planes and levels of a frame from level `first` on. Raises MediaError.

        One that is missing shows the newest before it. Of one whose file is another by now, or gone, the others can
        still be read (`MediaError.is_of_frame`).
        """
        if not 0 <= frame < self._facts.frames:
            raise MediaError("media_no_such_frame", frame=frame, frames=self._facts.frames)
        number, path, stamp = self._frames.newest(frame)
        if not _is_still(path, stamp):
            raise MediaError("media_frame_replaced" if path.exists() else "media_frame_gone", number=number)
        if self._coded is None:
            size = (self._facts.columns, self._facts.rows)
            fill_light_levels(self._memory.planes(into)[0], exr_bands(path, number, size))
            return
        picture = self._coded.decode(path, number)
        if self._writer is None:
            self._writer = PlaneWriter(self._facts, orientation_of(picture)[0])
        self._writer.write(picture, into, first)

    def close(self) -> None:
        """Frees its decoder."""
        self._coded = None


def _is_still(path: Path, stamp: Stamp) -> bool:
    try:
        return stamp_of(path) == stamp
    except MediaError:
        return False
