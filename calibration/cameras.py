"""Camera records: which tracker carries it, its sensor, lens and mounting."""

from __future__ import annotations

from typing import Annotated

import msgspec

from calibration.walls import PixelCount
from tracking.records import Placement, PositiveFloat, Record


class Camera(Record):
    """One film camera.

    `marker_from_camera` leads from the tracked body to the imaging plane; the entrance pupil lies
    `entrance_pupil_m` ahead of it on the optical axis (absent: what the tracker reports, else 0). At most one of
    `focal_length_mm` (fixed lens) and `zoom` (rows of raw zoom value and focal length in mm, interpolated) is given;
    a tracker that reports a focal length itself needs neither. `inner_px` fixes the size of the drawn view; without
    it the view is drawn at the density of the walls it falls on.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    tracker: str | None = None
    sensor_mm: tuple[PositiveFloat, PositiveFloat] = (36.0, 20.25)
    resolution_px: tuple[
        Annotated[int, msgspec.Meta(ge=16, le=16384)], Annotated[int, msgspec.Meta(ge=16, le=16384)]
    ] = (1920, 1080)
    focal_length_mm: PositiveFloat | None = None
    zoom: tuple[tuple[float, PositiveFloat], ...] | None = None
    entrance_pupil_m: float | None = None
    marker_from_camera: Placement = Placement()
    overscan_deg: Annotated[float, msgspec.Meta(ge=0.0, le=60.0)] = 2.0
    feather_px: Annotated[float, msgspec.Meta(ge=0.0, le=1000.0)] = 40.0
    inner_px: tuple[PixelCount, PixelCount] | None = None
