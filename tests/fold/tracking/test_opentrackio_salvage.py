"""OpenTrackIO of other versions and other habits: the transforms alone decide the pose."""

import json
import math

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, payload_of
from tracking.protocols.opentrackio_packets import write_segments
from tracking.records import Rejection, TrackerSample
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

CONFIG = TrackerConfig(name="o", protocol="opentrackio", source="udp://127.0.0.1:1", camera_id=1)
POSE = {
    "sourceNumber": 1,
    "transforms": [
        {"translation": {"x": 0.0, "y": -1.0, "z": 1.5}, "rotation": {"pan": 5.0, "tilt": 0.0, "roll": 0.0}}
    ],
}
START_NS = 5_000_000_000


def packet(payload, encoding, sequence=1):
    (made,) = write_segments(payload, encoding, sequence, 30000)
    return made


def read(payload, encoding="json"):
    memory = new_memory(CONFIG)
    (reading,) = Decoder(CONFIG, memory).feed(datagram(packet(payload, encoding), "s", START_NS))
    return reading, list(memory.ignored)


WRONG = [
    ({"lens": {"fStop": "4.0", "focusDistance": 3.0}}, ["lens.fStop"]),
    ({"lens": {"fStop": -1.0}}, ["lens.fStop"]),
    ({"lens": {"focusDistance": {"num": 3, "denom": 1}}}, ["lens.focusDistance"]),
    ({"lens": {"entrancePupilOffset": {"num": 123, "denom": 1000}}}, ["lens.entrancePupilOffset"]),
    ({"lens": {"projectionOffset": [0.1, 0.2]}}, ["lens.projectionOffset"]),
    ({"lens": {"projectionOffset": {"x": 0.1}}}, ["lens.projectionOffset"]),
    ({"lens": {"encoders": {"focus": "near", "zoom": 0.5}}}, ["lens.encoders.focus"]),
    ({"lens": ["a lens"]}, ["lens"]),
    ({"tracker": {"recording": "false"}}, ["tracker.recording"]),
    ({"tracker": {"slate": 7, "status": ["good"]}}, ["tracker.status", "tracker.slate"]),
    ({"timing": {"sampleRate": {"num": 0, "denom": 1}}}, ["timing.sampleRate"]),
    ({"timing": {"sampleRate": 24.0}}, ["timing.sampleRate"]),
    ({"timing": {"sampleRate": {"num": 24, "denom": 0}}}, ["timing.sampleRate"]),
    ({"timing": {"sampleRate": {"num": None, "denom": 1}}}, ["timing.sampleRate"]),
    ({"timing": {"sampleTimestamp": 12.5}}, ["timing.sampleTimestamp"]),
    ({"timing": {"sampleTimestamp": {"seconds": -1, "nanoseconds": 0}}}, ["timing.sampleTimestamp"]),
    ({"timing": {"sampleTimestamp": {"seconds": 1.5, "nanoseconds": 0}}}, ["timing.sampleTimestamp"]),
    ({"timing": {"sampleTimestamp": {"seconds": 8_000_000_000, "nanoseconds": 0}}}, ["timing.sampleTimestamp"]),
    ({"timing": {"sampleTimestamp": {"seconds": 1, "nanoseconds": 10**12}}}, ["timing.sampleTimestamp"]),
    ({"timing": {"sequenceNumber": "12"}}, ["timing.sequenceNumber"]),
    ({"timing": {"sequenceNumber": 1.5}}, ["timing.sequenceNumber"]),
    ({"timing": {"timecode": "01:02:03:04"}}, ["timing.timecode"]),
    ({"timing": {"timecode": {"hours": 99, "minutes": 0, "seconds": 0, "frames": 0}}}, ["timing.timecode"]),
    (
        {
            "timing": {
                "timecode": {
                    "hours": 1,
                    "minutes": 2,
                    "seconds": 3,
                    "frames": 4,
                    "format": {"frameRate": {"num": 24, "denom": 1}, "dropFrame": False},
                }
            }
        },
        ["timing.timecode"],
    ),
    ({"static": {"camera": {"make": 5, "model": "B"}}}, ["static.camera.make"]),
    ({"static": "none"}, ["static"]),
    ({"sourceNumber": "one"}, ["sourceNumber"]),
    ({"sourceNumber": None, "lens": None, "timing": None, "tracker": None, "static": None}, []),
    ({"protocol": "OpenTrackIO_0.1.0", "metadata": {}, "device": [1], "globalStage": "x"}, []),
]


@pytest.mark.parametrize("encoding", ["json", "cbor"])
@pytest.mark.parametrize(("wrong", "ignored"), WRONG)
def test_a_field_of_another_type_version_or_range_is_left_out_and_the_pose_is_taken(wrong, ignored, encoding):
    content = POSE | wrong
    payload = msgspec.json.encode(content) if encoding == "json" else cbor2.dumps(content)
    reading, left_out = read(payload, encoding)
    assert isinstance(reading, TrackerSample)
    assert reading.position_m == (0.0, -1.0, 1.5)
    assert reading.rotation == quat_from_pan_tilt_roll(5.0, 0.0, 0.0)
    assert sorted(left_out) == sorted(ignored)


def test_good_fields_beside_wrong_ones_are_used():
    lens = {"fStop": "4.0", "focusDistance": 3.0, "pinholeFocalLength": 35.0, "encoders": {"zoom": 0.5, "iris": "f/4"}}
    timing = {"sampleTimestamp": {"seconds": 5, "nanoseconds": 7}, "sampleRate": 24}
    reading, _ = read(msgspec.json.encode(POSE | {"lens": lens, "timing": timing}))
    assert (reading.focus_distance_m, reading.focal_length_mm, reading.zoom_raw) == (3.0, 35.0, 0.5)
    assert (reading.device_ns, reading.rate_hz, reading.f_stop) == (5_000_000_007, None, None)


