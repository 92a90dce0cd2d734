"""Carries out a verification: still poses, then motions, for every camera of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from calibration.cameras import Camera
from stage.config import StageConfig
from stage.config_files import load_config
from stage.inputs import SetRequest
from stage.show import Show
from stage.verify.cameras import LensTruth, lens_truth
from stage.verify.delays import Played, played_stage
from stage.verify.exposure import Shutter, shutters_of
from stage.verify.motions import TrueMotion, true_motion
from stage.verify.moving import play
from stage.verify.parameters import requests_of
from stage.verify.report import CameraFigures, MotionFigures, Motions, ShutterFigures, VerifyReport, check_limits
from stage.verify.settings import WARM_UP_S, VerifySettings
from stage.verify.stills import StillRun, alone, mean, misses_of, sweep, verify_stills
from stage.verify.studio import Studio, open_studio, with_coordinates, with_small_rasters
from stage.verify.tally import RUNS, MotionTally
from tracking.records import ConfigError

Tallies = dict[str, MotionTally]
Progress = Callable[[str], None]


class Evidence(NamedTuple):
    """All that was measured: the report, and for the page the stills' maps and the motions' errors, by camera."""

    report: VerifyReport
    stills: dict[str, StillRun]
    motions: dict[str, dict[str, Tallies]]


def verify(config_path: Path, settings: VerifySettings, progress: Progress) -> Evidence:
    """Measures every camera that is not parked. Raises ConfigError for what cannot be verified.

    `progress` hears, in words, what is being done, once a still pose and once a frame.
    """
    loaded = with_coordinates(load_config(config_path))
    cameras = [camera for camera in loaded.config.cameras if not camera.parked]
    if not cameras:
        raise ConfigError(f"{config_path}: cameras: found none to verify, expected at least one that is not parked")
    truths = {camera.name: lens_truth(camera, loaded) for camera in cameras}
    played = played_stage(loaded.config, settings)
    shutters = shutters_of(played.config, settings.sub_frames)
    values = requests_of(played.config, settings.values)
    motions = _motions(settings, played.config, shutters) if played.journeys else {}
    with open_studio(loaded) as studio:
        stills = _stills(studio, cameras, truths, values=values, count=settings.poses, progress=progress)
        renderer = studio.renderer.name
    with open_studio(with_small_rasters(loaded)) as studio:
        tallies = _play(
            studio, played, truths, motions, shutters, values=values, seconds=settings.seconds, progress=progress
        )
    figures = {
        camera.name: _figures(stills.get(camera.name), tallies.get(camera.name, {}), shutters[camera.name])
        for camera in cameras
    }
    report = VerifyReport(
        cameras=figures,
        limits=check_limits(loaded.config.verify, figures, stills=settings.poses > 0, motions=bool(settings.motions)),
        settings=settings,
        timing=played.timing,
        findings=tuple(f"{name}: {line}" for name, motion in motions.items() for line in motion.findings),
        renderer=renderer,
        warm_up_s=WARM_UP_S,
    )
    return Evidence(report, stills, tallies)


def _motions(settings: VerifySettings, config: StageConfig, shutters: Mapping[str, Shutter]) -> dict[str, TrueMotion]:
    at_m = config.stage.outer_eye_m if settings.at_m is None else settings.at_m
    short = [Path(name).name for name in settings.motions]
    motions = {
        brief if short.count(brief) == 1 else name: true_motion(name, at_m, settings.axes, settings.seed)
        for name, brief in zip(settings.motions, short, strict=True)
    }
    exposure_s = max(shutter.exposure_ns for shutter in shutters.values()) * 1e-9
    least_s = 1.0 / float(config.stage.rate()) + exposure_s
    for name, motion in motions.items():
        judged_s = motion.duration_s - WARM_UP_S
        if judged_s < least_s:
            raise ConfigError(
                f"--motion: {name}: is too short: {1000 * judged_s:.0f} ms of it could be judged, expected at least "
                f"{1000 * least_s:.0f} ms, a frame of the walls and an exposure; give a longer recording"
            )
    return motions


def _play(
    studio: Studio,
    played: Played,
    truths: Mapping[str, LensTruth],
    motions: Mapping[str, TrueMotion],
    shutters: Mapping[str, Shutter],
    *,
    values: tuple[SetRequest, ...],
    seconds: float | None,
    progress: Progress,
) -> dict[str, dict[str, Tallies]]:
    """Every motion on every tracked camera: tallies by camera and motion."""
    found: dict[str, dict[str, Tallies]] = {}
    for name, motion in motions.items():
        told = partial(progress, f"motion {name}")
        moving = play(studio, played, truths, motion, seconds=seconds, values=values, shutters=shutters, progress=told)
        for camera, moved in moving.items():
            found.setdefault(camera, {})[name] = {run: moved.tallies[run] for run in RUNS}
    return found


def _stills(
    studio: Studio,
    cameras: list[Camera],
    truths: Mapping[str, LensTruth],
    *,
    values: tuple[SetRequest, ...],
    count: int,
    progress: Progress,
) -> dict[str, StillRun]:
    poses = sweep(studio, count)
    stills = {}
    for camera in cameras if poses else []:
        doing = f"camera {camera.name}: still poses"
        stills[camera.name] = verify_stills(
            studio,
            camera,
            truths[camera.name],
            poses,
            values=tuple(value for value in values if value.path in Show.tree_of(alone(studio.config, camera))),
            progress=partial(progress, doing),
        )
    return stills


def _figures(still: StillRun | None, motions: Mapping[str, Tallies], shutter: Shutter) -> CameraFigures:
    pooled: Tallies = {name: MotionTally() for name in RUNS}
    for tallies in motions.values():
        for name in RUNS:
            pooled[name].add(tallies[name])
    predicted = pooled["predict"]
    if predicted.frames:
        misses, ratio = misses_of(predicted.missed_px), mean(predicted.area_ratios)
    else:
        misses = still.figures.inner_misses if still else misses_of([])
        ratio = still.area_ratio if still else 0.0
    return CameraFigures(
        still=still.figures if still else None,
        motion=_moved(pooled, shutter) if motions else None,
        inner_misses=misses,
        inner_area_ratio=ratio,
        by_motion={name: _moved(tallies, shutter) for name, tallies in motions.items()},
    )


def _moved(tallies: Tallies, shutter: Shutter) -> Motions:
    hold, predict = (_motion_figures(tallies[name]) for name in RUNS)
    ratio = predict.median_px / hold.median_px if hold.median_px > 0.0 else 0.0
    exposed = ShutterFigures(sub_frames=shutter.sub_frames, exposure_ms=shutter.exposure_ns * 1e-6)
    return Motions(hold=hold, predict=predict, predict_over_hold=ratio, shutter=exposed)


def _motion_figures(tally: MotionTally) -> MotionFigures:
    return MotionFigures(
        **msgspec.structs.asdict(tally.grid.registration()),
        frames=tally.frames,
        every_pixel=tally.every_pixel.registration() if tally.every_pixel.on_wall else None,
    )
