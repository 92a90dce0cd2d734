"""What light comes from given directions, as the renderer draws it: an LED for each, far from every other one."""

from __future__ import annotations

import math
from collections.abc import Container
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import PlaneShape, Wall
from render.colour.grade import REC709_FROM_ACESCG
from render.outputs.opened import open_outputs
from render.plan.frame import FramePlan, GradePlan, OuterPlan, WallPlan
from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.record import SkyLight
from stage.assets.folder_worlds import with_world_of_library
from stage.assets.worlds import load_worlds
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.plates.exact import examine_films, films_found, load_exactly
from stage.show.frame.inputs import FrameInputs, Observation
from stage.show.frame.requests import Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state
from stage.values.stage_wide import ACTIVE_WORLD
from stage.words.sentences import refuse_if_refused
from tracking.records import Record, Vec3
from tracking.settable import Value

_NAME = "directions"
_IN_A_ROW = 1000
_AWAY_M = 10.0


class RadianceRequest(Record):
    """Which world is asked, None for the one that is shown first, and what else is set.

    `linear_rec709` answers in linear Rec.709, else ACEScg; without `sun_disc` the sun's disc is left out.
    """

    world: str | None = None
    settings: tuple[tuple[str, Value], ...] = ()
    linear_rec709: bool = False
    sun_disc: bool = True


class RadianceReport(Record):
    """Scene-linear light from each direction, red, green and blue."""

    radiance: tuple[tuple[float, float, float], ...]


def radiance_of(config: Path, directions: NDArray[np.float64], request: RadianceRequest) -> RadianceReport:
    """The light from unit vectors, (n, 3), at the outer eye, before any grade. Raises ConfigError."""
    settings = {**dict(request.settings), **({} if request.world is None else {ACTIVE_WORLD: request.world})}
    loaded = load_config(config)
    wanted = settings.get(ACTIVE_WORLD)
    if isinstance(wanted, str):
        loaded = with_world_of_library(loaded, wanted)
    _, calibration = load_geometry(loaded)
    outputs = open_outputs((), (), headless=True)
    try:
        eye_m = loaded.config.stage.outer_eye_m
        wall, positions = _led_each(directions, eye_m)
        renderer = Renderer(
            outputs.context,
            (wall,),
            {wall.name: positions},
            draw=loaded.config.stage.draw,
            quality=loaded.config.stage.quality,
        )
        show = Show(loaded.config, calibration, new_state(loaded.config))
        films = examine_films(loaded)
        stepped = _stepped(show, settings, dict(request.settings), (*load_worlds(loaded, renderer), *films))
        load_exactly(renderer, films_found(loaded, films), stepped)
        plan = _plan(stepped, eye_m, sun_disc=request.sun_disc)
        renderer.draw(plan)
        light = renderer.read_wall_linear(wall.name)[::2, ::2].reshape(-1, 3)[: len(directions)].astype(np.float64)
    finally:
        outputs.close()
    if request.linear_rec709 and not plan.air.raw:
        light = light @ np.array(REC709_FROM_ACESCG).T
    return RadianceReport(radiance=tuple((red, green, blue) for red, green, blue in light.tolist()))


def _led_each(directions: NDArray[np.float64], eye_m: Vec3) -> tuple[Wall, NDArray[np.float64]]:
    """A wall with an LED in each direction, none beside it: so each is a point, and nothing is filtered."""
    columns = min(len(directions), _IN_A_ROW)
    rows = math.ceil(len(directions) / columns)
    positions = np.full((2 * rows, 2 * columns, 3), np.nan)
    places = np.full((rows * columns, 3), np.nan)
    places[: len(directions)] = np.array(eye_m) + _AWAY_M * directions
    positions[::2, ::2] = places.reshape(rows, columns, 3)
    shape = PlaneShape(lower_left_m=(-1.0, 1.0, 0.0), lower_right_m=(1.0, 1.0, 0.0), upper_left_m=(-1.0, 1.0, 1.0))
    return Wall(name=_NAME, resolution_px=(2 * columns, 2 * rows), shape=shape), positions


def _stepped(
    show: Show, settings: dict[str, Value], set_by_hand: Container[str], assets: tuple[Observation, ...]
) -> FramePlan:
    """One step of the fold with these values. Raises ConfigError where one is refused."""
    targets = tuple(Target(path=path, value=value) for path, value in settings.items())
    commands = (setting_command("radiance", targets),) if targets else ()
    outcome = show.step(FrameInputs(epoch=0, frame=0, present_ns=0, commands=commands, observations=assets))
    refuse_if_refused(outcome, set_by_hand)
    return outcome.plan


def _plan(plan: FramePlan, eye_m: Vec3, *, sun_disc: bool) -> FramePlan:
    """The frame as nobody grades it, on the wall of directions alone."""
    air = plan.air if sun_disc else _without_disc(plan.air)
    outer = OuterPlan(eye_m=eye_m, face_px=plan.outer.face_px)
    wall = WallPlan(name=_NAME, light_ns=0, inners=())
    return msgspec.structs.replace(
        plan, air=air, outer=outer, inners=(), walls=(wall,), grade=GradePlan(), blackout=False, guide="off"
    )


def _without_disc(air: AirPlan) -> AirPlan:
    def world(shown: WorldPlan) -> WorldPlan:
        return msgspec.structs.replace(shown, layers=tuple(layer(each) for each in shown.layers))

    def layer(shown: LayerPlan) -> LayerPlan:
        if not isinstance(shown.light, SkyLight):
            return shown
        sky = msgspec.structs.replace(shown.light.sky, sun_disc=False)
        return msgspec.structs.replace(shown, light=msgspec.structs.replace(shown.light, sky=sky))

    coming = None if air.coming is None else world(air.coming)
    return msgspec.structs.replace(air, world=world(air.world), coming=coming)
