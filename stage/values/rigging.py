"""The values of what a technician rigs: walls, trackers, film cameras and the tools drawn in their views."""

from __future__ import annotations

from typing import Annotated, Literal

from calibration.cameras import OWN_LENS, CameraStart
from calibration.walls import WallStart
from render.plan.frame import GREY_LEVEL, Pattern
from render.plan.key import KeyValues
from tracking.settable import Values, choice, number, switch
from tracking.settings import TrackerStart

FIXED_OVERSCAN_DEG = 2.0
_RIGGED = ("/wall/", "/camera/", "/tracker/")


def is_rigged(path: str) -> bool:
    """Whether a value belongs to the stage itself: to what is rigged there, whatever show runs on it."""
    return path.startswith(_RIGGED)


class WallValues(WallStart):
    """One wall."""

    pattern: Annotated[
        Pattern, choice("Test pattern on the wall, in place of its picture.", override="momentary", guarded=True)
    ] = "off"
    grey_level: Annotated[float, number(0.0, 1.0, "", "Code value of the test pattern `grey`; 1 is the highest.")] = (
        GREY_LEVEL
    )


class PoseOffset(Values):
    """Small corrections of a tracked body's pose, added to its tracker's placement in the stage."""

    x_m: Annotated[float, number(-100.0, 100.0, "m", "Moves the tracked body to the right.")] = 0.0
    y_m: Annotated[float, number(-100.0, 100.0, "m", "Moves the tracked body towards the front wall.")] = 0.0
    z_m: Annotated[float, number(-100.0, 100.0, "m", "Moves the tracked body up.")] = 0.0
    pan_deg: Annotated[float, number(-360.0, 360.0, "deg", "Pans the tracked body, + left.", fade="circular")] = 0.0
    tilt_deg: Annotated[float, number(-180.0, 180.0, "deg", "Tilts the tracked body, + up.")] = 0.0
    roll_deg: Annotated[
        float, number(-360.0, 360.0, "deg", "Rolls the tracked body, + clockwise.", fade="circular")
    ] = 0.0


class TrackerValues(TrackerStart):
    """One tracker."""

    offset: PoseOffset = PoseOffset()


class ManualPose(Values):
    """The pose of a hand-driven camera, at its entrance pupil."""

    x_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, to the right.")] = 0.0
    y_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, towards the front wall.")] = 0.0
    z_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, height.")] = 1.5
    pan_deg: Annotated[float, number(-360.0, 360.0, "deg", "Manual pan, + left.", fade="circular")] = 0.0
    tilt_deg: Annotated[float, number(-90.0, 90.0, "deg", "Manual tilt, + up.")] = 0.0
    roll_deg: Annotated[
        float, number(-360.0, 360.0, "deg", "Manual roll, + clockwise seen from behind.", fade="circular")
    ] = 0.0


class CameraValues(CameraStart):
    """One film camera."""

    source: Annotated[
        Literal["tracker", "manual", "still", "orbit"],
        choice(
            "What moves the camera: its tracker, the manual pose, nothing (it holds the last pose), or a slow orbit.",
            guarded=True,
            override="standing",
        ),
    ] = "tracker"
    manual: ManualPose = ManualPose()
    overscan_mode: Annotated[
        Literal["fixed", "follow"],
        choice("The margin drawn beyond the frame: fixed, or adaptive (`follow`), from the errors of the prediction."),
    ] = "fixed"
    overscan_deg: Annotated[
        float, number(0.0, 60.0, "deg", "Overscan on each side of the frame; setting it selects `fixed`.", seen=False)
    ] = FIXED_OVERSCAN_DEG
    priority: Annotated[float, number(0.0, 1000.0, "", "Where views overlap, the smaller number is on top.")] = 1.0
    focal_length_mm: Annotated[
        float, number(0.0, 5000.0, "mm", "Focal length set by hand; 0 uses the lens's own.", override="standing")
    ] = 0.0
    lens: Annotated[
        str,
        choice(
            "The lens on the camera, one of its `lenses`; `own` is the one configured, or reported by the tracker.",
            guarded=True,
        ),
    ] = OWN_LENS
    outline: Annotated[
        bool,
        switch(
            "Draws lines on the walls where the camera's frame and view end.",
            role="operator",
            guarded=True,
            override="momentary",
        ),
    ] = False
    key: KeyValues = KeyValues()
