"""Is the world's picture a panorama, its light farther than the walls, and a set of films placed by its films? Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from calibration.forms import distance_of
from render.worlds.plate.record import PlateLayer
from stage.config.findings import Finding
from stage.config.plausibility.units import length_cure, within
from stage.config.survey.survey import Survey
from tracking.records import Vec3

FEWEST_COLUMNS_PX = 512
FARTHEST_LIGHT_M = 10_000.0
_PLACES_ONE_PICTURE = ("projection", "horizon", "span_deg", "width_deg", "width_m")
_ORIGIN: Vec3 = (0.0, 0.0, 0.0)


def panoramas(survey: Survey) -> Iterator[Finding]:
    """A picture that does not cover the whole sphere, or one of a thumbnail's size."""
    for picture in survey.pictures:
        columns, rows = picture.size_px
        for note in picture.notes:
            yield Finding(f"{picture.key}.file", note)
        if columns < FEWEST_COLUMNS_PX:
            found = f"found {picture.file!r} of {columns} x {rows} px, {columns / 360.0:.2g} px a degree"
            yield Finding(f"{picture.key}.file", f"{found}: a preview instead of the panorama?")


def spheres(survey: Survey) -> Iterator[Finding]:
    """Light nearer than every wall."""
    nearest = min((distance_of(one.surface, _ORIGIN) for one in survey.walls), default=math.inf)
    for key, layer in survey.config.layers_by_place():
        radius = layer.radius_m
        if radius and radius > FARTHEST_LIGHT_M:
            found = f"found {radius:g} m, as far as nothing is that parallax could show"
            cure = f"{length_cure(radius, within(nearest, 1000.0))}; without radius_m, light comes from infinity"
            yield Finding(f"{key}.radius_m", f"{found}: {cure}")
        if radius and radius < nearest < math.inf:
            found = f"found {radius:g} m, nearer than the walls: the nearest is {nearest:.3g} m from the origin"
            yield Finding(
                f"{key}.radius_m", f"{found}: give the distance of the landscape, or leave it out for infinity"
            )


def sets_of_films(survey: Survey) -> Iterator[Finding]:
    """Keys that place one picture, where each film of a set has a place of its own."""
    for key, layer in survey.config.layers_by_place():
        if isinstance(layer, PlateLayer) and layer.plates:
            for name in _PLACES_ONE_PICTURE:
                if getattr(layer, name) is not None:
                    cure = "give turn_deg, tilt_deg, roll_deg and width_deg of its films"
                    yield Finding(f"{key}.{name}", f"found on a set of films, where it changes nothing: {cure}")


WORLD_RULES = (panoramas, spheres, sets_of_films)
