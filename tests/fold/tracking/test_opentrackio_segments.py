"""OpenTrackIO's sequence numbers and segments: each message once and whole, or not at all."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoders import Decoder, DecoderMemory, new_memory
from tracking.protocols.fletcher import fletcher16
from tracking.protocols.opentrackio_packets import write_segments
from tracking.records import Rejection, TrackerSample
from tracking.settings import TrackerConfig

SENDER = "192.0.2.5:51000"


def decoder(memory=None):
    chosen = TrackerConfig(name="a", protocol="opentrackio", source="udp://239.135.1.7:55555")
    return Decoder(chosen, new_memory(chosen) if memory is None else memory)


def json_packet(payload, sequence=1):
    (packet,) = write_segments(msgspec.json.encode(payload), "json", sequence, 30000)
    return packet


def transform(x=0.0):
    return {"translation": {"x": x}, "rotation": {}}


def renumbered(packet, offset, last):
    """A whole datagram turned into a segment at `offset` of a longer message, with the same number."""
    header = packet[:8] + offset.to_bytes(4, "big") + (len(packet) - 16 | last << 15).to_bytes(2, "big")
    return header + fletcher16(header + packet[16:]).to_bytes(2, "big") + packet[16:]


def whole(reading):
    return isinstance(reading, TrackerSample)


class TestSequence:
    def packets(self, count, start=0):
        return [json_packet({"transforms": [transform(x=float(n))]}, (start + n) & 0xFFFF) for n in range(count)]

    def test_duplicates_and_late_packets_are_refused_even_across_the_wrap(self):
        packets = self.packets(6, start=65533)
        chosen = decoder()
        causes = [
            reading.cause if isinstance(reading, Rejection) else reading.position_m[0]
            for number in (0, 1, 1, 3, 2, 4, 5, 5)
            for reading in chosen.feed(datagram(packets[number], SENDER, 0))
        ]
        assert causes == [0.0, 1.0, "duplicate", 3.0, "reordered", 4.0, 5.0, "duplicate"]

    def test_restarted_sender_is_believed_at_its_third_packet(self):
        chosen = decoder()
        for packet in self.packets(40, start=500):
            chosen.feed(datagram(packet, SENDER, 0))
        assert [whole(chosen.feed(datagram(packet, SENDER, 0))[0]) for packet in self.packets(5)] == [
            False,
            False,
            True,
            True,
            True,
        ]

    def test_a_number_that_stands_still_is_not_a_duplicate_if_the_content_changes(self):
        chosen = decoder()
        packets = [json_packet({"transforms": [transform(x=float(n))]}, 7) for n in range(40)]
        assert all(whole(chosen.feed(datagram(packet, SENDER, 0))[0]) for packet in packets)

    @given(st.lists(st.integers(1, 7), min_size=1, max_size=30))
    def test_a_repeated_number_with_the_same_content_is_refused(self, repeats):
        chosen = decoder()
        for packet, times in zip(self.packets(len(repeats)), repeats, strict=True):
            readings = [chosen.feed(datagram(packet, SENDER, 0))[0] for _ in range(times)]
            assert [whole(reading) for reading in readings] == [True] + [False] * (times - 1)
            assert {reading.cause for reading in readings[1:]} <= {"duplicate"}

    def test_each_sender_has_a_sequence_of_its_own(self):
        chosen = decoder()
        (packet,) = self.packets(1)
        assert whole(chosen.feed(datagram(packet, "192.0.2.1:1", 0))[0])
        assert whole(chosen.feed(datagram(packet, "192.0.2.2:1", 0))[0])

    def test_each_source_of_a_socket_has_a_sequence_of_its_own(self):
        chosen = decoder()
        for count in range(10):
            for number, start in ((3, 100), (4, 60_000)):
                packet = json_packet({"sourceNumber": number, "transforms": [transform()]}, start + count)
                assert whole(chosen.feed(datagram(packet, SENDER, 0))[0])
                assert chosen.feed(datagram(packet, SENDER, 0))[0].cause == "duplicate"

    def test_memory_is_bounded_however_many_senders_there_are(self):
        chosen = TrackerConfig(name="a", protocol="opentrackio", source="udp://127.0.0.1:1")
        memory = new_memory(chosen)
        receiver = Decoder(chosen, memory)
        first, *_ = write_segments(bytes(900), "json", 1, 300)
        for number in range(300):
            receiver.feed(datagram(first, f"192.0.2.1:{number}", 0))
        assert len(memory.sequences) <= 16
        assert len(memory.partials) <= 16


class TestSegments:
    payload = msgspec.json.encode({"transforms": [transform(x=1.0)], "tracker": {"notes": "n" * 900}})

    def cut(self, sequence=10):
        return list(write_segments(self.payload, "json", sequence, 250))

    def test_whole_message_is_read_once(self):
        chosen = decoder()
        packets = self.cut()
        doubled = [packet for packet in packets for _ in range(2)]
        readings = [reading for packet in doubled for reading in chosen.feed(datagram(packet, SENDER, 0))]
        assert sum(map(whole, readings)) == 1
        assert [r.cause for r in readings if not whole(r)] == ["duplicate"] * len(packets)

    @pytest.mark.parametrize("lost", range(4))
    def test_lost_segment_drops_its_message_and_no_other(self, lost):
        chosen = decoder()
        packets = self.cut(10)
        following = self.cut(10 + len(packets))
        del packets[lost]
        readings = [reading for packet in packets + following for reading in chosen.feed(datagram(packet, SENDER, 0))]
        assert sum(map(whole, readings)) == 1
        assert whole(readings[-1])
        assert {r.cause for r in readings[:-1]} == {"decode"}

    def test_a_message_whose_segments_all_have_its_number_is_read(self):
        chosen = decoder()
        for number in range(20):
            parts = [
                write_segments(self.payload[start : start + 250], "json", number, 250)[0]
                for start in range(0, len(self.payload), 250)
            ]
            packets = [renumbered(part, 250 * index, index == len(parts) - 1) for index, part in enumerate(parts)]
            readings = [reading for packet in packets for reading in chosen.feed(datagram(packet, SENDER, 0))]
            assert list(map(whole, readings)) == [True]

    def test_two_senders_segments_do_not_mix(self):
        chosen = decoder()
        readings = []
        for packet in self.cut():
            readings += chosen.feed(datagram(packet, "192.0.2.1:1", 0))
            readings += chosen.feed(datagram(packet, "192.0.2.2:1", 0))
        assert list(map(whole, readings)) == [True, True]

    def test_endless_message_is_dropped(self):
        chosen = decoder()
        causes = [
            reading.cause
            for packet in write_segments(bytes(100_000), "json", 0, 1456)
            for reading in chosen.feed(datagram(packet, SENDER, 0))
        ]
        assert causes[0] == "length"

    @given(cut=st.integers(0, 8))
    def test_memory_copied_between_segments_continues_identically(self, cut):
        packets = self.cut(10) + self.cut(10 + len(self.cut()))
        memory = DecoderMemory()
        original = decoder(memory)
        for packet in packets[:cut]:
            original.feed(datagram(packet, SENDER, 0))
        copy = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=DecoderMemory)
        restored = decoder(copy)
        for packet in packets[cut:]:
            assert restored.feed(datagram(packet, SENDER, 0)) == original.feed(datagram(packet, SENDER, 0))
        assert copy == memory
