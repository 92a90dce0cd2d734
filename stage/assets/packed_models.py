"""3D scenes on their way from the decoder, which reads them, to the core."""

from __future__ import annotations

from pathlib import Path

from render.models.bounds import model_bytes
from render.models.model import Model
from render.models.pack import pack
from render.models.read import read_known_model
from render.models.ready import made_ready
from stage.assets.kept_pictures import Packed
from stage.show.frame.inputs import Cause

_MOST_MOVEMENTS = 100
_LONGEST_NAME = 200


def packed_model(path: Path) -> Packed:
    """Reads a scene, and makes it ready to be drawn. Raises ConfigError with what is wrong with it.

    It is known by the very bytes that were read, whatever stands at the path since.
    """
    known = read_known_model(path)
    notes = tuple(Cause(code=note.code, values=note.values) for note in known.model.notes)
    return Packed(
        known.sha256, tuple(pack(made_ready(known.model))), model_bytes(known.model), notes, told_movements(known.model)
    )


def told_movements(model: Model) -> tuple[str, ...]:
    """The names of a scene's animations, the first ones of very many: the state of the show holds them."""
    return tuple(one.name[:_LONGEST_NAME] for one in model.movements[:_MOST_MOVEMENTS])
