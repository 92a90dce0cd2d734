"""When the light of each wall frame of a motion leaves, when film is exposed, and which frames are drawn and judged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from calibration.cameras import Camera
from render.film.camera import exposure_times_ns
from stage.config.records import StageConfig
from stage.verify.motions import TrueMotion
from stage.verify.settings import WARM_UP_S
from tracking.records import ConfigError

MOST_FRAMES_AWAY = 16
"""An exposure sees at most this many wall frames before and after its own: their pictures are kept in memory."""
_BORDER_NS = 1_000


@dataclass(frozen=True, kw_only=True)
class Shutter:
    """How one camera's film frames are exposed, each centred on the middle of a wall frame's light.

    A single sub-frame is the instant of that middle, whatever the length. `period_ns` is a wall frame's.
    """

    exposure_ns: int = 0
    sub_frames: int = 1
    period_ns: Fraction = Fraction(1)

    def times_ns(self, light_ns: int) -> tuple[int, ...]:
        """The times of the sub-frames of the exposure around `light_ns`."""
        return exposure_times_ns(light_ns, self.exposure_ns, self.sub_frames)

    def frames_away(self, offset_ns: int) -> int:
        """Which wall frame is lit `offset_ns` after the middle of the exposure, counted from the exposure's own frame.

        The light of each frame lasts from half a period before its middle to half a period after it. At the border
        (within a microsecond) the answer is the frame nearer to the exposure's middle, both before and after it.
        """
        away = max(0, math.ceil((abs(offset_ns) - _BORDER_NS) / self.period_ns - Fraction(1, 2)))
        return away if offset_ns > 0 else -away

    @property
    def reach(self) -> int:
        """How many frames away the farthest frame is that any sub-frame sees."""
        return max(abs(self.frames_away(time_ns)) for time_ns in self.times_ns(0))


INSTANT = Shutter()


def shutters_of(config: StageConfig, sub_frames: int) -> dict[str, Shutter]:
    """The shutter of every camera that is not parked, by name.

    Raises ConfigError for a shutter that stays open over more wall frames than are kept.
    """
    period_ns = 1_000_000_000 / config.stage.rate()
    return {camera.name: _shutter(camera, sub_frames, period_ns) for camera in config.cameras if not camera.parked}


def _shutter(camera: Camera, sub_frames: int, period_ns: Fraction) -> Shutter:
    if sub_frames == 1:
        return INSTANT
    exposure_ns = round(camera.shutter_deg / 360.0 / camera.film_rate_hz * 1e9)
    shutter = Shutter(exposure_ns=exposure_ns, sub_frames=sub_frames, period_ns=period_ns)
    if shutter.reach > MOST_FRAMES_AWAY:
        longest_ms = (2 * MOST_FRAMES_AWAY + 1) * float(period_ns) * 1e-6
        raise ConfigError(
            f"--sub-frames: found a shutter of camera {camera.name} that is open for {exposure_ns * 1e-6:.0f} ms, "
            f"expected at most {longest_ms:.0f} ms on this stage: lower shutter_deg or raise film_rate_hz, or leave "
            "--sub-frames at 1"
        )
    return shutter


class Timetable:
    """The frames of one motion that starts at `start_ns`, is filmed through `shutters` and cut after `seconds`.

    The times of the light are not taken from plans: a plan with a wrong time must show as an error.
    """

    def __init__(
        self,
        config: StageConfig,
        motion: TrueMotion,
        shutters: Iterable[Shutter],
        *,
        seconds: float | None,
        start_ns: int,
    ) -> None:
        self._start_ns = start_ns
        self.period_ns: Fraction = 1_000_000_000 / config.stage.rate()
        self._walls = config.walls
        self._motion = motion
        self._shutters = tuple(shutters)
        self._end_s = motion.duration_s if seconds is None else min(seconds, motion.duration_s)
        self.reach = max((shutter.reach for shutter in self._shutters), default=0)
        """How many frames before and after its own the exposures of a judged frame see."""

    def begins_ns(self, frame: int) -> int:
        """When the frame's slot begins: the frame is stepped then and presented one slot later."""
        return self._start_ns + round(frame * self.period_ns)

    def lit(self, frame: int) -> dict[int, tuple[str, ...]]:
        """The walls by the time of the middle of their light, which walls of one latency share.

        That is half a period after the frame is presented, plus the wall's latency.
        """
        lit: dict[int, tuple[str, ...]] = {}
        for wall in self._walls:
            latency_ns = Fraction(wall.latency_ms) * 1_000_000
            light_ns = self._start_ns + round((frame + Fraction(3, 2)) * self.period_ns + latency_ns)
            lit[light_ns] = (*lit.get(light_ns, ()), wall.name)
        return lit

    def over(self, frame: int) -> bool:
        """Whether no judged frame needs this frame or any after it."""
        return max(map(self.seconds, self.lit(frame - self.reach))) > self._end_s

    def judged(self, frame: int) -> bool:
        """Whether the recording is settled when the frame's light leaves and during every exposure around it."""
        lit = self.lit(frame)
        lights_s = [self.seconds(light_ns) for light_ns in lit]
        if frame < self.reach or min(lights_s) < WARM_UP_S or max(lights_s) > self._end_s:
            return False
        exposed = {time_ns for light_ns in lit for shutter in self._shutters for time_ns in shutter.times_ns(light_ns)}
        exposed_s = [self.seconds(time_ns) for time_ns in sorted(exposed)]
        return all(time_s <= self._motion.duration_s and self._motion.settled_at(time_s) for time_s in exposed_s)

    def drawn(self, frame: int) -> bool:
        """Whether the exposures of any judged frame see this one."""
        return any(self.judged(other) for other in range(frame - self.reach, frame + self.reach + 1))

    def seconds(self, time_ns: int) -> float:
        """Host nanoseconds as seconds of the motion."""
        return (time_ns - self._start_ns) * 1e-9
