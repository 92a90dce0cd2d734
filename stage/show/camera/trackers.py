"""The trackers of a show, each over its part of the state. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.records import Calibration
from stage.config.records import StageConfig
from tracking.prediction.weights import NOTHING_LEARNED
from tracking.tracker.state import TrackerState
from tracking.tracker.tracker import Tracker


def trackers_of(
    config: StageConfig, calibration: Calibration, states: Mapping[str, TrackerState]
) -> dict[str, Tracker]:
    """Every tracker by its name. It ignores, uncounted, what is meant for another one on its source."""
    trackers = {}
    for one in config.trackers:
        siblings = [
            other.camera_id for other in config.trackers if other.source == one.source and other.name != one.name
        ]
        known = frozenset(camera_id for camera_id in siblings if camera_id is not None)
        weights = calibration.predictors.get(one.name, NOTHING_LEARNED)
        trackers[one.name] = Tracker(one, states[one.name], sibling_ids=known, weights=weights)
    return trackers


def trackers_by_source(config: StageConfig, trackers: Mapping[str, Tracker]) -> dict[str, tuple[Tracker, ...]]:
    """The trackers that read each source, in the order of the configuration."""
    by_source: dict[str, tuple[Tracker, ...]] = {}
    for one in config.trackers:
        by_source[one.source] = (*by_source.get(one.source, ()), trackers[one.name])
    return by_source
