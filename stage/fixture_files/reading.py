"""Reads a fixture's profile from a file of others: GDTF (`.gdtf`) or Open Fixture Library (`.json`)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.open_fixture_library import library_profile
from stage.fixtures.records import FixtureProfile
from stage.fixtures.rules import broken_profile_rules
from tracking.sources.ordinary_files import read_ordinary, without_mark

MOST_BYTES = 32 << 20
"""GDTF packs models and pictures with its description; of text far less is read."""
MOST_JSON_BYTES = 4 << 20


def read_fixture_file(path: Path) -> FixtureProfile:
    """The profile in a file. Raises FixtureError, `place: found, expected, what to do`."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise FixtureError("", f"found {path.suffix!r}, expected one of {', '.join(_READERS)}")
    return checked(reader(_content(path)))


def checked(table: Mapping[str, Any]) -> FixtureProfile:
    """A profile from its table: within the record's bounds and the profile's rules. Raises FixtureError."""
    try:
        profile = msgspec.convert(table, FixtureProfile)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at `$")
        raise FixtureError(place.strip("`."), text) from error
    for where, text in broken_profile_rules(profile):
        raise FixtureError(where, text)
    if not all(map(math.isfinite, _numbers(profile))):
        raise FixtureError("", "found numbers that are not finite, expected finite ones; fetch the file again")
    return profile


def _numbers(profile: FixtureProfile) -> list[float]:
    """Every number of a profile that has no bounds of its own."""
    values = [value for mode in profile.modes for channel in mode.channels for _, value in channel.points]
    energies = [energy for emitter in profile.emitters for _, energy in emitter.spectrum]
    return [*values, *energies, *(profile.temperature_k or ())]


def _content(path: Path) -> bytes:
    try:
        return read_ordinary(path, MOST_BYTES)
    except OSError as error:
        raise FixtureError("", f"cannot be read: {error.strerror}; give the path of a fixture's file") from error
    except ValueError as error:
        raise FixtureError("", f"{error}, expected a file of at most {MOST_BYTES >> 20} MiB") from error


def _from_gdtf(content: bytes) -> dict[str, Any]:
    from stage.fixture_files.gdtf import gdtf_profile  # noqa: PLC0415 - five processes of a stage read no such file

    return gdtf_profile(content)


def _from_json(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_JSON_BYTES:
        raise FixtureError("", f"is larger than {MOST_JSON_BYTES >> 20} MiB, expected a fixture's file, which is text")
    try:
        found = json.loads(without_mark(content), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FixtureError("", f"is not JSON: {error}; fetch the file again") from error
    if not isinstance(found, dict):
        raise FixtureError("", f"found a {type(found).__name__}, expected a fixture of the Open Fixture Library")
    return library_profile(found)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


_READERS: dict[str, Callable[[bytes], dict[str, Any]]] = {".gdtf": _from_gdtf, ".json": _from_json}
FIXTURE_SUFFIXES = tuple(_READERS)
