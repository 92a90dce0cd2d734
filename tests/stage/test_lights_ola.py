"""What a real OLA daemon makes of our E1.31: every value of every frame, priorities, a stream's end and a death."""

from __future__ import annotations

import math
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest
from lights_core import LightsCore, lights_process
from ola_daemon import ADDRESS, Ola, ola_daemon, recorded, until, why_not

from stage.dmx.sacn_in import SacnData, read_sacn
from stage.dmx.universes import SACN_PORT
from stage.lights.sender import WireSettings
from stage.show.frame.lights import SentTick

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "OLA is there")
UNIVERSES = (1, 2, 3)
SO_RCVBUFFORCE = 33
LIGHTS_A_UNIVERSE = 20
PATCH = [number for universe in UNIVERSES for light in range(LIGHTS_A_UNIVERSE) for number in (universe, 1 + 2 * light)]


@pytest.fixture(scope="module")
def ola() -> Iterator[Ola]:
    with ola_daemon() as daemon:
        for universe in (*UNIVERSES, 4):
            daemon.patch(universe, device=2, port=universe - 1)
        yield daemon


def wave(frame: int, light: int) -> float:
    """A level that never stands still."""
    return 0.5 + 0.49 * math.sin(0.05 * frame + 0.37 * light)


Frames = dict[int, list[bytes]]
"""The levels of each universe, in the order in which they came."""


@contextmanager
def heard_barely(ola: Ola) -> Iterator[Callable[[], Frames]]:
    """What a bare socket beside the daemon receives meanwhile: it lies in the system's memory until it is asked for."""
    with ola.socket() as udp:
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        udp.bind(("", SACN_PORT))
        for universe in UNIVERSES:
            group = socket.inet_aton(f"239.255.0.{universe}") + socket.inet_aton(ADDRESS)
            udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)

        def frames() -> Frames:
            found: Frames = {universe: [] for universe in UNIVERSES}
            with suppress(BlockingIOError):
                while True:
                    packet = read_sacn(udp.recv(2048))
                    if isinstance(packet, SacnData) and packet.universe in found:
                        found[packet.universe].append(packet.slots.rstrip(b"\0"))
            return found

        yield frames


def show(ola: Ola, folder: Path, seconds: float) -> tuple[list[SentTick], Frames, Frames]:
    """Three universes that change with every tick: what the process says that it sent, what a bare socket received, and
    what the daemon heard.
    """
    core = LightsCore(folder, len(PATCH) // 2, wave, patch=PATCH)
    settings = WireSettings(interface=ADDRESS)
    with heard_barely(ola) as bare, lights_process(folder, settings, len(PATCH) // 2, ola.inside()) as process:
        core.run(10.0, lambda: bool(core.ticks))
        with ola.recording(folder / "show", UNIVERSES):
            core.run(0.2)
            first = len(core.ticks)
            core.run(seconds)
            last = len(core.ticks)
            core.run(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        received = bare()
    core.link.close()
    heard = {universe: [one.rstrip(b"\0") for one in frames] for universe, frames in recorded(folder / "show").items()}
    return core.ticks[first:last], received, heard


def judge(ticks: list[SentTick], received: Frames, heard: Frames) -> None:
    """Exact on the wire. The daemon may miss what its own processor time does not let it read: nothing else, and little.

    How many ticks there are in a second, other programs decide too; most follow right after another, 44 a second. Where
    this core is late the moment stands, and nothing is sent.
    """
    steps = [(after.at_frame - before.at_frame) * 44 / 60 for before, after in pairwise(ticks)]
    assert median(steps) == pytest.approx(1.0, abs=1e-3)
    for universe in UNIVERSES:
        changed = [[slots for number, slots in tick.changed if number == universe] for tick in ticks]
        assert [len(one) for one in changed[1:]] == [int(step > 0.0) for step in steps]
        sent = [slots for one in changed for slots in one]
        begin = received[universe].index(sent[0])
        assert received[universe][begin : begin + len(sent)] == sent
        late = iter(received[universe])
        assert all(one in late for one in heard[universe] if one in received[universe]), "in another order"
        assert set(heard[universe]) <= {b"", *received[universe]}
        assert len(set(sent) & set(heard[universe])) > 0.9 * len(sent)
    for tick in ticks:
        for number, slots in tick.changed:
            lights = range((number - 1) * LIGHTS_A_UNIVERSE, number * LIGHTS_A_UNIVERSE)
            low, high = math.floor(tick.at_frame), math.ceil(tick.at_frame)
            share = tick.at_frame - low
            for at, light in enumerate(lights):
                wanted = (1 - share) * wave(low, light) + share * wave(high, light)
                assert int.from_bytes(slots.ljust(512, b"\0")[2 * at : 2 * at + 2], "big") == pytest.approx(
                    65535 * wanted, abs=1
                )


def test_every_value_of_three_universes_arrives(ola, tmp_path):
    judge(*show(ola, tmp_path, 5.0))


@pytest.mark.soak
@pytest.mark.timeout(180)
def test_every_value_of_three_universes_arrives_for_a_minute(ola, tmp_path):
    judge(*show(ola, tmp_path, 60.0))


@contextmanager
def standing(ola: Ola, priority: int, level: float) -> Iterator[subprocess.Popen[bytes]]:
    """A stage that holds a level in universe 4, and whose core has gone: it keeps the wire alive all the same."""
    with TemporaryDirectory(prefix="lights") as name:
        folder = Path(name)
        core = LightsCore(folder, 1, lambda _frame, _light: level, patch=(4, 1))
        settings = WireSettings(interface=ADDRESS, priority=priority)
        with lights_process(folder, settings, 1, ola.inside()) as process:
            core.run(10.0, lambda: bool(core.ticks))
            core.link.close()
            yield process


def test_the_higher_priority_wins_and_leaves_at_once_when_it_ends_and_after_a_while_when_it_dies(ola):
    def level() -> float:
        return (ola.levels(4) or [-1])[0] / 256

    with standing(ola, 100, 0.25):
        until(lambda: level() == 0.25, "the only source is heard")
        with standing(ola, 120, 0.5) as higher:
            until(lambda: level() == 0.5, "priority 120 beats 100")
            higher.send_signal(signal.SIGTERM)
            assert until(lambda: level() == 0.25, "the lower source is back") < 0.5
        with standing(ola, 120, 0.5) as higher:
            until(lambda: level() == 0.5, "priority 120 beats 100 again")
            time.sleep(0.2)
            higher.kill()
            assert 2.4 <= until(lambda: level() == 0.25, "the lower source is back") <= 3.0
