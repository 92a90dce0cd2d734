"""Draws a take's plans again, into picture files. The files that the pictures need are found by their hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from calibration.files.loading import load_mesh
from calibration.rasters.meshes import Mesh
from calibration.rasters.positions import wall_positions
from calibration.walls import MeshShape, Wall
from render.assets.decode import decode_picture
from render.assets.pieces import PictureKey
from render.gpu.context import create_headless_context
from render.images.picture_hashes import file_sha256, picture_sha256
from render.media.examine import examine_media
from render.media.faults import MediaError
from render.media.reader import identity_now
from render.models.model import Model
from render.models.pack import unpack
from render.models.read import model_sha256
from render.models.read_needed import read_needed
from render.outputs.picture_files import PictureFiles
from render.plan.frame import FramePlan, assets_of
from render.renderer import Renderer
from render.worlds.model.spaces import is_of_model
from stage.assets.kept_pictures import copied_light, copied_packed, copied_sha256
from stage.plates.exact import ExactFrames
from stage.plates.wire import Film
from stage.takes.kept_assets import AssetStore
from stage.takes.reader import TakeReader
from stage.takes.refold import config_of
from tracking.records import ConfigError

FILES_SEARCHED_MAX = 10_000


class AssetFinder:
    """Finds files by the SHA-256 that the take names: among those that were kept with it, in `assets` and below it, at
    home, and beside the take.
    """

    def __init__(self, reader: TakeReader, assets: Path | None) -> None:
        self._reader = reader
        self._recorded = dict(reader.header.assets)
        home = Path(reader.header.home) if reader.header.home else None
        self._kept = AssetStore(reader.path.parent)
        self._folders = [folder for folder in (assets, home, reader.path.parent) if folder is not None]
        self._assets = assets

    def named(self, file: str) -> Path:
        """The file that the configuration calls `file`, as it was when the take was recorded. Raises ConfigError."""
        sha256 = self._recorded.get(file, "")
        if not sha256:
            raise ConfigError(f"{self._reader.path}: {file}: its hash was not recorded, so it cannot be found again")
        return self.hashed(sha256, file_sha256)

    def hashed(self, sha256: str, known_by: Callable[[Path], str], frame: int | None = None) -> Path:
        """The file that is `known_by` this SHA-256. Raises ConfigError that names file, hash and frame."""
        kept = self._kept.find(sha256)
        if kept is not None:
            return kept
        name = next((file for file, one in self._reader.assets if one == sha256), "")
        for candidate in self._candidates(name):
            with suppress(OSError):
                if candidate.is_file() and known_by(candidate) == sha256:
                    return candidate
        looked = ", ".join(str(folder) for folder in (self._kept.folder, *self._folders))
        where = "" if frame is None else f"frame {frame}: "
        raise ConfigError(
            f"{self._reader.path}: {where}{name or 'a file of unknown name'}: found no file with SHA-256 {sha256} in "
            f"{looked}; give its folder with --assets"
        )

    def light(self, sha256: str, colour_space: str, frame: int) -> NDArray[Any]:
        """The light of a picture for the renderer: of its file, or of the decoded copy that was kept in its place.

        Raises ConfigError that names file, hash, and the frame that needs it.
        """
        try:
            return decode_picture(self.hashed(sha256, picture_sha256, frame), colour_space or None).light()
        except ConfigError:
            copy = self._kept.find_decoded(sha256, colour_space)
            if copy is None or copied_sha256(copy) != sha256:
                raise
            return copied_light(copy)

    def model(self, sha256: str, space: str, frame: int) -> Model:
        """A 3D scene, of its file or of the packed copy that was kept in its place. Raises as `light` does."""
        try:
            return read_needed(self.hashed(sha256, model_sha256, frame), space).model
        except ConfigError:
            copy = self._kept.find_decoded(sha256, space)
            if copy is None or copied_sha256(copy) != sha256:
                raise
            return unpack(copied_packed(copy))

    def film(self, identity: str, frame: int) -> Film:
        """The film of this identity, which no take keeps. Raises ConfigError that names file, identity, and frame."""
        name = next((file for file, one in self._reader.assets if one == identity), "")
        for candidate in self._candidates(name):
            with suppress(OSError, MediaError):
                if identity_now(candidate) == identity:
                    return Film(media=identity, path=str(candidate), facts=examine_media(candidate).facts)
        looked = ", ".join(str(folder) for folder in self._folders)
        raise ConfigError(
            f"{self._reader.path}: frame {frame}: {name or 'a film of unknown name'}: found no film of the identity "
            f"{identity} in {looked}; takes do not keep films: give its folder with --assets"
        )

    def _candidates(self, name: str) -> Iterator[Path]:
        """By name first, then everything below the folder that the user named."""
        if name:
            for folder in self._folders:
                yield folder / name
                yield folder / Path(name).name
        if self._assets is not None:
            yield from islice(sorted(self._assets.rglob("*")), FILES_SEARCHED_MAX)


class Redraw:
    """Draws plans and writes `wall-<name>-<frame>.png` into `directory`: the pictures that were sent live."""

    def __init__(self, reader: TakeReader, directory: Path, assets: Path | None) -> None:
        config = config_of(reader.path, reader.header)
        self._finder = AssetFinder(reader, assets)
        positions = {wall.name: wall_positions(wall, self._mesh(wall)) for wall in config.walls}
        self._context = create_headless_context()
        self._renderer = Renderer(
            self._context,
            config.walls,
            positions,
            config.stage.name,
            config.outputs,
            draw=config.stage.draw,
            quality=reader.header.quality or config.stage.quality,
        )
        self._films = ExactFrames(self._renderer, self._finder.film)
        self._files = PictureFiles(directory, tuple(wall.name for wall in config.walls), "png", block=True)

    def draw(self, plan: FramePlan) -> None:
        """Draws one plan with exactly the files that it names. Raises ConfigError where one cannot be found."""
        for asset in assets_of(plan):
            if PictureKey(*asset) in self._renderer.textures:
                continue
            sha256, colour_space = asset
            if is_of_model(colour_space):
                model = self._finder.model(sha256, colour_space, plan.frame)
                self._renderer.load_model(sha256, model, colour_space)
            else:
                self._renderer.load_world(sha256, self._finder.light(sha256, colour_space, plan.frame), colour_space)
        self._films.load(plan)
        self._films.load(plan)
        self._renderer.draw(plan)
        self._files.put(self._renderer, plan.frame)

    def close(self) -> None:
        """Writes the pictures that are still waiting. Raises ConfigError where some could not be written."""
        self._files.close()
        self._films.close()
        self._context.release()
        if self._files.failed:
            raise ConfigError(f"{self._files.failed} pictures could not be written: {self._files.reason}")

    def _mesh(self, wall: Wall) -> Mesh | None:
        return load_mesh(self._finder.named(wall.shape.file)) if isinstance(wall.shape, MeshShape) else None
