"""Encodes OpenTrackIO 1.0.1: samples to datagrams that the published schema accepts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

import cbor2
import msgspec

from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_packets import Encoding, write_segments
from tracking.records import Record, TrackerSample
from tracking.rotation import pan_tilt_roll_from_quat

DEFAULT_MAX_PAYLOAD = 1456
"""With both headers and IP options, a datagram with this payload still fits a plain Ethernet frame."""

_SECOND_NS = 1_000_000_000
_LARGEST_RAW = 0xFFFFFFFF
_SAMPLE_NAMES = 0x0502_A9C0_0000_4000_8000_0000_0000_0000
_SOURCE_NAMES = 0x0502_A9C1_0000_4000_8000_0000_0000_0000


class OpenTrackIOSource(Record):
    """The sender: its number (1 to 200), its sample rate in hertz as a fraction if known, and its own description.

    `static` is sent with a sample on request (senders do so about every two seconds). `transform` names the tracked
    body.
    """

    source_number: int = 1
    rate: tuple[int, int] | None = None
    transform: str = "Camera"
    slate: str | None = None
    recording: bool | None = None
    static: StaticBlock | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.source_number <= 200:
            raise ValueError(f"source number {self.source_number}; OpenTrackIO has 1 to 200")


def encode_opentrackio(
    sample: TrackerSample,
    source: OpenTrackIOSource,
    sequence: int,
    *,
    encoding: Encoding = "json",
    with_static: bool = False,
    max_payload: int = DEFAULT_MAX_PAYLOAD,
) -> tuple[bytes, ...]:
    """The sample as one datagram or several. `sequence` numbers the first; the next sample continues after the last.

    `max_payload` is in bytes after the 16 of the header, 1 to 32767.
    """
    payload = payload_of(sample, source, sequence, with_static=with_static)
    encoded = msgspec.json.encode(payload) if encoding == "json" else cbor2.dumps(payload)
    return write_segments(encoded, encoding, sequence, max_payload)


def payload_of(
    sample: TrackerSample, source: OpenTrackIOSource, sequence: int, *, with_static: bool = False
) -> dict[str, Any]:
    """The payload, with the schema's names."""
    pan, tilt, roll = pan_tilt_roll_from_quat(sample.rotation)
    x, y, z = sample.position_m
    number = sequence if sample.sequence is None else sample.sequence
    payload: dict[str, Any] = {
        "tracker": _present({"status": sample.status, "slate": source.slate, "recording": source.recording}),
        "timing": _timing(sample, source, number),
        "lens": _lens(sample),
        "protocol": {"name": "OpenTrackIO", "version": [1, 0, 1]},
        "sampleId": UUID(int=_SAMPLE_NAMES | source.source_number << 32 | number & _LARGEST_RAW).urn,
        "sourceId": UUID(int=_SOURCE_NAMES | source.source_number).urn,
        "sourceNumber": source.source_number,
        "transforms": [
            {
                "translation": {"x": x, "y": y, "z": z},
                "rotation": {"pan": pan, "tilt": tilt, "roll": roll},
                "id": source.transform,
            }
        ],
    }
    if with_static and source.static is not None:
        payload["static"] = _static(source.static)
    return {name: part for name, part in payload.items() if part != {}}


def _timing(sample: TrackerSample, source: OpenTrackIOSource, number: int) -> dict[str, Any]:
    stamp = None
    if sample.device_ns is not None:
        stamp = dict(zip(("seconds", "nanoseconds"), divmod(sample.device_ns, _SECOND_NS), strict=True))
    return {"mode": "internal" if stamp else "external"} | _present(
        {
            "sampleTimestamp": stamp,
            "sampleRate": _rational(source.rate),
            "sequenceNumber": number & _LARGEST_RAW,
            "timecode": _timecode(sample.timecode, sample.timecode_rate or source.rate),
        }
    )


def _timecode(label: str | None, rate: tuple[int, int] | None) -> dict[str, Any] | None:
    if label is None or rate is None:
        return None
    hours, minutes, seconds, frames = (int(part) for part in label.replace(";", ":").split(":"))
    clock = {"hours": hours, "minutes": minutes, "seconds": seconds, "frames": frames}
    return clock | {"frameRate": _rational(rate), "dropFrame": ";" in label}


def _lens(sample: TrackerSample) -> dict[str, Any]:
    values = {"focus": sample.focus_raw, "iris": sample.iris_raw, "zoom": sample.zoom_raw}
    sent = {name: value for name, value in values.items() if value is not None}
    raw = {name: round(value) for name, value in sent.items() if _is_raw(value)}
    shares = {name: value for name, value in sent.items() if not _is_raw(value) and value <= 1.0}
    return _present(
        {
            "rawEncoders": raw or None,
            "encoders": shares or None,
            "pinholeFocalLength": sample.focal_length_mm,
            "entrancePupilOffset": sample.entrance_pupil_m,
            "focusDistance": sample.focus_distance_m,
            "projectionOffset": _offset(sample),
            "fStop": sample.f_stop,
        }
    )


def _offset(sample: TrackerSample) -> dict[str, float] | None:
    if sample.projection_x_mm is None or sample.projection_y_mm is None:
        return None
    return {"x": sample.projection_x_mm, "y": sample.projection_y_mm}


def _is_raw(value: float) -> bool:
    """Whole numbers are sent as raw encoder counts, others as shares of the lens's travel."""
    return value.is_integer() and 0.0 <= value <= _LARGEST_RAW


def _static(block: StaticBlock) -> dict[str, Any]:
    sensor, raster = block.sensor_mm, block.resolution_px
    camera = {
        "activeSensorPhysicalDimensions": {"width": sensor[0], "height": sensor[1]} if sensor else None,
        "activeSensorResolution": {"width": round(raster[0]), "height": round(raster[1])} if raster else None,
        "model": block.camera,
    }
    lens = {"model": block.lens, "nominalFocalLength": block.nominal_focal_length_mm}
    parts = {"camera": _present(camera), "lens": _present(lens), "tracker": _present({"model": block.tracker})}
    return {name: part for name, part in parts.items() if part}


def _rational(rate: tuple[int, int] | None) -> dict[str, int] | None:
    if rate is None:
        return None
    lowest = Fraction(*rate)
    return {"num": lowest.numerator, "denom": lowest.denominator}


def _present(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part is not None and part != ""}
