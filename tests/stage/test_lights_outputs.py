"""Levels on real sockets and lines: E1.31 with synchronization, Art-Net with nodes that subscribe, a serial widget."""

from __future__ import annotations

import errno
import itertools
import os
import pty
import random
import socket
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from statistics import median

import numpy as np
import pytest
import sacn as sacn_library
from running_stage import free_udp_port
from wire_peers import SECOND, ArtnetNode, SacnReceiver

from stage.dmx.artnet import DmxPacket, PollReply, art_poll, art_poll_reply
from stage.dmx.artnet_in import read_artnet
from stage.dmx.sacn_in import SacnDiscovery, read_sacn
from stage.lights.artnet_out import ARTNET_FRAMING, GONE_NS, READ_A_ROUND, ArtnetOut
from stage.lights.packets import ALL, Bytes, Framing, Packets
from stage.lights.sacn_out import SacnOut, sacn_framing
from stage.lights.sender import WireSettings
from stage.lights.serial_out import WIDGET_FRAMING, widget_message
from stage.lights.udp_out import UdpOut
from stage.lights.ways import open_way
from tracking.records import PacketError

CID = bytes(range(16))
SOURCE = sacn_framing(WireSettings(), CID)
LEVELS = bytes(DmxPacket(1).write(0, bytes(512)))
FIRST, SECOND_ALONE = np.array([0]), np.array([1])


def packed(framing: Framing, *levels: int) -> Packets:
    """Universes from 1 on, with all slots of each at one level."""
    packets = framing.packets(range(1, len(levels) + 1))
    slots_of(framing, packets)[:] = np.array(levels)[:, None]
    return packets


def slots_of(framing: Framing, packets: Packets) -> Bytes:
    return packets.rows[:, framing.slots_at : framing.slots_at + 512]


@contextmanager
def sacn(**settings: object) -> Iterator[tuple[SacnOut, SacnReceiver]]:
    receiver = SacnReceiver()
    given = {"multicast": False, "nodes": ("127.0.0.1",), **settings}
    with closing(receiver.udp):
        out = SacnOut(WireSettings(interface="127.0.0.1", port=receiver.port, **given), CID)
        with closing(out):
            yield out, receiver


def test_universes_of_a_tick_take_effect_together():
    framing = sacn_framing(WireSettings(sync_universe=9), CID)
    with sacn(sync_universe=9) as (out, receiver):
        out.send(packed(framing, 10, 20, 30), ALL)
        receiver.listen(2.0, lambda: bool(receiver.together))
        out.send(packed(framing, 11, 21), FIRST)
        receiver.listen(2.0, lambda: len(receiver.together) == 2)
    assert [sorted(one) for one in receiver.together] == [[1, 2, 3], [1]]
    assert receiver.shown[1] == bytes((11,)) * 512
    assert receiver.shown[3] == bytes((30,)) * 512


def test_numbers_follow_on_one_another_for_each_universe_and_priority_is_said():
    with sacn(priority=120) as (out, receiver):
        sent = packed(sacn_framing(WireSettings(priority=120), CID), 1, 2)
        for _ in range(300):
            out.send(sent, ALL)
            receiver.listen(0.001, lambda: False)
        receiver.listen(2.0, lambda: len(receiver.heard) == 600)
    for universe in (1, 2):
        assert [one.sequence for _, one in receiver.data(universe)] == [number % 256 for number in range(1, 301)]
        assert {one.priority for _, one in receiver.data(universe)} == {120}


@pytest.mark.parametrize("without_checksums", [0, 1])
def test_many_universes_reach_a_node_whether_or_not_the_system_cuts_them_apart(without_checksums):
    with sacn() as (out, receiver):
        out.udp.socket.setsockopt(socket.SOL_SOCKET, 11, without_checksums)  # SO_NO_CHECK: then Linux cuts nothing
        for count in (1, 100):
            sent = packed(SOURCE, *range(1, count + 1))
            slots_of(SOURCE, sent)[np.arange(512) >= sent.numbers[:, None]] = 0
            out.send(sent, ALL)
        receiver.listen(2.0, lambda: len(receiver.heard) == 101)
    assert [one.universe for _, one in receiver.heard] == [1, *range(1, 101)]
    assert all(one.slots == (bytes((one.universe,)) * one.universe).ljust(512, b"\0") for _, one in receiver.heard)
    assert out.dropped == 0


def test_a_stream_that_ends_says_so_three_times():
    with sacn() as (out, receiver):
        sent = packed(SOURCE, 7, 8)
        out.send(sent, ALL)
        out.end(sent, SECOND_ALONE)
        out.send(sent, ALL)
        receiver.listen(2.0, lambda: len(receiver.heard) == 7)
        assert [one.terminated for _, one in receiver.data(1)] == [False, False]
        assert [one.terminated for _, one in receiver.data(2)] == [False, True, True, True, False]
        assert [one.sequence for _, one in receiver.data(2)] == [1, 2, 3, 4, 5]


