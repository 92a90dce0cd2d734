"""The parts of an OpenTrackIO payload that a stage uses, as records of the typed decoder.

Source: SMPTE RIS OSVP, OpenTrackIO 1.0.1, JSON schema. There every part is optional. Unknown fields are ignored.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

_UP_TO_U32 = msgspec.Meta(ge=0, le=0xFFFFFFFF)
_POSITIVE = msgspec.Meta(ge=1, le=0xFFFFFFFF)
# 2**63 nanoseconds, the most that a snapshot's integers hold, are 9.2e9 seconds.
_SECONDS = msgspec.Meta(ge=0, le=9_000_000_000)
_SMALL = msgspec.Meta(ge=0, le=1000)

# JSON Schema counts 1000.0 as an integer (draft 2020-12, validation, section 6.1.1), and some writers always write it
# so.
Whole = int | float
U32 = Annotated[int, _UP_TO_U32] | Annotated[float, _UP_TO_U32]
Positive = Annotated[int, _POSITIVE] | Annotated[float, _POSITIVE]
Seconds = Annotated[int, _SECONDS] | Annotated[float, _SECONDS]
Small = Annotated[int, _SMALL] | Annotated[float, _SMALL]


class Part(msgspec.Struct, rename="camel", gc=False):
    """A piece of the payload, as sent."""


class Translation(Part):
    """Metres."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Rotation(Part):
    """Degrees, intrinsic Z-X-Y."""

    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0


class Transform(Part):
    """One step from the stage's origin to the sensor. A scale is ignored: a tracked body is rigid."""

    translation: Translation
    rotation: Rotation


class Rational(Part):
    """num / denom."""

    num: Positive
    denom: Positive


class Timestamp(Part):
    """PTP time."""

    seconds: Seconds
    nanoseconds: U32


class WireTimecode(Part):
    """A SMPTE label with its rate."""

    hours: Small
    minutes: Small
    seconds: Small
    frames: Small
    frame_rate: Rational
    drop_frame: bool = False


class Timing(Part):
    """When the sample was taken."""

    sample_rate: Rational | None = None
    sample_timestamp: Timestamp | None = None
    sequence_number: U32 | None = None
    timecode: WireTimecode | None = None


class Encoders(Part):
    """Focus, iris and zoom: raw, or from 0 to 1."""

    focus: float | None = None
    iris: float | None = None
    zoom: float | None = None


class Offset(Part):
    """Millimetres on the sensor, x right, y down."""

    x: float
    y: float


class Lens(Part):
    """The lens at the time of the sample."""

    raw_encoders: Encoders | None = None
    encoders: Encoders | None = None
    pinhole_focal_length: float | None = None
    entrance_pupil_offset: float | None = None
    focus_distance: float | None = None
    projection_offset: Offset | None = None
    f_stop: float | None = None


class Tracker(Part):
    """What the tracker reports about itself."""

    status: str | None = None
    slate: str | None = None
    recording: bool | None = None


class Size(Part):
    """Millimetres or pixels."""

    width: float
    height: float


class Device(Part):
    """A camera, lens or tracker in the static block."""

    make: str = ""
    model: str = ""
    active_sensor_physical_dimensions: Size | None = None
    active_sensor_resolution: Size | None = None
    nominal_focal_length: float | None = None


class Static(Part):
    """Values that change rarely, sent every few seconds."""

    camera: Device | None = None
    lens: Device | None = None
    tracker: Device | None = None


class Payload(Part):
    """A whole sample."""

    transforms: Annotated[list[Transform], msgspec.Meta(max_length=64)] = []
    timing: Timing | None = None
    lens: Lens | None = None
    tracker: Tracker | None = None
    source_number: U32 | None = None
    static: Static | None = None
