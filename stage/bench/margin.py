"""Measures adaptive overscan: a motion through the real fold in virtual time, and what the film frame missed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from calibration.cameras import Camera
from render.film.camera import FilmPixels, border, even_grid
from render.film.world import FilmWorld
from render.plan.frame import FramePlan
from stage.loading.files import load_config
from stage.loading.geometry import film_walls, load_geometry
from stage.show.camera.turn_trust import shares
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from stage.verify.cameras import Mounting, lens_truth
from stage.verify.delays import played_stage
from stage.verify.judge import Judge, area_ratio
from stage.verify.motions import TrueMotion, motion_of
from stage.verify.packets import START_NS, PacketStream
from stage.verify.settings import GRID, WARM_UP_S, VerifySettings
from tracking.records import ConfigError, Record


class MarginFigures(Record):
    """How many of the frames in which film pixels see a wall (`of`) missed the inner picture, and the picture's area.

    `inner_area_ratio` is the mean area of the inner picture over that of the ideal frame. The show itself counted
    `missed_live` misses in `judged_live` frames. `turn_trust` is
    the trust in predicted turns at the end, about each axis, 0 to 1.
    """

    missed: int
    of: int
    inner_area_ratio: float
    missed_live: int
    judged_live: int
    turn_trust: tuple[float, ...]


def measure_margin(config_path: Path, settings: VerifySettings, *, follow: bool) -> MarginFigures:
    """Plays the first motion of `settings` on the first tracked camera without drawing anything.

    With `follow` the overscan is adaptive, else fixed. Raises ConfigError where no camera has a tracker, or the motion
    cannot be played.
    """
    loaded = load_config(config_path)
    played = played_stage(loaded.config, settings)
    camera = _camera(played.config.cameras)
    camera = msgspec.structs.replace(camera, overscan="follow" if follow else "fixed")
    config = msgspec.structs.replace(played.config, cameras=(camera,))
    tracker = next(one for one in config.trackers if one.name == camera.tracker)
    truth = lens_truth(camera, loaded)
    motion = motion_of(settings.motions[0], settings, config)
    stream = PacketStream(tracker, truth, motion, pose_at=motion.pose_at, journey=played.journeys[tracker.name])
    judge = Judge(camera=camera.name, lens=truth.lens, walls=film_walls(loaded), world=FilmWorld())
    film = Film(judge, Mounting(camera, truth), motion, (border(truth.lens), even_grid(truth.lens, *GRID)))
    show = Show(config, load_geometry(loaded)[1], new_state(config))
    end_s = min(settings.seconds or motion.duration_s, motion.duration_s)
    for frame in range(int(end_s * config.stage.rate())):
        now_ns, present_ns = (START_NS + round(slot * 1e9 / config.stage.rate()) for slot in (frame, frame + 1))
        inputs = FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=stream.until(now_ns))
        film.judge(show.step(inputs).plan)
    state = show.state.cameras[camera.name].overscan
    return MarginFigures(
        missed=film.missed,
        of=len(film.areas),
        inner_area_ratio=sum(film.areas) / max(1, len(film.areas)),
        missed_live=state.margin.missed,
        judged_live=state.margin.judged,
        turn_trust=shares(state.trust),
    )


class Film:
    """The frames that missed so far, judged at the film positions that `stage verify` judges in every frame."""

    def __init__(self, judge: Judge, mounting: Mounting, motion: TrueMotion, pixels: tuple[FilmPixels, ...]) -> None:
        self.missed = 0
        self.areas: list[float] = []
        self._judge = judge
        self._mounting = mounting
        self._motion = motion
        self._pixels = pixels

    def judge(self, plan: FramePlan) -> None:
        """Judges one frame at the time of its light, if the motion is settled then and a wall is in view."""
        light_s = (plan.walls[0].light_ns - START_NS) * 1e-9
        if light_s < WARM_UP_S or not self._motion.settled_at(light_s) or not plan.inners:
            return
        pose = self._mounting.film_pose(self._motion.pose_at(light_s))
        regions = [self._judge.region(plan, self._judge.see(pose, pixels)) for pixels in self._pixels]
        if not any(region.at.size for region in regions):
            return
        self.missed += any(region.missed_px.max(initial=0.0) > 0.0 for region in regions)
        self.areas.append(area_ratio(plan.inners[0]))


def _camera(cameras: tuple[Camera, ...]) -> Camera:
    for camera in cameras:
        if camera.tracker is not None and not camera.parked:
            return camera
    raise ConfigError(
        "cameras: found none with a tracker, expected at least one: adaptive overscan learns from its motion"
    )
