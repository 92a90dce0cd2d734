"""When the light of each wall frame of a motion leaves, which frames are judged, and which are drawn for them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from stage.config.records import StageConfig
from stage.verify.exposure import Shutter
from stage.verify.motions import TrueMotion
from stage.verify.settings import WARM_UP_S


class Timetable:
    """The frames of one motion that begins at `start_ns`, is filmed through `shutters` and cut after `seconds`.

    The light's times are not taken from plans: a plan that errs in time must be seen to.
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
        """How many frames before and after its own a judged frame's exposures see."""

    def begins_ns(self, frame: int) -> int:
        """When the frame's slot begins: it is stepped then, and presented a slot later."""
        return self._start_ns + round(frame * self.period_ns)

    def lit(self, frame: int) -> dict[int, tuple[str, ...]]:
        """The middle of the frame's light, half a period after it is presented and the walls' latency later, and which
        walls have it together.
        """
        lit: dict[int, tuple[str, ...]] = {}
        for wall in self._walls:
            latency_ns = Fraction(wall.latency_ms) * 1_000_000
            light_ns = self._start_ns + round((frame + Fraction(3, 2)) * self.period_ns + latency_ns)
            lit[light_ns] = (*lit.get(light_ns, ()), wall.name)
        return lit

    def over(self, frame: int) -> bool:
        """Whether this frame and all after it are of no use to any judged one."""
        return max(map(self.seconds, self.lit(frame - self.reach))) > self._end_s

    def judged(self, frame: int) -> bool:
        """Whether the recording is settled while the frame's light leaves, and during every exposure around it."""
        lit = self.lit(frame)
        lights_s = [self.seconds(light_ns) for light_ns in lit]
        if frame < self.reach or min(lights_s) < WARM_UP_S or max(lights_s) > self._end_s:
            return False
        exposed = {time_ns for light_ns in lit for shutter in self._shutters for time_ns in shutter.times_ns(light_ns)}
        exposed_s = [self.seconds(time_ns) for time_ns in sorted(exposed)]
        return all(time_s <= self._motion.duration_s and self._motion.settled_at(time_s) for time_s in exposed_s)

    def drawn(self, frame: int) -> bool:
        """Whether a judged frame's exposures see this one."""
        return any(self.judged(other) for other in range(frame - self.reach, frame + self.reach + 1))

    def seconds(self, time_ns: int) -> float:
        """Host nanoseconds as seconds of the motion."""
        return (time_ns - self._start_ns) * 1e-9
