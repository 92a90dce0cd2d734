"""Reads a configuration and everything it names: presets, meshes, lenses, predictors' weights."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from calibration.files.loading import load_lens, load_mesh, load_predictor, shipped_predictor
from calibration.lens_frame import check_lens
from calibration.lens_records import Lens
from calibration.rasters.meshes import Mesh
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from calibration.walls import MeshShape, Wall, WallSurface
from render.film.scene import FilmWall, film_wall
from stage.config.findings import Findings, about_file, named, placed
from stage.config.reader import read_config
from stage.config.records import StageConfig
from stage.words.sentences import sentence
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError, ViewError

MOST_BYTES = 4 * 1024 * 1024
PRESETS = Path(__file__).resolve().parents[2] / "hw_configs" / "trackers"


class LoadedConfig:
    """A configuration with its text, the folder that its file names are relative to, and its own name in messages."""

    def __init__(self, config: StageConfig, text: str, directory: Path, file: str = "") -> None:
        self.config = config
        self.text = text
        self.directory = directory
        self.file = file

    def path_of(self, file: str) -> Path:
        """Where a file named in the configuration lies: relative names start at the configuration's folder."""
        return self.directory / file

    @contextmanager
    def naming_places(self) -> Iterator[None]:
        """Within it, what is refused is told with this file's name and the places of the rows that it concerns."""
        try:
            yield
        except ConfigError as error:
            rows = {
                (section, row.name): index
                for section in ("walls", "trackers", "cameras", "cards")
                for index, row in enumerate(getattr(self.config, section))
            }
            lines = named(self.file, (placed(finding, rows) for finding in error.findings))
            raise ConfigError(*lines) from error


def load_config(path: Path) -> LoadedConfig:
    """Reads and checks a configuration file. Raises ConfigError with all findings."""
    findings = Findings(str(path))
    loaded = read_config_file(path, findings)
    findings.refuse()
    assert loaded is not None
    return loaded


def read_config_file(path: Path, findings: Findings) -> LoadedConfig | None:
    """A configuration as far as it can be read, what is wrong told in `findings`; None where nothing can be."""
    text = _text_of(path, findings)
    config = None if text is None else read_config(text, findings, read_preset)
    if text is None or config is None:
        return None
    loaded = LoadedConfig(config, text, path.resolve().parent, str(path))
    for where, file in _named_files(config):
        _look_for(loaded, where, file, findings)
    return loaded


def _text_of(path: Path, findings: Findings) -> str | None:
    try:
        size = path.stat().st_size
        if size <= MOST_BYTES:
            return path.read_text(encoding="utf-8")
        findings.tell("", f"found {size} bytes, expected a TOML file of at most {MOST_BYTES}")
    except OSError as error:
        findings.tell("", f"cannot be read: {error.strerror}; give the path of a configuration file")
    except UnicodeDecodeError as error:
        findings.tell("", f"is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}")
    return None


def _named_files(config: StageConfig) -> Iterator[tuple[str, str]]:
    """Every key that names a file beside the configuration, and that file."""
    for index, wall in enumerate(config.walls):
        if isinstance(wall.shape, MeshShape):
            yield f"walls[{index}].shape.file", wall.shape.file
    for index, tracker in enumerate(config.trackers):
        if tracker.predictor_weights is not None:
            yield f"trackers[{index}].predictor_weights", tracker.predictor_weights
    for index, camera in enumerate(config.cameras):
        if camera.lens is not None:
            yield f"cameras[{index}].lens", camera.lens
    for key, file in config.world.named_files():
        yield f"world.{key}", file


def _look_for(loaded: LoadedConfig, where: str, file: str, findings: Findings) -> None:
    try:
        is_there = loaded.path_of(file).exists()
    except OSError as error:
        findings.tell(where, f"found {file!r}, expected a file that can be read: {error.strerror}")
        return
    if not is_there:
        found = f"found {file!r}, but {loaded.directory} has no such file"
        findings.tell(where, f"{found}, expected one: put it there or correct the name")


def read_preset(name: str) -> dict[str, Any]:
    """The table of a shipped tracker preset. Raises ConfigError that lists the presets there are."""
    known = sorted(file.stem for file in PRESETS.glob("*.toml"))
    if name not in known:
        raise ConfigError(f"found {name!r}, expected one of {known}")
    return tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


