"""The stage of the step and loop benchmarks (one camera, three walls, four 120 Hz trackers) and its packets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.show.camera.mounts import orbit_pose
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample

TRACKERS = 4
TRACKER_RATE_HZ = 120
FRAME_RATE_HZ = 60
START_NS = 1_000_000_000_000
TRANSIT_NS = 2_000_000

_WALLS = """
[stage]
name = "Benchmark"
frame_rate_hz = 60

[[walls]]
name = "main"
resolution_px = [256, 80]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }

[[walls]]
name = "left"
resolution_px = [64, 64]
latency_ms = 16.0
[walls.shape]
kind = "plane"
lower_left_m = [-4.5, -2.0, 0.0]
lower_right_m = [-4.5, 0.6, 0.0]
upper_left_m = [-4.5, -2.0, 2.6]

[[walls]]
name = "right"
resolution_px = [64, 64]
latency_ms = 16.0
[walls.shape]
kind = "plane"
lower_left_m = [4.5, 0.6, 0.0]
lower_right_m = [4.5, -2.0, 0.0]
upper_left_m = [4.5, 0.6, 2.6]

[[cameras]]
name = "A"
tracker = "t0"
focal_length_mm = 35.0
inner_px = [320, 180]

[world]
kind = "coordinates"
"""


def benchmark_stage(protocol: str, ports: tuple[int, ...] = (0,) * TRACKERS, more: str = "") -> LoadedConfig:
    """The benchmark's configuration, its trackers on the given loopback ports (0: a number that nothing listens to).

    It ends with `more` tables.
    """
    rows = [
        f'[[trackers]]\nname = "t{index}"\nprotocol = "{protocol}"\nrate_hz = {TRACKER_RATE_HZ}\n'
        f'camera_id = {index + 1}\nsource = "udp://127.0.0.1:{port or 40000 + index}"\n'
        for index, port in enumerate(ports)
    ]
    text = _WALLS + "\n".join(rows) + more
    return LoadedConfig(parse_config(text, "benchmark", read_preset), text, Path.cwd())


def packet(protocol: str, tracker: int, index: int) -> bytes:
    """Packet number `index` of tracker number `tracker`, which moves on an orbit."""
    time_s = index / TRACKER_RATE_HZ
    pose = orbit_pose(time_s + tracker)
    sample = TrackerSample(
        position_m=pose.position_m,
        rotation=pose.rotation,
        zoom_raw=1000.0,
        focus_raw=2000.0,
        device_ns=1_700_000_000_000_000_000 + round(time_s * 1e9),
        focal_length_mm=35.0,
        focus_distance_m=3.0,
        sequence=index & 0xFFFF,
        rate_hz=float(TRACKER_RATE_HZ),
    )
    if protocol == "freed":
        return encode_freed(sample, tracker + 1, FreeDDialect())
    return encode_opentrackio(sample, OpenTrackIOSource(source_number=tracker + 1), (index + 1) & 0xFFFF)[0]


def datagrams_of_frames(
    protocol: str, sources: tuple[str, ...], frames: int, *, bad_every: int = 0
) -> Iterator[tuple[Datagram, ...]]:
    """The datagrams of each frame: two for each tracker, 2 ms after their samples.

    Every `bad_every`th datagram is damaged in its last byte (0: none).
    """
    per_frame = TRACKER_RATE_HZ // FRAME_RATE_HZ
    count = 0
    for frame in range(frames):
        datagrams = []
        for tracker, source in enumerate(sources):
            for index in range(frame * per_frame, (frame + 1) * per_frame):
                payload = packet(protocol, tracker, index)
                count += 1
                if bad_every and count % bad_every == 0:
                    payload = payload[:-1] + bytes(((payload[-1] + 1) & 0xFF,))
                received_ns = START_NS + index * 1_000_000_000 // TRACKER_RATE_HZ + TRANSIT_NS
                datagrams.append(
                    Datagram(source=source, sender="127.0.0.1:5000", received_ns=received_ns, payload=payload)
                )
        yield tuple(datagrams)
