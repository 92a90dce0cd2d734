"""OSC senders that send only what has changed, or a pose in several messages."""

import random
import struct
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.tracking.datagrams import datagram
from tracking.dialects import OscMap
from tracking.protocols.osc_packet import encode_message
from tracking.rotation import IDENTITY_POSE, pan_tilt_roll_from_quat
from tracking.settings import TrackerConfig
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

START_NS = 5_000_000_000
PERIOD_NS = 16_666_667
BETWEEN_NS = 200_000
PARTS = {
    "rules": [
        {"address": "/p", "arguments": [{"index": n, "field": field} for n, field in enumerate("xyz")]},
        {
            "address": "/r",
            "arguments": [{"index": n, "field": field} for n, field in enumerate(("pan", "tilt", "roll"))],
        },
        {"address": "/zoom", "arguments": [{"index": 0, "field": "zoom"}]},
    ]
}


def phone(rate_hz=None):
    config = TrackerConfig(
        name="phone", protocol="osc", source="udp://127.0.0.1:1", rate_hz=rate_hz, map=msgspec.convert(PARTS, OscMap)
    )
    return Tracker(config, new_tracker_state(config))


def place(x):
    return encode_message("/p", "fff", x, 1.0, 1.5)


def turn(pan):
    return encode_message("/r", "fff", pan, 0.0, 0.0)


def bundle(*messages):
    return b"#bundle\0" + bytes(8) + b"".join(struct.pack(">I", len(message)) + message for message in messages)


def at(index):
    return START_NS + index * PERIOD_NS


def feed(tracker, received_ns, *payloads):
    for number, payload in enumerate(payloads):
        tracker.feed(datagram(payload, "s", received_ns + number * BETWEEN_NS))


def test_a_sender_of_rotations_alone_gives_samples_once_its_place_has_arrived():
    tracker = phone()
    feed(tracker, at(0), place(1.0), turn(0.0))
    for index in range(1, 60):
        feed(tracker, at(index), turn(0.1 * index))
    assert tracker.state.accepted == 60
    assert tracker.latest().position_m == (1.0, 1.0, 1.5)
    assert pan_tilt_roll_from_quat(tracker.latest().rotation)[0] == pytest.approx(5.9, abs=1e-4)


def test_whatever_part_changes_makes_a_sample():
    tracker = phone()
    feed(tracker, at(0), place(1.0), turn(0.0))
    feed(tracker, at(1), place(1.01))
    feed(tracker, at(2), turn(0.5))
    feed(tracker, at(3), place(1.02))
    assert tracker.state.accepted == 4
    assert tracker.latest().position_m[0] == pytest.approx(1.02)


def test_the_hint_names_what_has_never_arrived_and_ends_when_it_has():
    tracker = phone()
    for index in range(30):
        feed(tracker, at(index), turn(0.1 * index))
    status = tracker.status(at(30))
    assert (status.state, status.accepted) == ("never", 0)
    assert "x, y, z" in status.hint
    assert "pan" not in status.hint
    feed(tracker, at(30), place(1.0))
    assert tracker.status(at(30)).hint == ""
    assert tracker.state.accepted == 1


@pytest.mark.parametrize("rate_hz", [None, 60.0])
@pytest.mark.parametrize("together", [False, True])
def test_a_burst_of_messages_is_one_sample_with_the_whole_pose(rate_hz, together):
    tracker = phone(rate_hz)
    for index in range(90):
        parts = (place(0.01 * index), turn(0.2 * index))
        feed(tracker, at(index), *((bundle(*parts),) if together else parts))
    moments = tracker.state.motion.moments
    assert tracker.state.accepted == 90
    assert tracker.status(at(90)).rate_hz == pytest.approx(60.0, rel=0.01)
    for before, after in pairwise(moments):
        assert after.sample_ns - before.sample_ns == pytest.approx(PERIOD_NS, abs=BETWEEN_NS + 1000)
    assert [round(pan_tilt_roll_from_quat(moment.rotation)[0] / 0.2) for moment in moments] == [
        round(moment.position_m[0] / 0.01) for moment in moments
    ]


AXES = ("x", "y", "z", "pan", "tilt", "roll")


def axis_phone(rate_hz):
    rules = [{"address": f"/{axis}", "arguments": [{"index": 0, "field": axis}]} for axis in AXES]
    config = TrackerConfig(
        name="a",
        protocol="osc",
        source="udp://127.0.0.1:1",
        rate_hz=rate_hz,
        map=msgspec.convert({"rules": rules}, OscMap),
    )
    return Tracker(config, new_tracker_state(config))


