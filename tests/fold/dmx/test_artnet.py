"""Art-Net packets byte for byte against the layouts of the Art-Net 4 specification."""

import pytest

from stage.dmx.artnet import STYLE_CONTROLLER, DmxPacket, PollReply, art_poll, art_poll_reply, art_sync
from stage.dmx.artnet_in import ArtDmx, ArtPoll, ArtSync, is_late, read_artnet
from tracking.records import PacketError

ID = "4172742d4e657400"


def test_art_dmx_is_the_one_of_the_specification():
    expected = bytes.fromhex(ID + "0050 000e 2a 00 23 01 0200" + "7f" * 512)
    packet = DmxPacket(0x123)
    assert bytes(packet.write(0x2A, b"\x7f" * 512)) == expected
    assert len(expected) == 530
    assert read_artnet(expected) == ArtDmx(0x123, 0x2A, b"\x7f" * 512)


def test_a_short_art_dmx_says_how_long_it_is():
    packet = bytes(DmxPacket(0, slots=2).write(0, b"\x01\x02"))
    assert packet == bytes.fromhex(ID + "0050 000e 00 00 00 00 0002 0102")
    assert read_artnet(packet) == ArtDmx(0, 0, b"\x01\x02")


def test_art_sync_and_art_poll_are_those_of_the_specification():
    assert art_sync() == bytes.fromhex(ID + "0052 000e 00 00")
    assert art_poll() == bytes.fromhex(ID + "0020 000e 02 00")
    assert read_artnet(art_sync()) == ArtSync()
    assert read_artnet(art_poll() + bytes(8)) == ArtPoll(2)


def test_art_poll_reply_is_the_one_of_the_specification():
    reply = PollReply("10.1.2.3", "node", "a long name", "#0001", (0x123, 0x124), 0, bytes(range(6)), 2)
    expected = bytes.fromhex(
        ID + "0021 0a010203 3619"  # opcode and port low byte first
        "0001 01 02 00ff 00 00 0000"  # firmware, net, sub-net, OEM, UBEA, status 1, ESTA
        + b"node".ljust(18, b"\0").hex()
        + b"a long name".ljust(64, b"\0").hex()
        + b"#0001".ljust(64, b"\0").hex()
        + "0002 80800000 00000000 80800000 00000000 03040000"  # ports, types, good in, good out, SwIn, SwOut
        "00 00 00 000000 00 000102030405"  # priority, macro, remote, spare, style, MAC
        "0a010203 02 08 00000000 00 000000000000 0000 0000 00" + "00" * 10
    )
    assert len(expected) == 239
    assert art_poll_reply(reply) == expected
    assert read_artnet(expected) == reply


def test_a_reply_of_an_early_edition_ends_with_its_mac_address():
    whole = art_poll_reply(PollReply("10.1.2.3", outputs=(5,), style=STYLE_CONTROLLER))
    read = read_artnet(whole[:207])
    assert read.outputs == (5,)
    assert read.bind_index == 0
    with pytest.raises(PacketError, match="206 bytes"):
        read_artnet(whole[:206])


def test_a_port_that_is_no_output_and_a_port_too_many_are_no_outputs():
    packet = bytearray(art_poll_reply(PollReply("10.1.2.3", outputs=(1, 2, 3, 4))))
    packet[172:174] = b"\xff\xff"
    packet[175] = 0x40
    assert read_artnet(bytes(packet)).outputs == (1, 3, 4)


@pytest.mark.parametrize(
    ("packet", "cause"),
    [
        (b"", "type"),
        (b"Art-Net\0", "length"),
        (b"Art-Nut\0" + bytes(20), "type"),
        (bytes.fromhex(ID + "0050 000d 00 00 00 00 0002 0102"), "type"),
        (bytes.fromhex(ID + "0051 000e 00 00 00 00 0002 0102"), "type"),
        (bytes.fromhex(ID + "0050 000e 00 00 00 00 0002"), "length"),
        (bytes.fromhex(ID + "0050 000e 00 00 00 00 0003 0102"), "length"),
        (bytes.fromhex(ID + "0050 000e 00 00 00 00 0000 0102"), "length"),
        (bytes.fromhex(ID + "0050 000e 00 00 00 80 0002 0102"), "decode"),
        (bytes.fromhex(ID + "0050 000e 00 00 00 00 0201") + bytes(513), "length"),
    ],
)
def test_what_breaks_the_layout_is_refused_with_a_cause(packet, cause):
    with pytest.raises(PacketError) as error:
        read_artnet(packet)
    assert error.value.cause == cause


@pytest.mark.parametrize(
    ("sequence", "last", "late"),
    [(2, 1, False), (1, 255, False), (255, 1, True), (7, 7, True), (0, 7, False), (7, 0, False)],
)
def test_numbers_run_from_1_to_255_and_0_says_nothing_of_order(sequence, last, late):
    assert is_late(sequence, last) is late
