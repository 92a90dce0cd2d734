import itertools
import os
import select
import socket
import threading
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.motions import Orbit
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.encoders import encoder_for, rational_rate
from tracking.records import TrackerSample
from tracking.rotation import quat_conjugate, quat_multiply, rotation_vector_from_quat
from tracking.settings import TrackerConfig
from tracking.sources.schedule import Disturbance, sampled_ns, schedule
from tracking.sources.senders import PacketTape, open_sender, play

shares = st.floats(0.0, 1.0)
disturbances = st.builds(
    Disturbance,
    seed=st.integers(0, 1000),
    delay_ms=st.floats(0.0, 100.0),
    jitter_ms=st.floats(0.0, 50.0),
    jitter=st.sampled_from(["uniform", "normal", "exponential"]),
    loss=shares,
    reorder=shares,
    duplicate=shares,
)


def tape_for(protocol="freed", rate_hz=60.0, encoding="json"):
    return PacketTape(Orbit(), encoder_for(protocol, 1, rate_hz=rate_hz, encoding=encoding), rate_hz, 10**18)


@given(disturbances, st.integers(0, 60))
def test_nothing_is_sent_before_its_delay_or_before_an_earlier_packet(disturbance, count):
    dispatches = list(schedule(60.0, disturbance, count))
    assert [d.send_ns for d in dispatches] == sorted(d.send_ns for d in dispatches)
    for dispatch in dispatches:
        assert dispatch.send_ns >= sampled_ns(dispatch.sample, 60.0) + round(disturbance.delay_ms * 1e6)
        assert 0 <= dispatch.sample < count


@given(disturbances, st.integers(0, 60))
def test_the_same_seed_gives_the_same_schedule_and_a_prefix_stays_as_it_was(disturbance, count):
    first = list(schedule(60.0, disturbance, count))
    assert list(schedule(60.0, disturbance, count)) == first
    longer = list(itertools.islice(schedule(60.0, disturbance), max(0, len(first) - 2)))
    assert longer == first[: max(0, len(first) - 2)]


def test_an_undisturbed_schedule_is_the_sample_grid():
    assert [d.send_ns for d in schedule(50.0, Disturbance(), 3)] == [0, 20_000_000, 40_000_000]


def test_jitter_alone_neither_loses_nor_reorders_nor_repeats():
    disturbance = Disturbance(jitter_ms=200.0, jitter="exponential")
    assert [d.sample for d in schedule(60.0, disturbance, 100)] == list(range(100))


@pytest.mark.parametrize(("kind", "mean_ms"), [("uniform", 2.5), ("normal", 3.99), ("exponential", 5.0)])
def test_jitter_has_the_requested_distribution(kind, mean_ms):
    disturbance = Disturbance(jitter_ms=5.0, jitter=kind, seed=3)
    waits = [d.send_ns / 1e6 - d.sample * 1000.0 for d in schedule(1.0, disturbance, 4000)]
    assert min(waits) >= 0.0
    assert sum(waits) / len(waits) == pytest.approx(mean_ms, rel=0.06)


def test_losses_duplicates_and_swaps_occur_as_often_as_requested():
    assert len(list(schedule(60.0, Disturbance(loss=0.1), 5000))) == pytest.approx(4500, abs=70)
    assert len(list(schedule(60.0, Disturbance(duplicate=0.1), 5000))) == pytest.approx(5500, abs=70)
    swapped = [d.sample for d in schedule(60.0, Disturbance(reorder=0.1), 5000)]
    assert sorted(swapped) == list(range(5000))
    assert sum(a > b for a, b in itertools.pairwise(swapped)) == pytest.approx(455, abs=70)


def test_more_loss_does_not_move_the_remaining_packets():
    times = {d.sample: d.send_ns for d in schedule(60.0, Disturbance(jitter_ms=5.0), 200)}
    lossy = list(schedule(60.0, Disturbance(jitter_ms=5.0, loss=0.5), 200))
    assert lossy == [d for d in lossy if times[d.sample] == d.send_ns]


