"""A show's folder: everything that makes a show, apart from the stage that it runs on. It is handed over as it is.

The configuration describes the stage alone. What a stage needs of a folder is made when something is first kept there.
"""

from __future__ import annotations

from pathlib import Path

LOOKS = "looks"
CUES = "cues.toml"
VALUES = "values"
WORLDS = "worlds"
TAKES = "takes"
SHOWS = "shows"
DEFAULT = "default"


def default_show(config: Path) -> Path:
    """The folder of the show that runs where none is named: beside the configuration."""
    return config.parent / SHOWS / DEFAULT
