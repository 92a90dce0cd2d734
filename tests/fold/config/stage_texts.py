"""A good configuration as text, a second tracker beside its first, and the findings in other texts."""

from __future__ import annotations

from typing import Any

import pytest

from stage.config.reader import parse_config
from stage.config.records import StageConfig
from tracking.records import ConfigError

PRESETS: dict[str, dict[str, Any]] = {"vmc": {"protocol": "osc"}, "panasonic": {"protocol": "freed"}}
SECOND_TRACKER = '[[trackers]]\nname = "u"\nprotocol = "freed"\nsource = "{source}"\ncamera_id = 2\n'
GOOD = """
[stage]
name = "One"
frame_rate_hz = "24000/1001"

[[walls]]
name = "main"
resolution_px = [1024, 320]
latency_ms = 16
shape = { kind = "arc", radius_m = 4, sweep_deg = 120.0, height_m = 2.6 }

[[outputs]]
kind = "window"
size_px = [1920, 1080]
regions = [{ wall = "main", from_px = [0, 0], size_px = [1024, 320], at_px = [0, 0] }]

[[trackers]]
name = "t"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1

[[cameras]]
name = "A"
tracker = "t"
focal_length_mm = 35

[world]
kind = "coordinates"
"""


def preset_of(name: str) -> dict[str, Any]:
    """Reads a tracker preset, from a table of two in place of the shipped files."""
    if name not in PRESETS:
        raise ConfigError(f"found {name!r}, expected one of {sorted(PRESETS)}")
    return PRESETS[name]


def parsed(text: str) -> StageConfig:
    """The configuration. Raises ConfigError with all findings."""
    return parse_config(text, "stage.toml", preset_of)


def findings(text: str) -> tuple[str, ...]:
    """What is wrong with a text that is no configuration."""
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    return caught.value.findings


def changed(old: str, new: str) -> tuple[str, ...]:
    """What is wrong with the good text after one change."""
    assert old in GOOD
    return findings(GOOD.replace(old, new))


def keys_of(found: tuple[str, ...]) -> set[str]:
    """The keys that findings are about."""
    return {line.removeprefix("stage.toml: ").partition(": ")[0] for line in found}
