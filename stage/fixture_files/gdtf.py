"""From a GDTF file (DIN SPEC 15800:2022-02) to a profile, by way of pygdtf.

Emitters come with their chromaticity and, where the maker gave it, their spectrum. Modes come with what each channel
does first; wheels, effects and whatever else cannot be a colour stay at their default.
"""

from __future__ import annotations

import io
from typing import Any

import pygdtf

from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.gdtf_channels import mode_table
from stage.fixture_files.gdtf_text import DESCRIPTION, description_of, examined
from tracking.records import JOB_FAILURES

_SPECTRUM_NM = (200.0, 2000.0)


def gdtf_profile(content: bytes) -> dict[str, Any]:
    """The table of a profile from a GDTF file's bytes. Raises FixtureError."""
    text = description_of(content)
    root = examined(text)
    if root.find("FixtureType") is None:
        raise FixtureError(DESCRIPTION, "found no FixtureType, expected one")
    try:
        fixture = pygdtf.FixtureType(dsc_file=io.StringIO(text))
        emitters = [_emitter(one) for one in fixture.emitters]
        notes: dict[str, None] = {}
        modes = [mode_table(mode, emitters, notes) for mode in fixture.dmx_modes]
    except FixtureError:
        raise
    except JOB_FAILURES as error:
        raise FixtureError(DESCRIPTION, f"cannot be understood: {type(error).__name__}: {error}"[:300]) from error
    table: dict[str, Any] = {
        "name": fixture.long_name or fixture.name or "fixture",
        "maker": fixture.manufacturer or "",
        "emitters": emitters,
        "modes": [mode for mode in modes if mode["channels"]],
        "notes": list(notes),
    }
    whites = [value for mode in modes for channel in mode["channels"] for value in _kelvin(channel)]
    return table | ({"temperature_k": [min(whites), max(whites)]} if whites else {})


def _kelvin(channel: dict[str, Any]) -> list[float]:
    return [value for _, value in channel["points"]] if channel["attribute"] == "temperature" else []


def _emitter(emitter: pygdtf.Emitter) -> dict[str, Any]:
    """An emitter's chromaticity and luminance, and its spectrum at full."""
    x, y, luminance = emitter.color.x, emitter.color.y, emitter.color.Y
    table: dict[str, Any] = {"name": emitter.name or "emitter", "luminance": luminance if luminance > 0.0 else 1.0}
    if 0.0 < x < 1.0 and 0.0 < y <= 1.0 - x:
        table["xy"] = [x, y]
    if emitter.measurements:
        at_full = max(emitter.measurements, key=lambda one: one.physical)
        points = sorted({one.wave_length: one.energy for one in at_full.measurement_points}.items())
        inside = [point for point in points if _SPECTRUM_NM[0] <= point[0] <= _SPECTRUM_NM[1]]
        if len(inside) > 1 and any(energy > 0.0 for _, energy in inside):
            table["spectrum"] = inside
    return table
