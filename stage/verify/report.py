"""The report of a verification: figures for each camera, and the configured limits with the figures that they limit."""

from __future__ import annotations

import msgspec

from stage.verify.errors import Registration
from stage.verify.settings import VerifySettings
from tracking.records import Record

NOT_MEASURED = -1.0


class InnerMisses(Record):
    """How many `frames` have a film pixel that sees a wall where the camera's inner picture is not shown whole.

    `of` counts the frames that see a wall; `worst_px` is how far the worst such pixel is outside, in film pixels.
    """

    frames: int
    of: int
    worst_px: float

    @property
    def rate(self) -> float:
        """Misses as a share (0 to 1) of the frames that see a wall."""
        return self.frames / self.of if self.of else 0.0


def misses_of(missed_px: list[float]) -> InnerMisses:
    """The misses among frames that see a wall, from how far the worst pixel of each is outside (0: none is)."""
    frames = sum(worst_px > 0.0 for worst_px in missed_px)
    return InnerMisses(frames=frames, of=len(missed_px), worst_px=max(missed_px, default=0.0))


class Miss(Record):
    """One frame of a motion that missed: its number, the time of its light in the motion, and its worst pixel."""

    frame: int
    time_s: float
    px: float


class StillFigures(Registration):
    """Every film pixel of a sweep of still poses, on the walls that could be drawn for each pose.

    `held` has the reason for each pose in which a wall was held, `held_walls` the number of such poses for each wall.
    `zooms` are the encoder readings that were used in turn.
    """

    poses: int = 0
    held: tuple[str, ...] = ()
    held_walls: dict[str, int] = msgspec.field(default_factory=dict)
    inner_misses: InnerMisses = InnerMisses(frames=0, of=0, worst_px=0.0)
    zooms: tuple[float, ...] = ()


class MotionFigures(Registration):
    """An even grid of film positions in every frame; `every_pixel` is every pixel in each 60th frame.

    `inner_misses` also judges the outermost pixels. `misses` lists the first 1,000 of a single motion. `held` counts,
    for each wall, the frames in which this camera's view was held.
    """

    frames: int = 0
    every_pixel: Registration | None = None
    inner_misses: InnerMisses = InnerMisses(frames=0, of=0, worst_px=0.0)
    misses: tuple[Miss, ...] = ()
    held: dict[str, int] = msgspec.field(default_factory=dict)


class ShutterFigures(Record):
    """How each film frame of a motion was exposed. A single sub-frame is an instant; its `exposure_ms` is 0."""

    sub_frames: int = 1
    exposure_ms: float = 0.0


class MotionComparison(Record):
    """The same frames with the newest pose held and with the pose predicted.

    `predict_over_hold` is the ratio of the two medians over the `moved_frames`, those in which holding errs by more
    than 0.05 px in the median; 0 where there are none. For a camera that stands, it would compare noise with noise.
    """

    hold: MotionFigures
    predict: MotionFigures
    predict_over_hold: float
    moved_frames: int = 0
    shutter: ShutterFigures = ShutterFigures()


class CameraFigures(Record):
    """The figures of one camera. `motion` pools all motions, `by_motion` has each; absent where nothing moves it.

    `inner_area_ratio` is the mean area that the inner picture fills whole, over that of the ideal frame. It and
    `inner_misses` are those of the predicted motions, or of the still poses where there is no motion.
    `inner_misses_hold` are those of the held motions.
    """

    still: StillFigures | None
    motion: MotionComparison | None
    inner_misses: InnerMisses
    inner_area_ratio: float
    by_motion: dict[str, MotionComparison] = msgspec.field(default_factory=dict)
    inner_misses_hold: InnerMisses | None = None


class Limit(Record):
    """A configured limit and the figure of the worst camera, `NOT_MEASURED` where there is none.

    `why` gives the reason for a broken limit that is not its figure: nothing was measured, or too little.
    """

    name: str
    limit: float
    value: float
    ok: bool
    camera: str = ""
    why: str = ""

    @property
    def finding(self) -> str:
        """The figure and the reason, in words."""
        figure = f"found {self.value:.4g}" if self.value != NOT_MEASURED else ""
        return "; ".join(word for word in (self.why, figure) if word)


class Timing(Record):
    """Rates, delays and losses from sample to light for one tracker: every figure of the motions depends on them."""

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
    """The whole verification. Nothing in it depends on how long it took. `parked` names the cameras left out."""

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
