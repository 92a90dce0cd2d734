"""How the parts of an OpenTrackIO payload become a sample. The transforms alone decide whether there is one.

Source: SMPTE RIS OSVP, OpenTrackIO 1.0.1, JSON schema.
"""

from __future__ import annotations

import math

from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_parts import (
    Device,
    Encoders,
    Lens,
    Payload,
    Size,
    Static,
    Timestamp,
    Timing,
    Transform,
    Whole,
    WireTimecode,
)
from tracking.protocols.timecode import label_from_wire
from tracking.records import Quat, Rejection, TrackerSample, Vec3
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll, quat_multiply, quat_rotate

LARGEST_PLACE_M = 1e6
"""A tracked body farther away than this is an error by the sender."""

_LONGEST_TEXT = 128
_LARGEST_LENS_VALUE = 1e5

Range = tuple[float, float, str]
"""What a value must lie strictly between, and its name in the payload."""
_RATE_HZ: Range = (0.1, 100_000.0, "timing.sampleRate")
_ENCODER: Range = (-math.inf, math.inf, "lens encoders")
_FOCAL_LENGTH_MM: Range = (-math.inf, math.inf, "lens.pinholeFocalLength")
_FOCUS_DISTANCE_M: Range = (0.0, LARGEST_PLACE_M, "lens.focusDistance")
_PUPIL_M: Range = (-10.0, 10.0, "lens.entrancePupilOffset")
_F_STOP: Range = (0.0, _LARGEST_LENS_VALUE, "lens.fStop")
_OFFSET_MM: Range = (-100.0, 100.0, "lens.projectionOffset")
_NOMINAL_FOCAL_LENGTH_MM: Range = (0.0, _LARGEST_LENS_VALUE, "static.lens.nominalFocalLength")
_LATEST_STAMP_NS = 2**62

_NO_TIMING, _NO_LENS, _NO_ENCODERS = Timing(), Lens(), Encoders()


def sample_from_payload(payload: Payload, ignored: list[str]) -> TrackerSample | Rejection:
    """The sample in a payload, or the rejection if it has no usable pose (decode, not_finite).

    The transforms alone decide. The names of other fields that are out of range are added to `ignored`.
    """
    if not payload.transforms:
        return Rejection(cause="decode", detail="a payload without transforms has no pose")
    pose = _compose(payload.transforms)
    if isinstance(pose, Rejection):
        return pose
    timing, lens = payload.timing or _NO_TIMING, payload.lens or _NO_LENS
    raw, share = lens.raw_encoders or _NO_ENCODERS, lens.encoders or _NO_ENCODERS
    rate, tracker, offset = timing.sample_rate, payload.tracker, lens.projection_offset
    device_ns, sequence, timecode = _times(timing, ignored)
    zoom = share.zoom if raw.zoom is None else raw.zoom
    focus = share.focus if raw.focus is None else raw.focus
    iris = share.iris if raw.iris is None else raw.iris
    return TrackerSample(
        position_m=pose[0],
        rotation=pose[1],
        device_ns=device_ns,
        sequence=sequence,
        rate_hz=_within(rate.num / rate.denom, _RATE_HZ, ignored) if rate else None,
        zoom_raw=_within(zoom, _ENCODER, ignored),
        focus_raw=_within(focus, _ENCODER, ignored),
        iris_raw=_within(iris, _ENCODER, ignored),
        focal_length_mm=_within(lens.pinhole_focal_length, _FOCAL_LENGTH_MM, ignored),
        focus_distance_m=_within(lens.focus_distance, _FOCUS_DISTANCE_M, ignored),
        entrance_pupil_m=_within(lens.entrance_pupil_offset, _PUPIL_M, ignored),
        f_stop=_within(lens.f_stop, _F_STOP, ignored),
        projection_x_mm=_within(offset.x, _OFFSET_MM, ignored) if offset else None,
        projection_y_mm=_within(offset.y, _OFFSET_MM, ignored) if offset else None,
        timecode=timecode,
        timecode_rate=None if timecode is None else _rate_of_labels(timing),
        status=tracker.status[:_LONGEST_TEXT] if tracker and tracker.status else None,
    )


def _whole(*values: Whole) -> tuple[int, ...]:
    """Whole numbers, however they were written. Raises ValueError if one has a fraction."""
    numbers = tuple(map(int, values))
    if numbers != values:
        raise ValueError(f"found {values}, expected whole numbers")
    return numbers


