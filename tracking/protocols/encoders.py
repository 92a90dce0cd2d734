"""One interface to all encoders: samples in order in, packets out."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol as Interface

from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.opentrackio_packets import Encoding
from tracking.protocols.osc import encode_osc_pose
from tracking.records import TrackerSample
from tracking.settings import Protocol

__all__ = ["Encoder", "Encoding", "FreeDEncoder", "OpenTrackIOEncoder", "OscEncoder", "encoder_for", "rational_rate"]


class Encoder(Interface):
    """Encodes the samples of one tracker in one protocol."""

    def encode(self, sample: TrackerSample) -> tuple[bytes, ...]:
        """The packets of the next sample. Raises ValueError if the protocol cannot hold it."""
        ...


class FreeDEncoder:
    """D1 messages of camera `camera_id` in `dialect`. Raises ValueError for an id beyond 0 to 255."""

    def __init__(self, camera_id: int, dialect: FreeDDialect) -> None:
        if not 0 <= camera_id <= 255:
            raise ValueError(f"found {camera_id}, expected a FreeD camera id from 0 to 255")
        self._camera_id = camera_id
        self._dialect = dialect

    def encode(self, sample: TrackerSample) -> tuple[bytes, ...]:
        """One message."""
        return (encode_freed(sample, self._camera_id, self._dialect),)


class OpenTrackIOEncoder:
    """Datagrams of source `number`. Their sequence begins at 1, since a reference receiver ignores a first 0.

    Raises ValueError for a number beyond 1 to 200.
    """

    def __init__(self, number: int, rate_hz: float, encoding: Encoding) -> None:
        self._source = OpenTrackIOSource(source_number=number, rate=rational_rate(rate_hz))
        self._encoding = encoding
        self._sequence = 1

    def encode(self, sample: TrackerSample) -> tuple[bytes, ...]:
        """One datagram, or its segments."""
        packets = encode_opentrackio(sample, self._source, self._sequence, encoding=self._encoding)
        self._sequence = (self._sequence + len(packets)) & 0xFFFF
        return packets


class OscEncoder:
    """`/tracker/{number}/pose` messages with the sample's time."""

    def __init__(self, number: int) -> None:
        self._number = number

    def encode(self, sample: TrackerSample) -> tuple[bytes, ...]:
        """One message."""
        time_s = None if sample.device_ns is None else sample.device_ns / 1e9
        return (encode_osc_pose(sample, self._number, time_s),)


def encoder_for(
    protocol: Protocol,
    identity: int,
    *,
    rate_hz: float,
    encoding: Encoding = "json",
    dialect: FreeDDialect | None = None,
) -> Encoder:
    """The encoder of `protocol` for the body `identity`. Raises ValueError for a number that it cannot hold."""
    if protocol == "opentrackio":
        return OpenTrackIOEncoder(identity, rate_hz, encoding)
    if protocol == "osc":
        return OscEncoder(identity)
    return FreeDEncoder(identity, dialect or FreeDDialect())


def rational_rate(rate_hz: float) -> tuple[int, int]:
    """The rate as a fraction. 59.94 and the like mean 60000/1001."""
    nominal = round(rate_hz * 1.001)
    if abs(nominal / 1.001 - rate_hz) < 0.003 and nominal != rate_hz:
        return nominal * 1000, 1001
    exact = Fraction(rate_hz).limit_denominator(10_000)
    return exact.numerator, exact.denominator
