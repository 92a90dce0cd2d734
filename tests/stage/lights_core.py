"""A core's end of the lights: it sends plans in real time and collects what the lights process tells."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from wire_peers import SECOND, plan_of

from stage.lights.link import ToLights, WireStatus
from stage.lights.plan_rows import PlanSizes
from stage.lights.sender import WireSettings
from stage.show.frame.lights import LightsLink, LightsSent, SentTick

ROOT = Path(__file__).resolve().parents[2]
AHEAD_NS = 50_000_000
"""A plan is there so long before the wall emits its light."""


class LightsCore:
    """Steps frames of `rate` a second; `level_of(frame, light)` is what each light is to give."""

    def __init__(
        self,
        folder: Path,
        lights: int,
        level_of: Callable[[int, int], float],
        *,
        patch: Sequence[int],
        rate: int = 60,
        first: int = 0,
    ) -> None:
        self.link = ToLights(folder / "lights", PlanSizes(cells=lights, lights=lights))
        self._lights, self._level_of, self._patch = lights, level_of, tuple(patch)
        self._period_ns = SECOND // rate
        self.frame = first
        self._begun_ns = time.monotonic_ns() - first * self._period_ns
        self.ticks: list[SentTick] = []
        self.links: list[LightsLink] = []
        self.status: WireStatus | None = None
        self.lives: set[int] = set()

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Steps for so long, or until something is so."""
        end_ns = time.monotonic_ns() + round(seconds * SECOND)
        while time.monotonic_ns() < end_ns and not until():
            self.step()

    def step(self) -> None:
        """Waits for the next frame, and sends its plan."""
        due_ns = self._begun_ns + self.frame * self._period_ns
        time.sleep(max(0, due_ns - time.monotonic_ns()) * 1e-9)
        levels = [self._level_of(self.frame, light) for light in range(self._lights)]
        self.link.tell(plan_of(self.frame, due_ns + AHEAD_NS, levels, self._patch))
        self.frame += 1
        for report in self.link.heard():
            if isinstance(report, LightsSent):
                self.ticks += report.ticks
                self.lives.add(report.life)
            elif isinstance(report, LightsLink):
                self.links.append(report)
            else:
                self.status = report


@contextmanager
def lights_process(
    folder: Path, settings: WireSettings, lights: int, inside: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A lights process whose core listens in `folder`, run by `inside` (a command that runs commands)."""
    program = [sys.executable, str(ROOT / "tests/stage/lights_process.py"), str(folder)]
    words = [*inside, *program, msgspec.json.encode(settings).decode(), str(lights)]
    process = subprocess.Popen(words, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"})
    try:
        yield process
    finally:
        process.kill()
        process.wait()
