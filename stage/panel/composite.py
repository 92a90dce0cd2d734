"""What the film camera sees of the walls: each wall's small picture, photographed from the pose that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.files.loading import load_lens
from render.film.camera import FilmPixels, FilmPose, in_stage
from render.film.scene import FilmWall, Picture, look, read_walls
from render.film.screen import light_of_codes, raw_light
from stage.loading.files import LoadedConfig
from stage.loading.geometry import film_walls
from stage.panel.film_lenses import FilmOptics
from stage.panel.newest import NewestPicture
from stage.run.preview_records import CameraSight

Light = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LitWall:
    """A wall, its picture (linear, every `step`-th LED), and the camera's pose and rays at the time of that picture."""

    wall: FilmWall
    picture: Picture
    step: int
    pose: FilmPose
    pixels: FilmPixels


class FilmStage:
    """The walls and cameras of a configuration, for photographs of its walls' small pictures.

    Full light is that of the brightest wall. A world of numbers is shown as it is on the walls.
    Raises ConfigError if a mesh or lens file cannot be read.
    """

    def __init__(self, loaded: LoadedConfig) -> None:
        config = loaded.config
        full_nits = max(wall.signal.peak_nits for wall in config.walls)
        raw = config.first_world().raw
        self.walls = {wall.name: wall for wall in film_walls(loaded)}
        self._light = {
            wall.name: raw_light() if raw else light_of_codes(wall.signal, full_nits) for wall in config.walls
        }
        self.cameras = {
            camera.name: FilmOptics(camera, load_lens(loaded.path_of(camera.lens)) if camera.lens else None)
            for camera in config.cameras
        }

    def fits(self, name: str, picture: NewestPicture) -> bool:
        """Whether a wall's picture has the raster of the configuration."""
        wall, header = self.walls[name], picture.header
        return (header.width, header.height) == (-(-wall.columns // header.step), -(-wall.rows // header.step))

    def lit(self, name: str, picture: NewestPicture, sight: CameraSight) -> LitWall:
        """A wall with its picture's light, and the camera that it was drawn for."""
        axes = np.array([sight.right, sight.ahead, sight.up]).T
        return LitWall(
            wall=self.walls[name],
            picture=np.take(self._light[name], picture.codes),
            step=picture.header.step,
            pose=FilmPose(pupil_m=np.array(sight.eye_m), axes=axes),
            pixels=self.cameras[sight.camera].pixels(sight.frame),
        )


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
            thinned = seen._replace(column=seen.column / lit.step, row=seen.row / lit.step)
            nearest[at[near]] = seen.distance
            film[at[near]] = read_walls((lit.wall,), {lit.wall.name: lit.picture}, thinned).light
    return film.reshape(height, width, 3)
