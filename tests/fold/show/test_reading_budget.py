"""A flood is measured by the work of decoding it: the newest datagrams are read, the others are counted."""

from __future__ import annotations

import struct

import pytest

from stage.show.frame.reading import OSC_MESSAGES_PER_SOURCE, WORK_PER_SOURCE, readable
from stage.show.report.losses import counts
from stage.words.sentences import health_lines
from tests.building import SENDER, SOURCE, freed, slot_ns, stage, step, tracker
from tracking.datagrams import Datagram
from tracking.protocols.decoders import work_of
from tracking.protocols.osc import encode_osc_pose
from tracking.protocols.osc_packet import MOST_ARGUMENTS, MOST_MESSAGES
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY

OSC = stage(tracker("t", protocol="osc", camera_id=None))


def pose(frame, share, x_m):
    """One OSC pose that was sampled in the given share of a frame."""
    sample = TrackerSample(position_m=(x_m, 0.0, 1.5), rotation=IDENTITY)
    return encode_osc_pose(sample, "t", (slot_ns(frame) * 1e-9) + share / 60.0)


def bundle(messages):
    return b"#bundle\0" + bytes(8) + b"".join(struct.pack(">I", len(one)) + one for one in messages)


def datagram(payload, frame=0, source=SOURCE):
    return Datagram(source=source, sender=SENDER, received_ns=slot_ns(frame) - 1_000_000, payload=payload)


def flood(frame, datagrams=17, messages=140):
    return [
        datagram(
            bundle([pose(frame, (index + number / messages) / datagrams, 1e-4 * index) for number in range(messages)])
        )
        for index in range(datagrams)
    ]


def test_a_frame_reads_a_bounded_number_of_osc_messages_and_the_newest_of_them():
    show = OSC.show()
    outcome = step(show, 0, datagrams=flood(0))
    state = show.state.trackers["t"]
    read = state.accepted + sum(state.rejected.values())
    assert 140 < read <= OSC_MESSAGES_PER_SOURCE
    assert show.trackers["t"].latest().position_m[0] == pytest.approx(16e-4)
    assert counts(show.state.losses) == {SOURCE: {"over_work": 15}}
    assert any("15 dropped since the start" in line and "OSC messages" in line for line in health_lines(outcome.health))


def test_what_a_crew_really_sends_is_read_whole():
    sent = [freed(0) for _ in range(512)]
    assert readable(sent, OSC_READERS["freed"]) == (sent, ())
    bundles = [datagram(bundle([pose(0, 0.0, 0.0)] * 64)) for _ in range(4)]
    assert readable(bundles, OSC_READERS["osc"]) == (bundles, ())


def test_the_very_newest_datagram_is_read_however_large_it_is():
    largest = [datagram(bundle([pose(0, 0.0, 0.0)] * 150)) for _ in range(2)]
    kept, dropped = readable(largest, {SOURCE: OSC.config.trackers * 8})
    assert kept == largest[1:]
    assert [(loss.count, loss.cause) for loss in dropped] == [(1, "over_work")]


def test_a_flood_at_one_source_leaves_the_others_alone():
    good = [freed(0)]
    other = "udp://127.0.0.1:40001"
    sent = [*(datagram(one.payload, source=other) for one in flood(0)), *good]
    readers = {other: OSC.config.trackers, **OSC_READERS["freed"]}
    kept, dropped = readable(sent, readers)
    assert kept[-1:] == good
    assert [loss.source for loss in dropped] == [other]


@pytest.mark.parametrize("tags", ["T" * 8000, "f" * 2000, "N" * (MOST_ARGUMENTS + 1)])
def test_a_message_of_too_many_arguments_is_rejected_unread(tags):
    text = f",{tags}".encode()
    payload = b"/tracker/t/pose\0" + text + bytes(4 - len(text) % 4) + bytes(4 * tags.count("f"))
    show = OSC.show()
    step(show, 0, datagrams=[datagram(payload)])
    assert show.state.trackers["t"].rejected["length"] == 1


def test_work_grows_with_messages_and_arguments_and_not_with_garbage():
    one, many = pose(0, 0.0, 0.0), bundle([pose(0, 0.0, 0.0)] * 100)
    assert work_of("osc", many) > 90 * work_of("osc", one) * 0.7
    assert work_of("osc", b"/a\0\0," + b"T" * 1022 + b"\0") > 200
    assert work_of("osc", bytes(9000)) <= 300
    assert work_of("osc", b"/" * 4000 + bytes(4) + b"," * 4000) > 0
    assert work_of("osc", b"#bundle\0" + bytes(8) + b"\xff" * 100) == 1
    assert work_of("osc", bundle([b"/a\0\0,\0\0\0"] * MOST_MESSAGES)) <= WORK_PER_SOURCE


FREED = stage(tracker("t"))
OSC_READERS = {"freed": {SOURCE: FREED.config.trackers}, "osc": {SOURCE: OSC.config.trackers}}
