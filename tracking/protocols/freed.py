"""FreeD: decodes and encodes the D1 position message and the D0 command.

Source: Vinten free-d Installation Manual V1.4.4, appendices A and B. Big-endian 24-bit fields. The sum of all bytes
of a message is 0x40 modulo 256. At pan 0, tilt 0 FreeD looks along +Y, and its pan + turns right; the stage's turns
left.
"""

from __future__ import annotations

import struct
from enum import IntEnum

from tracking.dialects import FreeDDialect
from tracking.protocols.freed_lens import read_lens, write_lens
from tracking.records import PacketError, Rejection, TrackerSample, Vec3
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll

D1_LENGTH = 29
D0_LENGTH = 4
D1_TYPE = 0xD1
D0_TYPE = 0xD0
BROADCAST_ID = 0xFF

_DEG_PER_COUNT = 1.0 / 32768.0
_M_PER_COUNT = 1.0 / 64000.0
_CHECK = 0x40
_HALF_24 = 1 << 23
_ALL_24 = 0xFFFFFF
_ANGLES = ("pan", "tilt", "roll")
_POSITIONS = ("x", "y", "z")

# A signed 24-bit field is unpacked as its signed upper 16 bits and its lower 8.
_D1 = struct.Struct(">BBhBhBhBhBhBhBHBHBHB")


class FreeDCommand(IntEnum):
    """The command of a D0 message to the tracker."""

    STOP_STREAM = 0x00
    START_STREAM = 0x01
    STOP_FREEZE = 0x02
    START_FREEZE = 0x03
    POLL_POSITION = 0xD1


class FreeDReader:
    """Reads D1 messages in one dialect, whose settings are turned into plain factors once."""

    def __init__(self, dialect: FreeDDialect) -> None:
        self._pan, self._tilt, self._roll = _places(dialect.angle_axes, _ANGLES)
        self._x, self._y, self._z = _places(dialect.position_axes, _POSITIONS)
        degree = _DEG_PER_COUNT * dialect.angle_scale
        metre = _M_PER_COUNT * dialect.position_scale
        pan_sign, tilt_sign, roll_sign = _turn_signs(dialect)
        x_sign, y_sign, z_sign = _signs(dialect.position_axes)
        self._angle_factors = (degree * pan_sign, degree * tilt_sign, degree * roll_sign)
        self._position_factors = (metre * x_sign, metre * y_sign, metre * z_sign)
        self._angle_offsets = dialect.angle_offset_deg
        self._position_offsets = dialect.position_offset_m
        self._dialect = dialect
        self._plain_lens = _sends_plain_encoders(dialect)

    def read(self, packet: bytes, received_ns: int | None = None) -> TrackerSample | Rejection:
        """The sample in one D1 message, or why it has none (type, length, checksum)."""
        if len(packet) != D1_LENGTH or packet[0] != D1_TYPE or sum(packet) & 0xFF != _CHECK:
            return refuse_message(packet)
        (
            _, _, pan_high, pan_low, tilt_high, tilt_low, roll_high, roll_low,
            x_high, x_low, y_high, y_low, z_high, z_low, zoom_high, zoom_low, focus_high, focus_low, user, _,
        ) = _D1.unpack(packet)  # fmt: skip
        angles = (pan_high * 256 + pan_low, tilt_high * 256 + tilt_low, roll_high * 256 + roll_low)
        places = (x_high * 256 + x_low, y_high * 256 + y_low, z_high * 256 + z_low)
        pan, tilt, roll = self._angle_factors
        pan_offset, tilt_offset, roll_offset = self._angle_offsets
        x, y, z = self._position_factors
        x_offset, y_offset, z_offset = self._position_offsets
        position = (
            places[self._x] * x + x_offset,
            places[self._y] * y + y_offset,
            places[self._z] * z + z_offset,
        )
        rotation = quat_from_pan_tilt_roll(
            angles[self._pan] * pan + pan_offset,
            angles[self._tilt] * tilt + tilt_offset,
            angles[self._roll] * roll + roll_offset,
        )
        zoom, focus = zoom_high << 8 | zoom_low, focus_high << 8 | focus_low
        if self._plain_lens:
            return TrackerSample(
                position_m=position,
                rotation=rotation,
                received_ns=received_ns,
                zoom_raw=float(zoom),
                focus_raw=float(focus),
            )
        zoom_raw, focus_raw, iris_raw, focal_length, distance, stop, sequence = read_lens(
            zoom, focus, user, self._dialect
        )
        return TrackerSample(
            position_m=position,
            rotation=rotation,
            received_ns=received_ns,
            sequence=sequence,
            zoom_raw=zoom_raw,
            focus_raw=focus_raw,
            iris_raw=iris_raw,
            focal_length_mm=focal_length,
            focus_distance_m=distance,
            f_stop=stop,
        )


def decode_freed(packet: bytes, dialect: FreeDDialect) -> TrackerSample:
    """One D1 message as a sample in the stage's axes. Raises PacketError (type, length, checksum)."""
    reading = FreeDReader(dialect).read(packet)
    if isinstance(reading, Rejection):
        raise PacketError(reading.cause, reading.detail)
    return reading


