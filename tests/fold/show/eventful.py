"""150 frames in which much happens: segmented messages, serial packets cut between frames, a dropout, garbage, fades,
takes, a freeze. Real packets and real requests; no port, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from stage.show.camera.mounts import orbit_pose
from stage.show.frame.inputs import Dropped, FrameInputs, TakeReport
from stage.show.show import Show
from tests.building import (
    PANORAMA,
    PERIOD_NS,
    RATE_HZ,
    camera,
    datagram,
    digest,
    freed,
    inputs_at,
    presented,
    ready,
    set_heading,
    set_to,
    side_wall,
    stage,
    start_take,
    stop_take,
    tracker,
    wall,
)
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample

SERIAL = "serial:///dev/ttyS9?baud=38400&parity=odd"
MULTICAST = "udp://127.0.0.1:55555"
MOUNTED = {"position_m": (0.0, 0.1, -0.05), "rotation_deg": (1.0, 2.0, 0.0)}
EVENTFUL = stage(
    wall(),
    side_wall(),
    tracker("f"),
    tracker("serial", source=SERIAL),
    tracker("o", protocol="opentrackio", source=MULTICAST, camera_id=7),
    camera("A", tracker="f"),
    camera("B", tracker="o", marker_from_camera=MOUNTED, entrance_pupil_m=0.08),
    camera("C", tracker="serial"),
    PANORAMA,
)
FRAMES_COUNT = 150
SERIAL_BYTES_A_FRAME = 31
SEGMENT_BYTES = 150
REQUESTS = {
    3: [set_to("/grade/exposure_stops", 2.0, fade_s=1.5)],
    20: [set_to("/camera/C/source", "manual"), set_to("/camera/C/manual/x_m", 1.0, fade_s=0.7)],
    30: [start_take("t"), set_to("/nonsense", 1.0)],
    45: [set_to("/time/running", value=True), set_to("/camera/B/source", "still", force=True)],
    60: [set_heading("f", 5.0, force=True), set_to("/output/freeze", value=True)],
    75: [set_to("/output/freeze", value=False), set_to("/camera/B/source", "tracker", force=True)],
    90: [set_to("/wall/side/latency_ms", 33.0, fade_s=0.5, force=True)],
    100: [stop_take(), set_to("/wall/main/pattern", "grid")],
}


def sample_at(frame: int) -> TrackerSample:
    """The orbiting body in one frame, with everything that any of the protocols carries."""
    pose = orbit_pose(frame / RATE_HZ)
    return TrackerSample(
        position_m=pose.position_m,
        rotation=pose.rotation,
        device_ns=1_700_000_000_000_000_000 + frame * PERIOD_NS,
        sequence=frame,
        rate_hz=60.0,
        zoom_raw=100.0,
        focus_raw=200.0,
        focal_length_mm=32.0,
    )


def freed_orbit(frame: int):
    """The orbiting body's FreeD packet."""
    pose = orbit_pose(frame / RATE_HZ)
    return freed(frame, position_m=pose.position_m, rotation=pose.rotation, zoom_raw=100.0, focus_raw=200.0)


def opentrackio_segments(frame: int) -> Sequence[bytes]:
    """One message in several datagrams; the sequence number counts datagrams."""
    source = OpenTrackIOSource(source_number=7)
    count = len(encode_opentrackio(sample_at(1000), source, 0, max_payload=SEGMENT_BYTES))
    return encode_opentrackio(sample_at(1000 + frame), source, (frame * count) & 0xFFFF, max_payload=SEGMENT_BYTES)


def eventful_frames() -> list[FrameInputs]:
    frames, segments = [], ()
    line = b"".join(encode_freed(sample_at(frame), 1, FreeDDialect()) for frame in range(FRAMES_COUNT))
    for frame in range(FRAMES_COUNT):
        arrived = []
        if not 50 <= frame < 85:
            arrived.append(freed_orbit(frame) if frame % 13 else datagram(b"\xd1garbage", frame))
        at = frame * SERIAL_BYTES_A_FRAME
        arrived.append(datagram(line[at - 7 : at + 24] if frame else b"\xd1", frame, SERIAL))
        held_back, segments = segments, opentrackio_segments(frame)
        arrived += [datagram(segment, frame, MULTICAST) for segment in (*held_back[2:], *segments[:2])]
        frames.append(
            inputs_at(frame, *REQUESTS.get(frame, ()), datagrams=arrived, observations=observed_before(frame))
        )
    return frames


def observed_before(frame: int):
    """What the edges report in one frame."""
    seen = [presented(frame - 1, missed=frame % 40 == 0)]
    if frame == 10:
        seen.append(ready())
    if frame == 33:
        seen.append(TakeReport(name="t", state="recording", path="/takes/t.mcap"))
        seen.append(Dropped(source="f", count=2, cause="over_budget"))
    return seen


FRAMES = eventful_frames()


def digests_of(show: Show, frames: Sequence[FrameInputs]) -> list[str]:
    """The digest of every frame's plan and report."""
    return [digest(show.step(inputs)) for inputs in frames]
