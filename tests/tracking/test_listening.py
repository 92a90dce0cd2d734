import random
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tracking.datagrams import Datagram
from tracking.motions import Orbit
from tracking.protocols.encoders import encoder_for
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.osc import encode_osc_pose
from tracking.protocols.osc_packet import encode_message
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY
from tracking.sources.bodies import osc_root
from tracking.sources.listening import MAX_STREAMS, Listening, configuration_for, rhythm, usual_rate_hz
from tracking.sources.senders import PacketTape

SOURCE = "udp://:40000"


def listened(*feeds, source=SOURCE):
    listening = Listening(source)
    for sender, received_ns, payload in feeds:
        listening.feed(Datagram(source=source, sender=sender, received_ns=received_ns, payload=payload))
    return listening


def freed_packets(camera_id, count, rate_hz=50.0):
    tape = PacketTape(Orbit(), encoder_for("freed", camera_id, rate_hz=rate_hz), rate_hz, 0)
    return [tape.packets_of(index)[0] for index in range(count)]


def test_two_cameras_of_one_sender_are_reported_separately_with_rate_and_pose():
    feeds = []
    for index, (a, b) in enumerate(zip(freed_packets(1, 50), freed_packets(2, 50), strict=True)):
        feeds += [("10.0.0.1:99", index * 20_000_000, a), ("10.0.0.1:99", index * 20_000_000, b)]
    reports = listened(*feeds).reports()
    assert [(r.protocol, r.camera_id, r.samples) for r in reports] == [("freed", 1, 50), ("freed", 2, 50)]
    assert reports[0].rate_hz == pytest.approx(50.0)
    assert reports[0].jitter_ms == pytest.approx(0.0, abs=1e-9)
    pose = Orbit().pose_at(49 * 20_000_000)
    assert reports[0].position_m == pytest.approx(pose.position_m, abs=1e-4)


def test_the_suggested_configuration_names_what_was_received():
    feeds = [("10.0.0.1:99", index * 20_000_000, packet) for index, packet in enumerate(freed_packets(7, 50))]
    (report,) = listened(*feeds).reports()
    text = configuration_for(report, SOURCE, 1)
    assert 'protocol = "freed"' in text
    assert "camera_id = 7" in text
    assert "rate_hz = 50" in text
    assert f'source = "{SOURCE}"' in text


def test_a_serial_line_is_decoded_from_chunks_of_any_length():
    stream = b"\xff\xd1garbage" + b"".join(freed_packets(1, 20))
    feeds = [("", place * 1_000_000, stream[place : place + 7]) for place in range(0, len(stream), 7)]
    (report,) = listened(*feeds, source="serial:///dev/ttyUSB0").reports()
    assert (report.protocol, report.samples) == ("freed", 20)


def opentrackio_packets(source_number, count, *, start=0, max_payload=1456):
    source = OpenTrackIOSource(source_number=source_number)
    packets = []
    for index in range(count):
        sample = TrackerSample(position_m=(0.01 * index, 0.0, float(source_number)), rotation=IDENTITY, device_ns=index)
        message = encode_opentrackio(sample, source, start + len(packets), max_payload=max_payload)
        packets.extend(message)
    return packets


