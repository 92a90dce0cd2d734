"""Packets that devices in the field have sent, byte by byte."""

import os
from pathlib import Path

import pytest

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.guess import guess_protocol
from tracking.records import TrackerSample
from tracking.rotation import pan_tilt_roll_from_quat
from tracking.settings import TrackerConfig
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

pytestmark = pytest.mark.data

POSE_M = (0.0, -1.0, 1.5)
PROTOCOLS = {"freed": "freed", "otio": "opentrackio", "osc": "osc"}
NAMES = [
    *("freed_ok", "freed_crlf", "freed_padded_32", "freed_two_messages", "osc_pose_ok", "osc_time_ms"),
    *("otio_plain_ok", "otio_cbor_ok", "otio_cbor_selfdescribed", "otio_fstop_text", "otio_recording_text"),
    *("otio_samplerate_0", "otio_timecode_format", "otio_trailing_nul"),
]


@pytest.fixture(scope="module")
def inputs():
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA names no folder of recordings")
    return Path(folder) / "field" / "inputs"


def configuration(name):
    return TrackerConfig(name="a", protocol=PROTOCOLS[name.split("_")[0]], source="udp://127.0.0.1:1", camera_id=1)


@pytest.mark.parametrize("name", NAMES)
def test_the_pose_of_every_packet_is_taken(inputs, name):
    config = configuration(name)
    decoder = Decoder(config, new_memory(config), sibling_ids=frozenset({2}))
    (sample,) = decoder.feed(datagram((inputs / f"{name}.bin").read_bytes(), "s", 5))
    assert isinstance(sample, TrackerSample)
    assert sample.position_m == POSE_M
    pan = 0.0 if name.startswith("osc") else -5.0 if name.startswith("freed") else 5.0
    assert pan_tilt_roll_from_quat(sample.rotation)[0] == pytest.approx(pan, abs=1e-4)


def test_zeros_are_held_after_a_pose_and_believed_from_the_start(inputs):
    real, zeros = ((inputs / f"freed_{name}.bin").read_bytes() for name in ("ok", "all_zero"))
    for payloads, accepted, lost in (([real, zeros, zeros], 1, 2), ([zeros, zeros], 2, 0)):
        config = configuration("freed")
        tracker = Tracker(config, new_tracker_state(config))
        for number, payload in enumerate(payloads):
            tracker.feed(datagram(payload, "s", 5 + number * 20_000_000))
        assert (tracker.state.accepted, tracker.state.rejected["lost"]) == (accepted, lost)
    assert tracker.latest().position_m == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ["freed_ok", "freed_crlf", "freed_padded_32", "freed_two_messages"])
def test_listening_recognises_freed_at_any_length(inputs, name):
    guess = guess_protocol((inputs / f"{name}.bin").read_bytes())
    assert (guess.protocol, guess.sound) == ("freed", True)
