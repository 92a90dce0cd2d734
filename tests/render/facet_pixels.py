"""How many pixels the pictures of a view have on a stage, and how many LEDs show any of it."""

import math

import numpy as np

from calibration.rasters.positions import wall_surface
from render.compose.facets import facets_of, pictures_in_facets
from render.compose.regions import WallTiles
from render.plan.frustum import CameraView, plan_inner
from render.views.edges import all_sides
from tests.render.sample_plans import air_of, world_plan
from tracking.records import Pose
from tracking.rotation import quat_from_pan_tilt_roll

AIR = air_of(world_plan())


class RasterStage:
    """A stage's walls with their facets. LEDs are counted in every `stride`th row and column."""

    def __init__(self, walls, positions, stride=1):
        self.positions = positions
        self.surfaces = tuple(wall_surface(wall, positions[wall.name]) for wall in walls)
        self._counted = [(stride**2, positions[wall.name][::stride, ::stride]) for wall in walls]
        self._walls = []
        for wall in walls:
            tiles = WallTiles(positions[wall.name])
            self._walls.append((tiles, facets_of(positions[wall.name], tiles)))

    def seen(self, focal_length_mm, *, turned=(0.0, 0.0, 0.0), eye=(0.1, 0.2, 1.4)):
        """The view of a camera with 2 degrees of overscan and a feather of 40 film pixels."""
        view = CameraView(
            camera="A",
            light_ns=0,
            stage_from_pupil=Pose(position_m=eye, rotation=quat_from_pan_tilt_roll(*turned)),
            focal_length_mm=focal_length_mm,
            sensor_mm=(36.0, 20.25),
            resolution_px=(1920, 1080),
            overscan=all_sides(2.0),
            feather_px=40.0,
        )
        return plan_inner(view, self.surfaces)

    def drawn_and_shown(self, camera):
        """Pixels of all pictures of the view, and how many LEDs show any of it."""
        drawn, whole = 0, False
        leds = [leds_a_place * leds_in(camera, places) for leds_a_place, places in self._counted]
        for (tiles, facets), shown in zip(self._walls, leds, strict=True):
            pictures = pictures_in_facets(camera, tiles, facets, AIR)
            whole |= pictures is None and shown > 0
            drawn += sum(math.prod(picture.size_px) for picture in distinct(pictures or []))
        return drawn + (math.prod(camera.size_px) if whole else 0), sum(leds)


def distinct(pictures):
    """Each picture once: leaves side by side share one."""
    return {id(picture): picture for picture in pictures if picture is not None}.values()


def leds_in(camera, places):
    """LEDs of which the camera shows anything."""
    return int(lies_inside(camera, places).sum())


def lies_inside(camera, places):
    """Whether the camera shows anything of an LED at these places."""
    seen = places - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = (seen @ np.array(axis) / np.maximum(depth, 1e-9) for axis in (camera.right, camera.up))
    view, reach = camera.view, camera.feather
    inside = (x > view.left - reach) & (x < view.right + reach) & (y > view.bottom - reach) & (y < view.top + reach)
    return inside & (depth > 0.0)
