"""The 3D scenes of a configuration, read in this process: for commands that draw by themselves, and for checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from render.models.model import Model
from render.models.read import read_known_model
from render.worlds.model.record import MODEL_SPACE
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig
from tracking.records import ConfigError


class ReadModel(NamedTuple):
    """A scene's file as the configuration names it, what it is known by, and what was read of it."""

    file: str
    sha256: str
    model: Model


def read_models(loaded: LoadedConfig, findings: Findings) -> Iterator[ReadModel]:
    """Every scene, each file once. Faults are reported in `findings`, by the key of the first layer that names it."""
    read: set[str] = set()
    for key, layer in loaded.config.layers_by_place():
        for needed in layer.pictures():
            if needed.colour_space != MODEL_SPACE or needed.file in read:
                continue
            if findings.is_unreliable(f"{key}.file", f"{key}.kind"):
                continue
            read.add(needed.file)
            path = loaded.path_of(needed.file)
            try:
                known = read_known_model(path)
                yield ReadModel(needed.file, known.sha256, known.model)
            except ConfigError as error:
                for found in error.findings:
                    findings.report(f"{key}.file", about_named_file(found, str(path), needed.file))
