"""Where the values of a show start: the declared defaults, and what the configuration says over them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from calibration.cameras import Camera, CameraStart
from calibration.walls import WallStart
from render.plan.cards import CardValues
from stage.config.records import StageConfig
from stage.values.cameras import FIXED_OVERSCAN_DEG, CameraValues
from stage.values.parameters import Refusal
from stage.values.rigging import TrackerValues, WallValues
from stage.values.stage_wide import LightValues, ShowValues
from stage.values.tree import ParameterTree, put_value
from tracking.settable import Value, Values
from tracking.settings import TrackerStart


def starting_values(config: StageConfig) -> ShowValues:
    """Every value of a show of this configuration, as it is before anybody has set it."""
    return ShowValues(
        light={"key": LightValues()},
        wall={wall.name: msgspec.convert(_started(wall, WallStart), WallValues) for wall in config.walls},
        camera={camera.name: _camera(camera, order) for order, camera in enumerate(config.cameras, start=1)},
        card={card.name: msgspec.convert(_started(card, CardValues), CardValues) for card in config.cards},
        tracker={one.name: msgspec.convert(_started(one, TrackerStart), TrackerValues) for one in config.trackers},
    )


def tree_of(config: StageConfig) -> ParameterTree:
    """Every parameter that a show of this configuration has."""
    return ParameterTree(starting_values(config))


def restore_values(values: ShowValues, tree: ParameterTree, restored: Mapping[str, Value]) -> None:
    """Puts saved values in force; those that do not fit the tree are left out."""
    for path, value in restored.items():
        checked = tree.check(path, value)
        if not isinstance(checked, Refusal):
            put_value(values, path, checked)


def _camera(camera: Camera, order: int) -> CameraValues:
    """Without a tracker a camera is driven by hand; views are on top of each other in the configuration's order."""
    values = msgspec.convert(_started(camera, CameraStart), CameraValues)
    return msgspec.structs.replace(
        values,
        source="tracker" if camera.tracker else "manual",
        overscan_mode=camera.margin_mode(),
        overscan_deg=FIXED_OVERSCAN_DEG if camera.overscan_deg is None else camera.overscan_deg,
        priority=float(order),
    )


def _started(configured: Values, start: type[Values]) -> dict[str, object]:
    """The fields that a table of the configuration shares with its values."""
    return {name: getattr(configured, name) for name in start.__struct_fields__}
