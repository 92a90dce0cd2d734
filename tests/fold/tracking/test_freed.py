"""FreeD: golden bytes computed from the maker's manual, round trips, dialects, the serial line."""

import itertools
import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.tracking.datagrams import datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.decoders import Decoder, DecoderMemory, new_memory
from tracking.protocols.freed import (
    FreeDCommand,
    decode_freed,
    decode_freed_command,
    encode_freed,
    encode_freed_command,
    with_checksum,
)
from tracking.records import PacketError, Rejection, TrackerSample
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig

MANUAL = FreeDDialect(user="iris")
ZERO = bytes.fromhex("d101" + "00" * 26 + "6e")
EXTREMES = bytes.fromhex("d1015a0000d30000a600008000007fffff000000ffffff080000000099")
OPERATORS_SCREEN = bytes.fromhex("d1ff1015c3004e140f051f01104601daa000ee2008000008000000f013")
SECOND_NS = 1_000_000_000


def config(**settings_of_tracker):
    return TrackerConfig(
        **{"name": "a", "protocol": "freed", "source": "udp://127.0.0.1:40000", "camera_id": 1} | settings_of_tracker
    )


def decoder(siblings=frozenset(), **settings_of_tracker):
    chosen = config(**settings_of_tracker)
    return Decoder(chosen, new_memory(chosen), sibling_ids=siblings)


def same_turn(a, b):
    return abs(sum(p * q for p, q in zip(a, b, strict=True)))


class TestGoldenBytes:
    def test_zero_message_is_the_origin_looking_ahead(self):
        sample = decode_freed(ZERO, MANUAL)
        assert sample.position_m == (0.0, 0.0, 0.0)
        assert sample.rotation == (0.0, 0.0, 0.0, 1.0)
        assert (sample.zoom_raw, sample.focus_raw, sample.iris_raw) == (0.0, 0.0, 0.0)
        assert encode_freed(sample, 1, MANUAL) == ZERO

    def test_ends_of_the_ranges(self):
        sample = decode_freed(EXTREMES, MANUAL)
        assert sample.position_m == (-131.072, 131.071984375, 0.0)
        assert (sample.zoom_raw, sample.focus_raw) == (float(0xFFFFFF), float(0x080000))
        assert same_turn(sample.rotation, quat_from_pan_tilt_roll(-180.0, -90.0, -180.0)) == pytest.approx(1.0)

    def test_the_operators_guides_screen(self):
        sample = decode_freed(OPERATORS_SCREEN, MANUAL)
        assert sample.position_m == pytest.approx((1.0891, 1.8985, 0.9525), abs=1e-5)
        pan, tilt, roll = pan_tilt_roll_from_quat(sample.rotation)
        assert (pan, tilt, roll) == pytest.approx((-32.17, 0.61, 30.04), abs=1e-4), "FreeD's pan turns right"
        assert sample.iris_raw == float(0xF0)
        assert encode_freed(sample, 255, MANUAL) == OPERATORS_SCREEN

    def test_commands(self):
        assert encode_freed_command(FreeDCommand.START_STREAM, 1) == bytes.fromhex("d001016e")
        assert encode_freed_command(FreeDCommand.POLL_POSITION, 255) == bytes.fromhex("d0ffd1a0")
        assert decode_freed_command(bytes.fromhex("d001016e")) == (FreeDCommand.START_STREAM, 1)

    @pytest.mark.parametrize(
        ("packet", "cause"),
        [("d00101", "length"), ("d001016f", "checksum"), ("d101016d", "type"), ("d001ee81", "type")],
    )
    def test_wrong_commands_are_refused_with_their_cause(self, packet, cause):
        with pytest.raises(PacketError) as caught:
            decode_freed_command(bytes.fromhex(packet))
        assert caught.value.cause == cause