def _sends_plain_encoders(dialect: FreeDDialect) -> bool:
    """Whether zoom and focus are given exactly as sent and the spare bytes are unused: the common, quick case."""
    masked = (dialect.zoom_mask, dialect.focus_mask, dialect.lens_zero) != (_ALL_24, _ALL_24, 0)
    mapped = dialect.zoom_mm is not None or dialect.normalise_lens
    return dialect.lens == "encoders" and dialect.user == "ignore" and not masked and not mapped


def refuse_message(packet: bytes) -> Rejection:
    """Why bytes are not a sound D1 message (length, type, checksum)."""
    if not packet or (packet[0] == D1_TYPE and len(packet) != D1_LENGTH):
        return Rejection(cause="length", detail=f"FreeD D1 of {len(packet)} bytes, expected {D1_LENGTH}")
    if packet[0] != D1_TYPE:
        return Rejection(cause="type", detail=f"FreeD message type {packet[0]:#04x}, expected 0xd1")
    return Rejection(cause="checksum", detail=f"FreeD bytes sum to {sum(packet) & 0xFF:#04x}, expected 0x40")


def _places(axes: tuple[str, ...], fields: tuple[str, ...]) -> tuple[int, int, int]:
    first, second, third = (fields.index(axis.lstrip("-")) for axis in axes)
    return first, second, third


def _signs(axes: tuple[str, ...]) -> Vec3:
    first, second, third = (-1.0 if axis.startswith("-") else 1.0 for axis in axes)
    return first, second, third


def _turn_signs(dialect: FreeDDialect) -> Vec3:
    """Signs of the stage's pan, tilt, roll, including the flip of FreeD's pan."""
    pan, tilt, roll = _signs(dialect.angle_axes)
    return (-pan, tilt, roll)


def with_checksum(message: bytes) -> bytes:
    """`message` and its FreeD check byte."""
    return message + bytes([(_CHECK - sum(message)) & 0xFF])


def decode_freed_command(packet: bytes) -> tuple[FreeDCommand, int]:
    """The command of a D0 message and the camera id it is for. Raises PacketError (length, type, checksum)."""
    if len(packet) != D0_LENGTH:
        raise PacketError("length", f"FreeD D0 of {len(packet)} bytes, expected {D0_LENGTH}")
    if packet[0] != D0_TYPE or packet[2] not in FreeDCommand.__members__.values():
        raise PacketError("type", f"FreeD message {packet.hex(' ')} is not a known command")
    if sum(packet) & 0xFF != _CHECK:
        raise PacketError("checksum", f"FreeD bytes sum to {sum(packet) & 0xFF:#04x}, expected 0x40")
    return FreeDCommand(packet[2]), packet[1]


def encode_freed_command(command: FreeDCommand, camera_id: int) -> bytes:
    """A D0 message of 4 bytes, for example the one that starts the stream on a serial line."""
    return with_checksum(bytes([D0_TYPE, camera_id, command]))


def encode_freed(sample: TrackerSample, camera_id: int, dialect: FreeDDialect) -> bytes:
    """The sample as a D1 message of 29 bytes in the dialect, to the nearest count.

    Raises ValueError for a position or angle beyond the 24-bit fields (131 m, 256 degrees in the manual's units).
    """
    pan, tilt, roll = pan_tilt_roll_from_quat(sample.rotation)
    pan_offset, tilt_offset, roll_offset = dialect.angle_offset_deg
    turns = (_wrapped(pan - pan_offset), _wrapped(tilt - tilt_offset), _wrapped(roll - roll_offset))
    x, y, z = sample.position_m
    x_offset, y_offset, z_offset = dialect.position_offset_m
    degree = 1.0 / (_DEG_PER_COUNT * dialect.angle_scale)
    metre = 1.0 / (_M_PER_COUNT * dialect.position_scale)
    order, signs = _places(dialect.angle_axes, _ANGLES), _turn_signs(dialect)
    angles = _counts(turns, order, signs, degree)
    order, signs = _places(dialect.position_axes, _POSITIONS), _signs(dialect.position_axes)
    places = _counts((x - x_offset, y - y_offset, z - z_offset), order, signs, metre)
    lens = write_lens(sample, dialect)
    fields = [_signed_field(count) for count in (*angles, *places)]
    fields += [lens.zoom.to_bytes(3, "big"), lens.focus.to_bytes(3, "big"), lens.user.to_bytes(2, "big")]
    return with_checksum(bytes([D1_TYPE, camera_id]) + b"".join(fields))


def _counts(values: Vec3, order: tuple[int, int, int], signs: Vec3, scale: float) -> Vec3:
    """The wire's three fields, in counts, for the stage's three values."""
    counts = [0.0, 0.0, 0.0]
    for value, place, sign in zip(values, order, signs, strict=True):
        counts[place] = value * sign * scale
    return (counts[0], counts[1], counts[2])


def _wrapped(degrees: float) -> float:
    """The same turn between -180 and +180 degrees."""
    return degrees if -180.0 <= degrees <= 180.0 else (degrees + 180.0) % 360.0 - 180.0


def _signed_field(count: float) -> bytes:
    if not -_HALF_24 - 0.5 <= count < _HALF_24 - 0.5:
        raise ValueError(f"{count:.0f} counts do not fit FreeD's signed 24 bits")
    return round(count).to_bytes(3, "big", signed=True)