@pytest.mark.parametrize("spread_ns", [0, 4_000_000, 8_000_000, PERIOD_NS - 100_000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_axes_that_are_spread_over_a_frame_are_one_sample_of_it(spread_ns, shuffled):
    tracker, generator = axis_phone(60.0), random.Random(3)
    values = dict.fromkeys(AXES, 0.0)
    for index in range(180):
        values |= {"x": 0.01 * index, "pan": 0.3 * index}
        order = generator.sample(AXES, 6) if shuffled and spread_ns < PERIOD_NS // 2 else AXES
        for number, axis in enumerate(order):
            packet = encode_message(f"/{axis}", "f", values[axis])
            tracker.feed(datagram(packet, "s", at(index) + number * spread_ns // 6))
    assert tracker.state.accepted == 180
    assert [round(pan_tilt_roll_from_quat(moment.rotation)[0] / 0.3) for moment in tracker.state.motion.moments] == [
        round(moment.position_m[0] / 0.01) for moment in tracker.state.motion.moments
    ]


def test_parts_that_come_in_changing_order_are_one_sample_a_frame():
    tracker = phone(60.0)
    for index in range(180):
        parts = [place(0.01 * index), turn(0.1 * index)]
        for number, packet in enumerate(parts if index % 2 else parts[::-1]):
            tracker.feed(datagram(packet, "s", at(index) + number * 4_000_000))
    newest = tracker.pose_at(at(181), at(180), IDENTITY_POSE).tracker_from_pupil
    assert tracker.state.accepted == 180
    assert newest.position_m[0] == pytest.approx(1.81, abs=0.002)


def test_after_a_lost_part_the_next_frame_begins_where_the_sender_begins_it():
    tracker = phone(60.0)
    for index in range(60):
        if index != 30:
            feed(tracker, at(index), place(0.01 * index))
        tracker.feed(datagram(turn(0.2 * index), "s", at(index) + 4_000_000))
    for moment in tracker.state.motion.moments[-20:]:
        assert round(pan_tilt_roll_from_quat(moment.rotation)[0] / 0.2) == round(moment.position_m[0] / 0.01)


def test_messages_that_a_network_delivers_together_are_as_many_samples_as_were_sent():
    tracker = phone(60.0)
    for index in range(30):
        feed(tracker, at(index), place(0.01 * index), turn(0.0))
    late = [part for index in range(30, 34) for part in (place(0.01 * index), turn(0.0))]
    for number, payload in enumerate(late):
        tracker.feed(datagram(payload, "s", at(33) + number * 20_000))
    assert tracker.state.accepted == 34


def test_a_part_that_completes_a_refused_pose_is_refused_with_it():
    tracker = phone()
    for index in range(30):
        feed(tracker, at(index), place(0.0), turn(0.0))
    feed(tracker, at(30), place(50.0), turn(0.1))
    assert tracker.state.rejected["jump"] == 1
    assert tracker.latest().position_m[0] == 0.0


def test_a_damaged_message_of_a_bundle_costs_only_itself():
    tracker = phone()
    whole = bundle(place(1.0), b"/odd\0\0\0\0,q\0\0", b"/x\0\0,f\0\0", encode_message("/other", "f", 1.0), turn(5.0))
    tracker.feed(datagram(whole + bytes(8), "s", at(0)))
    assert (tracker.state.accepted, tracker.latest().position_m) == (1, (1.0, 1.0, 1.5))
    assert (tracker.state.rejected["decode"], tracker.state.rejected["length"]) == (1, 1)


def test_lens_values_alone_make_no_sample():
    tracker = phone()
    feed(tracker, at(0), place(1.0), turn(0.0))
    feed(tracker, at(1), encode_message("/zoom", "f", 5.0))
    assert tracker.state.accepted == 1
    feed(tracker, at(2), turn(0.1))
    assert tracker.lens().zoom_raw == 5.0


@pytest.mark.parametrize("tags", ["d", "f", "i", "s"])
def test_a_time_that_cannot_be_used_is_left_out_and_hinted_at(tags):
    config = TrackerConfig(name="a", protocol="osc", source="udp://127.0.0.1:1", camera_id=1)
    tracker = Tracker(config, new_tracker_state(config))
    pose = encode_message("/tracker/1/pose", "fffffff", 0.0, -1.0, 1.5, 0.0, 0.0, 0.0, 1.0)
    pose = pose.replace(b",fffffff\0\0\0\0", b",fffffff" + tags.encode() + bytes(3))
    time = {"d": struct.pack(">d", 1.8e12), "f": struct.pack(">f", float("nan")), "i": struct.pack(">i", -5)}
    tracker.feed(datagram(pose + time.get(tags, b"now\0"), "s", START_NS))
    assert tracker.latest().position_m == (0.0, -1.0, 1.5)
    assert "time" in tracker.status(START_NS).hint
    assert tracker.status(START_NS + 6_000_000_000).hint == ""


@given(st.lists(st.tuples(st.sampled_from(["p", "r", "b", "z"]), st.integers(0, 3_000_000)), max_size=40))
@hostile()
def test_any_order_of_parts_is_survived_and_times_increase(parts):
    tracker, now_ns = phone(), START_NS
    packets = {"p": place(1.0), "r": turn(1.0), "b": bundle(turn(1.0), place(1.0)), "z": b"/zoom\0\0\0,f\0\0AAAA"}
    for name, step_ns in parts:
        now_ns += step_ns
        tracker.feed(datagram(packets[name], "s", now_ns))
    times = [moment.sample_ns for moment in tracker.state.motion.moments]
    assert times == sorted(set(times))
