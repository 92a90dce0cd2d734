"""The values of a film camera, with the tools that are drawn where it looks."""

from __future__ import annotations

from typing import Annotated, Literal

from calibration.cameras import CameraStart
from render.plan.key import KeyValues
from tracking.settable import Values, choice, number, switch

FIXED_OVERSCAN_DEG = 2.0


class ManualPose(Values):
    """The pose of a hand-driven camera: its entrance pupil."""

    x_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, to the right.")] = 0.0
    y_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, towards the front wall.")] = 0.0
    z_m: Annotated[float, number(-100.0, 100.0, "m", "Manual entrance pupil, height.")] = 1.5
    pan_deg: Annotated[float, number(-360.0, 360.0, "deg", "Manual pan; + turns left.", fade="circular")] = 0.0
    tilt_deg: Annotated[float, number(-90.0, 90.0, "deg", "Manual tilt; + turns up.")] = 0.0
    roll_deg: Annotated[
        float, number(-360.0, 360.0, "deg", "Manual roll; + clockwise from behind.", fade="circular")
    ] = 0.0


class CameraValues(CameraStart):
    """One film camera."""

    source: Annotated[
        Literal["tracker", "manual", "still", "orbit"],
        choice(
            "What moves the camera: its tracker, the manual pose, nothing (holds the last pose), or a slow orbit.",
            guarded=True,
        ),
    ] = "tracker"
    manual: ManualPose = ManualPose()
    overscan_mode: Annotated[
        Literal["fixed", "follow"],
        choice("What is drawn beyond the frame: a fixed margin, or one that adapts to what the prediction misses."),
    ] = "fixed"
    overscan_deg: Annotated[
        float, number(0.0, 60.0, "deg", "The fixed margin, on each side; setting it fixes the margin.", seen=False)
    ] = FIXED_OVERSCAN_DEG
    priority: Annotated[float, number(0.0, 1000.0, "", "Where views meet, the smaller number is on top.")] = 1.0
    focal_length_mm: Annotated[float, number(0.0, 5000.0, "mm", "Set by hand; 0 takes the lens's own.")] = 0.0
    outline: Annotated[
        bool, switch("Lines on the walls where the camera's frame and its view end.", role="operator")
    ] = False
    key: KeyValues = KeyValues()
