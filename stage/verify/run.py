"""Runs a verification: still poses, then motions, for every camera of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from calibration.cameras import Camera
from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.loading.other_world import check_readable, load_config_with_world
from stage.show.frame.requests import Target
from stage.verify.cameras import LensTruth, lens_truth, lens_truths
from stage.verify.delays import PlayedStage, played_stage
from stage.verify.limits import check_limits
from stage.verify.maps import Maps
from stage.verify.motions import TrueMotion, motion_of
from stage.verify.moving import play
from stage.verify.report import CameraFigures, MotionComparison, ShutterFigures, VerifyReport, misses_of
from stage.verify.settings import WARM_UP_S, VerifySettings, targets_of, with_parking
from stage.verify.stills import StillRun, alone, sweep, verify_stills
from stage.verify.studio import Studio, open_studio, with_config, with_proving_world, with_small_rasters
from stage.verify.tally import RUNS, MotionTally, mean
from stage.verify.timetable import Shutter, shutters_of
from tracking.records import ConfigError

Tallies = dict[str, MotionTally]
Progress = Callable[[str], None]


class Evidence(NamedTuple):
    """Everything that was measured, by camera.

    For the page there are, beside the report, the still poses with their maps, the tallies of each motion, and the maps
    of the frames of motions that were compared whole.
    """

    report: VerifyReport
    stills: dict[str, StillRun]
    motions: dict[str, dict[str, Tallies]]
    full_frames: dict[str, Maps]


def verify(config_path: Path, settings: VerifySettings, progress: Progress, *, world: Path | None = None) -> Evidence:
    """Measures every camera that is not parked. Raises ConfigError for what cannot be verified.

    `progress` is called with the current task in words, once for each still pose and once for each frame. `world` is a
    panorama's picture file in the place of the configured worlds: it is read, and its light is at infinity. With
    `settings.near` the world is a room close around the stage.
    """
    loaded = load_config_with_world(config_path, world)
    if world is not None:
        check_readable(world)
    if settings.near and settings.sub_frames > 1:
        raise ConfigError(
            f"--sub-frames: found {settings.sub_frames} with --near, expected 1: the mean light of a chequered room "
            "says nothing; leave one of them out"
        )
    loaded = with_proving_world(loaded, near=settings.near)
    values = targets_of(loaded.config, settings.values)
    loaded = with_config(loaded, cameras=with_parking(loaded.config.cameras, values))
    cameras = [one.fitted(one.first_lens()) for one in loaded.config.cameras if not one.parked]
    if not cameras:
        raise ConfigError(f"{config_path}: cameras: found none to verify, expected at least one that is not parked")
    played = played_stage(loaded.config, settings)
    truths = {camera.name: lens_truths(camera, loaded) for camera in cameras}
    as_played = with_config(loaded, trackers=played.config.trackers)
    moving_truths = {camera.name: lens_truth(camera, as_played) for camera in cameras}
    shutters = shutters_of(played.config, settings.sub_frames)
    motions = _motions(settings, played.config, shutters) if played.journeys else {}
    tallies: dict[str, dict[str, Tallies]] = {}
    full_frames: dict[str, Maps] = {}
    with open_studio(loaded if settings.poses else with_small_rasters(loaded)) as studio:
        stills = _stills(studio, cameras, truths, values=values, count=settings.poses, progress=progress)
        renderer = studio.renderer.name
        if motions:
            with _small(studio) as small:
                tallies, full_frames = _play(
                    *(small, played, moving_truths, motions, shutters),
                    values=values,
                    seconds=settings.seconds,
                    progress=progress,
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
        parked=tuple(camera.name for camera in loaded.config.cameras if camera.parked),
        renderer=renderer,
        warm_up_s=WARM_UP_S,
    )
    return Evidence(report, stills, tallies, full_frames)


@contextmanager
def _small(studio: Studio) -> Iterator[Studio]:
    """A studio with small rasters: the same one where its walls have no more LEDs."""
    loaded = with_small_rasters(studio.loaded)
    if loaded.config == studio.config:
        yield studio
        return
    with open_studio(loaded) as small:
        yield small


def _motions(settings: VerifySettings, config: StageConfig, shutters: Mapping[str, Shutter]) -> dict[str, TrueMotion]:
    short = [Path(name).name for name in settings.motions]
    motions = {
        brief if short.count(brief) == 1 else name: motion_of(name, settings, config)
        for name, brief in zip(settings.motions, short, strict=True)
    }
    exposure_s = max(shutter.exposure_ns for shutter in shutters.values()) * 1e-9
    least_s = 1.0 / float(config.stage.rate()) + exposure_s
    for name, motion in motions.items():
        judged_s = motion.duration_s - WARM_UP_S
        if judged_s < least_s:
            raise ConfigError(
                f"--motion: {name}: is too short: found {1000 * judged_s:.0f} ms that can be judged, expected at least "
                f"{1000 * least_s:.0f} ms, one wall frame and one exposure; give a longer recording"
            )
    return motions


def _play(
    studio: Studio,
    played: PlayedStage,
    truths: Mapping[str, LensTruth],
    motions: Mapping[str, TrueMotion],
    shutters: Mapping[str, Shutter],
    *,
    values: tuple[Target, ...],
    seconds: float | None,
    progress: Progress,
) -> tuple[dict[str, dict[str, Tallies]], dict[str, Maps]]:
    """Plays every motion on every tracked camera: tallies by camera and motion, and maps by camera over all motions."""
    by_camera: dict[str, dict[str, Tallies]] = {}
    maps: dict[str, Maps] = {}
    for name, motion in motions.items():
        count = partial(progress, f"motion {name}")
        moving = play(studio, played, truths, motion, seconds=seconds, values=values, shutters=shutters, progress=count)
        for camera, moved in moving.items():
            by_camera.setdefault(camera, {})[name] = {run: moved.tallies[run] for run in RUNS}
            if camera in maps:
                maps[camera].merge(moved.maps)
            else:
                maps[camera] = moved.maps
    return by_camera, maps


def _stills(
    studio: Studio,
    cameras: list[Camera],
    truths: Mapping[str, tuple[LensTruth, ...]],
    *,
    values: tuple[Target, ...],
    count: int,
    progress: Progress,
) -> dict[str, StillRun]:
    poses = sweep(studio, count)
    stills = {}
    for camera in cameras if poses else []:
        stills[camera.name] = verify_stills(
            studio,
            camera,
            truths[camera.name],
            poses,
            values=tuple(value for value in values if value.path in tree_of(alone(studio.config, camera))),
            progress=partial(progress, f"camera {camera.name}: still poses"),
        )
    return stills


def _figures(still: StillRun | None, motions: Mapping[str, Tallies], shutter: Shutter) -> CameraFigures:
    pooled: Tallies = {name: MotionTally() for name in RUNS}
    for tallies in motions.values():
        for name in RUNS:
            pooled[name].add(tallies[name])
    predicted = pooled["predict"]
    if predicted.frames:
        misses, ratio = predicted.inner_misses(), mean(predicted.area_ratios)
    else:
        misses = still.figures.inner_misses if still else misses_of([])
        ratio = still.area_ratio if still else 0.0
    return CameraFigures(
        still=still.figures if still else None,
        motion=_compare(pooled, shutter, listed=False) if motions else None,
        inner_misses=misses,
        inner_area_ratio=ratio,
        by_motion={name: _compare(tallies, shutter, listed=True) for name, tallies in motions.items()},
        inner_misses_hold=pooled["hold"].inner_misses() if motions else None,
    )


def _compare(tallies: Tallies, shutter: Shutter, *, listed: bool) -> MotionComparison:
    hold, predict = tallies["hold"], tallies["predict"]
    held_px = hold.moved.quantile(0.5)
    return MotionComparison(
        hold=hold.figures(listed=listed),
        predict=predict.figures(listed=listed),
        predict_over_hold=predict.moved.quantile(0.5) / held_px if held_px > 0.0 else 0.0,
        moved_frames=hold.moved_frames,
        shutter=ShutterFigures(sub_frames=shutter.sub_frames, exposure_ms=shutter.exposure_ns * 1e-6),
    )
