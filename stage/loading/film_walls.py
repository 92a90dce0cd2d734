"""The walls of a configuration as the film camera meets them."""

from __future__ import annotations

from calibration.files.loading import load_mesh
from calibration.walls import MeshShape
from render.film.scene import FilmWall, film_wall
from stage.loading.files import LoadedConfig


def film_walls(loaded: LoadedConfig) -> tuple[FilmWall, ...]:
    """All configured walls, meshes read from their files. Raises ConfigError for a mesh file that is none."""
    return tuple(
        film_wall(wall, load_mesh(loaded.path_of(wall.shape.file)) if isinstance(wall.shape, MeshShape) else None)
        for wall in loaded.config.walls
    )
