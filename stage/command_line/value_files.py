"""Files of saved values on this machine, as `stage control save` and `load` use them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stage.control.client import Client
from stage.control.saved_values import SavedValues, read_values, write_values
from stage.values.parameters import Parameter
from stage.values.tree import ParameterTree
from tracking.records import ConfigError


def tree_of_stage(stage: Client) -> ParameterTree:
    """The parameters that the stage declares. Fields that a later version added are ignored."""
    known = Parameter.__struct_fields__
    tree = ParameterTree()
    tree.add(
        msgspec.convert({field: one[field] for field in known if field in one}, Parameter) for one in stage.describe()
    )
    return tree


def local_file(file: str) -> Path | None:
    """The file on this machine, or None for a name that the stage saves under."""
    return Path(file) if "/" in file or "\\" in file or file.endswith(".json") else None


def write_file(file: Path, saved: SavedValues) -> None:
    """Writes a file of saved values. Raises ConfigError."""
    try:
        write_values(file, saved)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from None


def read_file(file: Path) -> SavedValues:
    """The saved values in a file. Raises ConfigError."""
    try:
        return read_values(file)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: holds no saved values: {error}") from None
