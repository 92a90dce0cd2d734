"""The values that a technician sets: walls and trackers. Pure."""

from __future__ import annotations

from typing import Annotated

from calibration.walls import WallStart
from render.plan.frame import Pattern
from tracking.settable import Values, choice, number
from tracking.settings import TrackerStart


class WallValues(WallStart):
    """One wall."""

    pattern: Annotated[Pattern, choice("Test pattern on the wall.")] = "off"


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
