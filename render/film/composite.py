"""The film picture of lit walls, each seen from its own pose: the judge of the film pictures that the GPU draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from render.film.camera import FilmPixels, FilmPose, in_stage
from render.film.scene import FilmWall, Picture, Sight, look, read_walls
from render.film.surfaces import Array

Light = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LitWall:
    """A wall, its picture (linear, every LED), and the camera's pose and rays at the time of that picture.

    The light of a film pixel is the mean of `leds_across` x `leds_across` LEDs around the place that it sees.
    """

    wall: FilmWall
    picture: Picture
    pose: FilmPose
    pixels: FilmPixels
    leds_across: int = 1


def composite(walls: Sequence[LitWall], size_px: tuple[int, int]) -> Light:
    """The light of the film picture of `size_px` (width, height): float32 (height, width, 3), linear, 1 at full light.

    Each ray sees the nearest wall, whose back is dark. Where there is no wall it is black.
    """
    width, height = size_px
    film = np.zeros((height * width, 3), dtype=np.float32)
    nearest = np.full(height * width, np.inf)
    for lit in walls:
        for pixels in lit.pixels.portions():
            column, row = np.floor(pixels.positions_px).astype(np.int64).T
            at = row * width + column
            sight = look((lit.wall,), lit.pose.pupil_m, in_stage(lit.pose, pixels.rays))
            near = np.flatnonzero(sight.distance < nearest[at])
            seen = sight.of(near)
            nearest[at[near]] = seen.distance
            film[at[near]] = _light(lit, seen)
    return film.reshape(height, width, 3)


def _light(lit: LitWall, seen: Sight) -> Array:
    """The mean light around the places that are seen: of LEDs with bilinear edges, as means of bilinear looks."""
    aside = np.arange(lit.leds_across) - 0.5 * (lit.leds_across - 1)
    light = np.zeros((len(seen.wall), 3))
    for down in aside:
        for across in aside:
            there = seen._replace(column=seen.column + across, row=seen.row + down)
            light += read_walls((lit.wall,), {lit.wall.name: lit.picture}, there).light
    return light / len(aside) ** 2