def test_another_programs_decoder_reads_every_value_of_three_universes():
    heard: dict[int, list[tuple[int, ...]]] = {1: [], 2: [], 3: []}
    port = free_udp_port()
    receiver = sacn_library.sACNreceiver(bind_address="127.0.0.1", bind_port=port)
    for universe, frames in heard.items():
        receiver.register_listener("universe", lambda packet, to=frames: to.append(packet.dmxData), universe=universe)
    receiver.start()
    settings = WireSettings(interface="127.0.0.1", port=port, multicast=False, nodes=("127.0.0.1",), priority=120)
    try:
        with closing(SacnOut(settings, CID)) as out:
            wanted = [
                [bytes((7 * tick + number + slot) % 256 for slot in range(512)) for number in range(3)]
                for tick in range(44)
            ]
            framing = sacn_framing(settings, CID)
            sent = packed(framing, 0, 0, 0)
            for levels in wanted:
                slots_of(framing, sent)[:] = np.frombuffer(b"".join(levels), np.uint8).reshape(3, 512)
                out.send(sent, ALL)
                time.sleep(0.002)
            waited = time.monotonic() + 5.0
            while min(map(len, heard.values())) < len(wanted) and time.monotonic() < waited:
                time.sleep(0.01)
    finally:
        receiver.stop()
    for number in range(3):
        assert [bytes(frame) for frame in heard[number + 1]] == [levels[number] for levels in wanted]


def test_multicast_reaches_who_joined_the_group_and_says_what_is_sent():
    port = free_udp_port()
    receiver = SacnReceiver("0.0.0.0", port)
    mine = b"\x7f\x00\x00\x01"
    with closing(receiver.udp) as udp:
        for group in ("239.255.0.1", "239.255.250.214"):
            udp.setsockopt(0, 35, bytes(int(part) for part in group.split(".")) + mine)  # IP_ADD_MEMBERSHIP
        udp.settimeout(2.0)
        with closing(SacnOut(WireSettings(interface="127.0.0.1", port=port, ttl=0), CID)) as out:
            out.tend(0, [1, 5])
            discovery = read_sacn(udp.recv(2048))
            out.send(packed(SOURCE, 3), ALL)
            data = read_sacn(udp.recv(2048))
    assert isinstance(discovery, SacnDiscovery)
    assert discovery.universes == (1, 5)
    assert (data.universe, data.slots) == (1, bytes((3,)) * 512)


def test_a_node_that_subscribes_is_found_and_sent_to_and_one_that_falls_silent_is_not():
    port = free_udp_port()
    node = ArtnetNode("127.0.0.9", port, (1, 2))
    out = ArtnetOut(WireSettings(interface="127.0.0.1", out="artnet", port=port, sync_universe=1))
    with closing(node), closing(out):
        out.send(packed(ARTNET_FRAMING, 5, 6, 7), ALL)
        out.tend(SECOND, ())
        node.serve(2.0, lambda: node.polls > 0)
        out.receive(SECOND)
        assert out.nodes == ("127.0.0.9",)
        out.send(packed(ARTNET_FRAMING, 5, 6, 7), ALL)
        node.serve(2.0, lambda: len(node.shown) == 2)
        assert {universe: slots[0] for universe, slots in node.shown.items()} == {1: 5, 2: 6}
        out.tend(SECOND + GONE_NS + 1, ())
        assert out.nodes == ()


def test_flood_of_spoofed_packets_costs_what_reading_it_does_and_nodes_are_heard_all_the_same():
    port, dice = free_udp_port(), random.Random(3)
    hosts = [f"127.0.1.{number}" for number in range(1, 41)]
    replies = [art_poll_reply(PollReply(host, "n", "n", outputs=tuple(dice.sample(range(16), 4)))) for host in hosts]
    node, took_s, bare_s = ArtnetNode("127.0.0.9", port, (1,)), [], []
    with ExitStack() as opened:
        out = opened.enter_context(closing(ArtnetOut(WireSettings(interface="127.0.0.1", out="artnet", port=port))))
        opened.enter_context(closing(node))
        liars, bare = [opened.enter_context(liar(host)) for host in hosts], opened.enter_context(liar("127.0.0.1"))
        for number in range(20):
            for one in range(450):  # with 44 rounds a second, 20,000
                packet = (LEVELS, dice.choice(replies), art_poll(), dice.randbytes(60))[one % 4]
                for receiver in (("127.0.0.1", port), bare.getsockname()):
                    liars[one % len(liars)].sendto(packet, receiver)
            out.tend(number * SECOND, ())
            node.serve(0.002)
            took_s.append(thread_s_of(lambda now_ns=number * SECOND: out.receive(now_ns)))
            bare_s.append(thread_s_of(lambda: read_all(bare)))
        assert "127.0.0.9" in out.nodes
    assert median(took_s) < 2 * median(bare_s), "each packet costs the same, however many liars there are"


