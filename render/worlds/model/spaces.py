"""What a glTF file is read for: as a scene, or as ground for a crowd. It stands where a picture has its colour space.

So one file is two assets where it is both. What is no ground is refused where it is read, and who stands where on it
is worked out there too: that takes seconds for many figures.
"""

from __future__ import annotations

import msgspec

from tracking.records import Evolving

MODEL_ENDINGS = (".glb", ".gltf")
MODEL_SPACE = "model"
"""A scene that is drawn: with it its file is an asset like any other."""
_GROUND = "ground "


class GroundUse(Evolving):
    """Who stands on the meshes of a file, or on those of one node: what of a crowd decides that."""

    node: str | None = None
    count: int = 0
    seed: int = 1
    walks: bool = True
    flow_deg: float = 0.0
    turn_deg: float = 0.0


def ground_space(use: GroundUse) -> str:
    """What a file is read for that a crowd stands on."""
    return _GROUND + msgspec.json.encode(use).decode()


def ground_use(space: str) -> GroundUse | None:
    """Who stands on a file that is read for that; None where it is read for anything else."""
    if not space.startswith(_GROUND):
        return None
    return msgspec.json.decode(space[len(_GROUND) :], type=GroundUse)


def is_of_model(space: str | None) -> bool:
    """Whether it is a glTF file that is read, for whatever."""
    return space is not None and (space == MODEL_SPACE or space.startswith(_GROUND))
