"""From a GDTF file (DIN SPEC 15800:2022-02) to a profile, by way of pygdtf.

Emitters come with their chromaticity and, where the maker gave it, their spectrum. Modes come with what each channel
does first; wheels, effects and whatever else cannot be a colour stay at their default.
"""

from __future__ import annotations

from typing import Any

import pygdtf

from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.gdtf_channels import mode_table
from stage.fixture_files.gdtf_layout import Layout
from stage.fixture_files.gdtf_text import DESCRIPTION, description_of, examined
from tracking.records import JOB_FAILURES

_EMITTERS = "PhysicalDescriptions/Emitters/Emitter"
_SPECTRUM_NM = (200.0, 2000.0)


def gdtf_profile(content: bytes) -> dict[str, Any]:
    """The table of a profile from a GDTF file's bytes. Raises FixtureError."""
    fixture = examined(description_of(content)).find("FixtureType")
    if fixture is None:
        raise FixtureError(DESCRIPTION, "found no FixtureType, expected one")
    try:
        emitters = [_emitter(pygdtf.Emitter(xml_node=one)) for one in fixture.iterfind(_EMITTERS)]
        notes: dict[str, None] = {}
        layout = Layout(fixture)
        modes = [
            mode_table(one.get("Name", ""), layout.place(one), emitters, notes)
            for one in fixture.iterfind("DMXModes/DMXMode")
        ]
    except FixtureError:
        raise
    except JOB_FAILURES as error:
        raise FixtureError(DESCRIPTION, f"cannot be understood: {type(error).__name__}: {error}"[:300]) from error
    if not any(mode["channels"] for mode in modes):
        raise FixtureError("DMXModes", "; ".join(["found no mode with channels, expected one", *notes])[:300])
    whites = [value for mode in modes for channel in mode["channels"] for value in _kelvin(channel)]
    return {
        "name": fixture.get("LongName") or fixture.get("Name") or "fixture",
        "maker": fixture.get("Manufacturer", ""),
        "emitters": emitters,
        "modes": [mode for mode in modes if mode["channels"]],
        "notes": list(notes),
        **({"temperature_k": [min(whites), max(whites)]} if whites else {}),
    }


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
