"""The starter configuration that `stage new` writes: commented, complete and valid as it is. Pure."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Literal

from render.worlds.shared.formats import FORMAT_NAMES
from tracking.settings import Protocol

WallKind = Literal["arc", "plane"]

_ARC_RADIUS_M = 4.0
_ARC_SWEEP_DEG = 120.0
_PLANE_WIDTH_M = 6.0
_PLANE_AHEAD_M = 4.0

_STAGE = """\
# {title}: an OpenStage configuration. `stage check FILE --plan FILE.svg` draws it, `stage run FILE` runs it.
# Metres; X right, +Y into the front wall, Z up. Angles in degrees: pan + left, tilt + up, roll + clockwise from behind.

[stage]
name = {name}
frame_rate_hz = {rate:<20}# the rate of the wall's genlock; film rates as "24000/1001"
outer_eye_m = [0.0, 0.0, 1.5]       # the eye for the picture around the camera's view
outer = "fixed"                     # fixed | follow (the camera)

[[walls]]
name = "main"
resolution_px = [{columns}, {rows}]
latency_ms = 16.0                   # signal in to light out; measure it
signal = {{ curve = "srgb", peak_nits = 1000.0 }}   # srgb | gamma | pq; peak as the processor is set
{shape}

# Outputs. `headless` shows no picture; for a real wall open a window on the processor's monitor:
# [[outputs]]
# kind = "window"
# monitor = "DP-1"                  # a wrong name lists the connected monitors
# size_px = [1920, 1080]
# regions = [{{ wall = "main", from_px = [0, 0], size_px = [{columns}, {rows}], at_px = [0, 0] }}]
[[outputs]]
kind = "headless"

"""

_TRACKERS: dict[Protocol, str] = {
    "freed": """\
[[trackers]]
name = "tracker-a"
protocol = "freed"
source = "udp://:40000"             # on a serial line: "serial:///dev/ttyUSB0?baud=38400&parity=odd"
# preset = "panasonic"              # how this maker sends FreeD: see hw_configs/trackers
camera_id = 1                       # `stage listen udp://:40000` shows what arrives
rate_hz = {tracker_rate:<26}# the tracker's own rate; FreeD has no time stamps, so times are worked out from it
delay_ms = 0.0                      # from sample to arrival; measure with short sharp pans
""",
    "opentrackio": """\
[[trackers]]
name = "tracker-a"
protocol = "opentrackio"
source = "udp://239.135.1.1:55555"  # source 1's group; ?interface=192.0.2.10 names the network, unicast: "udp://:55555"
camera_id = 1                       # the source number
rate_hz = {tracker_rate}
""",
    "osc": """\
[[trackers]]
name = "tracker-a"
protocol = "osc"
source = "udp://:9000"              # /tracker/1/pose x y z qx qy qz qw (metres, unit quaternion), or a preset:
# preset = "vmc"                    # see hw_configs/trackers
camera_id = 1                       # the number in the address
rate_hz = {tracker_rate}
delay_ms = 0.0                      # from sample to arrival
""",
}

_REST = """\
stage_from_tracker = {{ position_m = [0.0, 0.0, 0.0], rotation_deg = [0.0, 0.0, 0.0] }}

[[cameras]]
name = "A"
tracker = "tracker-a"
sensor_mm = [36.0, 20.25]           # the recorded part of the sensor
resolution_px = [1920, 1080]
focal_length_mm = 35.0              # or zoom = [[raw, mm], ...] for a lens with encoders
entrance_pupil_m = 0.0              # from the sensor forward to the entrance pupil, along the axis
marker_from_camera = {{ position_m = [0.0, 0.0, 0.0], rotation_deg = [0.0, 0.0, 0.0] }}   # tracked body to sensor
# overscan_deg = 2.0                # a fixed margin around the frame; without it overscan is adaptive

# The background. `coordinates` needs no file and shows the direction of every ray. For a picture:
# [world]
# kind = "panorama"
# file = "street.exr"               # {formats}; equirectangular, its centre is towards +Y
[world]
kind = "coordinates"

# Film lights that follow the world. Profiles: hw_configs/fixtures. Nothing is sent until [dmx] names an interface:
# [[lights]]
# name = "key"
# fixture = "generic_rgbw_16bit"
# universe = 1
# address = 1
# position_m = [-2.5, -2.0, 3.5]
# aim_m = [0.0, 0.0, 1.4]
# follow = "world"                  # off | world | sun | wall | clipped
# [dmx]
# interface = "192.0.2.10"
# out = "sacn"                      # sacn | artnet | serial:///dev/ttyUSB1

[control]
endpoint = "tcp://127.0.0.1:7700"   # commands; state and telemetry are published on the next two ports

[panel]
bind = "127.0.0.1:7780"
"""


def starter(
    name: str,
    *,
    wall: WallKind,
    tracker: Protocol,
    resolution_px: tuple[int, int],
    rate_hz: str,
    tracker_rate_hz: float = 60.0,
) -> str:
    """The configuration as TOML text.

    The wall is an arc of 4 m radius and 120 degrees, or a plane 6 m wide and 4 m ahead; its height makes the LEDs
    square. `rate_hz` is the wall's rate, a number or a fraction ("24000/1001"); the tracker has its own rate.
    """
    columns, rows = resolution_px
    shape = _arc(columns, rows) if wall == "arc" else _plane(columns, rows)
    rate = Fraction(rate_hz)
    written_rate = str(rate.numerator) if rate.denominator == 1 else json.dumps(rate_hz)
    title = " ".join(name.split())
    text = _STAGE + _TRACKERS[tracker] + _REST
    return text.format(
        formats=FORMAT_NAMES,
        title=title,
        name=json.dumps(title, ensure_ascii=False),
        rate=written_rate,
        columns=columns,
        rows=rows,
        shape=shape,
        tracker_rate=f"{tracker_rate_hz:.9g}",
    )


def _arc(columns: int, rows: int) -> str:
    height = _ARC_RADIUS_M * math.radians(_ARC_SWEEP_DEG) / columns * rows
    return (
        f'shape = {{ kind = "arc", radius_m = {_ARC_RADIUS_M}, sweep_deg = {_ARC_SWEEP_DEG}, height_m = {height:.4f}, '
        "base_m = [0.0, 0.0, 0.0], turn_deg = 0.0 }"
    )


def _plane(columns: int, rows: int) -> str:
    height = _PLANE_WIDTH_M / columns * rows
    left, right = -_PLANE_WIDTH_M / 2.0, _PLANE_WIDTH_M / 2.0
    return (
        f'shape = {{ kind = "plane", lower_left_m = [{left}, {_PLANE_AHEAD_M}, 0.0], '
        f"lower_right_m = [{right}, {_PLANE_AHEAD_M}, 0.0], upper_left_m = [{left}, {_PLANE_AHEAD_M}, {height:.4f}] }}"
    )
