"""Measures how late the light of many fixtures leaves the lights process, which has to mix them all in every tick."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from stage.bench.lights_wire import FOUR_COLOURS, RECEIVER, WHITE, light_tables, processor_ns
from stage.bench.stages import FRAME_RATE_HZ, benchmark_stage
from stage.dmx.sacn_in import SacnData, read_sacn
from stage.dmx.universes import SACN_PORT
from stage.lights.link import ToLights
from stage.lights.mixing.whites import xy_of_white
from stage.lights.plan_rows import PlanSizes
from stage.lights.rounds import SOCKET
from stage.loading.files import load_config
from stage.loading.run_copy import make_run_copy
from stage.show.frame.lights import LightsPlan
from tracking.records import ConfigError, Record

_A_UNIVERSE = 51
_AHEAD_NS = 50_000_000
_PERIOD_NS = 1_000_000_000 // FRAME_RATE_HZ
_STARTS_WITHIN_S = 20.0
_WARM_UP = 30
_FULL = 65535
_LONGEST_PACKET = 2048


class DelayFigures(Record):
    """Of `fixtures` whose colours and levels all change in every frame: from the moment of show time that a packet of
    the last universe shows until it has come, in milliseconds, beside those of a `frame_ms`. `core_share` is the
    processor time of the lights process as a share of one core, nearly all of it mixing.
    """

    fixtures: int
    packets: int
    delay_ms: float
    delay_p99_ms: float
    frame_ms: float
    core_share: float


def measure_delay(fixtures: int, seconds: float) -> DelayFigures:
    """Tells a lights process so many seconds of frames. Raises ConfigError where it does not start."""
    frames = _WARM_UP + round(seconds * FRAME_RATE_HZ)
    with (
        tempfile.TemporaryDirectory(prefix="openstage-bench-") as name,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as udp,
    ):
        folder = Path(name)
        config = folder / "bench.toml"
        kinds = [FOUR_COLOURS if light % _A_UNIVERSE else WHITE for light in range(fixtures)]
        config.write_text(benchmark_stage("freed", more=light_tables(kinds, _A_UNIVERSE)).text, encoding="utf-8")
        make_run_copy(load_config(config), folder)
        udp.bind((RECEIVER, SACN_PORT))
        udp.setblocking(False)
        with (
            closing(ToLights(folder / SOCKET, PlanSizes(cells=fixtures, lights=fixtures))) as link,
            _lights_process(folder, link) as process,
        ):
            delays_ms, share = _drive(link, udp, process.pid, fixtures, frames)
    if not delays_ms:
        raise ConfigError("bench lights: found no packet of the last universe, expected some; see the messages above")
    return DelayFigures(
        fixtures=fixtures,
        packets=len(delays_ms),
        delay_ms=statistics.median(delays_ms),
        delay_p99_ms=float(np.quantile(delays_ms, 0.99)),
        frame_ms=_PERIOD_NS * 1e-6,
        core_share=share,
    )


@contextmanager
def _lights_process(folder: Path, link: ToLights) -> Iterator[subprocess.Popen[bytes]]:
    words = ["-m", "stage.lights.service", "--runtime", str(folder), "--state", str(folder)]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    try:
        until_s = time.monotonic() + _STARTS_WITHIN_S
        while not link.connected:
            if time.monotonic() > until_s or process.poll() is not None:
                raise ConfigError("bench lights: found no lights process, expected one; see its messages above")
            time.sleep(0.01)
            list(link.heard())
        yield process
    finally:
        process.terminate()
        process.wait()


def _drive(link: ToLights, udp: socket.socket, pid: int, fixtures: int, frames: int) -> tuple[list[float], float]:
    """Sends every frame's plan at its time. The level says which moment of show time a packet shows."""
    last = 1 + (fixtures - 1) // _A_UNIVERSE
    patch = tuple(
        number for light in range(fixtures) for number in (1 + light // _A_UNIVERSE, 1 + 10 * (light % _A_UNIVERSE))
    )
    begun_ns, ran_ns = time.monotonic_ns(), 0
    delays_ms: list[float] = []
    for frame in range(frames):
        due_ns = begun_ns + frame * _PERIOD_NS
        while (left_ns := due_ns - time.monotonic_ns()) > 0:
            udp.settimeout(left_ns * 1e-9)
            came = _level_of(udp, last)
            if came is not None and frame > _WARM_UP:
                shown_ns = begun_ns + _AHEAD_NS + came[1] * frames * _PERIOD_NS
                delays_ms.append((came[0] - shown_ns) * 1e-6)
        targets = _targets(frame, frames, fixtures)
        link.tell(LightsPlan(frame=frame, light_ns=due_ns + _AHEAD_NS, targets=targets, patch=patch))
        list(link.heard())
        if frame == _WARM_UP:
            ran_ns, since_ns = processor_ns(pid), time.monotonic_ns()
    return delays_ms, (processor_ns(pid) - ran_ns) / (time.monotonic_ns() - since_ns)


def _level_of(udp: socket.socket, universe: int) -> tuple[int, float] | None:
    """When a packet of this universe came, and the level of its first light, which needs no mixing; else None."""
    try:
        packet = udp.recv(_LONGEST_PACKET)
    except TimeoutError:
        return None
    came_ns, heard = time.monotonic_ns(), read_sacn(packet)
    if not isinstance(heard, SacnData) or heard.universe != universe:
        return None
    return came_ns, int.from_bytes(heard.slots[:2], "big") / _FULL


def _targets(frame: int, frames: int, fixtures: int) -> tuple[float, ...]:
    """Whites that wander, each on its own, at one level that rises all the time."""
    mired = 250.0 + 120.0 * np.sin(0.05 * frame + np.arange(fixtures))
    xy = xy_of_white(mired, np.zeros(fixtures))
    return tuple(np.column_stack((xy, np.full(fixtures, frame / frames))).ravel().tolist())
