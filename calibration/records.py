"""The calibration a show runs with: what was measured or read from files beside the configuration."""

from __future__ import annotations

import msgspec

from calibration.lens_records import Lens
from calibration.walls import WallSurface
from tracking.prediction.weights import PredictorWeights
from tracking.records import Evolving


class Calibration(Evolving):
    """Geometry of the walls as the planner needs it, in the configuration's order; lenses by their camera's name.

    `predictors` are, by their tracker's name, the weights of the predictors that learn.
    """

    surfaces: tuple[WallSurface, ...] = ()
    lenses: dict[str, Lens] = msgspec.field(default_factory=dict)
    predictors: dict[str, PredictorWeights] = msgspec.field(default_factory=dict)
