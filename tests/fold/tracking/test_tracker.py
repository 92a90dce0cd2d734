import gc
import itertools
import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import REJECT_CAUSES, Pose, TrackerSample
from tracking.rotation import IDENTITY, IDENTITY_POSE, quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig
from tracking.tracker.state import TrackerState, new_tracker_state
from tracking.tracker.tracker import Tracker

PERIOD_NS = 16_666_667
START_NS = 5_000_000_000
DIALECT = FreeDDialect()
CONFIG = TrackerConfig(name="a", protocol="freed", source="udp://127.0.0.1:40000", camera_id=1, rate_hz=60.0)
PUPIL = Pose(position_m=(0.0, 0.2, 0.05), rotation=IDENTITY)


def packet(position_m=(0.0, 1.0, 1.5), pan_deg=0.0, camera_id=1):
    rotation = quat_from_pan_tilt_roll(pan_deg, 2.0, 0.0)
    return encode_freed(TrackerSample(position_m=position_m, rotation=rotation), camera_id, DIALECT)


def walk(index):
    """A packet of a dolly at half a metre a second that pans as it goes."""
    seconds = index * PERIOD_NS * 1e-9
    return packet((0.5 * seconds, 1.0, 1.5), 20.0 * math.sin(seconds))


def new_tracker(config=CONFIG, state=None):
    return Tracker(config, state or new_tracker_state(config))


def fed(count, tracker=None, first=0):
    tracker = tracker or new_tracker()
    for index in range(first, first + count):
        tracker.feed(datagram(walk(index), "x", START_NS + index * PERIOD_NS))
    return tracker


def at(index):
    return START_NS + index * PERIOD_NS


def restored(tracker, config=CONFIG):
    encoded = msgspec.msgpack.encode(tracker.state)
    state = msgspec.msgpack.decode(encoded, type=TrackerState)
    assert msgspec.msgpack.encode(state) == encoded
    return Tracker(config, state)


def test_packets_become_a_predicted_entrance_pupil():
    tracker = fed(60)
    found = tracker.pose_at(at(59) + 60_000_000, at(59), IDENTITY_POSE)
    assert found.method == "predicted"
    assert found.horizon_ms == pytest.approx(60.0, abs=0.1)
    expected_x = 0.5 * (59 * PERIOD_NS + 60_000_000) * 1e-9
    assert found.tracker_from_pupil.position_m == pytest.approx((expected_x, 1.0, 1.5), abs=2e-4)


def test_status_reports_rate_age_counts_and_pose():
    tracker = fed(120)
    tracker.feed(datagram(b"\xd1" + bytes(28), "x", at(119)))
    status = tracker.status(at(120))
    assert status.state == "fresh"
    assert status.rate_hz == pytest.approx(60.0, rel=1e-3)
    assert status.age_ms == pytest.approx(16.67, abs=0.1)
    assert status.accepted == 120
    assert tuple(status.rejected) == REJECT_CAUSES
    assert sum(status.rejected.values()) == 1
    assert status.hint
    assert status.position_m[0] == pytest.approx(0.5 * 119 / 60, abs=1e-3)
    assert status.rotation_deg[1] == pytest.approx(2.0, abs=1e-3)


def test_a_tracker_goes_from_never_to_fresh_to_late_to_lost_and_back_to_fresh():
    tracker = new_tracker()
    assert tracker.status(START_NS).state == "never"
    assert tracker.pose_at(START_NS, START_NS, PUPIL).method == "none"
    fed(30, tracker)
    states = [tracker.freshness(at(29) + age_ms * 1_000_000) for age_ms in (0, 30, 60, 400, 501, 60_000)]
    assert states == ["fresh", "fresh", "late", "late", "lost", "lost"]
    assert tracker.status(at(200)).rate_hz == 0.0
    fed(1, tracker, first=200)
    assert tracker.freshness(at(200)) == "fresh"


def test_lost_tracker_holds_its_last_pose_without_a_leap():
    tracker = fed(60)
    seen = [tracker.pose_at(at(59) + ms * 1_000_000, at(59) + ms * 1_000_000, PUPIL) for ms in range(0, 4000, 16)]
    ways = [
        math.dist(a.tracker_from_pupil.position_m, b.tracker_from_pupil.position_m) for a, b in itertools.pairwise(seen)
    ]
    assert seen[-1].method == "held"
    assert max(ways) < 0.012
    assert ways[-1] < 1e-6


