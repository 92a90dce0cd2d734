"""Reads a configuration and everything it names: presets, meshes, the world's picture."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from calibration.files import load_lens, load_mesh
from calibration.geometry import wall_positions, wall_surface
from calibration.lens_frame import check_lens
from calibration.lens_records import Lens
from calibration.predictors import load_predictor, shipped_predictor
from calibration.records import Calibration
from calibration.walls import MeshShape, Wall
from stage.config import StageConfig
from stage.config_reader import parse_config
from tracking.predictor_weights import PredictorWeights
from tracking.records import ConfigError, ViewError

MOST_BYTES = 4 * 1024 * 1024
_FILE_KEYS = ("file", "lens", "predictor_weights")
PRESETS = Path(__file__).resolve().parent.parent / "hw_configs" / "trackers"


class LoadedConfig:
    """A configuration with its text and the folder that its file names are relative to."""

    def __init__(self, config: StageConfig, text: str, directory: Path) -> None:
        self.config = config
        self.text = text
        self.directory = directory

    def path_of(self, file: str) -> Path:
        """Where a file named in the configuration lies: relative names start at the configuration's folder."""
        return self.directory / file


def load_config(path: Path) -> LoadedConfig:
    """Reads and checks a configuration file. Raises ConfigError with all findings."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ConfigError(f"{path}: found {size} bytes, expected a TOML file of at most {MOST_BYTES}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; give the path of a configuration file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}"
        ) from error
    directory = path.resolve().parent
    absent = tuple(f"{path}: {finding}" for finding in _absent_files(text, directory))
    try:
        config = parse_config(text, str(path), read_preset)
    except ConfigError as error:
        raise ConfigError(*error.findings, *absent) from error
    if absent:
        raise ConfigError(*absent)
    return LoadedConfig(config, text, directory)


def _absent_files(text: str, directory: Path) -> Iterator[str]:
    """Files that the text names and that are not there, whatever else is wrong with it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    for key, file in _named_files("", tables):
        if not (directory / file).exists():
            yield f"{key}: found {file!r}, but {directory} has no such file: put it there or correct the name"


def _named_files(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{where}.{key}" if where else key
            if key in _FILE_KEYS and isinstance(inner, str):
                yield place, inner
            yield from _named_files(place, inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _named_files(f"{where}[{index}]", inner)


def read_preset(name: str) -> dict[str, Any]:
    """The table of a shipped tracker preset. Raises ConfigError that lists the presets there are."""
    path = PRESETS / f"{name}.toml"
    if path.parent != PRESETS or not path.is_file():
        known = sorted(file.stem for file in PRESETS.glob("*.toml"))
        raise ConfigError(f"found {name!r}, expected one of {known}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load_geometry(loaded: LoadedConfig) -> tuple[Mapping[str, np.ndarray], Calibration]:
    """LED positions of every wall (rows, columns, 3; metres in the stage) and the planner's view of them."""
    positions = {wall.name: _positions(loaded, wall) for wall in loaded.config.walls}
    surfaces = tuple(wall_surface(wall, positions[wall.name]) for wall in loaded.config.walls)
    return positions, Calibration(surfaces=surfaces, lenses=_lenses(loaded), predictors=_predictors(loaded))


def _predictors(loaded: LoadedConfig) -> dict[str, PredictorWeights]:
    """The weights of every tracker whose predictor learns."""
    predictors = {}
    for tracker in loaded.config.trackers:
        if tracker.predictor == "learned":
            file = tracker.predictor_weights
            predictors[tracker.name] = load_predictor(loaded.path_of(file)) if file else shipped_predictor()
    return predictors


def _positions(loaded: LoadedConfig, wall: Wall) -> np.ndarray:
    mesh = load_mesh(loaded.path_of(wall.shape.file)) if isinstance(wall.shape, MeshShape) else None
    return wall_positions(wall, mesh)


def _lenses(loaded: LoadedConfig) -> dict[str, Lens]:
    """The lens file of every camera that names one. Raises ConfigError where a lens is of no use to its camera."""
    lenses = {}
    for index, camera in enumerate(loaded.config.cameras):
        if camera.lens is None:
            continue
        lens = load_lens(loaded.path_of(camera.lens))
        try:
            check_lens(lens, camera.sensor_mm)
        except ViewError as error:
            raise ConfigError(
                f"cameras[{index}].lens: {camera.lens}: {error} of {camera.sensor_mm[0]:g} x {camera.sensor_mm[1]:g} "
                "mm, expected a lens that shows every place once: check model, units and sensor_mm"
            ) from error
        lenses[camera.name] = lens
    return lenses
