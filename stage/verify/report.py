"""What a verification says: figures for each camera, and the configured limits beside what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from stage.config.records import VerifySection
from stage.verify.errors import Registration
from stage.verify.settings import STILL_PX, VerifySettings
from tracking.records import Record

NOTHING = "nothing measured"
NOT_MEASURED = -1.0


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


def misses_of(missed_px: list[float]) -> InnerMisses:
    """Of the frames that see a wall, each with how far its worst pixel lay outside (0: none did)."""
    frames = len([worst for worst in missed_px if worst > 0.0])
    return InnerMisses(frames=frames, of=len(missed_px), worst_px=max(missed_px, default=0.0))


class Miss(Record):
    """One frame of a motion that missed: its number, its light's time in seconds of the motion, its worst pixel."""

    frame: int
    time_s: float
    px: float


class StillFigures(Registration):
    """Every film pixel over a sweep of still poses, on the walls that could be drawn for the pose.

    `held` has the reason for each pose in which a wall was held, `held_walls` the number of such poses for each wall.
    `zooms` are the encoder readings that were taken in turn.
    """

    poses: int = 0
    held: tuple[str, ...] = ()
    held_walls: dict[str, int] = msgspec.field(default_factory=dict)
    inner_misses: InnerMisses = InnerMisses(frames=0, of=0, worst_px=0.0)
    zooms: tuple[float, ...] = ()


class MotionFigures(Registration):
    """An even grid of film positions in every frame; `every_pixel` is all of them in each 60th frame.

    `inner_misses` judges the outermost pixels too. `misses` has the first thousand of a single motion. `held` counts
    the frames in which this camera's view was held, for each wall.
    """

    frames: int = 0
    every_pixel: Registration | None = None
    inner_misses: InnerMisses = InnerMisses(frames=0, of=0, worst_px=0.0)
    misses: tuple[Miss, ...] = ()
    held: dict[str, int] = msgspec.field(default_factory=dict)


class ShutterFigures(Record):
    """How each film frame of a motion was exposed; `exposure_ms` is 0 for the instant that a single sub-frame is."""

    sub_frames: int = 1
    exposure_ms: float = 0.0


class Motions(Record):
    """The same frames with the newest pose held, and with the pose predicted.

    `predict_over_hold` is the ratio of their medians over the `moved_frames`, those in which holding errs by more than
    0.05 px in the median: where the camera stands, noise would be compared with noise. 0 where there are none.
    """

    hold: MotionFigures
    predict: MotionFigures
    predict_over_hold: float
    moved_frames: int = 0
    shutter: ShutterFigures = ShutterFigures()


class CameraFigures(Record):
    """One camera. `motion` pools all motions, `by_motion` has each; absent where nothing moves the camera.

    `inner_misses` and `inner_area_ratio` (the mean area that the inner picture fills whole over the ideal frame's) are
    of the predicted motions; of the still poses where there is none. `inner_misses_hold` are those of the held motions.
    """

    still: StillFigures | None
    motion: Motions | None
    inner_misses: InnerMisses
    inner_area_ratio: float
    by_motion: dict[str, Motions] = msgspec.field(default_factory=dict)
    inner_misses_hold: InnerMisses | None = None


class Limit(Record):
    """A configured limit, and the worst camera's figure, `NOT_MEASURED` where there is none.

    `why` says what else breaks it than its figure: that nothing was measured, or too little.
    """

    name: str
    limit: float
    value: float
    ok: bool
    camera: str = ""
    why: str = ""

    @property
    def finding(self) -> str:
        """What was found, in words."""
        figure = f"found {self.value:.4g}" if self.value != NOT_MEASURED else ""
        return "; ".join(word for word in (self.why, figure) if word)


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
    """The whole verification; nothing in it depends on how long it took. `parked` are the cameras left out."""

    cameras: dict[str, CameraFigures]
    limits: tuple[Limit, ...]
    settings: VerifySettings
    timing: dict[str, Timing] = msgspec.field(default_factory=dict)
    findings: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
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
        "inner_area_ratio": lambda found: found.inner_area_ratio or None,
    }
    for name, figure in figures.items():
        if getattr(section, name) is not None:
            yield name, figure


def _over_hold(found: CameraFigures) -> float | None:
    return found.motion.predict_over_hold if found.motion is not None and found.motion.moved_frames else None


def _of(found: Registration | None, name: str) -> float | None:
    return float(getattr(found, name)) if found is not None and found.pixels_compared else None


def _limit(
    name: str, limit: float, figure: Callable[[CameraFigures], float | None], cameras: dict[str, CameraFigures]
) -> Limit:
    values = {camera: figure(found) for camera, found in cameras.items()}
    reasons = {camera: _unproven(name, found, values[camera]) for camera, found in cameras.items()}
    known = {camera: value for camera, value in values.items() if value is not None}
    unproven = [camera for camera, reason in reasons.items() if reason]
    if not unproven and not known:
        unproven, reasons = list(values), dict.fromkeys(values, NOTHING)
    if not unproven:
        worst = max(known, key=lambda camera: known[camera])
        return Limit(name=name, limit=limit, value=known[worst], ok=known[worst] <= limit, camera=worst)
    found = max((known.get(camera, NOT_MEASURED) for camera in unproven), default=NOT_MEASURED)
    why = "; ".join(dict.fromkeys(reasons[camera] for camera in unproven))
    return Limit(name=name, limit=limit, value=found, ok=False, camera=", ".join(unproven), why=why)


def _unproven(name: str, found: CameraFigures, value: float | None) -> str:
    """Why a camera cannot be said to keep a limit whatever was found; "" where it can."""
    if name.startswith("still_") or (not name.startswith("motion_") and found.motion is None):
        reason = _unproven_still(found.still)
    elif found.motion is None:
        reason = f"{NOTHING}: no tracker moves this camera"
    else:
        reason = _unproven_motion(found)
        if not reason and name == "motion_over_hold" and not found.motion.moved_frames and not _covered(found.motion):
            reason = f"{NOTHING}: holding the newest pose never erred by more than {STILL_PX} px"
    if reason or value is not None:
        return reason
    return "" if found.motion is not None and _covered(found.motion) else NOTHING


def _unproven_still(still: StillFigures | None) -> str:
    if still is None:
        return NOTHING
    if 2 * len(still.held) > still.poses:
        return f"{len(still.held)} of {still.poses} still poses held"
    return "" if still.pixels_compared else f"{NOTHING}: no still pose saw a lit wall"


def _unproven_motion(found: CameraFigures) -> str:
    empty = [name for name, one in found.by_motion.items() if not one.predict.pixels_compared and not _covered(one)]
    return f"{NOTHING} in {', '.join(empty)}" if empty else ""


def _covered(motion: Motions) -> bool:
    """Whether another camera had all of the wall that this one saw, so that there is nothing to judge."""
    return 0 < motion.predict.pixels_on_wall == motion.predict.pixels_covered