def test_absurd_packets_do_not_bend_the_picture():
    clean, troubled = fed(60), fed(60)
    troubled.feed(datagram(packet((90.0, 1.0, 1.5)), "x", at(60)))
    clean_pose = clean.pose_at(at(61), at(60), PUPIL)
    assert troubled.pose_at(at(61), at(60), PUPIL) == clean_pose
    assert troubled.state.rejected["jump"] == 1


def test_the_picture_blends_to_a_persistent_new_place():
    tracker = fed(60)
    seen = []
    for index in range(60, 90):
        tracker.feed(datagram(packet((20.0, 1.0, 1.5)), "x", at(index)))
        seen.append(tracker.pose_at(at(index) + 40_000_000, at(index), PUPIL).tracker_from_pupil.position_m[0])
    assert tracker.state.rejected["jump"] == 2
    assert seen[2] < 1.0
    assert seen[-1] == pytest.approx(20.0, abs=0.01)
    assert max(b - a for a, b in itertools.pairwise(seen)) < 3.0


def test_packets_of_unknown_cameras_are_counted_and_those_of_siblings_are_not():
    alone = new_tracker()
    alone.feed(datagram(packet(camera_id=2), "x", at(0)))
    assert alone.state.rejected["id"] == 1
    shared = Tracker(CONFIG, new_tracker_state(CONFIG), sibling_ids=frozenset({2}))
    shared.feed(datagram(packet(camera_id=2), "x", at(0)))
    assert sum(shared.state.rejected.values()) == 0
    assert shared.state.accepted == 0


def test_the_hold_predictor_gives_the_newest_pose():
    config = msgspec.structs.replace(CONFIG, predictor="hold")
    tracker = new_tracker(config)
    fed(30, tracker)
    found = tracker.pose_at(at(29) + 60_000_000, at(29), IDENTITY_POSE)
    assert found.tracker_from_pupil.position_m == tracker.latest().position_m


def test_lens_readings_are_independent_of_poses():
    tracker = new_tracker()
    assert tracker.lens().zoom_raw is None
    sample = TrackerSample(position_m=(0.0, 1.0, 1.5), rotation=IDENTITY, zoom_raw=1000.0, focus_raw=2000.0)
    tracker.feed(datagram(encode_freed(sample, 1, DIALECT), "x", at(0)))
    assert tracker.lens().zoom_raw == 1000.0
    assert tracker.lens().focal_length_mm is None


def test_jitter_of_arrival_is_reported_and_does_not_move_the_picture():
    tracker = new_tracker()
    worst = 0.0
    for index in range(400):
        late_ns = (index * 617 % 1000) * 5_000
        tracker.feed(datagram(walk(index), "x", at(index) + late_ns))
        if index > 200:
            now = at(index) + 5_000_000
            found = tracker.pose_at(now, now, IDENTITY_POSE).tracker_from_pupil.position_m[0]
            worst = max(worst, abs(found - 0.5 * (index * PERIOD_NS + 5_000_000) * 1e-9))
    assert 1.0 < tracker.status(at(400)).jitter_ms < 3.0
    assert worst < 0.0005


OPENTRACKIO = TrackerConfig(name="b", protocol="opentrackio", source="udp://127.0.0.1:55555")
STAMPS_AHEAD_NS = 1_700_000_000_000_000_000


def stamped(index, device_ns, max_payload=1400):
    """The segments of a sample of the same walk, with the tracker's own time stamp."""
    sample = TrackerSample(
        position_m=(0.5 * index * PERIOD_NS * 1e-9, 1.0, 1.5),
        rotation=IDENTITY,
        device_ns=device_ns,
        focal_length_mm=35.0,
    )
    return encode_opentrackio(sample, OpenTrackIOSource(), index * 8, max_payload=max_payload)


def test_device_stamps_remove_the_jitter_of_arrival():
    tracker, worst = new_tracker(OPENTRACKIO), 0.0
    for index in range(400):
        late_ns = (index * 617 % 1000) * 9_000
        for payload in stamped(index, STAMPS_AHEAD_NS + index * PERIOD_NS):
            tracker.feed(datagram(payload, "x", at(index) + late_ns))
        if index > 200:
            now = at(index) + 10_000_000
            found = tracker.pose_at(now, now, IDENTITY_POSE).tracker_from_pupil.position_m[0]
            worst = max(worst, abs(found - 0.5 * (index * PERIOD_NS + 10_000_000) * 1e-9))
    assert tracker.state.accepted == 400
    assert tracker.lens().focal_length_mm == pytest.approx(35.0)
    assert worst < 0.0005


