"""How well 3D scenes are drawn: as is asked for, or as suits the driver."""

from __future__ import annotations

from typing import Literal

import moderngl

from render.gpu.context import draws_in_software
from render.models.drawing import Tier

Quality = Literal["auto", "low", "full"]
"""How scenes are drawn: as suits the driver, for laptops and software, or for GPUs."""


def tier_of(context: moderngl.Context, quality: Quality) -> Tier:
    """The tier that this asks for."""
    if quality == "auto":
        return "low" if draws_in_software(context) else "full"
    return quality
