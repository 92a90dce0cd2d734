"""A lighting desk on real sockets: who is heard, what is dropped unread, and the file that says what it moves."""

from __future__ import annotations

import random
import socket
import time

import msgspec
import pytest

from stage.config.desk_reader import desk_maps_text, read_desk_maps, text_with_row
from stage.config.findings import Findings
from stage.dmx.artnet import DmxPacket as ArtDmxPacket
from stage.dmx.sacn import DataPacket
from stage.dmx.universes import multicast_group
from stage.live.desk_source import DeskReceiver
from stage.loading.files import load_config
from stage.loading.run_copy import load_run_copy, make_run_copy
from stage.show.commands.desk import Desk
from stage.show.desk.state import MOST_SOURCES, DeskState
from stage.values.desk import DeskMap
from tests.fold.small_show import SmallControls
from tests.stage.running_stage import configuration
from tracking.datagrams import USUAL_BUDGET
from tracking.records import ConfigError

CID = bytes(range(16))
DMX = '\n[dmx]\nin_from = ["127.0.0.1"]\nin_universes = [7]\nmapping = "desk.toml"\n'


def packet(universe=1, levels=(1, 2, 3)):
    return bytes(DataPacket(CID, "desk", universe, slots=len(levels)).write(0, bytes(levels)))


def send(*payloads, port, sender="127.0.0.1", to="127.0.0.1", times=1):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind((sender, 0))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for payload in payloads * times:
            out.sendto(payload, (to, port))


def heard(receiver, count=1, within_s=5.0):
    """What the receiver hands on, once there are so many; fewer after the time."""
    found, until_s = [], time.monotonic() + within_s
    while len(found) < count and time.monotonic() < until_s:
        receiver.drain(USUAL_BUDGET, found, [])
        time.sleep(0.005)
    return found


@pytest.fixture
def desk():
    """Makes receivers on a port that the system chooses, and closes them."""
    made = []

    def make(protocol="sacn", universes=(1,), allowed=("127.0.0.1",)):
        made.append(DeskReceiver(protocol, universes, allowed, interface="127.0.0.1", port=0))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_only_listed_senders_and_mapped_universes_are_handed_on(desk):
    receiver = desk(universes=(1, 9))
    send(packet(2), port=receiver.port)
    send(packet(1), port=receiver.port, sender="127.0.0.2")
    send(b"x", port=receiver.port)
    send(packet(9), port=receiver.port)
    (one,) = heard(receiver)
    assert one.payload == packet(9)
    assert one.sender.startswith("127.0.0.1:")


def test_network_of_senders_may_be_listed(desk):
    receiver = desk(allowed=("127.0.0.0/24",))
    send(packet(1), port=receiver.port, sender="127.0.0.77")
    assert len(heard(receiver)) == 1


def test_program_that_holds_the_port_too_takes_nothing_away(desk):
    receiver = desk()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("0.0.0.0", receiver.port))
        send(packet(1), port=receiver.port)
        assert len(heard(receiver)) == 1


def test_groups_of_mapped_universes_are_joined(desk):
    receiver = desk(universes=(1, 300))
    send(packet(300), port=receiver.port, to=multicast_group(300))
    assert [one.payload for one in heard(receiver)] == [packet(300)]


def test_artnet_is_told_by_its_port_address(desk):
    receiver = desk("artnet", (0x0123,))
    wanted, other = (bytes(ArtDmxPacket(universe, slots=2).write(0, b"ab")) for universe in (0x0123, 0x2301))
    send(other, port=receiver.port)
    send(wanted, port=receiver.port)
    assert [one.payload for one in heard(receiver)] == [wanted]


def test_flood_of_a_stranger_reaches_nobody_and_takes_bounded_time(desk):
    receiver = desk()
    send(packet(1), port=receiver.port, sender="127.0.0.9", times=3000)
    found, longest_s = [], 0.0
    for _ in range(20):
        began_s = time.thread_time()
        receiver.drain(USUAL_BUDGET, found, [])
        longest_s = max(longest_s, time.thread_time() - began_s)
    assert found == []
    assert longest_s < 0.02
    send(packet(1), port=receiver.port)
    assert len(heard(receiver)) == 1


def spoofed(protocol, dice):
    """A packet of the universe that is heard, with any number and levels, and now and then any byte changed."""
    levels = dice.randbytes(dice.choice((1, 2, 3, 200, 512)))
    if protocol == "sacn":
        cid, priority = bytes((dice.randrange(6),)) * 16, dice.choice((100, 120))
        sacn = DataPacket(cid, "desk", 1, priority=priority, slots=len(levels))
        made = bytearray(sacn.write(dice.randrange(256), levels, dice.choice((0, 0, 0x40, 0x80))))
    else:
        made = bytearray(ArtDmxPacket(1, slots=len(levels)).write(dice.randrange(256), levels))
    if dice.random() < 0.3:
        made[dice.randrange(len(made))] = dice.randrange(256)
    return bytes(made)


