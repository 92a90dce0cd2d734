"""Films as files: how the media room reads them, and what its errors say."""

from __future__ import annotations

import importlib
from pathlib import Path

from stage.plates.readers import ReadsFrames
from stage.plates.wire import Film
from stage.show.frame.conditions import Cause


def open_film(film: Film) -> ReadsFrames:
    """A reader of a film. Raises MediaError. It is imported late: a process that has no film need not load FFmpeg."""
    reader: ReadsFrames = importlib.import_module("render.media.reader").MediaReader(Path(film.path), film.facts)
    return reader


def cause_of(error: BaseException) -> Cause | None:
    """What an error of the media room says; None for any other."""
    code, values = getattr(error, "code", None), getattr(error, "values", None)
    return Cause(code=code, values=values) if isinstance(code, str) and isinstance(values, dict) else None
