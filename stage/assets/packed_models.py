"""3D scenes on their way from the decoder, which reads them, to the core."""

from __future__ import annotations

from pathlib import Path

from render.models.bounds import model_bytes
from render.models.pack import pack
from render.models.read import read_model
from stage.assets.kept_pictures import Packed
from stage.assets.models import sha256_of
from stage.show.frame.inputs import Cause


def packed_model(path: Path) -> Packed:
    """Reads a scene. Raises ConfigError with what is wrong with it."""
    model = read_model(path)
    notes = tuple(Cause(code=note.code, values=note.values) for note in model.notes)
    return Packed(sha256_of(path), tuple(pack(model)), model_bytes(model), notes)
