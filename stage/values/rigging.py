"""The values of what a technician rigs: walls and trackers."""

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
    """Nudges of a tracked body, added to how its tracker lies in the stage."""

    x_m: Annotated[float, number(-100.0, 100.0, "m", "Added to the position, to the right.")] = 0.0
    y_m: Annotated[float, number(-100.0, 100.0, "m", "Added to the position, to the front wall.")] = 0.0
    z_m: Annotated[float, number(-100.0, 100.0, "m", "Added to the position, upwards.")] = 0.0
    pan_deg: Annotated[float, number(-360.0, 360.0, "deg", "Turns the tracked body; + left.", fade="circular")] = 0.0
    tilt_deg: Annotated[float, number(-180.0, 180.0, "deg", "Turns the tracked body; + up.")] = 0.0
    roll_deg: Annotated[
        float, number(-360.0, 360.0, "deg", "Turns the tracked body; + clockwise.", fade="circular")
    ] = 0.0


class TrackerValues(TrackerStart):
    """One tracker."""

    offset: PoseOffset = PoseOffset()
