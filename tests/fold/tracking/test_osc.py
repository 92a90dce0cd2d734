"""OSC poses: our own message, maps for other senders' messages and axes, an independent library as peer."""

import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage as PeerMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.fold.tracking.datagrams import datagram
from tracking.dialects import OscMap
from tracking.protocols.decoders import Decoder, DecoderMemory, new_memory
from tracking.protocols.osc import decode_osc_pose, encode_osc_pose
from tracking.protocols.osc_packet import encode_message, read_message, read_packet
from tracking.records import PacketError, Rejection, TrackerSample
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig

POSE = TrackerSample(position_m=(1.5, -2.25, 3.0), rotation=quat_from_pan_tilt_roll(30.0, 20.0, 10.0))


def config(mapping=None, camera_id=1):
    return TrackerConfig(
        name="phone",
        protocol="osc",
        source="udp://127.0.0.1:9000",
        camera_id=camera_id,
        map=msgspec.convert(mapping or {}, OscMap),
    )


def decoder(mapping=None, camera_id=1, siblings=frozenset()):
    chosen = config(mapping, camera_id)
    return Decoder(chosen, new_memory(chosen), sibling_ids=siblings)


def spread(address, *fields):
    return {"address": address, "arguments": [{"index": n, "field": field} for n, field in enumerate(fields)]}


def bundle(*packets):
    builder = OscBundleBuilder(IMMEDIATELY)
    for packet in packets:
        builder.add_content(PeerMessage(packet))
    return builder.build().dgram


single = st.floats(-1000.0, 1000.0, width=32)


class TestPose:
    @given(
        position=st.tuples(single, single, single),
        angles=st.tuples(*[st.floats(-89.0, 89.0)] * 3),
        time_s=st.none() | st.integers(0, 2_000_000_000).map(lambda whole: whole / 4),
        body=st.sampled_from([1, "phone"]),
    )
    def test_message_gives_back_the_pose_to_single_precision(self, position, angles, time_s, body):
        sent = TrackerSample(position_m=position, rotation=quat_from_pan_tilt_roll(*angles))
        packet = encode_osc_pose(sent, body, time_s)
        (again,) = decoder().feed(datagram(packet, "s", 0))
        assert again.position_m == sent.position_m
        assert again.rotation == pytest.approx(sent.rotation, abs=1e-6)
        assert math.hypot(*again.rotation) == pytest.approx(1.0, abs=1e-12)
        assert again.device_ns == (None if time_s is None else round(time_s * 1e9))
        assert decode_osc_pose(packet) == again

    def test_an_independent_library_reads_and_writes_the_same_bytes(self):
        packet = encode_osc_pose(POSE, 1, 2.5)
        peer = PeerMessage(packet)
        assert peer.address == "/tracker/1/pose"
        assert tuple(peer) == pytest.approx((*POSE.position_m, *POSE.rotation, 2.5), abs=1e-6)
        builder = OscMessageBuilder(address="/tracker/1/pose")
        for number in (*POSE.position_m, *POSE.rotation):
            builder.add_arg(number, builder.ARG_TYPE_FLOAT)
        builder.add_arg(2.5, builder.ARG_TYPE_DOUBLE)
        assert builder.build().dgram == packet

    def test_other_bodies_are_refused_and_siblings_skipped(self):
        chosen = decoder(siblings=frozenset({2}))
        assert chosen.feed(datagram(encode_osc_pose(POSE, 2), "s", 0)) == ()
        assert chosen.feed(datagram(encode_osc_pose(POSE, 3), "s", 0))[0].cause == "id"
        assert isinstance(
            decoder(camera_id=None).feed(datagram(encode_osc_pose(POSE, "head"), "s", 0))[0], TrackerSample
        )

    def test_a_bundle_gives_a_sample_for_each_message(self):
        packet = bundle(encode_osc_pose(POSE, 1), encode_message("/other", "f", 1.0), encode_osc_pose(POSE, 1))
        assert len(decoder().feed(datagram(packet, "s", 0))) == 2


