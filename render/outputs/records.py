"""The outputs in a configuration. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.records import Record

_Offset = Annotated[int, msgspec.Meta(ge=0, le=65536)]
_Side = Annotated[int, msgspec.Meta(ge=1, le=65536)]
_Desktop = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Pixels = tuple[_Offset, _Offset]
Size = tuple[_Side, _Side]


class Region(Record):
    """A rectangle of a wall's raster and the place of its upper left corner on the canvas (row 0 is the top)."""

    wall: str
    from_px: Pixels = (0, 0)
    size_px: Size | None = None
    at_px: Pixels = (0, 0)


class Output(Record):
    """One output: a full-screen window on a named monitor, nothing visible (headless), or picture files.

    `regions` make up a window's canvas of `size_px`; without them all walls are side by side. A window that is not
    `fullscreen` has no frame and is at `position_px` of the desktop, where several monitors can make one canvas.
    Picture files go to `directory` as `wall-<name>-<frame>.<format>`.
    """

    kind: Literal["window", "headless", "file"] = "headless"
    monitor: str | None = None
    size_px: Size | None = None
    position_px: tuple[_Desktop, _Desktop] | None = None
    regions: tuple[Region, ...] = ()
    directory: str = "pictures"
    format: Literal["png", "exr"] = "png"
    fullscreen: bool = True
