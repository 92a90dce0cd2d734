"""Measures what reprojection gains, on film: one motion with inner pictures drawn every frame, or every few frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from calibration.cameras import LatePose
from stage.loading.files import LoadedConfig, load_config
from stage.verify.cameras import lens_truth
from stage.verify.delays import played_stage
from stage.verify.errors import Errors, Registration
from stage.verify.motions import motion_of
from stage.verify.moving import play
from stage.verify.settings import VerifySettings
from stage.verify.studio import drawn_by_raster, open_studio, with_config, with_proving_world, with_small_rasters
from tracking.records import ConfigError, Record

Every = Literal["2", "4", "8"]
MODES: dict[Every, tuple[LatePose, ...]] = {
    "2": ("off", "2", "tiles_2", "held_2"),
    "4": ("off", "4", "tiles_4", "held_4"),
    "8": ("off", "8", "tiles_8", "held_8"),
}


class LatePoseFigures(Record):
    """Registration errors on the film, with predicted poses, in four ways of drawing the inner picture.

    `every_frame` is drawn in every frame, `late` every few frames and reprojected, `tiles` one tile a frame and
    reprojected, `held` every few frames and shown unchanged. The ratios are those of the medians.
    """

    every_frame: Registration
    late: Registration
    tiles: Registration
    held: Registration
    late_over_held: float
    tiles_over_held: float


def measure_late_pose(
    config_path: Path, settings: VerifySettings, every: Every, progress: Callable[[], None]
) -> LatePoseFigures:
    """Plays the first motion of `settings` four times, with all cameras together.

    `every` is the number of frames that a picture lasts, or of its tiles. Raises ConfigError where no camera has a
    tracker, and as `verify` does.
    """
    loaded = drawn_by_raster(with_proving_world(load_config(config_path), near=settings.near))
    if not any(camera.tracker for camera in loaded.config.cameras):
        raise ConfigError(f"{config_path}: cameras: found none with a tracker, expected at least one")
    fresh, late, tiles, held = (_filmed(_with_mode(loaded, mode), settings, progress) for mode in MODES[every])
    return LatePoseFigures(
        every_frame=fresh,
        late=late,
        tiles=tiles,
        held=held,
        late_over_held=_ratio(late, held),
        tiles_over_held=_ratio(tiles, held),
    )


def _with_mode(loaded: LoadedConfig, mode: LatePose) -> LoadedConfig:
    cameras = tuple(msgspec.structs.replace(camera, late_pose=mode) for camera in loaded.config.cameras)
    return with_config(loaded, cameras=cameras)


def _filmed(loaded: LoadedConfig, settings: VerifySettings, progress: Callable[[], None]) -> Registration:
    motion = motion_of(settings.motions[0], settings, loaded.config)
    truths = {camera.name: lens_truth(camera, loaded) for camera in loaded.config.cameras}
    played = played_stage(loaded.config, settings)
    errors = Errors()
    with open_studio(with_small_rasters(loaded)) as studio:
        moving = play(studio, played, truths, motion, seconds=settings.seconds, progress=progress)
    for camera in moving.values():
        errors.merge(camera.tallies["predict"].grid)
    return errors.registration()


def _ratio(registration: Registration, yardstick: Registration) -> float:
    return registration.median_px / yardstick.median_px if yardstick.median_px > 0.0 else 0.0