class TestFrames:
    """The same camera, panned left 90 degrees, one metre right, two ahead, three up, in each frame's axes."""

    half = math.sqrt(0.5)
    expected_m = (1.0, 2.0, 3.0)

    @pytest.mark.parametrize(
        ("frame", "position", "quaternion"),
        [
            ("stage", (1.0, 2.0, 3.0), (0.0, 0.0, half, half)),
            ("unity", (1.0, 3.0, 2.0), (0.0, -half, 0.0, half)),
            ("openvr", (1.0, 3.0, -2.0), (0.0, half, 0.0, half)),
            ("unreal", (2.0, 1.0, 3.0), (0.0, 0.0, -half, half)),
        ],
    )
    def test_quaternions_and_places_are_turned_into_the_stage(self, frame, position, quaternion):
        mapping = {"frame": frame, "rules": [spread("/p", "x", "y", "z", "qx", "qy", "qz", "qw")]}
        (sample,) = decoder(mapping).feed(datagram(encode_message("/p", "fffffff", *position, *quaternion), "s", 0))
        assert sample.position_m == self.expected_m
        assert pan_tilt_roll_from_quat(sample.rotation) == pytest.approx((90.0, 0.0, 0.0), abs=1e-4)

    @pytest.mark.parametrize(
        ("frame", "axis_of_tilt"),
        [("unity", (-1.0, 0.0, 0.0)), ("openvr", (1.0, 0.0, 0.0)), ("unreal", (0.0, -1.0, 0.0))],
    )
    def test_a_camera_that_looks_up_looks_up(self, frame, axis_of_tilt):
        sine, cosine = math.sin(math.radians(15.0)), math.cos(math.radians(15.0))
        mapping = {"frame": frame, "rules": [spread("/q", "qx", "qy", "qz", "qw")]}
        quaternion = (*(part * sine for part in axis_of_tilt), cosine)
        (sample,) = decoder(mapping).feed(datagram(encode_message("/q", "ffff", *quaternion), "s", 0))
        assert pan_tilt_roll_from_quat(sample.rotation) == pytest.approx((0.0, 30.0, 0.0), abs=1e-4)


class TestMaps:
    def test_units_and_signs(self):
        arguments = [
            {"index": 3, "field": "x", "unit": "mm"},
            {"index": 0, "field": "y", "unit": "cm", "sign": -1},
            {"index": 1, "field": "pan", "unit": "rad"},
            {"index": 2, "field": "focal_length", "unit": "m"},
        ]
        chosen = decoder({"rules": [{"address": "/a", "arguments": arguments}]})
        (sample,) = chosen.feed(datagram(encode_message("/a", "ffff", 200.0, math.pi / 2, 0.05, 1500.0), "s", 0))
        assert sample.position_m == (1.5, -2.0, 0.0)
        assert pan_tilt_roll_from_quat(sample.rotation)[0] == pytest.approx(90.0, abs=1e-5)
        assert sample.focal_length_mm == pytest.approx(50.0)

    def test_each_pose_field_gives_a_sample_once_all_have_arrived(self):
        mapping = {
            "rules": [spread("/b/{id}/position", "x", "y", "z"), spread("/b/{id}/rotation", "pan", "tilt", "roll")]
        }
        chosen = decoder(mapping)
        place = encode_message("/b/1/position", "fff", 1.0, 2.0, 3.0)
        turn = encode_message("/b/1/rotation", "fff", 10.0, 0.0, 0.0)
        assert [len(chosen.feed(datagram(packet, "s", 0))) for packet in (place, turn, turn, place)] == [0, 1, 1, 1]
        assert len(chosen.feed(datagram(bundle(place, turn), "s", 0))) == 1

    def test_a_sample_carries_the_newest_lens_values(self):
        chosen = decoder({"rules": [spread("/p", "x", "y", "z"), spread("/zoom", "zoom")]})
        assert chosen.feed(datagram(encode_message("/zoom", "i", 77), "s", 0)) == ()
        samples = [chosen.feed(datagram(encode_message("/p", "fff", 1.0, 2.0, 3.0), "s", 0))[0] for _ in range(2)]
        assert [sample.zoom_raw for sample in samples] == [77.0, 77.0]

    def test_wildcards_match_one_part_of_the_address(self):
        chosen = decoder({"rules": [spread("/*/arkit?osition", "x", "y", "z")]})
        assert len(chosen.feed(datagram(encode_message("/0a-b.(c/arkitPosition", "fff", 1.0, 2.0, 3.0), "s", 0))) == 1
        assert (
            chosen.feed(datagram(encode_message("/a/b/arkitPosition", "fff", 1.0, 2.0, 3.0), "s", 0))[0].cause == "type"
        )

    def test_bodies_do_not_mix(self):
        mapping = {"rules": [spread("/{id}/p", "x", "y", "z"), spread("/{id}/r", "pan", "tilt", "roll")]}
        chosen = decoder(mapping, camera_id=None)
        assert chosen.feed(datagram(encode_message("/1/p", "fff", 1.0, 1.0, 1.0), "s", 0)) == ()
        assert chosen.feed(datagram(encode_message("/2/r", "fff", 1.0, 1.0, 1.0), "s", 0)) == ()
        assert len(chosen.feed(datagram(encode_message("/1/r", "fff", 1.0, 1.0, 1.0), "s", 0))) == 1

    @pytest.mark.parametrize(
        "rules",
        [
            [spread("/a", "qx", "qy")],
            [spread("/a", "qx", "qy", "qz", "qw"), spread("/b", "pan")],
            [spread("/a", "zoom")],
            [spread("no-slash", "x")],
            [{"address": "/a", "arguments": [{"index": 0, "field": "x", "unit": "deg"}]}],
            [{"address": "/a", "arguments": [{"index": 0, "field": "x", "sign": 2}]}],
            [{"address": "/a", "arguments": []}],
        ],
    )
    def test_maps_that_cannot_make_a_pose_are_refused(self, rules):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"rules": rules}, OscMap)

    def test_memory_is_bounded_however_many_bodies_send(self):
        chosen = config({"rules": [spread("/{id}/p", "x", "y", "z"), spread("/{id}/r", "pan")]}, camera_id=None)
        memory = new_memory(chosen)
        receiver = Decoder(chosen, memory)
        for number in range(500):
            receiver.feed(datagram(encode_message(f"/{number}/p", "fff", 1.0, 1.0, 1.0), "s", 0))
        assert len(memory.groups) <= 64

    def test_memory_copied_within_a_group_continues_identically(self):
        chosen = config(
            {"rules": [spread("/p", "x", "y", "z"), spread("/r", "pan", "tilt", "roll"), spread("/z", "zoom")]}
        )
        memory = new_memory(chosen)
        original = Decoder(chosen, memory)
        original.feed(datagram(encode_message("/z", "f", 5.0), "s", 0))
        original.feed(datagram(encode_message("/p", "fff", 1.0, 2.0, 3.0), "s", 0))
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=DecoderMemory)
        last = encode_message("/r", "fff", 1.0, 2.0, 3.0)
        assert Decoder(chosen, copy).feed(datagram(last, "s", 0)) == original.feed(datagram(last, "s", 0))
        assert copy == memory


