"""The stage of a verification: the configuration with a world that encodes place, drawn off screen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.records import Calibration
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import Picture
from render.film.world import FilmPlane, FilmRoom, FilmWorld
from render.outputs.opened import open_outputs
from render.plan.frame import FramePlan
from render.renderer import Renderer
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.model.record import ModelLayer
from stage.config.records import StageConfig
from stage.loading.files import LoadedConfig
from stage.loading.geometry import film_walls, load_geometry
from stage.show.show import Show
from stage.show.state import new_state
from stage.verify.judge import Judge

MOTION_LEDS = 98_304
_ROOM = 1.25
"""Half the length of a room, over how far the farthest LED is from the outer eye along an axis."""


def with_proving_world(loaded: LoadedConfig, *, near: bool) -> LoadedConfig:
    """The same stage before a world whose light says where it comes from: where its own is, or a room around it."""
    return with_room(loaded) if near else with_coordinates(loaded)


def with_coordinates(loaded: LoadedConfig) -> LoadedConfig:
    """The same stage with the `coordinates` world instead of its own, placed alike."""
    stage = msgspec.structs.replace(loaded.config.stage, world=None)
    return with_config(loaded, stage=stage, worlds=(), world=_coordinates(loaded))


def with_room(loaded: LoadedConfig) -> LoadedConfig:
    """The same stage in a room whose light says where it comes from: a scene whose walls are close behind the LEDs."""
    positions, _ = load_geometry(loaded)
    middle = np.array(loaded.config.stage.outer_eye_m)
    away_m = max(float(np.nanmax(np.abs(place - middle))) for place in positions.values())
    x_m, y_m, floor_m = loaded.config.stage.outer_eye_m
    room = ModelLayer(scene="room", x_m=x_m, y_m=y_m, floor_m=floor_m, scale=_ROOM * away_m)
    stage = msgspec.structs.replace(loaded.config.stage, world=None)
    return with_config(loaded, stage=stage, worlds=(), world=room)


def drawn_by_raster(loaded: LoadedConfig) -> LoadedConfig:
    """The same stage with every world drawn into pictures first, as worlds that rays cannot show must be."""
    return with_config(loaded, stage=msgspec.structs.replace(loaded.config.stage, draw="raster"))


def with_config(loaded: LoadedConfig, **changes: Any) -> LoadedConfig:
    """The same files with parts of the configuration replaced."""
    config = msgspec.structs.replace(loaded.config, **changes)
    return LoadedConfig(config, loaded.text, loaded.directory, loaded.file)


def with_small_rasters(loaded: LoadedConfig) -> LoadedConfig:
    """The same walls with at most `MOTION_LEDS` LEDs each.

    Interpolating between LEDs then errs by thousandths of a film pixel; errors in motion are a hundred times that.
    """
    walls = tuple(
        msgspec.structs.replace(wall, resolution_px=_at_most(wall.resolution_px, MOTION_LEDS))
        for wall in loaded.config.walls
    )
    return with_config(loaded, walls=walls)


def _coordinates(loaded: LoadedConfig) -> CoordinatesLayer:
    """Coordinates in the place of the farthest layer of the world that is on air first.

    A layer at a distance is flat, unless the configuration says that it is on a sphere.
    """
    world = loaded.config.first_world()
    layer = world.layers[0]
    is_flat = layer.projection is None and layer.distance_m > 0.0
    return CoordinatesLayer(
        projection="flat" if is_flat else layer.projection or "sphere",
        turn_deg=math.fmod((layer.turn_deg or 0.0) + world.turn_deg, 360.0),
        tilt_deg=layer.tilt_deg,
        roll_deg=layer.roll_deg,
        distance_m=layer.distance_m,
        ground_m=layer.ground_m,
        radius_m=layer.radius_m,
    )


def film_world(loaded: LoadedConfig) -> FilmWorld:
    """Where the light of that world comes from, in the film camera's own geometry."""
    shown = loaded.config.first_world().layers[0]
    if isinstance(shown, ModelLayer):
        return FilmWorld(room=FilmRoom(middle_m=np.array([shown.x_m, shown.y_m, shown.floor_m]), half_m=shown.scale))
    layer = _coordinates(loaded)
    if layer.projection == "flat":
        if layer.distance_m <= 0.0:
            return FilmWorld()
        ahead = axes_from_pan_tilt_roll(layer.turn_deg or 0.0, layer.tilt_deg, layer.roll_deg)[:, 1]
        anchor_m = np.array(loaded.config.stage.outer_eye_m)
        return FilmWorld(plane=FilmPlane(anchor_m=anchor_m, ahead=ahead, distance_m=layer.distance_m))
    is_cylinder = layer.projection == "cylinder"
    return FilmWorld(radius_m=layer.radius_m or None, ground_m=layer.ground_m, is_cylinder=is_cylinder)


def _at_most(resolution_px: tuple[int, int], leds: int) -> tuple[int, int]:
    columns, rows = resolution_px
    scale = min(1.0, math.sqrt(leds / (columns * rows)))
    return max(2, round(columns * scale)), max(2, round(rows * scale))


class Studio:
    """The walls of one configuration, ready to be drawn and photographed. `world` is where its light is."""

    def __init__(
        self,
        loaded: LoadedConfig,
        renderer: Renderer,
        positions: Mapping[str, NDArray[np.float64]],
        calibration: Calibration,
    ) -> None:
        self.loaded = loaded
        self.positions = positions
        self.calibration = calibration
        self.renderer = renderer
        self.world = film_world(loaded)
        self.film_walls = film_walls(loaded)
        self.cell_m = {name: _cell_m(places) for name, places in positions.items()}

    @property
    def config(self) -> StageConfig:
        """The configuration of this studio."""
        return self.loaded.config

    def new_show(self, config: StageConfig) -> Show:
        """A new real fold, for this stage or for a variant of its cameras and trackers."""
        return Show(config, self.calibration, new_state(config))

    def judge(self, camera: str, lens: FilmLens) -> Judge:
        """The judge of what a camera films here through `lens`."""
        return Judge(camera=camera, lens=lens, walls=self.film_walls, world=self.world, cell_m=self.cell_m)

    def draw(self, plan: FramePlan) -> Mapping[str, Picture]:
        """Draws the plan; returns the linear light (rows, columns, channels) of every wall by name."""
        self.renderer.draw(plan)
        return {wall.name: self.renderer.read_wall_linear(wall.name) for wall in plan.walls}


def _cell_m(places: NDArray[np.float64]) -> float:
    """The diagonal between neighbouring LEDs of a raster (rows, columns, 3), m; rare jumps of a mesh are left out."""
    steps_m = [np.linalg.norm(np.diff(places, axis=axis), axis=-1) for axis in (0, 1)]
    known = [found[np.isfinite(found)] for found in steps_m]
    return math.hypot(*(float(np.quantile(found, 0.99)) if found.size else 0.0 for found in known))


@contextmanager
def open_studio(loaded: LoadedConfig) -> Iterator[Studio]:
    """A studio with the configured rasters, drawn off screen and closed afterwards."""
    positions, calibration = load_geometry(loaded)
    outputs = open_outputs((), loaded.config.walls, headless=True)
    try:
        config = loaded.config
        renderer = Renderer(
            outputs.context,
            config.walls,
            positions,
            config.stage.name,
            draw=config.stage.draw,
            quality=config.stage.quality,
        )
        yield Studio(loaded, renderer, positions, calibration)
    finally:
        outputs.close()
