"""The limits of a configuration's `[verify]` section, each checked against the worst camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stage.config.records import VerifySection
from stage.verify.errors import Registration
from stage.verify.report import NOT_MEASURED, CameraFigures, Limit, MotionComparison, StillFigures
from stage.verify.settings import STILL_PX

NOTHING = "nothing measured"


def check_limits(
    section: VerifySection, cameras: dict[str, CameraFigures], *, stills: bool, motions: bool
) -> tuple[Limit, ...]:
    """Every configured limit with the figure of the worst camera. A limit without a measurement is broken.

    Limits on still poses or motions that were left out on purpose (`stills` or `motions` false) are not judged.
    """
    left_out = (*(() if stills else ("still_",)), *(() if motions else ("motion_",)))
    return tuple(
        _limit(name, getattr(section, name), figure, cameras)
        for name, figure in _limited(section)
        if not name.startswith(left_out)
    )


def _limited(section: VerifySection) -> Iterator[tuple[str, Callable[[CameraFigures], float | None]]]:
    figures: dict[str, Callable[[CameraFigures], float | None]] = {
        "still_median_px": lambda camera: _of(camera.still, "median_px"),
        "still_p99_px": lambda camera: _of(camera.still, "p99_px"),
        "motion_median_px": lambda camera: _of(camera.motion.predict if camera.motion else None, "median_px"),
        "motion_p99_px": lambda camera: _of(camera.motion.predict if camera.motion else None, "p99_px"),
        "motion_over_hold": _over_hold,
        "inner_miss_rate": lambda camera: camera.inner_misses.rate if camera.inner_misses.of else None,
        "inner_area_ratio": lambda camera: camera.inner_area_ratio or None,
    }
    for name, figure in figures.items():
        if getattr(section, name) is not None:
            yield name, figure


def _over_hold(camera: CameraFigures) -> float | None:
    return camera.motion.predict_over_hold if camera.motion is not None and camera.motion.moved_frames else None


def _of(registration: Registration | None, name: str) -> float | None:
    if registration is None or not registration.pixels_compared:
        return None
    return float(getattr(registration, name))


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
    """Why no figure can show that a camera keeps a limit; "" where a figure can."""
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


def _covered(motion: MotionComparison) -> bool:
    """Whether another camera's picture covered all of the wall that this one saw, so that nothing can be judged."""
    return 0 < motion.predict.pixels_on_wall == motion.predict.pixels_covered