class TestRefusals:
    @pytest.mark.parametrize(
        ("packet", "cause"),
        [
            (b"", "length"),
            (b"/abc", "length"),
            (b"abcd", "type"),
            (b"/a\0\0abcd\0\0\0\0", "decode"),
            (b"/a\0\0,f\0\0", "length"),
            (b"/a\0\0,q\0\0", "decode"),
            (b"/\xff\0\0", "decode"),
            (b"#bundle\0" + bytes(8) + b"\0\0\0\0", "length"),
            (b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff", "length"),
            (encode_message("/tracker/1/pose", "fff", 1.0, 2.0, 3.0), "decode"),
            (encode_message("/tracker/1/pose", "fffffff", 1.0, math.nan, 3.0, 0.0, 0.0, 0.0, 1.0), "not_finite"),
            (encode_message("/tracker/1/pose", "fffffff", 1.0, 2e6, 3.0, 0.0, 0.0, 0.0, 1.0), "decode"),
            (encode_message("/tracker/1/pose", "fffffff", 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0), "decode"),
            (encode_message("/nobody", "f", 1.0), "type"),
        ],
    )
    def test_cause_names_what_is_wrong(self, packet, cause):
        (reading,) = decoder().feed(datagram(packet, "s", 0))
        assert isinstance(reading, Rejection)
        assert reading.cause == cause

    def test_bundles_nested_too_deep_or_too_many_are_refused(self):
        packet = encode_message("/a", "f", 1.0)
        for _ in range(20):
            packet = b"#bundle\0" + bytes(8) + struct.pack(">I", len(packet)) + packet
        with pytest.raises(PacketError, match="nested"):
            read_packet(packet)
        element = b"\0\0\0\x04/a\0\0"
        with pytest.raises(PacketError, match="more than"):
            read_packet(b"#bundle\0" + bytes(8) + element * 300)

    def test_every_type_of_the_standard_is_read(self):
        builder = OscMessageBuilder(address="/types")
        for value in (1, 2.5, "text", b"blob!", True, False, None, [3, [4]]):
            builder.add_arg(value)
        builder.add_arg(1 << 40, builder.ARG_TYPE_INT64)
        builder.add_arg(0.1, builder.ARG_TYPE_DOUBLE)
        found = read_message(builder.build().dgram).arguments
        assert found == (1.0, 2.5, "text", b"blob!", True, False, None, 3.0, 4.0, float(1 << 40), 0.1)
