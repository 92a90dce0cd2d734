"""What a configuration says of the world behind the walls."""

from __future__ import annotations

from typing import Literal

from tracking.records import Length, Record

RAW_WORLDS = ("coordinates",)
"""Worlds whose light is a message: read at the middle of each LED, past colour, exposure, grade and dither."""


class World(Record):
    """One world. `panorama` needs `file` (EXR, HDR, PNG or JPEG, equirectangular, centre towards +Y);
    `colour_space` overrides what the file's kind implies; `radius_m` puts the light on a sphere around the stage's
    origin instead of at infinity.
    """

    kind: Literal["panorama", "coordinates"]
    file: str | None = None
    colour_space: str | None = None
    radius_m: Length | None = None
