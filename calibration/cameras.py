"""Camera records: tracker, sensor, lens, mounting and overscan."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

from calibration.lens_records import FARTHEST_PUPIL_M
from calibration.walls import PixelCount
from tracking.records import FocalLength, Name, Placement
from tracking.settable import Values, choice, number, switch

OWN_LENS = "own"
"""The lens that a camera is configured with, or that its tracker reports."""
MOST_LENSES = 32
FrameLine = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9]{1,4}(\.[0-9]{1,3})?:[0-9]{1,4}(\.[0-9]{1,3})?$(?!\n)", max_length=16)
]
"""A shape that is cut from the film, as width to height: "9:16"."""
SensorSide = Annotated[float, msgspec.Meta(ge=0.1, le=1000.0)]
ZoomValue = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
Degrees = Annotated[float, msgspec.Meta(ge=0.0, le=60.0)]
LatePose = Literal[
    "off", "2", "3", "4", "6", "8", "tiles_2", "tiles_4", "tiles_8", "held_2", "held_4", "held_8", "auto"
]


class CameraStart(Values):
    """The values that start as the configuration says."""

    overscan_floor_deg: Annotated[float, number(0.0, 60.0, "deg", "An adaptive margin is never less.", seen=False)] = (
        0.3
    )
    overscan_ceiling_deg: Annotated[
        float, number(0.0, 60.0, "deg", "An adaptive margin is never more.", seen=False)
    ] = 20.0
    feather_px: Annotated[
        float, number(0.0, 1000.0, "px", "Soft edge outside the margin, in film pixels.", seen=False)
    ] = 40.0
    parked: Annotated[
        bool, switch("The camera has no view on any wall.", role="operator", guarded=True, override="standing")
    ] = False
    late_pose: Annotated[
        LatePose,
        choice(
            "How a world that is slow to draw keeps up with the camera. A number: the picture is drawn only every so "
            "many frames, and shown from the newest pose in between. tiles_N: one of N tiles is drawn each frame. "
            "auto: as many tiles as this machine needs. held_N: like N, but not moved in between, to compare with. "
            "off: drawn every frame."
        ),
    ] = "off"


class Camera(CameraStart, forbid_unknown_fields=True):
    """One film camera.

    `marker_from_camera` is the pose of the imaging plane in the tracked body's frame. The entrance pupil is
    `entrance_pupil_m` ahead of the imaging plane on the optical axis (default: the lens file's or the tracker's value,
    else 0). At most one of `focal_length_mm` (fixed lens), `zoom` (rows of raw zoom value and focal length in mm,
    interpolated) and `lens` (a lens file beside the configuration) is given. A tracker that reports the focal length
    needs none of them. `inner_px` fixes the size of the drawn view. Without it the view is drawn at the density of the
    walls that it falls on.

    Overscan beyond the frame is `overscan_deg` on every side if `overscan` is "fixed". If it is "follow", overscan is
    adaptive: it is learned from the errors of the tracker's prediction, between floor and ceiling, plus half of what
    the camera turns while its shutter is open (`shutter_deg` of a picture at `film_rate_hz`). The default is adaptive;
    a number alone makes it fixed. A `parked` camera has no view on any wall.

    `lenses` are those that are changed between: a focal length in mm ("24") or a lens file ("lens/50.json") each, all
    read at the start. The one that is configured is on the camera first; where none is, the first of them.
    `frame_lines` are the shapes that are cut from the film, the most important first.

    `late_pose` is for a world that is slow to draw. The picture is drawn less often than it is shown, every so many
    frames or one tile a frame, and reprojected in between: shown as it looks from the newest pose.
    """

    name: Name
    tracker: str | None = None
    sensor_mm: tuple[SensorSide, SensorSide] = (36.0, 20.25)
    resolution_px: tuple[
        Annotated[int, msgspec.Meta(ge=16, le=16384)], Annotated[int, msgspec.Meta(ge=16, le=16384)]
    ] = (1920, 1080)
    focal_length_mm: FocalLength | None = None
    zoom: Annotated[tuple[tuple[ZoomValue, FocalLength], ...], msgspec.Meta(max_length=1024)] | None = None
    lens: str | None = None
    lenses: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_LENSES)] = ()
    frame_lines: Annotated[tuple[FrameLine, ...], msgspec.Meta(max_length=4)] = ()
    entrance_pupil_m: Annotated[float, msgspec.Meta(ge=-FARTHEST_PUPIL_M, le=FARTHEST_PUPIL_M)] | None = None
    marker_from_camera: Placement = Placement()
    overscan: Literal["fixed", "follow"] | None = None
    overscan_deg: Degrees | None = None
    shutter_deg: Annotated[float, msgspec.Meta(ge=0.0, le=360.0)] = 180.0
    film_rate_hz: Annotated[float, msgspec.Meta(ge=1.0, le=1000.0)] = 24.0
    inner_px: tuple[PixelCount, PixelCount] | None = None

    def margin_mode(self) -> Literal["fixed", "follow"]:
        """Whether overscan is fixed or adaptive ("follow"): as configured, else fixed if a number is given."""
        return self.overscan or ("follow" if self.overscan_deg is None else "fixed")

    def first_lens(self) -> str:
        """The lens that is on the camera at the start, as `/camera/{name}/lens` calls it."""
        if self.focal_length_mm is None and self.zoom is None and self.lens is None:
            return self.lenses[0] if self.lenses else OWN_LENS
        return next((one for one in self.lenses if self._has(one)), OWN_LENS)

    def fitted(self, lens: str) -> Camera:
        """The camera with one of its `lenses` on it, as if that alone were configured; as it is for any other."""
        if lens not in self.lenses:
            return self
        focal_length_mm = prime_mm(lens)
        file = lens if focal_length_mm is None else None
        return msgspec.structs.replace(self, focal_length_mm=focal_length_mm, zoom=None, lens=file)

    def _has(self, lens: str) -> bool:
        """Whether one of `lenses` is the configured lens."""
        return lens == self.lens if prime_mm(lens) is None else prime_mm(lens) == self.focal_length_mm


def prime_mm(lens: str) -> float | None:
    """The focal length in mm of a lens that is named by it; None for a file."""
    try:
        found = float(lens)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
