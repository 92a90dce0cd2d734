"""One row for each light: what the fold needs of its values, worked out when they change. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec

from render.plan.probes import ProbePlan
from stage.config.lights import StageLight, group_keys
from stage.config.records import StageConfig
from stage.show.lights.colour import Cell, hand_cell
from stage.values.lights import Follow, LightValues
from tracking.records import Vec3

_UP: Vec3 = (0.0, 0.0, 1.0)
_NEAREST_M = 1e-6


class RigLight(NamedTuple):
    """A light of the configuration: its place in it, its key, its cells and channels, its groups' keys, its wall."""

    place: int
    key: str
    cells: int
    channels: int
    groups: tuple[str, ...]
    wall: str
    light: StageLight


class LightRow(NamedTuple):
    """What a light's values amount to. `slots` is how many things of it follow: 0 where people set it."""

    follow: Follow
    slots: int
    hand: Cell
    gain: float
    low: float
    high: float
    smooth_s: float
    hold: bool
    intensity: float
    probes: tuple[ProbePlan, ...]
    universe: int
    address: int


def rig_of(config: StageConfig) -> tuple[RigLight, ...]:
    """The lights of a configuration."""
    lights = config.all_lights()
    keys, front = group_keys(lights), config.walls[0].name if config.walls else ""
    return tuple(
        RigLight(
            place=place,
            key=light.key or "",
            cells=config.mode_of(light).cells,
            channels=config.mode_of(light).slots,
            groups=tuple(dict.fromkeys(keys[group] for group in light.groups)),
            wall=light.wall or front,
            light=light,
        )
        for place, light in enumerate(lights)
    )


def row_of(light: RigLight, values: LightValues) -> LightRow:
    """The row of a light with these values."""
    follow = values.follow
    return LightRow(
        follow=follow,
        slots=0 if follow == "off" else light.cells if follow == "wall" else 1,
        hand=hand_cell(values),
        gain=2.0**values.exposure_stops,
        low=min(values.minimum, values.maximum),
        high=values.maximum,
        smooth_s=values.smooth_s,
        hold=values.hold,
        intensity=values.intensity,
        probes=tuple(probes_of(light, values, follow)),
        universe=round(values.universe),
        address=round(values.address),
    )


def probes_of(light: RigLight, values: LightValues, follow: Follow) -> list[ProbePlan]:
    """Where the light is measured that a light takes by following so; the sun's and nobody's is not measured there.

    It looks away from where it points to: it stands for the light that would come to the actors from behind it.
    """
    if follow in ("off", "sun"):
        return []
    place = (values.x_m, values.y_m, values.z_m)
    away = (place[0] - values.aim_x_m, place[1] - values.aim_y_m, place[2] - values.aim_z_m)
    length = math.hypot(*away)
    axis = (away[0] / length, away[1] / length, away[2] / length) if length > _NEAREST_M else _UP
    if follow == "wall":
        parts = _parts(light.light.region, light.cells, light.light.cells_run)
        return [ProbePlan(place_m=place, axis=axis, lobe="region", wall=light.wall, region=part) for part in parts]
    half_angle_deg = 0.5 * light.light.beam_deg if light.light.lobe == "cone" else 90.0
    return [
        ProbePlan(
            place_m=place, axis=axis, lobe=light.light.lobe, half_angle_deg=half_angle_deg, clipped=follow == "clipped"
        )
    ]


def _parts(region: tuple[float, float, float, float], cells: int, run: str) -> list[tuple[float, float, float, float]]:
    """A region of a wall in as many parts as there are cells, in their order."""
    left, top, right, bottom = region
    shares = [(cell / cells, (cell + 1) / cells) for cell in range(cells)]
    if run in ("left", "up"):
        shares.reverse()
    if run in ("right", "left"):
        width = right - left
        return [(left + a * width, top, left + b * width, bottom) for a, b in shares]
    height = bottom - top
    return [(left, top + a * height, right, top + b * height) for a, b in shares]


def taken_values(values: LightValues, cell: Cell) -> LightValues:
    """The values of a light that gives by hand what it was measured to follow."""
    x, y, level = cell
    low, high = min(values.minimum, values.maximum), values.maximum
    given = min(max(level * 2.0**values.exposure_stops, low), high)
    return msgspec.structs.replace(
        values, follow="off", colour="xy", x=min(x, 0.8), y=min(y, 0.9), intensity=min(given, 1.0)
    )