@pytest.mark.parametrize("protocol", ["sacn", "artnet"])
def test_flood_of_spoofed_packets_keeps_values_in_range_and_frames_short(desk, protocol):
    dice = random.Random(5)
    receiver = desk(protocol)
    show, state = SmallControls(), DeskState()
    row = DeskMap(path="/grade/exposure_stops", universe=1, address=1, bits=16, low=-2.0, high=1.0)
    follower = Desk(state, (row,), protocol=protocol)
    packets = [spoofed(protocol, dice) for _ in range(333)]
    taken, values, longest_s = 0, set(), 0.0
    for frame in range(1, 31):
        send(*packets, port=receiver.port)  # 20,000 a second
        began_s, found = time.thread_time(), []
        receiver.drain(USUAL_BUDGET, found, [])
        show.controls.begin(frame)
        follower.follow(show.hands, found, frame=frame, now_ns=time.monotonic_ns())
        longest_s = max(longest_s, time.thread_time() - began_s)
        taken += len(found)
        values.add(show.value(row.path))
    assert taken > 1000
    assert len(values) > 5
    assert all(-2.0 <= value <= 1.0 for value in values)
    assert len(state.universes[1].sources) <= MOST_SOURCES
    assert longest_s < 0.02


def test_mapping_is_read_written_and_read_alike():
    rows = (
        DeskMap(path="/time/hour", universe=1, address=1, bits=16),
        DeskMap(path="/grade/tint", universe=2, address=512, low=-0.5, high=0.5, take_over="pickup"),
    )
    findings = Findings("desk.toml")
    assert read_desk_maps(desk_maps_text(rows), findings) == rows
    assert findings.lines() == ()


def test_a_fader_that_is_learned_comes_after_what_people_wrote_and_a_newer_one_takes_its_place():
    text, hour, rows = "# the big fader\n", DeskMap(path="/time/hour", universe=1, address=1), ()
    for row in (hour, DeskMap(path="/grade/tint", universe=1, address=2)):
        text = text_with_row(text, rows, row)
        rows = (*rows, row)
        assert text.startswith("# the big fader\n")
        assert read_desk_maps(text, Findings("desk.toml")) == rows
    moved = msgspec.structs.replace(hour, address=9)
    assert read_desk_maps(text_with_row(text, rows, moved), Findings("desk.toml")) == (rows[1], moved)
    assert text_with_row("", (), hour) == desk_maps_text((hour,))


@pytest.fixture
def stage_with(tmp_path):
    """Loads a stage whose desk has this mapping."""

    def load(mapping, dmx=DMX):
        (tmp_path / "desk.toml").write_text(mapping)
        (tmp_path / "stage.toml").write_text(configuration(more=dmx))
        return load_config(tmp_path / "stage.toml")

    return load


def test_mapping_goes_with_the_configuration_and_its_copy(stage_with, tmp_path):
    loaded = stage_with('[[map]]\npath = "/time/hour"\nuniverse = 1\naddress = 3\n')
    assert [row.path for row in loaded.config.desk_maps] == ["/time/hour"]
    make_run_copy(loaded, tmp_path)
    (tmp_path / "desk.toml").unlink()
    copy = load_run_copy(tmp_path)
    assert copy is not None
    assert copy.config.desk_maps == loaded.config.desk_maps


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ('[[map]]\npath = "/wall/main/latency_ms"\nuniverse = 1\naddress = 1\n', "no desk ever moves that"),
        ('[[map]]\npath = "/tim/hour"\nuniverse = 1\naddress = 1\n', "no parameter of this stage"),
        ('[[map]]\npath = "/time/hour"\nuniverse = 1\naddress = 600\n', "512"),
        ('[[map]]\npath = "/time/hour"\nuniverse = 1\naddress = 1\nbits = 12\n', "bits"),
        ('[[map]]\npath = "/grade/tint"\nuniverse = 1\naddress = 1\nlow = -9.0\n', "low and high"),
        ('[[map]]\npath = "/time/hour"\nuniverse = 1\naddress = 1\n' * 2, "each parameter once"),
        ("[[maps]]\n", "unknown key"),
        ("][", "desk.toml"),
    ],
)
def test_bad_mapping_is_refused_with_file_and_row(stage_with, mapping, says):
    with pytest.raises(ConfigError, match=r"dmx\.mapping") as refused:
        stage_with(mapping)
    assert says in str(refused.value)
    assert "desk.toml" in str(refused.value)


def test_all_that_is_wrong_in_a_mapping_is_said_at_once(stage_with):
    rows = [
        f'[[map]]\npath = "{path}"\nuniverse = 1\naddress = {at}\n' for path, at in (("/a", 1), ("/time/hour", 513))
    ]
    with pytest.raises(ConfigError) as refused:
        stage_with("".join(rows))
    assert [line.split(": ")[3] for line in refused.value.findings] == ["map[0].path", "map[1].address"]
