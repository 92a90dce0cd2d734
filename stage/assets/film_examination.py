"""What the loader's decoder finds of films, as it tells it: facts with a small picture, or a cause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from render.media.examine import examine_media
from render.media.faults import MediaError
from stage.assets.messages import ExaminedFilm, LoadFailed, SeenFile, WantedPicture
from stage.show.frame.inputs import Cause
from tracking.records import ConfigError

KeepThumbnail = Callable[[WantedPicture, bytes], str]
"""Keeps a small JPEG of a picture; returns its path, "" where there is no room for it."""


def examined_film(wanted: WantedPicture, seen: SeenFile, keep: KeepThumbnail) -> ExaminedFilm | LoadFailed:
    """Examines a film or a folder of numbered frames, of which `seen` was found before. Raises OSError."""
    try:
        found = examine_media(Path(wanted.path))
    except MediaError as error:
        return _failed(wanted, seen, Cause(code=error.code, values={"file": wanted.file, **error.values}))
    except (ConfigError, MemoryError) as error:
        reason = str(error) or "found more pixels than there is memory for"
        return _failed(wanted, seen, Cause(code="asset_refused", values={"file": wanted.file, "found": reason}))
    return ExaminedFilm(
        picture=wanted,
        facts=found.facts,
        identity=found.identity,
        seen=seen,
        notes=tuple(Cause(code=one.code, values={"file": wanted.file, **one.values}) for one in found.notes),
        thumbnail=keep(wanted, found.thumbnail) if found.thumbnail else "",
    )


def _failed(wanted: WantedPicture, seen: SeenFile, cause: Cause) -> LoadFailed:
    return LoadFailed(picture=wanted, cause=cause, seen=seen)
