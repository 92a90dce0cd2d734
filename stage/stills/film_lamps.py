"""What the stage lights give in a still, as the lamps of its film picture."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from render.film.grey_sphere import FilmLamp
from render.renderer import Renderer
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.lights import NUMBERS_A_CELL, LightReached, LightsPlan
from stage.show.frame.outcome import Outcome
from stage.show.lights.colour import light_of
from stage.show.show import Show
from stage.values.stage_wide import ShowValues
from tracking.records import Vec3

_SETTLES_S = 60.0
LUX_AT_ONE = 100.0
"""The irradiance that 1.0 of scene-linear light stands for."""


def lights_given(show: Show, renderer: Renderer, outcome: Outcome) -> LightsPlan | None:
    """What the lights give once those that follow know what reaches them, and have gone there; None without lights.

    The picture of `outcome` must be drawn. Waits for the light at its probes.
    """
    plan = outcome.plan
    if outcome.lights is msgspec.UNSET:
        return None
    if plan.probes is msgspec.UNSET or renderer.probes is None or plan.air.raw:
        return outcome.lights
    renderer.probes.prepare(plan.probes)
    found: list[LightReached] = []
    while not found or not renderer.probes.is_settled(plan):
        renderer.draw_light_at_probes(plan)
        renderer.finish()
        found += [
            LightReached(frame=one.frame, light=one.light, brightest=one.brightest) for one in renderer.light_reached()
        ]
    later = plan.frame + round(_SETTLES_S * show.rate)
    settled = outcome
    for frame, observations in ((plan.frame + 1, tuple(found)), (later, ())):
        present_ns = plan.present_ns + round(frame * 1e9 / show.rate)
        settled = show.step(
            FrameInputs(epoch=plan.epoch, frame=frame, present_ns=present_ns, observations=observations)
        )
    return None if settled.lights is msgspec.UNSET else settled.lights


def film_lamps(config: StageConfig, values: ShowValues, plan: LightsPlan) -> tuple[FilmLamp, ...]:
    """Every light as a lamp, as bright as its `lux_at_1m` and its level say, in its colour. Cells share a light."""
    lamps, first = [], 0
    for light in config.all_lights():
        assert light.key is not None
        count = NUMBERS_A_CELL * config.mode_of(light).cells
        targets, first = plan.targets[first : first + count], first + count
        cells = [
            light_of((x, y, min(level, 1.0)))
            for x, y, level in zip(*(targets[part::3] for part in range(3)), strict=True)
        ]
        now = values.light[light.key]
        place: Vec3 = (now.x_m, now.y_m, now.z_m)
        aim = np.array((now.aim_x_m, now.aim_y_m, now.aim_z_m)) - place
        lamp = FilmLamp(
            place_m=np.array(place),
            axis=aim / max(float(np.linalg.norm(aim)), 1e-9),
            half_angle_rad=math.radians(0.5 * light.beam_deg),
            light_at_1m=np.maximum(np.mean(cells, axis=0), 0.0) * (light.lux_at_1m / LUX_AT_ONE),
        )
        lamps.append(lamp)
    return tuple(lamps)
