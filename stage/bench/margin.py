"""How well the margin follows: a motion through the real fold in virtual time, and what the film frame then missed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from calibration.cameras import Camera
from render.film.camera import FilmPixels, border, even_grid
from render.plan.frame import FramePlan
from stage.loading.files import film_walls, load_config, load_geometry
from stage.show.camera.turn_trust import shares
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from stage.verify.cameras import Mounting, lens_truth
from stage.verify.delays import played_stage
from stage.verify.judge import Judge, area_ratio
from stage.verify.motions import TrueMotion, true_motion
from stage.verify.moving import START_NS
from stage.verify.packets import PacketStream
from stage.verify.settings import GRID, WARM_UP_S, VerifySettings
from tracking.records import ConfigError, Record


class MarginFigures(Record):
    """Of the frames in which film pixels see a wall: how many missed the inner picture, and the mean area of that
    picture over the ideal frame's; what the show itself counted; the trust in predicted turns at the end.
    """

    missed: int
    of: int
    inner_area_ratio: float
    missed_live: int
    judged_live: int
    turn_trust: tuple[float, ...]


def measure_margin(config_path: Path, settings: VerifySettings, *, follow: bool) -> MarginFigures:
    """Plays the first motion of `settings` on the first tracked camera, without drawing anything.

    Raises ConfigError where no camera has a tracker, or the motion cannot be played.
    """
    loaded = load_config(config_path)
    played = played_stage(loaded.config, settings)
    camera = _camera(played.config.cameras)
    camera = msgspec.structs.replace(camera, overscan="follow" if follow else "fixed")
    config = msgspec.structs.replace(played.config, cameras=(camera,))
    tracker = next(one for one in config.trackers if one.name == camera.tracker)
    truth = lens_truth(camera, loaded)
    motion = true_motion(settings.motions[0], settings.at_m or config.stage.outer_eye_m, settings.axes, settings.seed)
    stream = PacketStream(
        tracker,
        truth,
        motion,
        pose_at=motion.pose_at,
        journey=played.journeys[tracker.name],
        start_ns=START_NS,
    )
    judge = Judge(camera=camera.name, lens=truth.lens, walls=film_walls(loaded), radius_m=None)
    film = Film(judge, Mounting(camera, truth), motion, (border(truth.lens), even_grid(truth.lens, *GRID)))
    show = Show(config, load_geometry(loaded)[1], new_state(config))
    end_s = min(settings.seconds or motion.duration_s, motion.duration_s)
    for frame in range(int(end_s * config.stage.rate())):
        now_ns, present_ns = (START_NS + round(slot * 1e9 / config.stage.rate()) for slot in (frame, frame + 1))
        inputs = FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=stream.until(now_ns))
        film.take(show.step(inputs).plan)
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
    """What the true camera's frames missed so far, by the film positions that `stage verify` judges in every frame."""

    def __init__(self, judge: Judge, mounting: Mounting, motion: TrueMotion, pixels: tuple[FilmPixels, ...]) -> None:
        self.missed = 0
        self.areas: list[float] = []
        self._judge = judge
        self._mounting = mounting
        self._motion = motion
        self._pixels = pixels

    def take(self, plan: FramePlan) -> None:
        """Judges one frame at its light's time, where that is settled and a wall is seen."""
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
    raise ConfigError("cameras: found none with a tracker, expected one whose margin can follow")