@pytest.mark.parametrize(
    ("protocol", "encoding"), [("freed", "json"), ("opentrackio", "json"), ("opentrackio", "cbor"), ("osc", "json")]
)
def test_what_is_sent_decodes_to_the_motion_that_was_played(protocol, encoding):
    config = TrackerConfig(name="a", protocol=protocol, source="udp://127.0.0.1:1", camera_id=1)
    decoder = Decoder(config, new_memory(config))
    tape = tape_for(protocol, encoding=encoding)
    for index in range(0, 480, 30):
        readings = [r for packet in tape.packets_of(index) for r in decoder.feed(datagram(packet, "x", index))]
        pose = Orbit().pose_at(sampled_ns(index, 60.0))
        assert len(readings) == 1
        assert isinstance(readings[0], TrackerSample)
        assert readings[0].position_m == pytest.approx(pose.position_m, abs=1e-4)
        turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(pose.rotation), readings[0].rotation))
        assert turn == pytest.approx((0.0, 0.0, 0.0), abs=1e-5)
        if protocol != "freed":
            assert readings[0].device_ns == pytest.approx(10**18 + sampled_ns(index, 60.0), abs=300)


def test_a_lost_sample_uses_its_sequence_number_and_a_duplicate_repeats_its_bytes():
    tape = tape_for("opentrackio")
    sequences = [int.from_bytes(tape.packets_of(index)[0][6:8], "big") for index in (0, 3, 3, 4)]
    assert sequences == [1, 4, 4, 5]
    assert tape.packets_of(4) == tape.packets_of(4)


@pytest.mark.parametrize(("protocol", "number"), [("freed", 256), ("opentrackio", 0), ("opentrackio", 201)])
def test_numbers_that_a_protocol_cannot_hold_are_refused(protocol, number):
    with pytest.raises(ValueError, match=str(number)):
        encoder_for(protocol, number, rate_hz=60.0)


@pytest.mark.parametrize(
    ("rate_hz", "rational"),
    [(60.0, (60, 1)), (59.94, (60000, 1001)), (23.976, (24000, 1001)), (25.0, (25, 1)), (12.5, (25, 2))],
)
def test_rates_are_sent_as_the_fractions_they_mean(rate_hz, rational):
    assert rational_rate(rate_hz) == rational


def received(receiving, count):
    packets = []
    while len(packets) < count and select.select([receiving], [], [], 1.0)[0]:
        packets.append(receiving.recv(2000))
    return packets


def played(target, count=5, rate_hz=500.0):
    sender = open_sender(target)
    try:
        return play(schedule(rate_hz, Disturbance(), count), tape_for(rate_hz=rate_hz), sender, threading.Event())
    finally:
        sender.close()


def test_packets_reach_a_udp_receiver_as_encoded():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving:
        receiving.bind(("127.0.0.1", 0))
        report = played(f"udp://127.0.0.1:{receiving.getsockname()[1]}")
        tape = tape_for(rate_hz=500.0)
        assert received(receiving, 5) == [tape.packets_of(i)[0] for i in range(5)]
    assert (report.sent, report.sent_bytes, report.failed) == (5, 145, 0)
    assert report.seconds >= 0.008


def test_packets_reach_a_multicast_group_on_the_named_interface():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving:
        receiving.bind(("239.135.1.9", 0))
        joining = socket.inet_aton("239.135.1.9") + socket.inet_aton("127.0.0.1")
        receiving.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joining)
        played(f"udp://239.135.1.9:{receiving.getsockname()[1]}?interface=127.0.0.1")
        assert len(received(receiving, 5)) == 5


def test_packets_reach_a_serial_line():
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        played(f"serial://{os.ttyname(slave)}")
        content = b""
        while len(content) < 145 and select.select([master], [], [], 1.0)[0]:
            content += os.read(master, 1000)
        assert content == b"".join(tape_for(rate_hz=500.0).packets_of(i)[0] for i in range(5))
    finally:
        os.close(master)
        os.close(slave)


def test_a_stop_ends_an_endless_motion_at_once():
    stop = threading.Event()
    stop.set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving:
        receiving.bind(("127.0.0.1", 0))
        sender = open_sender(f"udp://127.0.0.1:{receiving.getsockname()[1]}")
        assert play(schedule(60.0, Disturbance()), tape_for(), sender, stop).sent == 0
        sender.close()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("udp://127.0.0.1:0", "a port from 1 to 65535"),
        ("udp://:40000", "the receiver's address"),
        ("serial:///dev/no-such-device", "is not there"),
        ("udp://239.1.1.1:5000?interface=nosuch0", "nosuch0"),
        ("http://127.0.0.1", "expected an address"),
    ],
)
def test_targets_that_cannot_be_reached_are_reported_in_one_line(target, message):
    with pytest.raises(ValueError, match=message):
        open_sender(target)
