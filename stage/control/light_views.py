"""What clients see of the stage lights: what each is, how it is patched, and what it is to give now."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from stage.config.records import StageConfig
from stage.config.starting_values import placement_of, starting_values
from stage.show.lights.rows import RigLight, rig_of
from stage.values.lights import PLACEMENT, LightValues
from tracking.records import Evolving, Vec3
from tracking.settable import Value

LIGHTS_A_REPLY = 64


class LightStatus(Evolving):
    """One stage light.

    `fixture` is as the configuration names it, `mode` as the profile does; it has `channels` from `address` on, and
    `cells` of their own colour. `groups` are keys. Following, it gathers light over a `lobe`, a cone of `beam_deg`.
    `x`, `y` and `level` are the mean of its cells' targets: CIE 1931, and the share of its full light in that colour;
    None before there is a frame.
    `from_deg` is from where sun or moon light it (azimuth, elevation). `moved` has what differs from the file, as the
    file says it: the values of its place, aim and patch by the last part of their path. `given` is what the wire makes
    it give: the mean x, y and level of its cells, None where nothing is sent; `clipped`: it cannot give what
    it should. `lux_at_1m` is its full light on its axis a metre away.
    """

    name: str
    key: str
    fixture: str
    mode: str
    universe: int
    address: int
    channels: int
    cells: int
    position_m: Vec3
    aim_m: Vec3
    lobe: str
    beam_deg: float
    follow: str
    hold: bool
    x: float | None = None
    y: float | None = None
    level: float | None = None
    groups: tuple[str, ...] = ()
    from_deg: tuple[float, float] | None = None
    moved: dict[str, Value] = msgspec.field(default_factory=dict)
    given: tuple[float, float, float] | None = None
    clipped: bool = False
    lux_at_1m: float = 0.0


class Now(NamedTuple):
    """What a light is to give in a frame: the mean of its cells, and from where sun or moon light it. And what it gives
    instead, and whether that is less than it should, where that is known.
    """

    x: float
    y: float
    level: float
    from_deg: tuple[float, float] | None = None
    given: tuple[float, float, float] | None = None
    clipped: bool = False


def light_status(config: StageConfig, light: RigLight, values: LightValues, now: Now | None = None) -> LightStatus:
    """A light of a stage with its present values, and with what it gives `now`, where that is known."""
    own, configured = light.light, placement_of(light.light)
    return LightStatus(
        name=own.name,
        key=light.key,
        fixture=own.fixture,
        mode=config.mode_of(own).name,
        universe=round(values.universe),
        address=round(values.address),
        channels=light.channels,
        cells=light.cells,
        position_m=(values.x_m, values.y_m, values.z_m),
        aim_m=(values.aim_x_m, values.aim_y_m, values.aim_z_m),
        lobe=own.lobe,
        beam_deg=own.beam_deg,
        follow=values.follow,
        hold=values.hold,
        x=None if now is None else now.x,
        y=None if now is None else now.y,
        level=None if now is None else now.level,
        groups=light.groups,
        from_deg=None if now is None else now.from_deg,
        moved={name: configured[name] for name in PLACEMENT if getattr(values, name) != configured[name]},
        given=None if now is None else now.given,
        clipped=now is not None and now.clipped,
        lux_at_1m=own.lux_at_1m,
    )


def configured_lights(config: StageConfig) -> tuple[LightStatus, ...]:
    """The lights of a configuration as they start."""
    values = starting_values(config).light
    return tuple(light_status(config, light, values[light.key]) for light in rig_of(config))
