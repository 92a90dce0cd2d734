"""3D scenes on their way from the decoder, which reads them, to the core."""

from __future__ import annotations

from pathlib import Path

from render.models.bounds import model_bytes
from render.models.pack import pack
from render.models.read import read_known_model
from stage.assets.kept_pictures import Packed
from stage.show.frame.inputs import Cause


def packed_model(path: Path) -> Packed:
    """Reads a scene. Raises ConfigError with what is wrong with it.

    It is known by the very bytes that were read, whatever stands at the path since.
    """
    known = read_known_model(path)
    notes = tuple(Cause(code=note.code, values=note.values) for note in known.model.notes)
    return Packed(known.sha256, tuple(pack(known.model)), model_bytes(known.model), notes)
