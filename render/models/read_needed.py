"""Reads a glTF file for what is needed of it: a scene, or those who stand on the ground in it."""

from __future__ import annotations

from pathlib import Path

from render.images.faults import RefusedFileError
from render.models.crowd_walks import stood_on
from render.models.faults import ModelError
from render.models.ground import ground_of
from render.models.model import Model
from render.models.read import KnownModel, read_known_model
from render.worlds.model.spaces import ground_use


def read_needed(path: Path, space: str, *, checks_only: bool = False) -> KnownModel:
    """A file as it is needed. Raises as `read_known_model`, and where it has no such ground.

    With `checks_only` nobody is put on its ground.
    """
    known = read_known_model(path)
    return known._replace(model=_needed_of(known.model, space, path, checks_only=checks_only))


def _needed_of(model: Model, space: str, path: Path, *, checks_only: bool) -> Model:
    use = ground_use(space)
    if use is None:
        return model
    try:
        ground = ground_of(model, use.node)
    except ModelError as error:
        raise RefusedFileError(error, path) from error
    stood = None if checks_only else stood_on(ground, use)
    return Model(nodes=(), meshes=(), materials=(), pictures=(), stood=stood)
