"""What a configuration says of the outputs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.records import Record

Pixels = tuple[Annotated[int, msgspec.Meta(ge=0, le=65536)], Annotated[int, msgspec.Meta(ge=0, le=65536)]]


class Region(Record):
    """A rectangle of a wall's raster and where its upper left corner goes on the canvas (row 0 is the top)."""

    wall: str
    from_px: Pixels = (0, 0)
    size_px: Pixels | None = None
    at_px: Pixels = (0, 0)


class Output(Record):
    """One output: a full-screen window on a named monitor, nothing visible (headless), or picture files."""

    kind: Literal["window", "headless", "file"] = "headless"
    monitor: str | None = None
    size_px: Pixels | None = None
    regions: tuple[Region, ...] = ()
    directory: str | None = None
    format: Literal["png", "exr"] = "png"
    fullscreen: bool = True