def _times(timing: Timing, ignored: list[str]) -> tuple[int | None, int | None, str | None]:
    """The device's clock in nanoseconds, the sample's number, the time code; None for each that cannot be used."""
    stamp, number, code = timing.sample_timestamp, timing.sequence_number, timing.timecode
    device_ns = sequence = label = None
    if stamp is not None:
        device_ns = _nanoseconds(stamp)
        if device_ns is None:
            ignored.append("timing.sampleTimestamp")
    if number is not None:
        sequence = int(number)
        if sequence != number:
            sequence = None
            ignored.append("timing.sequenceNumber")
    if code is not None:
        label = _label(code)
        if label is None:
            ignored.append("timing.timecode")
    return device_ns, sequence, label


def _nanoseconds(stamp: Timestamp) -> int | None:
    seconds, nanoseconds = int(stamp.seconds), int(stamp.nanoseconds)
    if seconds != stamp.seconds or nanoseconds != stamp.nanoseconds:
        return None
    device_ns = seconds * 1_000_000_000 + nanoseconds
    return device_ns if device_ns <= _LATEST_STAMP_NS else None


def static_block(static: Static, ignored: list[str]) -> StaticBlock:
    """The static block to remember, with its texts cut to the length that a status page shows."""
    camera, lens, tracker = static.camera or Device(), static.lens or Device(), static.tracker or Device()
    sensor, raster = camera.active_sensor_physical_dimensions, camera.active_sensor_resolution
    return StaticBlock(
        sensor_mm=_pair(sensor),
        resolution_px=_pair(raster),
        camera=_model(camera),
        lens=_model(lens),
        tracker=_model(tracker),
        nominal_focal_length_mm=_within(lens.nominal_focal_length, _NOMINAL_FOCAL_LENGTH_MM, ignored),
    )


def _compose(transforms: list[Transform]) -> tuple[Vec3, Quat] | Rejection:
    """The last frame in the first one's parent. Each step is relative to the frame of the steps before it."""
    position: Vec3 = (0.0, 0.0, 0.0)
    rotation: Quat = IDENTITY
    for number, step in enumerate(transforms):
        place, turn = step.translation, step.rotation
        if not math.isfinite(turn.pan + turn.tilt + turn.roll):
            return Rejection(cause="not_finite", detail=f"rotation {turn} of transform {number}")
        own = quat_from_pan_tilt_roll(turn.pan, turn.tilt, turn.roll)
        moved = (place.x, place.y, place.z)
        if number:
            moved = quat_rotate(rotation, moved)
            moved = (position[0] + moved[0], position[1] + moved[1], position[2] + moved[2])
            own = quat_multiply(rotation, own)
        position, rotation = moved, own
    x, y, z = position
    if abs(x) <= LARGEST_PLACE_M and abs(y) <= LARGEST_PLACE_M and abs(z) <= LARGEST_PLACE_M:
        return position, rotation
    if math.isfinite(x) and math.isfinite(y) and math.isfinite(z):
        return Rejection(cause="decode", detail=f"position {position}, more than {LARGEST_PLACE_M:g} m away")
    return Rejection(cause="not_finite", detail=f"position {position}")


def _within(value: float | None, limits: Range, ignored: list[str]) -> float | None:
    """`value`, or None if it is missing or not strictly between the limits. In the latter case it is `ignored`."""
    if value is None:
        return None
    low, high, name = limits
    if low < value < high:
        return value
    ignored.append(name)
    return None


def _pair(size: Size | None) -> tuple[float, float] | None:
    if size is None or not (0.0 < size.width < _LARGEST_LENS_VALUE and 0.0 < size.height < _LARGEST_LENS_VALUE):
        return None
    return (size.width, size.height)


def _model(device: Device) -> str | None:
    return f"{device.make} {device.model}".strip()[:_LONGEST_TEXT] or None


def _rate_of_labels(timing: Timing) -> tuple[int, int] | None:
    """Frames a second of the time code, numerator and denominator."""
    rate = None if timing.timecode is None else timing.timecode.frame_rate
    return None if rate is None else (int(rate.num), int(rate.denom))


def _label(code: WireTimecode) -> str | None:
    rate = code.frame_rate
    try:
        hours, minutes, seconds, frames, num, denom = _whole(
            code.hours, code.minutes, code.seconds, code.frames, rate.num, rate.denom
        )
    except ValueError:
        return None
    return label_from_wire((hours, minutes, seconds, frames), (num, denom), drop=code.drop_frame)
