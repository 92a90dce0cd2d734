"""What the loader's decoder makes of films and 3D scenes: a film's facts with a small picture, a scene packed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from render.media.examine import examine_media
from render.media.faults import MediaError
from render.models.bounds import model_bytes
from render.models.model import Model
from render.models.pack import pack
from render.models.read_needed import read_needed
from render.models.ready import made_ready
from stage.assets.examined import refusal_of
from stage.assets.kept_pictures import Packed
from stage.assets.messages import ExaminedFilm, LoadFailed, SeenFile, WantedPicture
from stage.show.frame.inputs import Cause
from tracking.records import ConfigError

KeepThumbnail = Callable[[WantedPicture, bytes], str]
"""Keeps a small JPEG of a picture; returns its path, "" where there is no room for it."""
_MOST_MOVEMENTS = 100
_LONGEST_NAME = 200


def examined_film(wanted: WantedPicture, seen: SeenFile, keep: KeepThumbnail) -> ExaminedFilm | LoadFailed:
    """Examines a film or a folder of numbered frames, of which `seen` was found before. Raises OSError."""
    try:
        found = examine_media(Path(wanted.path))
    except MediaError as error:
        return _failed(wanted, seen, Cause(code=error.code, values={"file": wanted.file, **error.values}))
    except MemoryError:
        return _failed(wanted, seen, Cause(code="asset_takes_memory", values={"file": wanted.file}))
    except ConfigError as error:
        return _failed(wanted, seen, refusal_of(wanted.file, error))
    return ExaminedFilm(
        picture=wanted,
        facts=found.facts,
        identity=found.identity,
        seen=seen,
        notes=tuple(Cause(code=one.code, values={"file": wanted.file, **one.values}) for one in found.notes),
        thumbnail=keep(wanted, found.thumbnail) if found.thumbnail else "",
    )


def packed_model(path: Path, space: str) -> Packed:
    """Reads a scene for what `space` says, and makes it ready to be drawn. Raises ConfigError with what is wrong.

    It is known by the very bytes that were read, whatever stands at the path since.
    """
    known = read_needed(path, space)
    return Packed(
        known.sha256,
        tuple(pack(made_ready(known.model))),
        model_bytes(known.model),
        _notes(known.model),
        told_movements(known.model),
    )


def noted_model(path: Path, space: str) -> tuple[Cause, ...]:
    """What is odd about a scene, which is read and not kept. Raises ConfigError with what is wrong with it."""
    return _notes(read_needed(path, space, checks_only=True).model)


def _notes(model: Model) -> tuple[Cause, ...]:
    return tuple(Cause(code=note.code, values=note.values) for note in model.notes)


def told_movements(model: Model) -> tuple[str, ...]:
    """The names of a scene's animations, the first ones of very many: the state of the show holds them."""
    return tuple(one.name[:_LONGEST_NAME] for one in model.movements[:_MOST_MOVEMENTS])


def _failed(wanted: WantedPicture, seen: SeenFile, cause: Cause) -> LoadFailed:
    return LoadFailed(picture=wanted, cause=cause, seen=seen)
