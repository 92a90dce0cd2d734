"""Whatever comes, a decoder neither raises nor passes on a number that is none, and can be copied at any moment."""

import gc
import math
import os
import random
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.dialects import FreeDDialect, OscMap
from tracking.protocols.decoders import Decoder, DecoderMemory, new_memory
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.opentrackio_packets import write_segments
from tracking.protocols.osc import encode_osc_pose
from tracking.protocols.osc_packet import encode_message
from tracking.records import REJECT_CAUSES, Rejection, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig

UNITY = msgspec.convert(
    {
        "frame": "unity",
        "rules": [
            {"address": "/b/{id}/p", "arguments": [{"index": n, "field": f} for n, f in enumerate("xyz")]},
            {"address": "/*/r", "arguments": [{"index": 0, "field": "pan"}, {"index": 1, "field": "zoom"}]},
        ],
    },
    OscMap,
)
TRACKERS = {
    "freed": TrackerConfig(name="a", protocol="freed", source="udp://127.0.0.1:1"),
    "zcam": TrackerConfig(name="a", protocol="freed", source="udp://127.0.0.1:1", dialect=FreeDDialect(lens="zcam")),
    "serial": TrackerConfig(name="a", protocol="freed", source="serial:///dev/ttyS0", camera_id=1),
    "opentrackio": TrackerConfig(name="a", protocol="opentrackio", source="udp://127.0.0.1:1"),
    "osc": TrackerConfig(name="a", protocol="osc", source="udp://127.0.0.1:1", map=UNITY),
}
SAMPLE = TrackerSample(
    position_m=(1.0, 2.0, 3.0),
    rotation=quat_from_pan_tilt_roll(10.0, 20.0, 30.0),
    device_ns=5_000_000_000,
    zoom_raw=100.0,
    focal_length_mm=35.0,
    timecode="01:02:03:04",
)
SOURCE = OpenTrackIOSource(rate=(25, 1))
GOOD = {
    "freed": [encode_freed(SAMPLE, 1, FreeDDialect())],
    "zcam": [encode_freed(SAMPLE, 1, FreeDDialect(lens="zcam"))],
    "serial": [encode_freed(SAMPLE, 1, FreeDDialect())],
    "opentrackio": [
        *encode_opentrackio(SAMPLE, SOURCE, 1),
        *encode_opentrackio(SAMPLE, SOURCE, 2, encoding="cbor"),
        *encode_opentrackio(SAMPLE, SOURCE, 3, max_payload=300),
    ],
    "osc": [
        encode_osc_pose(SAMPLE, 1, 2.0),
        encode_message("/b/1/p", "fff", 1.0, 2.0, 3.0),
        encode_message("/b/r", "f", 1.0),
    ],
}


def spoilt(packet):
    """A packet with bytes changed, removed, inserted or cut off."""
    change = st.tuples(st.sampled_from("sdi"), st.integers(0, len(packet)), st.integers(0, 255))

    def apply(changes):
        found = bytearray(packet)
        for kind, place, byte in changes:
            if kind == "s" and place < len(found):
                found[place] = byte
            elif kind == "d":
                del found[place : place + byte % 9]
            elif kind == "i":
                found[place:place] = bytes([byte])
        return bytes(found)

    return st.lists(change, max_size=4).map(apply)


def anything(kind):
    return st.one_of(st.binary(max_size=120), *(spoilt(packet) for packet in GOOD[kind]))


def numbers_of(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from numbers_of(part)


def check(readings):
    for reading in readings:
        if isinstance(reading, Rejection):
            assert reading.cause in REJECT_CAUSES
            assert len(reading.detail) < 500
            continue
        for number in numbers_of(msgspec.structs.astuple(reading)):
            assert math.isfinite(number)
        assert max(map(abs, reading.position_m)) <= 1e6
        assert math.hypot(*reading.rotation) == pytest.approx(1.0, abs=1e-6)
        encoded = msgspec.msgpack.encode(reading)
        assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=TrackerSample)) == encoded


@pytest.mark.parametrize("kind", TRACKERS)
def test_a_stream_of_anything_is_survived_and_the_decoder_can_be_copied_between_any_two_packets(kind):
    @settings(max_examples=80, database=None)
    @given(stream=st.lists(anything(kind), max_size=8), cut=st.integers(0, 8))
    def survives(stream, cut):
        config = TRACKERS[kind]
        memory = new_memory(config)
        original = Decoder(config, memory)
        for packet in stream[:cut]:
            check(original.feed(datagram(packet, "s", 1)))
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=DecoderMemory)
        restored = Decoder(config, copy)
        for packet in stream[cut:]:
            readings = original.feed(datagram(packet, "s", 2))
            check(readings)
            assert restored.feed(datagram(packet, "s", 2)) == readings
        assert msgspec.msgpack.encode(copy) == msgspec.msgpack.encode(memory)

    survives()


@pytest.mark.parametrize("encoding", ["json", "cbor"])
def test_payloads_with_a_good_checksum_and_any_content_are_survived(encoding):
    (whole,) = encode_opentrackio(SAMPLE, SOURCE, 1, encoding=encoding)

    @settings(max_examples=200, database=None)
    @given(payload=st.one_of(st.binary(max_size=80), spoilt(whole[16:])))
    def survives(payload):
        config = TRACKERS["opentrackio"]
        for packet in write_segments(payload, encoding, 1, 1456):
            check(Decoder(config, new_memory(config)).feed(datagram(packet, "s", 0)))

    survives()


@pytest.mark.data
@pytest.mark.parametrize("seed", range(4))
def test_real_datagrams_spoilt_at_random_are_survived(seed):
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA names no folder of recordings")
    packets = [path.read_bytes() for path in sorted(Path(folder).glob("opentrackio/packets/*.bin"))]
    chance = random.Random(seed)
    config = TRACKERS["opentrackio"]
    decoder = Decoder(config, new_memory(config))
    for number in range(1000):
        payload = bytearray(chance.choice(packets)[16:])
        for _ in range(chance.randrange(1, 5)):
            payload[chance.randrange(len(payload))] = chance.randrange(256)
        for encoding in ("json", "cbor"):
            (packet,) = write_segments(bytes(payload), encoding, number, 1456)
            check(decoder.feed(datagram(packet, "s", 0)))


@pytest.mark.parametrize("kind", TRACKERS)
def test_a_flood_of_bad_packets_leaves_nothing_behind_without_the_collector(kind):
    config = TRACKERS[kind]
    decoder = Decoder(config, new_memory(config))
    packets = (
        [packet[:-1] + b"?" for packet in GOOD[kind]] + [packet[:20] for packet in GOOD[kind]] + [b"", b"\xff" * 30]
    )
    if kind == "opentrackio":
        packets += [
            write_segments(payload, encoding, 1, 99)[0]
            for encoding in ("json", "cbor")
            for payload in (b"{", b'{"a":"\xff"}', b"[NaN]", b'{"transforms":[]}', b"\xc1\x01")
        ]

    def flood():
        for _ in range(200):
            for packet in packets:
                decoder.feed(datagram(packet, "s", 0))

    flood()
    gc.collect()
    gc.disable()
    try:
        flood()  # fills Python's free lists, which the collector has emptied
        before = sys.getallocatedblocks()
        flood()
        grown = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert grown < 50