class TestRefusals:
    @pytest.mark.parametrize(
        ("packet", "cause"),
        [
            (b"", "length"),
            (ZERO[:-1], "length"),
            (ZERO + b"\0", "length"),
            (with_checksum(b"\xd2" + ZERO[1:-1]), "type"),
            (bytes.fromhex("d0ffd1a0"), "type"),
            (ZERO[:-1] + b"\x6f", "checksum"),
        ],
    )
    def test_cause_names_what_is_wrong(self, packet, cause):
        with pytest.raises(PacketError) as caught:
            decode_freed(packet, MANUAL)
        assert caught.value.cause == cause

    def test_foreign_ids_are_refused_siblings_skipped_and_broadcasts_accepted(self):
        chosen = decoder(siblings=frozenset({2}))
        by_id = {number: with_checksum(bytes([0xD1, number]) + ZERO[2:-1]) for number in (1, 2, 3, 255)}
        readings = {number: chosen.feed(datagram(packet, "s", 0)) for number, packet in by_id.items()}
        assert readings[2] == ()
        assert readings[3][0].cause == "id"
        assert isinstance(readings[1][0], TrackerSample)
        assert isinstance(readings[255][0], TrackerSample)

    def test_without_an_id_every_body_but_a_siblings_is_accepted(self):
        chosen = decoder(camera_id=None, siblings=frozenset({2}))
        assert isinstance(chosen.feed(datagram(ZERO, "s", 0))[0], TrackerSample)
        assert chosen.feed(datagram(with_checksum(b"\xd1\x02" + ZERO[2:-1]), "s", 0)) == ()


def axes(names):
    return st.permutations(names).flatmap(
        lambda order: st.tuples(*(st.sampled_from((name, "-" + name)) for name in order))
    )


dialects = st.builds(
    FreeDDialect,
    position_axes=axes(["x", "y", "z"]),
    angle_axes=axes(["pan", "tilt", "roll"]),
    position_scale=st.sampled_from([1.0, 0.5, 10.0, -1.0]),
    position_offset_m=st.tuples(*[st.floats(-5.0, 5.0)] * 3),
    angle_offset_deg=st.tuples(*[st.floats(-170.0, 170.0)] * 3),
    lens_zero=st.sampled_from([0, 0x80000]),
    user=st.just("iris"),
)
samples = st.builds(
    TrackerSample,
    position_m=st.tuples(*[st.floats(-50.0, 50.0)] * 3),
    rotation=st.builds(
        quat_from_pan_tilt_roll, st.floats(-179.0, 179.0), st.floats(-89.0, 89.0), st.floats(-179.0, 179.0)
    ),
    zoom_raw=st.integers(0, 0xFFFF).map(float),
    focus_raw=st.integers(0, 0xFFFF).map(float),
    iris_raw=st.integers(0, 0xFFFF).map(float),
)


class TestRoundTrip:
    @given(sample=samples, dialect=dialects, camera_id=st.integers(0, 255))
    def test_every_dialect_gives_back_the_sample_to_the_nearest_count(self, sample, dialect, camera_id):
        packet = encode_freed(sample, camera_id, dialect)
        assert packet[1] == camera_id
        again = decode_freed(packet, dialect)
        count_m = abs(dialect.position_scale) / 64_000.0
        assert again.position_m == pytest.approx(sample.position_m, abs=0.51 * count_m)
        assert same_turn(again.rotation, sample.rotation) > 1.0 - 1e-9
        assert (again.zoom_raw, again.focus_raw, again.iris_raw) == (
            sample.zoom_raw,
            sample.focus_raw,
            sample.iris_raw,
        )

    @given(packet=st.binary(min_size=26, max_size=26).map(lambda body: with_checksum(b"\xd1\x01" + body)))
    @hostile()
    def test_every_message_is_a_finite_pose(self, packet):
        sample = decode_freed(packet, FreeDDialect())
        assert all(math.isfinite(number) for number in (*sample.position_m, *sample.rotation))
        assert max(map(abs, sample.position_m)) <= 131.072

    def test_position_beyond_24_bits_is_refused(self):
        far = TrackerSample(position_m=(0.0, 131.1, 0.0), rotation=(0.0, 0.0, 0.0, 1.0))
        with pytest.raises(ValueError, match="24 bits"):
            encode_freed(far, 1, FreeDDialect())


