"""Exposures of a moving camera: when their sub-frames lie, which wall frame each sees, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from calibration.cameras import Camera
from render.film.camera import FilmPixels, FilmPose, exposure_times_ns, landing, registration_px, world_light
from render.film.surfaces import Array, Mask
from stage.config.records import StageConfig
from stage.verify.judge import Glimpse, Judge, Seen, Verdict
from stage.verify.tally import RunName
from tracking.records import ConfigError

MOST_FRAMES_AWAY = 16
"""An exposure sees at most so many wall frames before and after its own: their pictures are kept meanwhile."""
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
        """The sub-frames' times of the exposure around `light_ns`."""
        return exposure_times_ns(light_ns, self.exposure_ns, self.sub_frames)

    def frames_away(self, offset_ns: int) -> int:
        """How many frames after the one in whose middle the exposure is centred the one lies that is lit then.

        Each frame's light lasts from half a period before its middle to half a period after it. At the border (within
        a microsecond) it is the frame nearer to the exposure's middle, before and after alike.
        """
        away = max(0, math.ceil((abs(offset_ns) - _BORDER_NS) / self.period_ns - Fraction(1, 2)))
        return away if offset_ns > 0 else -away

    @property
    def reach(self) -> int:
        """The farthest frame that any sub-frame sees."""
        return max(abs(self.frames_away(time_ns)) for time_ns in self.times_ns(0))


INSTANT = Shutter()


def shutters_of(config: StageConfig, sub_frames: int) -> dict[str, Shutter]:
    """The shutter of every camera that is not parked, by name.

    Raises ConfigError for one that stays open over more wall frames than are kept.
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


class Exposure:
    """Adds up what film positions see in the sub-frames of one exposure: of the walls in every run, and of the world.

    What is compared is the photograph: the mean light of the walls with the mean light that the same lens would have
    seen in the world meanwhile, each carried to the film from the `middle` pose. (For a single sub-frame in the middle
    the latter is the position itself.)
    """

    def __init__(self, judge: Judge, pixels: FilmPixels, middle: FilmPose, runs: tuple[RunName, ...]) -> None:
        self._judge = judge
        self._pixels = pixels
        self._middle = middle
        self._sub_frames = 0
        self._world = np.zeros((len(pixels.rays), 3))
        self._walls = {run: _WallLight(len(pixels.rays)) for run in runs}

    def add(self, seen: Seen, glimpses: Mapping[RunName, Glimpse]) -> None:
        """Takes in one sub-frame: where its rays lie, and what each run's walls show there."""
        self._sub_frames += 1
        self._world += world_light(seen.pose, seen.rays, self._judge.radius_m)
        for run, found in glimpses.items():
            self._walls[run].add(found)

    def verdicts(self) -> dict[RunName, Verdict]:
        """One verdict for each run: pixels that see a wall in any sub-frame, compared where they do in every one."""
        expected = landing(self._judge.lens, self._middle, self._world, self._pixels.positions_px, self._judge.radius_m)
        known = expected.ahead & np.isfinite(expected.positions_px).all(axis=1)
        return {run: self._verdict(walls, expected.positions_px, known) for run, walls in self._walls.items()}

    def _verdict(self, walls: _WallLight, expected_px: Array, known: Mask) -> Verdict:
        at = np.flatnonzero(walls.seen)
        compared = (walls.whole[at] == self._sub_frames) & known[at]
        chosen = at[compared]
        error_px = registration_px(
            self._judge.lens, self._middle, walls.light[chosen], expected_px[chosen], self._judge.radius_m
        )
        return Verdict(at, compared, walls.covered[at], error_px, walls.missed_px[at])


class _WallLight:
    """Sums over the sub-frames: light, how often it was whole, and what any of them covered or missed."""

    def __init__(self, count: int) -> None:
        self.light = np.zeros((count, 3))
        self.whole = np.zeros(count, dtype=np.int64)
        self.seen = np.zeros(count, dtype=np.bool_)
        self.covered = np.zeros(count, dtype=np.bool_)
        self.missed_px = np.zeros(count)

    def add(self, found: Glimpse) -> None:
        self.light[found.at] += found.light
        self.whole[found.at] += found.whole
        self.seen[found.at] = True
        self.covered[found.at] |= found.covered
        self.missed_px[found.at] = np.maximum(self.missed_px[found.at], found.missed_px)
