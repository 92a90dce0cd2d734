"""E1.31 packets byte for byte against ANSI E1.31-2018: tables 4-1 to 4-3, and sections 5 to 8."""

import pytest

from stage.dmx.sacn import FORCE_SYNC, PREVIEW, TERMINATED, DataPacket, discovery_packets, sync_packet
from stage.dmx.sacn_in import SacnData, SacnDiscovery, SacnSync, is_late, read_sacn
from stage.dmx.universes import multicast_group
from tracking.records import PacketError

CID = bytes(range(16))
NAME = "OpenStage é"
ROOT = "0010 0000 4153432d45312e3137000000"
NAME_FIELD = "4f70656e537461676520c3a9" + "00" * 52


def test_a_data_packet_is_the_one_of_the_standard():
    expected = bytes.fromhex(
        ROOT + "726e 00000004 000102030405060708090a0b0c0d0e0f"  # 638 - 16 bytes, VECTOR_ROOT_E131_DATA, CID
        "7258 00000002" + NAME_FIELD + "78 1f40 2a c0 f9ff"  # priority 120, sync 8000, sequence, options, universe
        "720b 02 a1 0000 0001 0201 00" + "ff" * 512
    )
    packet = DataPacket(CID, NAME, 63_999, priority=120, sync_address=8000)
    assert bytes(packet.write(0x2A, b"\xff" * 512, PREVIEW | TERMINATED)) == expected
    assert len(expected) == 638


def test_a_short_data_packet_says_how_long_it_is():
    packet = bytes(DataPacket(CID, "a", 1, slots=2).write(255, b"\x01\x02"))
    assert len(packet) == 128
    assert packet[16:18] == bytes.fromhex("7070")
    assert packet[38:40] == bytes.fromhex("705a")
    assert packet[115:] == bytes.fromhex("700d 02 a1 0000 0001 0003 00 0102")


def test_a_synchronization_packet_is_the_one_of_the_standard():
    expected = bytes.fromhex(ROOT + "7021 00000008 000102030405060708090a0b0c0d0e0f" + "700b 00000001 07 1f40 0000")
    assert sync_packet(CID, 7, 8000) == expected
    assert read_sacn(expected) == SacnSync(CID, 7, 8000)


def test_a_discovery_packet_is_the_one_of_the_standard():
    expected = bytes.fromhex(
        ROOT + "706c 00000008 000102030405060708090a0b0c0d0e0f"
        "7056 00000002" + NAME_FIELD + "00000000"
        "700c 00000001 00 00 0001 0203"
    )
    assert list(discovery_packets(CID, NAME, [0x203, 1])) == [expected]
    assert read_sacn(expected) == SacnDiscovery(CID, NAME, 0, 0, (1, 0x203))


def test_many_universes_are_listed_on_several_pages():
    pages = [read_sacn(packet) for packet in discovery_packets(CID, NAME, range(1, 1026))]
    assert [(page.page, page.last_page, len(page.universes)) for page in pages] == [(0, 2, 512), (1, 2, 512), (2, 2, 1)]
    assert [universe for page in pages for universe in page.universes] == list(range(1, 1026))
    assert [page.universes for page in map(read_sacn, discovery_packets(CID, NAME, []))] == [()]


@pytest.mark.parametrize("slots", [0, 1, 511, 512])
def test_what_is_sent_is_read(slots):
    packet = DataPacket(CID, "x" * 80, 77, priority=0, sync_address=5, slots=slots)
    levels = bytes(number % 251 for number in range(slots))
    read = read_sacn(bytes(packet.write(9, levels, FORCE_SYNC)))
    assert read == SacnData(CID, "x" * 63, 0, 5, 9, False, False, True, 77, 0, levels)


def test_a_name_is_not_cut_within_a_character():
    packet = DataPacket(CID, "舞" * 30, 1).write(0, bytes(512))
    assert read_sacn(bytes(packet)).source_name == "舞" * 21


def _changed(at, value):
    packet = DataPacket(CID, NAME, 1, priority=100).write(0, bytes(512))
    packet[at : at + len(value)] = value
    return bytes(packet)


@pytest.mark.parametrize(
    ("packet", "cause"),
    [
        (b"", "length"),
        (_changed(0, b"\x00\x11"), "type"),
        (_changed(16, b"\x72\x6d"), "length"),
        (_changed(16, b"\x62\x6e"), "length"),
        (_changed(18, b"\x00\x00\x00\x05"), "type"),
        (_changed(40, b"\x00\x00\x00\x03"), "type"),
        (_changed(108, b"\xc9"), "decode"),
        (_changed(113, b"\x00\x00"), "decode"),
        (_changed(113, b"\xfa\x00"), "decode"),
        (_changed(109, b"\xfa\x00"), "decode"),
        (_changed(117, b"\x01"), "type"),
        (_changed(118, b"\xa2"), "type"),
        (_changed(123, b"\x02\x00"), "length"),
        (DataPacket(CID, NAME, 1).write(0, bytes(512)) + b"\0", "length"),
        (sync_packet(CID, 0, 0), "decode"),
        (sync_packet(CID, 0, 7)[:-1], "length"),
    ],
)
def test_what_breaks_the_layout_is_refused_with_a_cause(packet, cause):
    with pytest.raises(PacketError) as error:
        read_sacn(bytes(packet))
    assert error.value.cause == cause


@pytest.mark.parametrize(
    ("sequence", "last", "late"), [(1, 0, False), (0, 0, True), (105, 109, True), (60, 109, False)]
)
def test_a_packet_just_behind_the_last_is_late_and_one_far_behind_is_a_new_start(sequence, last, late):
    assert is_late(sequence, last) is late
    assert is_late((sequence + 200) % 256, (last + 200) % 256) is late


def test_a_universe_has_a_multicast_group():
    assert multicast_group(1) == "239.255.0.1"
    assert multicast_group(63_999) == "239.255.249.255"
