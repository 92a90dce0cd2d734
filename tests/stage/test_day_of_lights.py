"""A day of the shipped stage with lights in ten minutes, as a real OLA daemon hears it: no lamp's light jumps."""

import itertools
import sys
import time
from pathlib import Path

import pytest
from ola_daemon import ADDRESS, Ola, ola_daemon, recorded, until, why_not
from running_stage import ROOT, running

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "OLA is there"),
]
DAY_IN_S = 600.0
STEP = 0.01
"""Of full output."""
LEVELS = {0: range(1, 5), 5: range(6, 10)}
"""The key's and the fill's 16-bit levels in the first universe, with the colours that each scales; the rim stands by hand."""
BAR_SLOTS = 48


def outputs(universe: int, frame: bytes) -> list[float]:
    """The light of every emitter that follows: 1 is full output."""
    if universe == 2:
        return [slot / 255 for slot in frame.ljust(BAR_SLOTS, b"\0")[:BAR_SLOTS]]
    words = [int.from_bytes(frame[at : at + 2], "big") / 65535 for at in range(0, 20, 2)]
    return [words[level] * words[colour] for level, colours in LEVELS.items() for colour in colours]


def largest_step(frames: list[list[float]]) -> float:
    return max(abs(b - a) for pair in itertools.pairwise(frames) for a, b in zip(*pair, strict=True))


def a_day(ola: Ola, folder: Path) -> dict[int, list[bytes]]:
    """What the daemon hears from midnight to midnight, by universe."""
    config = (
        (ROOT / "hw_configs" / "sim_lights.toml").read_text().replace("# interface = ", f'interface = "{ADDRESS}" # ')
    )
    with running(folder, config, "--headless", before=tuple(ola.inside("env"))) as stage:

        def put(name: str, value: str) -> None:
            words = ("-m", "stage", "control", "set", f"/time/{name}", value, "--endpoint", stage.ready["control"])
            ola.call("env", f"--chdir={ROOT}", sys.executable, *words)

        put("running", "off")
        put("hour", "0")
        put("speed", str(86_400 / DAY_IN_S))
        until(lambda: any(ola.levels(1)), "the lamps are heard")
        time.sleep(5.0)  # until nothing moves any more
        with ola.recording(folder / "day", (1, 2)):
            put("running", "on")
            time.sleep(DAY_IN_S)
    return recorded(folder / "day")


def test_no_lamp_steps_by_more_than_a_hundredth_of_its_light(tmp_path: Path) -> None:
    with ola_daemon() as ola:
        for universe in (1, 2):
            ola.patch(universe, device=2, port=universe - 1)
        heard = a_day(ola, tmp_path)
    for universe, frames in sorted(heard.items()):
        step = largest_step([outputs(universe, frame) for frame in frames])
        print(f"universe {universe}: {len(frames)} frames, largest step {100 * step:.2f} % of full output")
        assert len(frames) > 1000
        assert step <= STEP
