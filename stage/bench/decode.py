"""Times decoding: how many packets a second become samples, one at a time, each different, on one core."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Literal

from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.osc import encode_osc_pose
from tracking.records import Record, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settings import Protocol, TrackerConfig

_SENDER = "127.0.0.1:40000"
_PACKETS = 2000
_FEWEST_RUNS = 5
_CAMERA_ID = 1


class DecodeFigures(Record):
    """Packets a second through `Decoder.feed`, from bytes to sample with dialect and checksum; medians of runs."""

    freed_per_s: float
    opentrackio_json_per_s: float
    opentrackio_cbor_per_s: float
    osc_per_s: float


def measure(seconds: float = 4.0) -> DecodeFigures:
    """Measures all four protocols, each for a quarter of `seconds` and with at least five runs."""
    share = seconds / 4.0
    return DecodeFigures(
        freed_per_s=_rate("freed", [_freed(number) for number in range(_PACKETS)], share),
        opentrackio_json_per_s=_rate(
            "opentrackio", [_opentrackio(number, "json") for number in range(_PACKETS)], share
        ),
        opentrackio_cbor_per_s=_rate(
            "opentrackio", [_opentrackio(number, "cbor") for number in range(_PACKETS)], share
        ),
        osc_per_s=_rate("osc", [_osc(number) for number in range(_PACKETS)], share),
    )


def _rate(protocol: Protocol, packets: list[bytes], seconds: float) -> float:
    runs: list[float] = []
    datagrams = [
        Datagram(source=f"udp://{_SENDER}", sender=_SENDER, received_ns=0, payload=packet) for packet in packets
    ]
    end = time.perf_counter() + seconds
    while len(runs) < _FEWEST_RUNS or time.perf_counter() < end:
        config = TrackerConfig(
            name="bench",
            protocol=protocol,
            source=f"udp://{_SENDER}",
            camera_id=_CAMERA_ID,
            dialect=FreeDDialect(position_axes=("x", "-y", "z"), position_offset_m=(0.5, -0.25, 0.0)),
        )
        runs.append(len(datagrams) / _duration(Decoder(config, new_memory(config)).feed, datagrams))
    return statistics.median(runs)


def _duration(feed: Callable[[Datagram], tuple[object, ...]], datagrams: list[Datagram]) -> float:
    start = time.perf_counter()
    for datagram in datagrams:
        feed(datagram)
    return time.perf_counter() - start


def _sample(number: int) -> TrackerSample:
    way = number / _PACKETS
    return TrackerSample(
        position_m=(1.0 + way, 4.0 - way, 3.0 + way / 3.0),
        rotation=quat_from_pan_tilt_roll(40.0 * way, 10.0 - 7.0 * way, 0.3 * way),
        device_ns=1_795_175_051_000_000_000 + 16_683_350 * number,
        zoom_raw=0.1 + way * 0.8,
        focus_raw=0.95 - way * 0.9,
        iris_raw=0.5,
        focal_length_mm=24.305,
        focus_distance_m=10.0,
        entrance_pupil_m=0.123,
        f_stop=4.0,
        timecode="11:44:11:01",
        status="Optical Good",
    )


def _freed(number: int) -> bytes:
    return encode_freed(_sample(number), _CAMERA_ID, FreeDDialect(zoom_range=(0, 0xFFFF), normalise_lens=True))


def _opentrackio(number: int, encoding: Literal["json", "cbor"]) -> bytes:
    """A packet as long as the recommended dynamic sample; the static block takes the place of its unused parts."""
    source = OpenTrackIOSource(
        source_number=_CAMERA_ID,
        rate=(24000, 1001),
        slate="A101_A_4",
        recording=False,
        static=StaticBlock(
            sensor_mm=(36.0, 24.0),
            resolution_px=(3840.0, 2160.0),
            camera="CameraMaker Model20",
            lens="LensMaker Model15",
            tracker="TrackerMaker Tracker, firmware 1.2.3",
            nominal_focal_length_mm=14.0,
        ),
    )
    (packet,) = encode_opentrackio(_sample(number), source, number, encoding=encoding, with_static=True)
    return packet


def _osc(number: int) -> bytes:
    return encode_osc_pose(_sample(number), _CAMERA_ID, number / 60.0)
