"""Directions in the stage from a text file, row by row."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracking.records import ConfigError

MOST_DIRECTIONS = 100_000
_MOST_BYTES = 8_000_000
_MOST_AZIMUTH_DEG = 720.0
_HEADER = "azimuth_deg,elevation_deg"


def read_directions(file: Path) -> NDArray[np.float64]:
    """Unit vectors, (n, 3), of rows `azimuth_deg,elevation_deg`: 0,0 is +Y, azimuth + to the left, elevation + up.

    The first row may name the columns; empty rows are passed over. Raises ConfigError for anything else.
    """
    rows = [_angles(file, number, line) for number, line in _rows(file)]
    if not rows:
        raise ConfigError(f"{file}: found no row, expected rows {_HEADER}")
    azimuth, elevation = np.radians(np.array(rows)).T
    level = np.cos(elevation)
    return np.stack([-level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)], axis=1)


def _rows(file: Path) -> list[tuple[int, str]]:
    """The rows that hold something, with their numbers."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not text, expected rows {_HEADER}") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    found = [(number, line) for number, line in lines if line]
    if found and found[0][1].replace(" ", "") == _HEADER:
        del found[0]
    if len(found) > MOST_DIRECTIONS or len(content) > _MOST_BYTES:
        raise ConfigError(
            f"{file}: found {len(found)} rows or more, expected at most {MOST_DIRECTIONS}; split the file"
        )
    return found


def _angles(file: Path, number: int, line: str) -> tuple[float, float]:
    try:
        azimuth, elevation = (float(part) for part in line.split(","))
    except ValueError:
        azimuth = elevation = math.nan
    if not (abs(azimuth) <= _MOST_AZIMUTH_DEG and abs(elevation) <= 90.0):
        raise ConfigError(
            f"{file}: row {number}: found {line[:60]!r}, expected {_HEADER}, at most {_MOST_AZIMUTH_DEG:g} and 90 deg"
        )
    return azimuth, elevation
