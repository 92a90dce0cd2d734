"""What a real OLA daemon makes of our E1.31: every value of every frame, priorities, a stream's end and a death."""

from __future__ import annotations

import math
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lights_core import LightsCore, lights_process
from ola_daemon import ADDRESS, Ola, ola_daemon, recorded, until, why_not

from stage.lights.sender import WireSettings
from stage.show.frame.lights import SentTick

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "OLA is there")
UNIVERSES = (1, 2, 3)
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


def show(ola: Ola, folder: Path, seconds: float) -> tuple[list[SentTick], dict[int, list[bytes]]]:
    """Three universes that change with every tick: what the process says that it sent, and what the daemon heard."""
    core = LightsCore(folder, len(PATCH) // 2, wave, patch=PATCH)
    settings = WireSettings(interface=ADDRESS)
    with lights_process(folder, settings, len(PATCH) // 2, ola.inside()) as process:
        core.run(10.0, lambda: bool(core.ticks))
        with ola.recording(folder / "show", UNIVERSES):
            core.run(0.2)
            first = len(core.ticks)
            core.run(seconds)
            last = len(core.ticks)
            core.run(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    core.link.close()
    return core.ticks[first:last], recorded(folder / "show")


def judge(ticks: list[SentTick], heard: dict[int, list[bytes]], seconds: float) -> None:
    assert len(ticks) == pytest.approx(44 * seconds, abs=8)
    for universe in UNIVERSES:
        sent = [slots for tick in ticks for number, slots in tick.changed if number == universe]
        assert len(sent) == len(ticks)
        frames = [frame.rstrip(b"\0") for frame in heard[universe]]
        assert sent[0] in frames
        begin = frames.index(sent[0])
        assert frames[begin : begin + len(sent)] == sent
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
    judge(*show(ola, tmp_path, 5.0), 5.0)


@pytest.mark.soak
@pytest.mark.timeout(180)
def test_every_value_of_three_universes_arrives_for_a_minute(ola, tmp_path):
    judge(*show(ola, tmp_path, 60.0), 60.0)


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