@pytest.mark.parametrize("end", [b"\0", b"\0\0\0", b"\n", b"\r\n\0"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_a_trailing_nul_and_a_byte_order_mark_pass(before, end):
    reading, left_out = read(before + msgspec.json.encode(POSE) + end)
    assert (reading.position_m, left_out) == ((0.0, -1.0, 1.5), [])


TAGS = [
    (0, "2026-01-01T00:00:00Z"),
    (1, 1.7e9),
    (2, b"\x01" * 40),
    (4, [-1, 5]),
    (30, [24, 1]),
    (37, bytes(16)),
    (9999, {}),
]


@pytest.mark.parametrize(("tag", "value"), TAGS)
def test_tagged_cbor_outside_the_transforms_is_left_out(tag, value):
    tagged = cbor2.CBORTag(tag, value)
    content = {"sampleId": tagged, "timing": {"sampleRate": tagged}, "lens": tagged}
    reading, left_out = read(cbor2.dumps(POSE | content), "cbor")
    assert (reading.position_m, left_out) == ((0.0, -1.0, 1.5), ["timing.sampleRate", "lens"])


UNCLEAN = [b"K\xe4se", b"\\ud800", b"\\udfff and \\ud83d", b"two\nlines", b"NaN", b"\x01"]


@pytest.mark.parametrize("text", UNCLEAN)
@pytest.mark.parametrize("beside", [{}, {"lens": {"fStop": math.nan}}])
def test_unclean_text_costs_no_pose_and_can_be_kept(text, beside):
    content = (
        POSE | beside | {"notes": "@", "tracker": {"slate": "@", "status": "@"}, "static": {"lens": {"make": "@"}}}
    )
    config, memory = CONFIG, new_memory(CONFIG)
    payload = json.dumps(content).encode().replace(b"@", text)
    (reading,) = Decoder(config, memory).feed(datagram(packet(payload, "json"), "s", START_NS))
    assert isinstance(reading, TrackerSample)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=type(memory)) == memory
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(reading), type=TrackerSample) == reading


def test_text_of_another_encoding_in_cbor_costs_no_pose():
    payload = cbor2.dumps(POSE | {"tracker": {"slate": "@@@"}}).replace(b"@@@", b"\xed\xa0\x80")
    reading, _ = read(payload, "cbor")
    assert isinstance(reading, TrackerSample)


def test_self_described_cbor_and_a_nul_after_it_pass():
    content = cbor2.dumps(POSE)
    for payload in (b"\xd9\xd9\xf7" + content, content + b"\0"):
        reading, left_out = read(payload, "cbor")
        assert (reading.position_m, left_out) == ((0.0, -1.0, 1.5), [])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_does_not_have_are_left_out_of_the_lens_but_not_of_the_pose(value):
    reading, left_out = read(json.dumps(POSE | {"lens": {"focusDistance": value}}).encode())
    assert (reading.position_m, reading.focus_distance_m, left_out) == ((0.0, -1.0, 1.5), None, ["lens.focusDistance"])
    turned = json.loads(json.dumps(POSE))
    turned["transforms"][0]["rotation"]["pan"] = value
    reading, _ = read(json.dumps(turned).encode())
    assert isinstance(reading, Rejection)
    assert reading.cause == "not_finite"


@pytest.mark.parametrize("transforms", [None, "far", [], [{}], [{"translation": {"x": "1"}, "rotation": {}}], [None]])
def test_wrong_transforms_are_refused_whatever_else_is_right(transforms):
    reading, _ = read(msgspec.json.encode(POSE | {"transforms": transforms}))
    assert isinstance(reading, Rejection)
    assert reading.cause == "decode"


def test_the_hint_names_what_is_left_out_and_ends_with_it():
    tracker = Tracker(CONFIG, new_tracker_state(CONFIG))
    wrong = POSE | {"lens": {"fStop": "4.0"}, "tracker": {"recording": "no"}}
    tracker.feed(datagram(packet(msgspec.json.encode(wrong), "json"), "s", START_NS))
    hint = tracker.status(START_NS).hint
    assert "lens.fStop" in hint
    assert "tracker.recording" in hint
    for number in range(2, 400):
        now_ns = START_NS + number * 16_666_667
        tracker.feed(datagram(packet(msgspec.json.encode(POSE), "json", number), "s", now_ns))
    assert tracker.status(now_ns).hint == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
WHOLE = payload_of(
    TrackerSample(position_m=(0.0, -1.0, 1.5), rotation=IDENTITY, device_ns=10**18, timecode="01:02:03:04", f_stop=4.0),
    OpenTrackIOSource(source_number=1, rate=(25, 1), slate="A", recording=True),
    1,
)


def places_in(content, path=()):
    for name, inner in content.items():
        yield (*path, name)
        if isinstance(inner, dict):
            yield from places_in(inner, (*path, name))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([place for place in places_in(WHOLE) if place[0] != "transforms"]), values)
def test_any_value_in_any_other_field_leaves_the_pose_alone(place, value):
    content = json.loads(json.dumps(WHOLE))
    *above, last = place
    part = content
    for name in above:
        part = part[name]
    part[last] = value
    reading, left_out = read(json.dumps(content).encode())
    if isinstance(reading, Rejection):
        assert reading.cause == "id"
        return
    assert reading.position_m == (0.0, -1.0, 1.5)
    assert len(left_out) <= 8
    assert all(len(name) < 60 for name in left_out)
