"""The run's own copy of its configuration: what was checked at the start is what a restarted core reads.

Somebody may edit or move the originals while the stage runs. The copy has the configuration's text, the files of walls,
lenses and trackers, the profiles of fixtures and what a desk moves; pictures of worlds are kept as they go to the GPU
(`stage.assets`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from stage.config.findings import Findings
from stage.config.reader import read_config
from stage.fixtures.records import FixtureProfile
from stage.loading.files import LoadedConfig, film_lenses, geometry_files, is_absent, read_preset
from stage.loading.shot_skies import ShotSkies, shot_skies_of, with_shot_skies
from stage.values.desk import DeskMap
from tracking.records import Record

_FOLDER = "configuration"
_ABOUT = "about.json"


class CopyAbout(Record):
    """What the copy is of: the original's name in messages, its folder, and the copies by the names it gives them."""

    file: str
    directory: str
    text: str
    copies: dict[str, str]
    shot_skies: ShotSkies
    profiles: dict[str, FixtureProfile] = msgspec.field(default_factory=dict)
    desk_maps: tuple[DeskMap, ...] = ()


def make_run_copy(loaded: LoadedConfig, runtime: Path) -> None:
    """Copies a checked configuration into the run's folder. Raises OSError where there is no room or no file."""
    folder = runtime / _FOLDER
    folder.mkdir()
    copies: dict[str, str] = {}
    named = [file for _, file in geometry_files(loaded.config)]
    lenses = [film.lens or "" for _, film in film_lenses(loaded.config)]
    named += [file for file in lenses if not is_absent(loaded.path_of(file))]
    for number, file in enumerate(named):
        if file not in copies:
            copy = folder / f"{number}-{Path(file).name}"
            shutil.copyfile(loaded.path_of(file), copy)
            copies[file] = str(copy)
    about = CopyAbout(
        file=loaded.file,
        directory=str(loaded.directory),
        text=loaded.text,
        copies=copies,
        shot_skies=shot_skies_of(loaded.config),
        profiles=loaded.config.profiles,
        desk_maps=loaded.config.desk_maps,
    )
    fresh = folder / f"{_ABOUT}.new"
    fresh.write_bytes(msgspec.json.encode(about))
    fresh.replace(folder / _ABOUT)


def load_run_copy(runtime: Path) -> LoadedConfig | None:
    """The run's copy of its configuration; None if there is none. Raises ConfigError if it no longer fits."""
    try:
        about = msgspec.json.decode((runtime / _FOLDER / _ABOUT).read_bytes(), type=CopyAbout)
    except (OSError, msgspec.DecodeError):
        return None
    findings = Findings(about.file)
    config = read_config(about.text, findings, read_preset)
    findings.refuse()
    assert config is not None
    copies = {name: Path(copy) for name, copy in about.copies.items()}
    config = msgspec.structs.replace(
        with_shot_skies(config, about.shot_skies), profiles=about.profiles, desk_maps=about.desk_maps
    )
    return LoadedConfig(config, about.text, Path(about.directory), about.file, copies)
