"""A stage that is quick to verify and leaves nothing out: mounts, offsets, a near world, roll, jitter."""

from __future__ import annotations

import math
from pathlib import Path

CONFIG = """
[stage]
name = "Proof"
outer_eye_m = [0.0, 0.0, 1.3]
[[walls]]
name = "main"
resolution_px = [128, 48]
latency_ms = 16.0
shape = {{ kind = "arc", radius_m = 4.0, sweep_deg = 150.0, height_m = 2.6, turn_deg = 9.0, base_m = [0.1, -0.1, 0.0] }}
[[trackers]]
name = "t"
protocol = "{protocol}"
source = "udp://127.0.0.1:40000"
camera_id = 1
rate_hz = 60
delay_ms = 20.0
stage_from_tracker = {{ position_m = [0.4, -1.1, 0.2], rotation_deg = [25.0, 3.0, -2.0] }}
[[cameras]]
name = "A"
tracker = "t"
resolution_px = [480, 270]
focal_length_mm = 30.0
entrance_pupil_m = 0.15
overscan_deg = 6.0
marker_from_camera = {{ position_m = [0.05, 0.1, -0.15], rotation_deg = [-4.0, 2.0, 1.0] }}
{camera}
[world]
kind = "coordinates"
radius_m = 6.0
[verify]
{limits}
"""
LIMITS = """
still_median_px = 0.02
still_p99_px = 0.05
motion_median_px = 0.1
motion_p99_px = 0.3
inner_miss_rate = 0.0
inner_area_ratio = 2.5
"""
SECONDS = 2.4


def write_stage(
    directory: Path, protocol: str = "freed", limits: str = LIMITS, more: str = "", camera: str = ""
) -> Path:
    """`camera` is added to the camera's own lines, `more` at the end."""
    path = directory / "proof.toml"
    path.write_text(CONFIG.format(protocol=protocol, limits=limits, camera=camera) + more)
    return path


def write_steady(directory: Path, speed_m_s: float, seconds: float = 4.0, rate_hz: float = 120.0) -> Path:
    """A dolly to the right at one speed, 0 for a camera that stands."""
    lines = [
        f"{number / rate_hz:.6f} {speed_m_s * number / rate_hz:.7f} 0 0 0 0 0 1"
        for number in range(round(seconds * rate_hz))
    ]
    path = directory / f"steady-{speed_m_s:g}.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def write_motion(directory: Path, seconds: float = 4.0, rate_hz: float = 120.0) -> Path:
    """Smooth and quick in all six axes: a second of it shows any wrong sign, order or time."""
    lines = ["# timestamp_s tx ty tz qx qy qz qw"]
    for number in range(round(seconds * rate_hz)):
        t = number / rate_hz
        x, y, z = 0.8 * math.sin(1.3 * t), 0.6 * math.sin(1.1 * t + 1.0), 0.3 * math.sin(1.5 * t + 2.0)
        half = [0.05 * math.sin(3.1 * t + phase) for phase in (0.0, 1.3, 2.6)]
        w = math.sqrt(1.0 - sum(part * part for part in half))
        lines.append(f"{t:.6f} {x:.7f} {y:.7f} {z:.7f} {half[0]:.8f} {half[1]:.8f} {half[2]:.8f} {w:.8f}")
    path = directory / "motion.txt"
    path.write_text("\n".join(lines) + "\n")
    return path