def test_a_flood_beyond_all_bounds_is_read_in_pieces():
    port = free_udp_port()
    with (
        closing(ArtnetOut(WireSettings(interface="127.0.0.1", out="artnet", port=port))) as out,
        liar("127.0.1.1") as one,
    ):
        for _ in range(800):
            one.sendto(art_poll(), ("127.0.0.1", port))
        out.receive(0)
        assert read_all(out.udp.socket) == 800 - READ_A_ROUND


@contextmanager
def liar(host: str) -> Iterator[socket.socket]:
    """A bare socket that does not block, with as much room as the way out has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((host, 0))
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        yield udp


def read_all(udp: socket.socket) -> int:
    """Receives and decodes all that has come, and does nothing with it. Returns how many packets there were."""
    for number in itertools.count():
        try:
            packet = udp.recv(2048)
        except BlockingIOError:
            return number
        if packet[:10] != LEVELS[:10]:
            with suppress(PacketError):
                read_artnet(packet)
    raise AssertionError


def thread_s_of(work: Callable[[], object]) -> float:
    """The processor time that something takes."""
    began_s = time.thread_time()
    work()
    return time.thread_time() - began_s


def test_a_named_node_is_sent_to_without_being_asked():
    port = free_udp_port()
    node = ArtnetNode("127.0.0.9", port, ())
    settings = WireSettings(interface="127.0.0.1", out="artnet", port=port, nodes=("127.0.0.9",), multicast=False)
    with closing(node), closing(ArtnetOut(settings)) as out:
        sent = packed(ARTNET_FRAMING, 5)
        for _ in range(256):
            out.send(sent, ALL)
            node.serve(0.001, lambda: False)
        out.tend(SECOND, ())
        node.serve(2.0, lambda: len(node.heard) == 256)
        node.serve(0.05)
    assert [one.sequence for one in node.heard] == [*range(1, 256), 1]
    assert node.polls == 0


@contextmanager
def widget() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: the widget's end, and the device's name."""
    near, far = pty.openpty()
    tty.setraw(far)
    device = os.ttyname(far)
    os.close(far)
    try:
        yield near, device
    finally:
        os.close(near)


def test_a_widget_is_given_the_lowest_universe_in_its_own_words():
    with widget() as (near, device):
        told = []
        way = open_way(WireSettings(out=f"serial://{device}"), CID, told.append)
        way.tend(0, ())
        way.send(packed(WIDGET_FRAMING, 9, 8), ALL, 0)
        way.send(packed(WIDGET_FRAMING, 1, 7), SECOND_ALONE, 0)
        with os.fdopen(os.dup(near), "rb") as line:  # which may hand a message on in pieces
            assert line.read(518) == bytes.fromhex("7e 06 0102 00") + bytes((9,)) * 512 + b"\xe7"
        way.close()
    assert [(link.place, link.state) for link in told] == [(device, "up")]


def test_a_widget_that_reads_nothing_never_blocks_and_hears_whole_messages():
    with widget() as (near, device):
        way = open_way(WireSettings(out=f"serial://{device}"), CID, lambda _: None)
        way.tend(0, ())
        for level in range(100):
            way.send(packed(WIDGET_FRAMING, level), ALL, level)
        assert way.dropped > 50
        message, content = widget_message(bytes(512)), os.read(near, 1 << 16)
        os.set_blocking(near, False)
        for level in range(100, 110):
            way.send(packed(WIDGET_FRAMING, level), ALL, level)
            with closing(os.fdopen(os.dup(near), "rb", buffering=0)) as line:
                content += line.read(1 << 16) or b""
        whole = [content[at : at + len(message)] for at in range(0, len(content) - len(message), len(message))]
        assert len(whole) > 8
        assert all(one == widget_message(bytes((one[5],)) * 512) for one in whole)
        way.close()


def test_an_unplugged_widget_is_told_once_and_tried_again_with_pauses():
    told = []
    with widget() as (_, device):
        way = open_way(WireSettings(out=f"serial://{device}"), CID, told.append)
        way.tend(0, ())
    now_ns = 0
    for _ in range(1000):
        now_ns += SECOND // 100
        way.send(packed(WIDGET_FRAMING, 1), ALL, now_ns)
        way.tend(now_ns, ())
    assert told[0].state == "up"
    assert len(told) <= 3
    assert told[-1].state != "up"


def test_an_interface_that_is_not_there_is_told_once_and_tried_again():
    told = []
    way = open_way(WireSettings(interface="nowhere0"), CID, told.append)
    for step in range(1000):
        way.tend(step * SECOND // 100, ())
        assert not way.send(packed(SOURCE, 1), ALL, 0)
    assert [(link.place, link.state) for link in told] == [("nowhere0", "interface_absent")]
    with pytest.raises(OSError, match="assign") as error:
        UdpOut("192.0.2.77")
    assert error.value.errno == errno.EADDRNOTAVAIL