class TestLens:
    def packet(self, zoom=0, focus=0, user=0):
        lens = zoom.to_bytes(3, "big") + focus.to_bytes(3, "big") + user.to_bytes(2, "big")
        return with_checksum(ZERO[:20] + lens)

    def test_two_point_zoom_map_is_linear_and_stops_at_its_ends(self):
        dialect = FreeDDialect(zoom_range=(0x555, 0xFFF), zoom_mm=(20.0, 120.0))
        lengths = [
            decode_freed(self.packet(zoom=raw), dialect).focal_length_mm for raw in (0, 0x555, 0xAAA, 0xFFF, 5000)
        ]
        assert lengths == [20.0, 20.0, 70.0, 120.0, 120.0]

    def test_zoom_map_is_written_back(self):
        dialect = FreeDDialect(zoom_range=(0x555, 0xFFF), zoom_mm=(20.0, 120.0))
        sample = TrackerSample(position_m=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0), focal_length_mm=70.0)
        assert decode_freed(encode_freed(sample, 1, dialect), dialect).focal_length_mm == pytest.approx(70.0, abs=0.02)

    def test_inverted_ranges_count_down(self):
        dialect = FreeDDialect(focus_range=(0x7FFFFF, 0), normalise_lens=True)
        shares = [decode_freed(self.packet(focus=raw), dialect).focus_raw for raw in (0x7FFFFF, 0, 0xFFFFFF)]
        assert shares == [0.0, 1.0, 0.0]

    def test_masks_keep_only_the_bits_that_count(self):
        dialect = FreeDDialect(zoom_mask=0xFFFF, user="iris", user_mask=0xFFF)
        sample = decode_freed(self.packet(zoom=0x12FFFF, user=0xF123), dialect)
        assert (sample.zoom_raw, sample.iris_raw) == (float(0xFFFF), float(0x123))

    def test_z_cam_gives_real_units_and_reveals_duplicates(self):
        chosen = decoder(dialect=FreeDDialect(lens="zcam"))
        packet = self.packet(zoom=3500, focus=25_000, user=5 << 12 | 280)
        (sample,) = chosen.feed(datagram(packet, "s", 0))
        assert (sample.focal_length_mm, sample.focus_distance_m, sample.f_stop, sample.sequence) == (35.0, 2.5, 2.8, 5)
        assert chosen.feed(datagram(packet, "s", 0))[0].cause == "duplicate"
        assert chosen.feed(datagram(self.packet(zoom=3500, user=4 << 12), "s", 0))[0].cause == "reordered"
        assert isinstance(chosen.feed(datagram(self.packet(zoom=3500, user=6 << 12), "s", 0))[0], TrackerSample)

    def test_a_z_cam_that_does_not_count_is_still_accepted(self):
        chosen = decoder(dialect=FreeDDialect(lens="zcam"))
        for zoom in range(3500, 3540):
            assert isinstance(chosen.feed(datagram(self.packet(zoom=zoom, user=280), "s", 0))[0], TrackerSample)
        assert isinstance(chosen.feed(datagram(self.packet(zoom=3539, user=280), "s", 0))[0], TrackerSample)


class TestDialectSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"position_axes": ["x", "x", "z"]},
            {"angle_axes": ["pan", "tilt", "x"]},
            {"position_scale": 0.0},
            {"position_scale": math.nan},
            {"position_offset_m": [math.inf, 0.0, 0.0]},
            {"zoom_range": [5, 5]},
            {"zoom_mm": [math.nan, 50.0]},
            {"zoom_mask": 1 << 24},
            {"colour": 1},
        ],
    )
    def test_impossible_settings_are_refused(self, wrong):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, FreeDDialect)