def load_geometry(loaded: LoadedConfig) -> tuple[Mapping[str, np.ndarray], Calibration]:
    """LED positions of every wall (rows, columns, 3; metres in the stage) and the planner's view of them.

    Raises ConfigError with all findings on walls, lenses and predictors' weights.
    """
    findings = Findings(loaded.file)
    positions, calibration = read_geometry(loaded, findings)
    findings.refuse()
    return positions, calibration


def read_geometry(loaded: LoadedConfig, findings: Findings) -> tuple[Mapping[str, np.ndarray], Calibration]:
    """The same as far as it can be had, what is wrong told in `findings`; what these doubt already is left out."""
    positions: dict[str, np.ndarray] = {}
    surfaces: list[WallSurface] = []
    for index, wall in enumerate(loaded.config.walls):
        where = f"walls[{index}]"
        if findings.doubts(f"{where}.shape", f"{where}.resolution_px"):
            continue
        try:
            positions[wall.name] = wall_positions(wall, _mesh(loaded, wall))
            surfaces.append(wall_surface(wall, positions[wall.name]))
        except ConfigError as error:
            _tell_wall(loaded, where, wall, error, findings)
    lenses, predictors = _lenses(loaded, findings), _predictors(loaded, findings)
    return positions, Calibration(surfaces=tuple(surfaces), lenses=lenses, predictors=predictors)


def film_walls(loaded: LoadedConfig) -> tuple[FilmWall, ...]:
    """All configured walls as the film camera meets them. Raises ConfigError if a mesh file cannot be read."""
    return tuple(film_wall(wall, _mesh(loaded, wall)) for wall in loaded.config.walls)


def _mesh(loaded: LoadedConfig, wall: Wall) -> Mesh | None:
    return load_mesh(loaded.path_of(wall.shape.file)) if isinstance(wall.shape, MeshShape) else None


def _tell_wall(loaded: LoadedConfig, where: str, wall: Wall, error: ConfigError, findings: Findings) -> None:
    """What is wrong with a wall's own keys, or with its mesh file."""
    own = f"walls.{wall.name}."
    for finding in error.findings:
        if isinstance(wall.shape, MeshShape) and not finding.startswith(own):
            _tell_file(loaded, f"{where}.shape.file", wall.shape.file, finding, findings)
        else:
            key, _, text = finding.removeprefix(own).partition(": ")
            findings.tell(f"{where}.{key}", text)


def _tell_file(loaded: LoadedConfig, where: str, file: str, finding: str, findings: Findings) -> None:
    findings.tell(where, about_file(finding, str(loaded.path_of(file)), file))


def _predictors(loaded: LoadedConfig, findings: Findings) -> dict[str, PredictorWeights]:
    """The weights of every tracker whose predictor learns."""
    predictors = {}
    for index, tracker in enumerate(loaded.config.trackers):
        where, file = f"trackers[{index}].predictor_weights", tracker.predictor_weights
        if tracker.predictor != "learned" or findings.doubts(where):
            continue
        try:
            predictors[tracker.name] = load_predictor(loaded.path_of(file)) if file else shipped_predictor()
        except ConfigError as error:
            _tell_file(loaded, where, file or "", str(error), findings)
    return predictors


def _lenses(loaded: LoadedConfig, findings: Findings) -> dict[str, Lens]:
    """The lens file of every camera that names one, where it is of use to its camera."""
    lenses = {}
    for index, camera in enumerate(loaded.config.cameras):
        where = f"cameras[{index}]"
        if camera.lens is None or findings.doubts(f"{where}.lens", f"{where}.sensor_mm"):
            continue
        try:
            lenses[camera.name] = load_lens(loaded.path_of(camera.lens))
            check_lens(lenses[camera.name], camera.sensor_mm)
        except ConfigError as error:
            _tell_file(loaded, f"{where}.lens", camera.lens, str(error), findings)
        except ViewError as error:
            sensor = f"a sensor of {camera.sensor_mm[0]:g} x {camera.sensor_mm[1]:g} mm"
            findings.tell(
                f"{where}.lens",
                f"found {camera.lens!r}, with which {sentence(error.reason, error.values)} on {sensor}, "
                "expected a lens that shows every place once: "
                "check model, units and sensor_mm",
            )
    return lenses
