"""Reads the frames of a film or of a folder of numbered frames into memory, by number."""

from __future__ import annotations

from pathlib import Path

from render.media.faults import MediaError
from render.media.film_reader import FilmReader
from render.media.identity import film_identity, sequence_identity
from render.media.sequence import is_numbered, numbered_frames
from render.media.sequence_reader import SequenceReader
from render.worlds.shared.media import MediaFacts
from tracking.system_faults import said_by_system


class MediaReader:
    """Reads what was examined, and has these facts. `seeks` counts how often it sought: reading on never does.

    `threads` is how many decode at once, at most four without it. Raises MediaError where it cannot be opened.
    """

    def __init__(self, path: Path, facts: MediaFacts, threads: int | None = None) -> None:
        self._reader: FilmReader | SequenceReader
        self._reader = SequenceReader(path, facts) if is_numbered(path) else FilmReader(path, facts, threads)

    @property
    def seeks(self) -> int:
        """How often it sought."""
        return self._reader.seeks

    def read(self, number: int, into: memoryview, first: int = 0) -> None:
        """Fills `into` with the planes of a frame and all their levels, as `plane_levels` lays them out.

        With `first` above 0, levels that `levels_from` leaves out stay as they are: nobody looks at them.

        Exact: frame n is what the film shows from n / rate on. Raises MediaError: a frame that is missing or damaged,
        a film that was replaced since it was opened, changes its size, or ends early. Reading on is possible then.
        """
        self._reader.read(number, into, first)

    def close(self) -> None:
        """Frees the file and its decoder."""
        self._reader.close()


def identity_now(path: Path) -> str:
    """By what the content of a film or of a folder of numbered frames is known, as it is now. Raises MediaError."""
    try:
        if is_numbered(path):
            return sequence_identity(file for file, _ in numbered_frames(path).files.values())
        return film_identity(path)
    except OSError as error:
        raise MediaError("media_unreadable", found=said_by_system(error)) from error
