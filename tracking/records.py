"""The records that every package uses: poses, tracker samples, placements, and the three errors."""

from __future__ import annotations

import struct
import zlib
from typing import Annotated, Any, Literal, dataclass_transform

import msgspec

Vec3 = tuple[float, float, float]
"""Metres in the stage frame unless the name says otherwise: X right, +Y into the front wall, Z up."""
Quat = tuple[float, float, float, float]
"""Unit quaternion, x, y, z, w."""

Scalar = bool | int | float | str
NAME_PATTERN = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"
"""`$` alone also matches before a newline at the end. This form means the same to Python and to JSON Schema."""
Name = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
"""What a wall, camera, tracker or card is called: 1 to 64 letters, digits, _ or -."""
"""The type of a message code's values: plain, so that they can be encoded anywhere and put into a sentence."""

RejectCause = Literal[
    "length", "checksum", "type", "id", "not_finite", "jump", "duplicate", "reordered", "decode", "lost"
]
REJECT_CAUSES: tuple[RejectCause, ...] = (
    "length",
    "checksum",
    "type",
    "id",
    "not_finite",
    "jump",
    "duplicate",
    "reordered",
    "decode",
    "lost",
)

TrackerCondition = Literal["fresh", "late", "lost", "never"]
"""Whether a tracker still sends: on time, late, no more, or not since the start."""

PositiveFloat = Annotated[float, msgspec.Meta(gt=0.0)]

FARTHEST_M = 100_000.0
"""No stage is larger. Survey coordinates are, but float32 on the way to the walls would round them to centimetres."""
_ORIGIN = {"cure": "origin"}
"""The code of the cure that is reported when a value is refused."""
Coordinate = Annotated[float, msgspec.Meta(ge=-FARTHEST_M, le=FARTHEST_M, extra=_ORIGIN)]
Place = tuple[Coordinate, Coordinate, Coordinate]
"""Metres in the stage frame, as a person writes them; each within `FARTHEST_M` of the origin."""
Length = Annotated[float, msgspec.Meta(gt=0.0, le=FARTHEST_M)]
Turn = Annotated[float, msgspec.Meta(ge=-36_000.0, le=36_000.0)]
"""Degrees, at most a hundred turns either way."""
FOCAL_LENGTH_MM = (1.0, 5000.0)
FocalLength = Annotated[float, msgspec.Meta(ge=FOCAL_LENGTH_MM[0], le=FOCAL_LENGTH_MM[1])]
"""Millimetres. A shorter or longer value is a typing error or in another unit."""
Delay = Annotated[float, msgspec.Meta(ge=0.0, le=10_000.0)]
"""Milliseconds, at most ten seconds."""


class _KeywordOnly(msgspec.StructMeta):
    """Makes every subclass keyword-only too. By default msgspec applies `kw_only` only to a class's own fields."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> type:
        options.setdefault("kw_only", True)
        made: type = super().__new__(cls, name, bases, namespace, **options)
        return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, metaclass=_KeywordOnly, frozen=True, forbid_unknown_fields=True):
    """Immutable value that may cross a file, socket or thread boundary; unknown fields are refused."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Evolving(msgspec.Struct, metaclass=_KeywordOnly, frozen=True):
    """Immutable value kept in takes. When read, fields added by a later version are ignored."""


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Notebook(msgspec.Struct, metaclass=_KeywordOnly):
    """Mutable value owned by exactly one fold.

    It is copied by encoding, never by reference, so a snapshot shares nothing with the running show.
    """


UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on bytes that are not a record: damaged text and absurd nesting have errors of their own."""

JOB_FAILURES: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    MemoryError,
    BufferError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What one job of a thread can raise, by name (RecursionError is a RuntimeError). The thread reports it and goes on."""


class ConfigError(Exception):
    """The user's configuration cannot be run. It stops the program before the first frame.

    `findings` holds one line each: `file: path.to.key: found, expected, cure`.
    """

    def __init__(self, *findings: str) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class PacketError(Exception):
    """A packet cannot be used. It is dropped, and counted under `cause`."""

    def __init__(self, cause: RejectCause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause


class ViewError(Exception):
    """A camera's view of a wall is impossible. The planner turns it into a `Hold`.

    `reason` is a code, `values` are the values that its sentence mentions.
    """

    def __init__(self, reason: str, **values: Scalar) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class Pose(Record):
    """A rigid pose: a body's origin and axes in another frame. The variable's name says which body and frame."""

    position_m: Vec3
    rotation: Quat


class Placement(Record):
    """A rigid transform as people write it: metres, and pan, tilt, roll in degrees (intrinsic Z-X-Y)."""

    position_m: Place = (0.0, 0.0, 0.0)
    rotation_deg: tuple[Turn, Turn, Turn] = (0.0, 0.0, 0.0)


class TrackerSample(Record):
    """One decoded reading of a tracked body, in the tracker's own frame with the stage's axes.

    Position in metres, rotation as a unit quaternion (x, y, z, w). `device_ns` is the tracker's own clock if the
    protocol carries it. Raw encoder values are as sent. Focal length and the other real units are set only if the
    protocol, or its dialect's map, gives them. `projection_x_mm` and `projection_y_mm` are where the optical axis meets
    the sensor, from its centre, x right, y down. `timecode` is a label, `timecode_rate` its frames a second (numerator,
    denominator). `received_ns` overrides the datagram's stamp if the decoder knows a better one (a packet that ended in
    the middle of a serial chunk). `completes_ns` is the arrival of the earlier sample that this one completes, since a
    sender may spread one pose over several packets.
    """

    position_m: Vec3
    rotation: Quat
    device_ns: int | None = None
    received_ns: int | None = None
    sequence: int | None = None
    rate_hz: float | None = None
    zoom_raw: float | None = None
    focus_raw: float | None = None
    iris_raw: float | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None
    entrance_pupil_m: float | None = None
    f_stop: float | None = None
    projection_x_mm: float | None = None
    projection_y_mm: float | None = None
    timecode: str | None = None
    timecode_rate: tuple[int, int] | None = None
    status: str | None = None
    completes_ns: int | None = None


class Rejection(Record):
    """Why a packet, or part of one, was not used.

    `detail` says it in words. `found` and `expected` are the two numbers of the body if the packet is for another one.
    """

    cause: RejectCause
    detail: str
    found: str = ""
    expected: str = ""


Reading = TrackerSample | Rejection
