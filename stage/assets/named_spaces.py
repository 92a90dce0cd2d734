"""Whether the colour spaces that a configuration names exist."""

from __future__ import annotations

import importlib

from stage.config.findings import Findings
from stage.loading.files import LoadedConfig
from tracking.records import ConfigError


def check_colour_spaces(loaded: LoadedConfig, findings: Findings) -> None:
    """Reports every colour space that does not exist. OpenColorIO is loaded only where one is named."""
    named = [
        (f"{key}.{name}", space)
        for key, layer in loaded.config.layers_by_place()
        for name, space in layer.named_colour_spaces()
    ]
    if not named:
        return
    known = importlib.import_module("render.images.colour_spaces").ColourSpaces()
    for key, space in named:
        try:
            known.check(space)
        except ConfigError as error:
            findings.report(key, str(error).removeprefix("world.colour_space: "))
