"""What a tracker's status reports besides counts and pose."""

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY
from tracking.settings import TrackerConfig
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

PERIOD_NS = 16_666_667
START_NS = 5_000_000_000
CONFIG = TrackerConfig(name="o", protocol="opentrackio", source="udp://127.0.0.1:1")


def test_status_says_that_a_sequence_number_stands_still():
    tracker = Tracker(CONFIG, new_tracker_state(CONFIG))
    for index in range(30):
        sample = TrackerSample(position_m=(0.01 * index, 0.0, 1.5), rotation=IDENTITY, device_ns=index * PERIOD_NS)
        (payload,) = encode_opentrackio(sample, OpenTrackIOSource(), 5)
        tracker.feed(datagram(payload, "10.0.0.1:1", START_NS + index * PERIOD_NS))
    status = tracker.status(START_NS + 30 * PERIOD_NS)
    assert (status.accepted, sum(status.rejected.values())) == (30, 0)
    assert "stands still at 5" in status.hint


def test_status_carries_the_trackers_report_about_itself():
    tracker = Tracker(CONFIG, new_tracker_state(CONFIG))
    assert (tracker.status(START_NS).slate, tracker.status(START_NS).equipment) == (None, None)
    equipment = StaticBlock(camera="Maker Model20", sensor_mm=(36.0, 24.0))
    source = OpenTrackIOSource(slate="A7", recording=True, static=equipment, rate=(24, 1))
    sample = TrackerSample(position_m=(0.0, 0.0, 1.5), rotation=IDENTITY, timecode="01:02:03:04", status="Optical Good")
    (payload,) = encode_opentrackio(sample, source, 1, with_static=True)
    tracker.feed(datagram(payload, "10.0.0.1:1", START_NS))
    status = tracker.status(START_NS)
    assert (status.timecode, status.device_status) == ("01:02:03:04", "Optical Good")
    assert (status.slate, status.recording, status.equipment) == ("A7", True, equipment)
