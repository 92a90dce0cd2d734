"""Reads a configuration file and checks that the files it names exist; reads tracker presets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from calibration.cameras import prime_mm
from calibration.walls import MeshShape
from render.worlds.plate.record import PlateFilm, PlateLayer
from stage.config.findings import Findings
from stage.config.reader import read_config
from stage.config.records import StageConfig
from stage.config.wording import with_file_name, with_row_number
from stage.fixtures.records import FixtureProfile
from stage.loading.desk_maps import read_desk_maps_of
from stage.loading.fixtures import read_fixtures
from stage.loading.shot_skies import read_shot_skies
from stage.loading.texts import text_of
from tracking.records import ConfigError

PRESETS = Path(__file__).resolve().parents[2] / "hw_configs" / "trackers"


class LoadedConfig:
    """A configuration with its text, the folder its file names are relative to, and its own name in messages.

    `copies` are files that are read in place of the named ones. `is_sound` tells that every value is the file's own,
    and none a stand-in for one that was refused.
    """

    def __init__(
        self,
        config: StageConfig,
        text: str,
        directory: Path,
        file: str = "",
        copies: Mapping[str, Path] | None = None,
        *,
        is_sound: bool = True,
    ) -> None:
        self.config = config
        self.text = text
        self.directory = directory
        self.file = file
        self.is_sound = is_sound
        self._copies = copies or {}

    @property
    def profiles(self) -> Mapping[str, FixtureProfile]:
        """What each fixture is that lights name, by the name in the configuration."""
        return self.config.profiles

    def path_of(self, file: str) -> Path:
        """The path of a file named in the configuration; relative names start at the configuration's folder."""
        return self._copies.get(file, self.directory / file)

    def library_folder(self) -> Path | None:
        """The folder of the library's pictures and worlds; None where the stage has none."""
        folder = self.config.library.folder
        return None if folder is None else self.directory / folder

    def with_library(self, folder: Path) -> LoadedConfig:
        """The same with `folder` as its library, unless the configuration names one itself."""
        if self.config.library.folder is not None:
            return self
        library = msgspec.structs.replace(self.config.library, folder=str(folder))
        config = msgspec.structs.replace(self.config, library=library)
        return LoadedConfig(config, self.text, self.directory, self.file, self._copies, is_sound=self.is_sound)

    @contextmanager
    def naming_places(self) -> Iterator[None]:
        """Adds this file's name and row numbers to the findings of a ConfigError raised inside."""
        try:
            yield
        except ConfigError as error:
            rows = {
                (section, row.name): index
                for section in ("walls", "trackers", "cameras", "cards")
                for index, row in enumerate(getattr(self.config, section))
            }
            lines = with_file_name(self.file, (with_row_number(finding, rows) for finding in error.findings))
            raise ConfigError(*lines) from error


def load_config(path: Path, *, world_may_be_absent: bool = False) -> LoadedConfig:
    """Reads and checks a configuration file. Raises ConfigError with all findings."""
    findings = Findings(str(path))
    loaded = read_config_file(path, findings, world_may_be_absent=world_may_be_absent)
    findings.refuse()
    assert loaded is not None
    return loaded


def read_config_file(path: Path, findings: Findings, *, world_may_be_absent: bool = False) -> LoadedConfig | None:
    """A configuration as far as it can be read, with its faults in `findings`; None if nothing can be read."""
    text = text_of(path, findings)
    config = None if text is None else read_config(text, findings, read_preset)
    if text is None or config is None:
        return None
    folder = path.resolve().parent
    config = read_shot_skies(config, lambda file: folder / file, findings)
    config = read_fixtures(config, lambda file: folder / file, findings)
    config = read_desk_maps_of(config, lambda file: folder / file, findings)
    loaded = LoadedConfig(config, text, folder, str(path), is_sound=not findings.lines())
    films = {film for _, layer in config.layers_by_place() for film in layer.films()}
    for where, file in (*geometry_files(config), *_world_files(loaded, absent=world_may_be_absent)):
        if file not in films or not loaded.path_of(file).is_dir():
            _check_is_file(loaded, where, file, findings)
    return loaded


def read_preset(name: str) -> dict[str, Any]:
    """The table of a shipped tracker preset. Raises ConfigError with a list of the presets."""
    known = sorted(file.stem for file in PRESETS.glob("*.toml"))
    if name not in known:
        raise ConfigError(f"found {name!r}, expected one of {', '.join(known)}")
    return tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


def geometry_files(config: StageConfig) -> Iterator[tuple[str, str]]:
    """Every key that names a file of walls, lenses or trackers, with the file."""
    for index, wall in enumerate(config.walls):
        if isinstance(wall.shape, MeshShape):
            yield f"walls[{index}].shape.file", wall.shape.file
    for index, tracker in enumerate(config.trackers):
        if tracker.predictor_weights is not None:
            yield f"trackers[{index}].predictor_weights", tracker.predictor_weights
    for index, camera in enumerate(config.cameras):
        if camera.lens is not None:
            yield f"cameras[{index}].lens", camera.lens
        for place, lens in enumerate(camera.lenses):
            if prime_mm(lens) is None:
                yield f"cameras[{index}].lenses[{place}]", lens


def film_lenses(config: StageConfig) -> Iterator[tuple[str, PlateFilm]]:
    """Every key that names the lens of a film of a set, and that film."""
    for place, layer in config.layers_by_place():
        for number, film in enumerate(layer.plates if isinstance(layer, PlateLayer) else ()):
            if film.lens is not None:
                yield f"{place}.plates[{number}].lens", film


def _world_files(loaded: LoadedConfig, *, absent: bool) -> Iterator[tuple[str, str]]:
    """The keys that name a file of a world. With `absent`, those of files that are not there are left out."""
    for place, layer in loaded.config.layers_by_place():
        for key, file in layer.named_files():
            if not (absent and is_absent(loaded.path_of(file))):
                yield f"{place}.{key}", file


def is_absent(path: Path) -> bool:
    """Whether nothing can be found at `path` now: no file, or a disk or folder that is away."""
    try:
        return not path.exists()
    except OSError:
        return True


def _check_is_file(loaded: LoadedConfig, where: str, file: str, findings: Findings) -> None:
    try:
        path = loaded.path_of(file)
        exists, is_ordinary = path.exists(), path.is_file()
    except OSError as error:
        findings.report(where, f"found {file!r}, expected a readable file: {error.strerror}")
        return
    if not exists:
        found = f"found {file!r}, but there is no such file in {loaded.directory}"
        findings.report(where, f"{found}, expected an existing one: copy it there or correct the name")
    elif not is_ordinary:
        findings.report(where, f"found {file!r}, a folder, pipe or device and not an ordinary file, expected a file")
