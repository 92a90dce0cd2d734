"""What health says of a tracker whose packets come but cannot be used, or whose clock or rate is wrong."""

from itertools import groupby
from random import Random

import msgspec
import pytest

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from stage.config.reader import parse_config
from stage.loading.files import read_preset
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from stage.words.english import ENGLISH
from stage.words.sentences import health_lines
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed, with_checksum
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.osc_packet import encode_message
from tracking.records import REJECT_CAUSES, TrackerSample
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll

FRAME_HZ = 50
START_NS = 100_000_000_000
SOURCE = "udp://127.0.0.1:40000"
ZEROS = with_checksum(bytes([0xD1, 1]) + bytes(26))
WALL = """
[stage]
frame_rate_hz = 50
[[walls]]
name = "main"
resolution_px = [64, 32]
shape = { kind = "plane", lower_left_m = [-3, 4, 0], lower_right_m = [3, 4, 0], upper_left_m = [-3, 4, 3] }
[[cameras]]
name = "A"
tracker = "a"
[[trackers]]
name = "a"
source = "udp://127.0.0.1:40000"
"""


def new_show(tracker):
    config = parse_config(WALL + tracker, "test", read_preset)
    surfaces = tuple(wall_surface(wall, wall_positions(wall, None)) for wall in config.walls)
    return Show(config, Calibration(surfaces=surfaces), new_state(config))


def pose(index, camera_id=1):
    rotation = quat_from_pan_tilt_roll(0.01 * index, 0.0, 0.0)
    return encode_freed(
        TrackerSample(position_m=(0.002 * index, 0.0, 1.5), rotation=rotation), camera_id, FreeDDialect()
    )


def stepped(show, packets, frames):
    """The findings of each frame. `packets` are (received_ns, payload) in order."""
    found, waiting = [], list(packets)
    for frame in range(1, frames):
        present_ns = START_NS + (frame + 1) * 1_000_000_000 // FRAME_HZ
        now_ns = present_ns - 1_000_000_000 // FRAME_HZ
        due = [one for one in waiting if one[0] <= now_ns]
        del waiting[: len(due)]
        datagrams = tuple(
            Datagram(source=SOURCE, sender="10.0.0.1:9", received_ns=at, payload=payload) for at, payload in due
        )
        health = show.step(FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=datagrams)).health
        found.append(tuple(finding for finding in health if finding.values.get("tracker") == "a"))
    return found


def every(rate_hz, payloads, start_s=0.0):
    return [(START_NS + int((start_s + n / rate_hz) * 1e9), payload) for n, payload in enumerate(payloads)]


FREED = 'protocol = "freed"\ncamera_id = 1\n'


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (pose(1)[:-1] + b"\0", "FreeD D1 with a wrong checksum"),
        (pose(1, camera_id=3), "of camera 3, expected 1"),
        (b"/tracker/1/pose\0,f\0\0\0\0\0\0", "not FreeD D1"),
    ],
)
def test_a_tracker_that_is_only_refused_has_not_sent_nothing(payload, words):
    findings = stepped(new_show(FREED), every(50, [payload] * 79), 100)[-1]
    (line,) = health_lines(findings)
    assert line.startswith("tracker a: 79 packets came, none could be used: ")
    assert words in line
    assert [(finding.code, finding.severity) for finding in findings] == [("tracker_refused", "alarm")]


def test_a_tracker_that_sends_nothing_has_sent_nothing():
    (line,) = health_lines(stepped(new_show(FREED), [], 100)[-1])
    assert "has sent nothing yet" in line


def test_a_hint_ends_with_the_packets_while_health_remembers_that_no_other_came():
    show = new_show(FREED)
    findings = stepped(show, every(50, [pose(1, camera_id=3)] * 79), 300)[-1]
    assert "79 packets came, none could be used: of camera 3" in health_lines(findings)[0]
    assert show.trackers["a"].status(show.state.now_ns).hint == ""


def test_a_refusal_ends_when_good_packets_come():
    packets = every(50, [pose(1)[:-1] + b"\0"] * 50) + every(50, [pose(n) for n in range(150)], 1.0)
    show = new_show(FREED)
    found = stepped(show, packets, 200)
    assert [finding.code for finding in found[40]] == ["tracker_refused"]
    assert found[-1] == ()
    assert show.trackers["a"].status(show.state.now_ns).hint == ""