SERIAL = "serial:///dev/ttyS0?baud=38400&parity=odd"


def message(number):
    return with_checksum(bytes([0xD1, 1, 0, 0, number]) + ZERO[5:-1])


def pans(readings):
    return [round(pan_tilt_roll_from_quat(r.rotation)[0] * -32768.0) for r in readings if isinstance(r, TrackerSample)]


class TestSerial:
    @given(
        garbage=st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\xd1", b"\xd0")), min_size=4, max_size=4),
        cuts=st.lists(st.integers(0, 200), max_size=12),
    )
    @hostile()
    def test_all_messages_between_any_garbage_are_found_however_the_line_is_cut(self, garbage, cuts):
        line = b"".join(noise + message(number) for number, noise in enumerate(garbage))
        chosen = decoder(source=SERIAL)
        readings = []
        places = sorted({0, len(line), *(cut for cut in cuts if cut < len(line))})
        for start, end in itertools.pairwise(places):
            readings += chosen.feed(datagram(line[start:end], "", SECOND_NS))
        assert pans(readings) == [0, 1, 2, 3]

    def test_a_false_start_does_not_hide_the_next_message(self):
        for distance in range(1, 29):
            line = b"\xd1" + bytes(distance - 1) + message(7)
            assert pans(decoder(source=SERIAL).feed(datagram(line, "", 0))) == [7], distance

    def test_a_spoilt_message_counts_once_and_the_next_is_found(self):
        spoilt = message(3)[:10] + b"\x55" + message(3)[11:]
        readings = decoder(source=SERIAL).feed(datagram(message(1) + spoilt + message(2), "", 0))
        assert [r.cause for r in readings if isinstance(r, Rejection)] == ["checksum"]
        assert pans(readings) == [1, 2]

    @pytest.mark.parametrize("size", [1, 30, 31, 64])
    def test_line_ends_between_messages_are_no_fault(self, size):
        line = b"".join(message(number) + b"\r\n" for number in range(1, 9))
        serial_line, readings = decoder(source=SERIAL), []
        for start in range(0, len(line), size):
            readings += serial_line.feed(datagram(line[start : start + size], "", 0))
        assert pans(readings) == list(range(1, 9))
        assert not any(isinstance(reading, Rejection) for reading in readings)

    def test_a_sample_is_stamped_with_the_time_of_its_last_byte(self):
        (reading,) = decoder(source=SERIAL).feed(datagram(message(1) + message(2)[:12], "", SECOND_NS))
        assert reading.received_ns == pytest.approx(SECOND_NS - 12 * 11 * SECOND_NS // 38400, abs=12)

    def test_endless_garbage_is_counted_and_forgotten(self):
        chosen = config(source=SERIAL)
        memory = new_memory(chosen)
        line = Decoder(chosen, memory)
        for _ in range(20):
            readings = line.feed(datagram(b"\xd1" * 290, "", 0))
            assert {r.cause for r in readings} == {"checksum"}
        assert len(memory.pending) < 29
        assert line.feed(datagram(bytes(1 << 17), "", 0))[0].cause == "length"

    @settings(max_examples=50)
    @given(noise=st.binary(max_size=60), cut=st.integers(0, 120))
    def test_memory_copied_in_the_middle_of_a_message_continues_identically(self, noise, cut):
        line = message(1) + noise + message(2) + message(3)
        chosen = config(source=SERIAL)
        memory = new_memory(chosen)
        original = Decoder(chosen, memory)
        original.feed(datagram(line[:cut], "", 0))
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=DecoderMemory)
        assert Decoder(chosen, copy).feed(datagram(line[cut:], "", 5)) == original.feed(datagram(line[cut:], "", 5))
        assert copy == memory