def test_a_device_clock_that_stands_still_does_not_stop_the_picture():
    tracker = new_tracker(OPENTRACKIO)
    for index in range(200):
        for payload in stamped(index, STAMPS_AHEAD_NS):
            tracker.feed(datagram(payload, "x", at(index)))
    assert tracker.state.accepted > 190
    assert tracker.latest().position_m[0] == pytest.approx(0.5 * 199 / 60, abs=1e-3)


def test_a_snapshot_between_the_segments_of_a_message_resumes_identically():
    through, restarted = new_tracker(OPENTRACKIO), new_tracker(OPENTRACKIO)
    for index in range(40):
        for payload in stamped(index, STAMPS_AHEAD_NS + index * PERIOD_NS, max_payload=200):
            through.feed(datagram(payload, "x", at(index)))
            restarted.feed(datagram(payload, "x", at(index)))
            restarted = restored(restarted, OPENTRACKIO)
    assert through.state.accepted == 40
    assert restarted.state == through.state
    assert restarted.pose_at(at(41), at(40), PUPIL) == through.pose_at(at(41), at(40), PUPIL)


events = st.lists(
    st.one_of(
        st.tuples(st.just("walk"), st.integers(1, 12)),
        st.tuples(st.just("gap"), st.integers(2, 60)),
        st.tuples(st.just("leap"), st.integers(1, 5)),
        st.tuples(st.just("again"), st.integers(1, 2)),
        st.tuples(st.just("noise"), st.binary(max_size=40)),
    ),
    max_size=8,
)


def play(tracker, history, after_each):
    """Feed a history of walking, gaps, leaps, duplicates and garbage; collect the estimate after every packet."""
    said, index = [], 0
    for kind, amount in history:
        if kind == "gap":
            index += amount
            said.append(tracker.pose_at(at(index) + 40_000_000, at(index), PUPIL))
            continue
        for step in range(1 if kind == "noise" else amount):
            if kind == "noise":
                tracker.feed(datagram(amount, "x", at(index)))
            elif kind == "again":
                tracker.feed(datagram(walk(index), "x", at(index) + 1000 * step))
            else:
                index += 1
                tracker.feed(datagram(packet((40.0, 0.0, 1.0)) if kind == "leap" else walk(index), "x", at(index)))
            tracker = after_each(tracker)
            said.append(tracker.pose_at(at(index) + 40_000_000, at(index), PUPIL))
            said.append(tracker.status(at(index)))
    return said


@settings(max_examples=40, deadline=None)
@given(events, st.sampled_from([60.0, None]))
def test_a_snapshot_at_any_packet_resumes_identically(history, rate_hz):
    config = msgspec.structs.replace(CONFIG, rate_hz=rate_hz)
    through = play(new_tracker(config), history, lambda tracker: tracker)
    restarted = play(new_tracker(config), history, lambda tracker: restored(tracker, config))
    assert through == restarted
    encoded = [msgspec.msgpack.encode(one) for one in through]
    assert encoded == [msgspec.msgpack.encode(one) for one in restarted]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=60), st.integers(-(10**9), 10**9)), max_size=30))
def test_garbage_never_raises_and_poses_stay_finite(chunks):
    tracker = fed(10)
    now = at(10)
    for payload, step in chunks:
        now = max(1, now + step)
        tracker.feed(datagram(payload, "y", now))
        pose = tracker.pose_at(now + 40_000_000, now, PUPIL).tracker_from_pupil
        assert all(map(math.isfinite, (*pose.position_m, *pose.rotation)))
        assert math.hypot(*pose.rotation) == pytest.approx(1.0, abs=1e-9)
    restored(tracker)


def test_bad_packets_leave_no_garbage_behind_with_the_collector_off():
    tracker = fed(60)
    bad = [b"", b"\xd1" * 29, bytes(28), walk(3)[:-1] + b"\x00", packet((90.0, 0.0, 0.0)), b"{" * 500]

    def flood(rounds):
        for index in range(rounds):
            tracker.feed(datagram(bad[index % len(bad)], "x", at(60)))

    flood(100)
    gc.collect()
    gc.disable()
    try:
        flood(10_000)
        collected = gc.collect()
    finally:
        gc.enable()
    assert collected < 20
    assert sum(tracker.state.rejected.values()) > 8000


def test_what_is_remembered_stays_bounded():
    tracker = fed(600)
    small = len(msgspec.msgpack.encode(tracker.state))
    fed(3000, tracker, first=600)
    assert len(msgspec.msgpack.encode(tracker.state)) < small + 1000
