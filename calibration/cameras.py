"""Camera records: tracker, sensor, lens, mounting and overscan."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from calibration.frame_lines import FRAMES, FrameLine
from calibration.lens_records import FARTHEST_PUPIL_M
from calibration.walls import PixelCount
from tracking.records import FocalLength, Name, Placement
from tracking.settable import Values, choice, number, switch

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

    `frame_lines` are the frames that will be cut from the film, the most important first: crews see them drawn.

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
    entrance_pupil_m: Annotated[float, msgspec.Meta(ge=-FARTHEST_PUPIL_M, le=FARTHEST_PUPIL_M)] | None = None
    marker_from_camera: Placement = Placement()
    overscan: Literal["fixed", "follow"] | None = None
    overscan_deg: Degrees | None = None
    shutter_deg: Annotated[float, msgspec.Meta(ge=0.0, le=360.0)] = 180.0
    film_rate_hz: Annotated[float, msgspec.Meta(ge=1.0, le=1000.0)] = 24.0
    inner_px: tuple[PixelCount, PixelCount] | None = None
    frame_lines: Annotated[tuple[FrameLine, ...], msgspec.Meta(max_length=len(FRAMES))] = (
        "16:9",
        "9:16",
        "1:1",
        "2.39:1",
    )

    def margin_mode(self) -> Literal["fixed", "follow"]:
        """Whether overscan is fixed or adaptive ("follow"): as configured, else fixed if a number is given."""
        return self.overscan or ("follow" if self.overscan_deg is None else "fixed")
