"""The calibration a show runs with: what was measured or read from files beside the configuration."""

from __future__ import annotations

from calibration.walls import WallSurface
from tracking.records import Evolving


class Calibration(Evolving):
    """Geometry of the walls as the planner needs it, in the configuration's order."""

    surfaces: tuple[WallSurface, ...] = ()
