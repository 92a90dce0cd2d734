"""Films as files: how the media room reads them, and what its errors say."""

from __future__ import annotations

from pathlib import Path

from render.media.faults import MediaError
from render.media.reader import MediaReader
from stage.plates.readers import ReadsFrames
from stage.plates.wire import Film
from stage.show.frame.conditions import Cause


def open_film(film: Film) -> ReadsFrames:
    """A reader of a film. Raises MediaError."""
    return MediaReader(Path(film.path), film.facts)


def cause_of(error: BaseException) -> Cause | None:
    """What an error of the media room says; None for any other."""
    return Cause(code=error.code, values=error.values) if isinstance(error, MediaError) else None
