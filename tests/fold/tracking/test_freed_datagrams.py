"""FreeD as device servers, heads and bridges really send it: datagrams of any length, all-zero poses, and checksums."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.tracking.datagrams import datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.decoders import Decoder, DecoderMemory, new_memory
from tracking.protocols.fletcher import fletcher16, older_form
from tracking.protocols.freed import encode_freed, with_checksum
from tracking.protocols.guess import guess_protocol
from tracking.records import Rejection, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig
from tracking.sources.listening import Listening
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

PERIOD_NS = 20_000_000
START_NS = 5_000_000_000


def configuration(**chosen):
    return TrackerConfig(**{"name": "a", "protocol": "freed", "source": "udp://127.0.0.1:1", "camera_id": 1} | chosen)


def message(x=0.0, pan=5.0, camera_id=1, *, place=(-1.0, 1.5)):
    sample = TrackerSample(position_m=(x, *place), rotation=quat_from_pan_tilt_roll(pan, 0.0, 0.0), zoom_raw=7.0)
    return encode_freed(sample, camera_id, FreeDDialect())


def zeros(camera_id=1):
    return with_checksum(bytes([0xD1, camera_id]) + bytes(26))


def decoded(*payloads, step_ns=1_000_000, siblings=frozenset(), **chosen):
    config = configuration(**chosen)
    decoder = Decoder(config, new_memory(config), sibling_ids=siblings)
    return [
        reading
        for number, payload in enumerate(payloads)
        for reading in decoder.feed(datagram(payload, "s", START_NS + number * step_ns))
    ]


def places(readings):
    return [round(reading.position_m[0], 3) for reading in readings if isinstance(reading, TrackerSample)]


def causes(readings):
    return [reading.cause for reading in readings if isinstance(reading, Rejection)]


class TestAnyLength:
    @pytest.mark.parametrize("end", [b"", b"\r\n", b"\n", b"\0", bytes(3), bytes(35), b"\xff" * 3])
    def test_what_follows_a_message_is_passed_over(self, end):
        readings = decoded(message(0.5) + end)
        assert (places(readings), causes(readings)) == ([0.5], [])

    def test_every_message_of_a_datagram_counts_by_its_camera(self):
        both = message(0.25) + message(0.75, camera_id=2)
        assert places(decoded(both, siblings=frozenset({2}))) == [0.25]
        assert places(decoded(both, camera_id=2, siblings=frozenset({1}))) == [0.75]
        assert causes(decoded(both)) == ["id"]
        assert places(decoded(message(0.25) + message(0.5))) == [0.25, 0.5]

    def test_a_damaged_message_does_not_take_others_with_it(self):
        damaged = message(9.0)[:-1] + b"\0"
        readings = decoded(message(0.25) + damaged + message(0.5))
        assert (places(readings), causes(readings)) == ([0.25, 0.5], ["checksum"])

    @given(st.integers(2, 9), st.lists(st.integers(1, 60), min_size=30, max_size=30))
    @hostile()
    def test_a_line_cut_anywhere_into_datagrams_loses_nothing(self, count, lengths):
        line, pieces = b"".join(message(0.125 * number) for number in range(count)), []
        for length in lengths:
            pieces.append(line[:length])
            line = line[length:]
        readings = decoded(*[piece for piece in [*pieces, line] if piece])
        assert places(readings) == [0.125 * number for number in range(count)]
        assert causes(readings) == []

    def test_a_line_that_is_joined_in_the_middle_of_a_message_is_soon_in_step(self):
        line = b"".join(message(0.125 * number) for number in range(20))[11:]
        assert places(decoded(*[line[start : start + 29] for start in range(0, len(line), 29)]))[-1] == 19 * 0.125

    def test_a_fragment_is_counted_if_the_rest_does_not_come(self):
        assert causes(decoded(message()[:20], message(0.5))) == ["length"]
        assert causes(decoded(message()[:20], message()[20:], step_ns=10**9)) == ["length", "type"]

    @pytest.mark.parametrize("payload", [b"\xd1" * 9000, message() * 310, (b"\xd1" * 28 + b"\0") * 310])
    def test_no_datagram_gives_more_readings_than_a_device_server_sends(self, payload):
        assert len(decoded(payload)) <= 65

    def test_fragments_of_many_senders_stay_bounded(self):
        config = configuration()
        memory = new_memory(config)
        decoder = Decoder(config, memory)
        for number in range(500):
            decoder.feed(datagram(message()[:20], f"10.0.0.1:{number}", START_NS))
        assert len(memory.fragments) <= 16
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=DecoderMemory)
        assert copy == memory

    @pytest.mark.parametrize("payload", [message() + b"\r\n", message() + bytes(3), message() + message(camera_id=2)])
    def test_the_protocol_is_recognised_at_any_length(self, payload):
        assert (guess_protocol(payload).protocol, guess_protocol(payload).kind) == ("freed", "D1, camera 1")

    @pytest.mark.parametrize("cut", [0, 20])
    def test_listening_reports_both_cameras_of_one_datagram_whole_or_cut(self, cut):
        listening = Listening("udp://:1")
        for number in range(40):
            both = message(0.01 * number) + message(0.5, camera_id=2)
            for piece in (both[:cut], both[cut:]) if cut else (both,):
                listening.feed(datagram(piece, "10.0.0.1:9", START_NS + number * PERIOD_NS))
        reports = listening.reports()
        assert [(r.protocol, r.camera_id, r.samples, r.rejected) for r in reports] == [
            ("freed", 1, 40, {}),
            ("freed", 2, 40, {}),
        ]


class TestLost:
    def followed(self, *payloads, **chosen):
        config = configuration(**chosen)
        tracker = Tracker(config, new_tracker_state(config))
        for number, payload in enumerate(payloads):
            tracker.feed(datagram(payload, "s", START_NS + number * PERIOD_NS))
        return tracker, START_NS + (len(payloads) - 1) * PERIOD_NS

    def test_zeros_after_a_real_pose_hold_it_and_are_counted_and_reported(self):
        tracker, now_ns = self.followed(*[message(0.5)] * 50, *[zeros()] * 40)
        assert tracker.latest().position_m == pytest.approx((0.5, -1.0, 1.5), abs=1e-4)
        assert (tracker.state.accepted, tracker.state.rejected["lost"]) == (50, 40)
        assert tracker.freshness(now_ns) == "lost"
        assert tracker.lens().zoom_raw == 7.0
        assert "lost its position" in tracker.status(now_ns).hint

    def test_a_head_that_finds_itself_again_is_believed_and_the_hint_ends(self):
        tracker, now_ns = self.followed(*[message(0.5)] * 50, *[zeros()] * 40, *[message(0.6)] * 150)
        assert tracker.freshness(now_ns) == "fresh"
        assert tracker.latest().position_m[0] == pytest.approx(0.6, abs=1e-4)
        assert tracker.status(now_ns).hint == ""

    def test_a_head_at_zero_from_the_start_is_believed(self):
        tracker, now_ns = self.followed(*[zeros()] * 50)
        assert (tracker.state.accepted, tracker.freshness(now_ns)) == (50, "fresh")

    def test_a_head_without_a_position_may_turn_to_zero(self):
        turns = [message(pan=pan / 10.0, place=(0.0, 0.0)) for pan in range(60, 0, -1)]
        tracker, _ = self.followed(*turns, *[zeros()] * 20)
        assert (tracker.state.accepted, tracker.state.rejected["lost"]) == (80, 0)

    def test_a_head_without_a_position_that_leaps_to_zero_is_lost(self):
        tracker, _ = self.followed(*[message(pan=40.0, place=(0.0, 0.0))] * 20, *[zeros()] * 20)
        assert tracker.state.rejected["lost"] == 20

    def test_each_camera_is_lost_for_itself(self):
        readings = decoded(message(camera_id=2), zeros(1), zeros(2), camera_id=None)
        assert causes(readings) == ["lost"]
        assert places(readings) == [0.0, 0.0]

    def test_zeros_on_a_serial_line_are_the_same(self):
        readings = decoded(message(0.5) + zeros() + zeros(), source="serial:///dev/ttyS0")
        assert (places(readings), causes(readings)) == ([0.5], ["lost", "lost"])

    def test_a_numbered_sender_can_be_lost_too(self):
        lens = FreeDDialect(lens="zcam")
        real = [encode_freed(TrackerSample(position_m=(0.0, 1.0, 1.5), rotation=(0.0, 0.0, 0.0, 1.0)), 1, lens)]
        lost = with_checksum(bytes([0xD1, 1]) + bytes(24) + b"\x10\x00")
        assert causes(decoded(*real, lost, dialect=lens)) == ["lost"]


def naive_fletcher(message, modulus):
    first = second = 0
    for byte in message:
        first = (first + byte) % modulus
        second = (second + first) % modulus
    return second << 8 | first


@settings(max_examples=200)
@given(message=st.binary(max_size=1500))
def test_sums_in_wide_integers_equal_the_plain_loop(message):
    assert fletcher16(message) == naive_fletcher(message, 256)


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, 70_000])
def test_heaviest_messages(length):
    assert fletcher16(b"\xff" * length) == naive_fletcher(b"\xff" * length, 256)


@given(message=st.binary(min_size=8, max_size=600))
def test_older_forms_are_recognised(message):
    current, old = naive_fletcher(message, 256), naive_fletcher(message, 255)
    assert older_form(message, current) is None
    if old != current:
        assert older_form(message, old) is not None
    swapped = (current & 0xFF) << 8 | current >> 8
    if swapped != current:
        assert older_form(message, swapped) is not None
