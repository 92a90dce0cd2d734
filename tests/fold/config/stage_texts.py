"""A good configuration as text, what is found in others, and a second tracker to go wrong with it."""

import pytest

from stage.config.reader import parse_config
from stage.loading.files import read_preset
from tracking.records import ConfigError

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


def findings(text):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "stage.toml", read_preset)
    return caught.value.findings


def changed(old, new):
    assert old in GOOD
    return findings(GOOD.replace(old, new))


def keys_of(found):
    return {line.removeprefix("stage.toml: ").partition(": ")[0] for line in found}
