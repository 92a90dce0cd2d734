"""The calibration that a show runs with: what was measured, or read from files beside the configuration."""

from __future__ import annotations

import msgspec

from calibration.lens_records import Lens
from calibration.walls import WallSurface
from tracking.prediction.weights import PredictorWeights
from tracking.records import Evolving


class Calibration(Evolving):
    """The walls' geometry as the planner needs it, in the configuration's order, and lenses by camera name.

    `lens_files` holds what cameras change between, by the file as the configuration names it, and `predictors` the
    weights of learned predictors by tracker name. `film_lenses` are those of films of sets, by their files.
    """

    surfaces: tuple[WallSurface, ...] = ()
    lenses: dict[str, Lens] = msgspec.field(default_factory=dict)
    lens_files: dict[str, Lens] = msgspec.field(default_factory=dict)
    predictors: dict[str, PredictorWeights] = msgspec.field(default_factory=dict)
    film_lenses: dict[str, Lens] = msgspec.field(default_factory=dict)