@pytest.mark.parametrize("max_payload", [1456, 120])
def test_source_numbers_of_one_socket_are_separated_whole_or_in_segments(max_payload):
    numbers = (3, 7)
    trains = [opentrackio_packets(number, 40, start=10_000 * number, max_payload=max_payload) for number in numbers]
    senders = ("10.0.0.1:99", "10.0.0.1:99") if max_payload == 1456 else ("10.0.0.1:98", "10.0.0.1:99")
    per_message = len(trains[0]) // 40
    feeds = [
        (sender, (index // per_message) * 20_000_000, packet)
        for index, pair in enumerate(zip(*trains, strict=True))
        for sender, packet in zip(senders, pair, strict=True)
    ]
    reports = listened(*feeds).reports()
    assert [(r.protocol, r.camera_id, r.samples, r.rejected) for r in reports] == [
        ("opentrackio", 3, 40, {}),
        ("opentrackio", 7, 40, {}),
    ]
    assert [r.position_m[2] for r in reports] == [3.0, 7.0]
    assert [r.rate_hz for r in reports] == [pytest.approx(50.0)] * 2
    assert "camera_id = 7" in configuration_for(reports[1], SOURCE, 2)


def bundle(*messages):
    return b"#bundle\0" + bytes(8) + b"".join(len(message).to_bytes(4, "big") + message for message in messages)


def test_bodies_in_one_osc_bundle_are_separated_by_their_addresses():
    sample = TrackerSample(position_m=(1.0, 2.0, 3.0), rotation=IDENTITY)
    packet = bundle(
        encode_osc_pose(sample, 9), encode_osc_pose(sample, "crane"), encode_message("/VMC/Ext/T", "f", 1.0)
    )
    reports = listened(*(("10.0.0.1:99", index * 20_000_000, packet) for index in range(30))).reports()
    assert [(r.address, r.camera_id, r.samples) for r in reports] == [
        ("/tracker/9", 9, 30),
        ("/tracker/crane", None, 30),
        ("/VMC/Ext", None, 0),
    ]
    tables = [tomllib.loads(configuration_for(r, SOURCE, n))["trackers"][0] for n, r in enumerate(reports)]
    assert [(table["name"], table.get("camera_id")) for table in tables] == [
        ("tracker-0", 9),
        ("crane", None),
        ("tracker-2", None),
    ]


def test_an_osc_address_names_its_body_up_to_its_last_number():
    roots = {
        "/tracker/9/pose": "/tracker/9",
        "/tracker/1": "/tracker/1",
        "/tracking/trackers/8/position": "/tracking/trackers/8",
        "/tracker/crane/pose": "/tracker/crane",
        "/pose": "/pose",
    }
    assert {address: osc_root(address) for address in roots} == roots


def test_cameras_of_one_serial_line_are_separated_and_named():
    line = b"\xd1\x09garbage" + b"".join(
        a + b + (b"\xd1noise" if index % 10 == 5 else b"")
        for index, (a, b) in enumerate(zip(freed_packets(9, 40), freed_packets(7, 40), strict=True))
    )
    source = "serial:///dev/ttyUSB0"
    feeds = [("", place * 286_458, line[place : place + 11]) for place in range(0, len(line), 11)]
    reports = listened(*feeds, source=source).reports()
    assert [(r.protocol, r.camera_id, r.samples) for r in reports] == [("freed", 9, 40), ("freed", 7, 40)]
    assert reports[0].rejected == {"checksum": 4}
    assert reports[0].rate_hz == pytest.approx(38400 / 11 / 58.6, rel=0.02)
    tables = [tomllib.loads(configuration_for(r, source, 1))["trackers"][0] for r in reports]
    assert [table["camera_id"] for table in tables] == [9, 7]


@given(st.integers(0, 2**32))
@hostile()
def test_garbage_on_a_serial_line_is_not_a_camera(seed):
    generator = random.Random(seed)
    feeds = [("", index * 10_000_000, generator.randbytes(40)) for index in range(200)]
    (report,) = listened(*feeds, source="serial:///dev/ttyUSB0").reports()
    assert report.camera_id is None
    assert report.rejected["checksum"] > 200


def test_protocols_that_are_not_decoded_are_still_reported_with_their_rate():
    feeds = [("10.0.0.2:1511", i * 10_000_000, b"\x07\x00\x08\x00" + bytes(8)) for i in range(30)]
    (report,) = listened(*feeds).reports()
    assert (report.protocol, report.supported, report.samples) == ("natnet", False, 0)
    assert report.rate_hz == pytest.approx(100.0)
    assert configuration_for(report, SOURCE, 1) == ""


def test_refused_packets_are_counted_by_cause():
    broken = freed_packets(1, 1)[0][:-1] + b"\x00"
    (report,) = listened(("10.0.0.1:99", 0, broken), ("10.0.0.1:99", 1, broken)).reports()
    assert report.rejected == {"checksum": 2}


def test_a_crowd_of_senders_stays_bounded():
    listening = listened(*((f"10.0.0.1:{port}", port, b"?") for port in range(1000)))
    assert len(listening.reports()) == MAX_STREAMS
    assert listening.unsorted == 1000 - MAX_STREAMS


@given(st.lists(st.tuples(st.integers(0, 10**12), st.binary(max_size=80)), max_size=40), st.booleans())
@hostile()
def test_any_bytes_are_described_in_printable_words(feeds, serial):
    source = "serial:///dev/ttyUSB0" if serial else SOURCE
    for report in listened(*(("10.0.0.1:1", t, payload) for t, payload in feeds), source=source).reports():
        assert report.last_rejection.isprintable()
        assert report.kind.isprintable()
        assert report.packets <= len(feeds)


@given(st.floats(20.0, 240.0), st.integers(100, 2000))
def test_rhythm_gives_the_rate_of_even_arrivals(rate_hz, count):
    times = tuple(round(i * 1e9 / rate_hz) for i in range(count))
    measured, jitter_ms, gap_ms = rhythm(times)
    assert measured == pytest.approx(rate_hz, rel=1e-6)
    assert jitter_ms == pytest.approx(0.0, abs=1e-5)
    assert gap_ms == pytest.approx(1000.0 / rate_hz, abs=1e-5)


@pytest.mark.parametrize(
    ("measured", "intervals", "meant"),
    [(59.97, 120, 60.0), (59.94, 2000, 59.94), (60.0, 2000, 60.0), (24.9, 50, 25.0), (71.0, 500, 71.0)],
)
def test_usual_rates_are_recognised_as_finely_as_they_were_measured(measured, intervals, meant):
    assert usual_rate_hz(measured, intervals) == meant