def test_a_head_that_reports_itself_lost_is_said_to_be_so():
    packets = every(50, [*[pose(n) for n in range(60)], *[ZEROS] * 60])
    lines = health_lines(stepped(new_show(FREED), packets, 119)[-1])
    assert lines[0] == "tracker a is lost: its last pose is held"
    assert "59 packets came, none could be used" in lines[1]
    assert "lost its position" in lines[1]


def test_an_osc_sender_without_a_place_is_told_what_is_missing():
    tracker = 'protocol = "osc"\n[trackers.map]\nrules = [{ address = "/p", arguments = [{ index = 0, field = "x" }] },'
    tracker += ' { address = "/r", arguments = [{ index = 0, field = "pan" }] }]\n'
    (line,) = health_lines(stepped(new_show(tracker), every(50, [encode_message("/r", "f", 1.0)] * 60), 100)[-1])
    assert "60 packets came, none could be used: no message has carried x" in line


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (0.001, "advance 0.001 s a second, so they are not used: correct their unit"),
        (0.5, "advance 0.5 s a second"),
        (0.96, "clock or frame rate"),
    ],
)
def test_health_says_that_a_clock_is_wrong(speed, words):
    packets = []
    for index in range(500):
        sample = TrackerSample(
            position_m=(0.002 * index, 0.0, 1.5), rotation=IDENTITY, device_ns=10**15 + int(index * 2e7 * speed)
        )
        packets += encode_opentrackio(sample, OpenTrackIOSource(), index + 1)
    show = new_show('protocol = "opentrackio"\n')
    (line,) = health_lines(stepped(show, every(50, packets), 480)[-1])
    assert line.startswith("tracker a: its time stamps advance")
    assert words in line


def test_a_changed_rate_is_not_a_bad_cable_after_two_seconds():
    fast, slow = [pose(n) for n in range(500)], [pose(500 + 2 * n) for n in range(250)]
    found = stepped(new_show(FREED + "rate_hz = 50\n"), every(50, fast) + every(25, slow, 10.0), 900)
    assert found[499] == ()
    for findings in found[12 * FRAME_HZ :]:
        assert [finding.code for finding in findings] == ["tracker_rate_wrong"]
    assert found[-1][0].values["rate_hz"] == pytest.approx(25.0, abs=0.5)
    assert {finding.code for findings in found[500:600] for finding in findings} <= {
        "tracker_rate_wrong",
        "tracker_packets_lost",
    }


def test_lost_packets_are_still_lost_packets():
    kept = [
        packet for index, packet in enumerate(every(50, [pose(n) for n in range(900)])) if index % 10 not in (3, 7, 8)
    ]
    found = stepped(new_show(FREED + "rate_hz = 50\n"), kept, 880)
    assert {finding.code for findings in found[300:] for finding in findings} == {"tracker_packets_lost"}


@pytest.mark.parametrize("hertz", [50, 54])
def test_a_tracker_at_the_edge_of_a_finding_does_not_make_health_flicker(hertz):
    """50 Hz with every tenth packet lost in irregular places looks like a wrong rate and like losses in turn."""
    random = Random(1)
    packets = [packet for packet in every(hertz, [pose(n) for n in range(20 * hertz)]) if random.random() > 0.1]
    found = stepped(new_show(FREED + "rate_hz = 60\n"), packets, 19 * FRAME_HZ)
    rates = [tuple(one.code for one in findings if one.code != "tracker_late") for findings in found[5 * FRAME_HZ :]]
    lasting = [len(list(frames)) for _, frames in groupby(rates)]
    assert all(frames > FRAME_HZ for frames in lasting[1:-1])
    assert len(lasting) <= 6


@pytest.mark.parametrize("cause", REJECT_CAUSES)
def test_every_cause_of_a_refusal_has_its_sentence(cause):
    assert f"refused_{cause}" in ENGLISH


def test_refusals_survive_a_snapshot():
    show = new_show(FREED)
    stepped(show, every(50, [pose(1)[:-1] + b"\0"] * 30), 50)
    kept = show.snapshot().trackers["a"].refusal
    assert msgspec.to_builtins(kept) == msgspec.to_builtins(show.state.trackers["a"].refusal)
    assert kept.since_sample == 30
