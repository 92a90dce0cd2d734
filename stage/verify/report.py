"""What a verification says: figures for each camera, and the configured limits beside what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from stage.config import VerifySection
from stage.verify.errors import Registration
from stage.verify.settings import VerifySettings
from tracking.records import Record


class InnerMisses(Record):
    """Frames in which a film pixel saw a wall where the camera's inner picture is not shown whole.

    `of` counts the frames that see a wall; `worst_px` is the farthest that such a pixel lay outside, film pixels.
    """

    frames: int
    of: int
    worst_px: float

    @property
    def rate(self) -> float:
        """Share of the frames that see a wall."""
        return self.frames / self.of if self.of else 0.0


class StillFigures(Registration):
    """Every film pixel over a sweep of still poses; `held` says why poses could not be drawn."""

    poses: int = 0
    held: tuple[str, ...] = ()
    inner_misses: InnerMisses = InnerMisses(frames=0, of=0, worst_px=0.0)


class MotionFigures(Registration):
    """An even grid of film positions in every frame; `every_pixel` is all of them in each 60th frame."""

    frames: int = 0
    every_pixel: Registration | None = None


class ShutterFigures(Record):
    """How each film frame of a motion was exposed; `exposure_ms` is 0 for the instant that a single sub-frame is."""

    sub_frames: int = 1
    exposure_ms: float = 0.0


class Motions(Record):
    """The same frames with the newest pose held, and with the pose predicted. Infinite ratios are given as 0."""

    hold: MotionFigures
    predict: MotionFigures
    predict_over_hold: float
    shutter: ShutterFigures = ShutterFigures()


class CameraFigures(Record):
    """One camera. `motion` pools all motions, `by_motion` has each; absent where nothing moves the camera.

    `inner_misses` and `inner_area_ratio` (the mean area that the inner picture fills whole over the ideal frame's) are
    of the predicted motions; of the still poses where there is none.
    """

    still: StillFigures | None
    motion: Motions | None
    inner_misses: InnerMisses
    inner_area_ratio: float
    by_motion: dict[str, Motions] = msgspec.field(default_factory=dict)


class Limit(Record):
    """A configured limit, and the worst camera's figure."""

    name: str
    limit: float
    value: float
    ok: bool
    camera: str = ""


class Timing(Record):
    """How packets came and light went: what every figure of the motions depends on."""

    protocol: str
    rate_hz: float
    frame_rate_hz: float
    delay_ms: float
    jitter_ms: float
    jitter: str
    loss: float
    wall_latency_ms: float
    sample_to_light_ms: float


class VerifyReport(Record):
    """The whole verification; nothing in it depends on how long it took."""

    cameras: dict[str, CameraFigures]
    limits: tuple[Limit, ...]
    settings: VerifySettings
    timing: dict[str, Timing] = msgspec.field(default_factory=dict)
    findings: tuple[str, ...] = ()
    renderer: str = ""
    warm_up_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every limit is kept."""
        return all(limit.ok for limit in self.limits)


def check_limits(
    section: VerifySection, cameras: dict[str, CameraFigures], *, stills: bool, motions: bool
) -> tuple[Limit, ...]:
    """Every configured limit with the worst camera's figure; one that nothing could be measured for is broken.

    Limits on what was left out on purpose (`stills` or `motions` false) are not judged.
    """
    left_out = (*(() if stills else ("still_",)), *(() if motions else ("motion_",)))
    return tuple(
        _limit(name, getattr(section, name), figure, cameras)
        for name, figure in _limited(section)
        if not name.startswith(left_out)
    )


def _limited(section: VerifySection) -> Iterator[tuple[str, Callable[[CameraFigures], float | None]]]:
    figures: dict[str, Callable[[CameraFigures], float | None]] = {
        "still_median_px": lambda found: _of(found.still, "median_px"),
        "still_p99_px": lambda found: _of(found.still, "p99_px"),
        "motion_median_px": lambda found: _of(found.motion.predict if found.motion else None, "median_px"),
        "motion_p99_px": lambda found: _of(found.motion.predict if found.motion else None, "p99_px"),
        "motion_over_hold": _over_hold,
        "inner_miss_rate": lambda found: found.inner_misses.rate if found.inner_misses.of else None,
        "inner_area_ratio": lambda found: found.inner_area_ratio,
    }
    for name, figure in figures.items():
        if getattr(section, name) is not None:
            yield name, figure


def _over_hold(found: CameraFigures) -> float | None:
    if found.motion is None or not found.motion.predict.pixels_compared:
        return None
    return found.motion.predict_over_hold


def _of(found: Registration | None, name: str) -> float | None:
    return float(getattr(found, name)) if found is not None and found.pixels_compared else None


def _limit(
    name: str, limit: float, figure: Callable[[CameraFigures], float | None], cameras: dict[str, CameraFigures]
) -> Limit:
    values = {camera: figure(found) for camera, found in cameras.items()}
    missing = [camera for camera, value in values.items() if value is None and not _covered(cameras[camera])]
    known = {camera: value for camera, value in values.items() if value is not None}
    if missing or not known:
        return Limit(name=name, limit=limit, value=-1.0, ok=False, camera=", ".join(missing or values))
    worst = max(known, key=lambda camera: known[camera])
    return Limit(name=name, limit=limit, value=known[worst], ok=known[worst] <= limit, camera=worst)


def _covered(found: CameraFigures) -> bool:
    """Whether another camera had all of the wall that this one saw in motion, so that there is nothing to judge."""
    return found.motion is not None and 0 < found.motion.predict.pixels_on_wall == found.motion.predict.pixels_covered
