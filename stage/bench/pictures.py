"""Times what pictures for people who look cost the loop, and what the film picture would cost in the web process."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from calibration.cameras import OWN_LENS
from render.film.camera import FilmPose, every_pixel
from render.film.composite import LitWall, composite
from render.film.screen import light_of_codes
from render.plan.frame import FramePlan
from render.readback.film_cameras import frame_of, seen_walls
from render.readback.film_optics import FilmOptics
from render.readback.ring import PAIRS
from stage.bench.picture_looker import PictureLooker
from stage.live.previews import Previews, film_cameras
from stage.loading.demo import VALLEY
from stage.loading.files import load_config
from stage.run.realtime import return_large_memory, without_collector
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, SetRequest
from stage.verify.studio import Studio, open_studio
from tracking.records import Record

CAMERA = "A"
SIDE_PX = 640
TURN_FRAMES = 60
_SETTLING_FRAMES = 12
_COMPOSITES = 5
_DRAWINGS = 20


class PicturesFigures(Record):
    """Of the valley's wall, in milliseconds. `film_draw_ms` is what a film picture of 640x360 costs the loop's thread
    where it is drawn, `film_read_ms` where it is passed on when it has come, both as medians of its processor time;
    `wall_draw_ms` and `wall_read_ms` are the same of the wall's own picture.

    `film_adds_ms` is what film pictures at 16 a second add to a frame, from its start to the end of all that the loop
    does for it: the median over pairs of turns, watched and not, of the difference of their mean. `film_drawn_ms` is
    what drawing one takes of the GPU, or of what stands in its place.

    `film_cpu_ms` is the processor time of all threads for that, which in software is the drawing itself.

    `web_loop_ms` is what the loop would pay for each where the web process made it of the wall's picture, which has to
    be read whole; `web_cpu_ms` what the web process would, in double precision.
    """

    film_draw_ms: float
    film_read_ms: float
    film_adds_ms: float
    film_drawn_ms: float
    film_cpu_ms: float
    film_pictures_per_s: float
    wall_draw_ms: float
    wall_read_ms: float
    web_loop_ms: float
    web_cpu_ms: float
    renderer: str


class _Stage:
    """The valley's stage in this process: a fold, a renderer, the pictures of those who look, and one who does."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._show = studio.new_show(studio.config)
        self._frame = 0
        self._period_ns = round(1e9 / self._show.rate)
        self._next_ns = time.monotonic_ns()
        self.film = film_cameras(studio.renderer, studio.config.cameras, studio.calibration, {})
        self._folder = tempfile.TemporaryDirectory(prefix="pictures")
        path = Path(self._folder.name) / "pictures"
        self.previews = Previews(path, studio.renderer, self.film)
        self._looker = PictureLooker(path)
        request = SetRequest(id="camera", path=f"/camera/{CAMERA}/source", value="manual")
        self._commands: tuple[Command, ...] = (Command(sender="bench", role="admin", order=1, request=request),)
        self.plan: FramePlan = self._step()

    def watch(self, topic: str) -> None:
        self._looker.watch(topic, SIDE_PX)

    def leave(self) -> None:
        self._looker.leave()

    def received(self) -> int:
        """How many pictures have come to who looks since the last call."""
        return self._looker.received()

    def frame(self) -> tuple[float, float]:
        """Serves the next slot. Returns how long all of it took, and the processor time of the pictures alone, ms."""
        self._next_ns = max(self._next_ns + self._period_ns, time.monotonic_ns())
        time.sleep(max(0.0, (self._next_ns - time.monotonic_ns()) * 1e-9))
        begun_ns = time.monotonic_ns()
        self.plan = self._step()
        self._studio.renderer.draw(self.plan)
        self._studio.renderer.finish()
        used_ns = time.thread_time_ns()
        self.previews.publish(self.plan, self._period_ns * 60)  # as if there were room in every frame
        used_ns = time.thread_time_ns() - used_ns
        return (time.monotonic_ns() - begun_ns) * 1e-6, used_ns * 1e-6

    def _step(self) -> FramePlan:
        self._frame += 1
        commands, self._commands = self._commands, ()
        inputs = FrameInputs(epoch=1, frame=self._frame, present_ns=time.monotonic_ns(), commands=commands)
        return self._show.step(inputs).plan

    def close(self) -> None:
        self._looker.close()
        self.previews.close()
        self._folder.cleanup()


def measure_pictures(pairs: int, frames: int = TURN_FRAMES) -> PicturesFigures:
    """Serves the valley's frames off screen, `pairs` turns of so many with a film picture watched and as many without.

    Raises ConfigError without a driver.
    """
    loaded = load_config(VALLEY, world_may_be_absent=True)
    return_large_memory()  # as the core does: else each picture's memory is new, and cleared at its first touch
    with open_studio(loaded) as studio, closing(_Stage(studio)) as stage, without_collector():
        for topic in (f"film/{CAMERA}", "wall/main"):  # builds the shaders
            _costs(stage, topic, 1)
        film, drawn_ms, adds_ms, per_s = _turns(stage, pairs, frames)
        wall = _costs(stage, "wall/main", frames)
        return PicturesFigures(
            film_draw_ms=film[0],
            film_read_ms=film[1],
            film_adds_ms=adds_ms,
            film_drawn_ms=drawn_ms,
            film_cpu_ms=_film_cpu_ms(studio, stage),
            film_pictures_per_s=per_s,
            wall_draw_ms=wall[0],
            wall_read_ms=wall[1],
            web_loop_ms=_read_whole_ms(studio),
            web_cpu_ms=_composite_ms(studio, stage.plan),
            renderer=studio.renderer.name,
        )


def _turns(stage: _Stage, pairs: int, frames: int) -> tuple[tuple[float, float], float, float, float]:
    """Costs of drawing and reading a film picture, how long one is drawn, what they add to a frame, how many came."""
    topic = f"film/{CAMERA}"
    adds: list[float] = []
    draws: list[float] = []
    reads: list[float] = []
    came, begun_ns, watched_ns = 0, 0, 0
    for _ in range(pairs):
        alone = statistics.mean(stage.frame()[0] for _ in range(frames))
        stage.watch(topic)
        _settle(stage)
        stage.received()
        begun_ns, whole = time.monotonic_ns(), []
        for _ in range(frames):
            before = stage.previews.begun, stage.previews.passed_on
            took_ms, used_ms = stage.frame()
            whole.append(took_ms)
            if stage.previews.begun > before[0] and stage.previews.passed_on == before[1]:
                draws.append(used_ms)
            elif stage.previews.passed_on > before[1] and stage.previews.begun == before[0]:
                reads.append(used_ms)
        watched_ns += time.monotonic_ns() - begun_ns
        came += stage.received()
        drawn_ns = stage.previews.drawn_ns(topic, SIDE_PX)
        stage.leave()
        _settle(stage)
        adds.append(statistics.mean(whole) - alone)
    costs = (_median(draws), _median(reads))
    return costs, drawn_ns * 1e-6, statistics.median(adds), came / (watched_ns * 1e-9)


def _costs(stage: _Stage, topic: str, frames: int) -> tuple[float, float]:
    """Processor time of the loop's thread in frames that only draw a picture, and in those that only pass one on."""
    draws: list[float] = []
    reads: list[float] = []
    stage.watch(topic)
    _settle(stage)
    for _ in range(frames):
        before = stage.previews.begun, stage.previews.passed_on
        _, used_ms = stage.frame()
        changed = stage.previews.begun > before[0], stage.previews.passed_on > before[1]
        if changed == (True, False):
            draws.append(used_ms)
        elif changed == (False, True):
            reads.append(used_ms)
    stage.leave()
    _settle(stage)
    return _median(draws), _median(reads)


def _settle(stage: _Stage) -> None:
    for _ in range(_SETTLING_FRAMES):
        stage.frame()


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0


def _film_cpu_ms(studio: Studio, stage: _Stage) -> float:
    """Processor time of this process for drawing a film picture."""
    renderer = studio.renderer
    target = PAIRS.target(renderer.context, stage.film.size_px(CAMERA, SIDE_PX))
    times = []
    for _ in range(_DRAWINGS):
        renderer.finish()
        begun_ns = time.process_time_ns()
        stage.film.draw(target, stage.plan, CAMERA, OWN_LENS, renderer.wall_texture)
        renderer.finish()
        times.append((time.process_time_ns() - begun_ns) * 1e-6)
    return statistics.median(times)


def _read_whole_ms(studio: Studio) -> float:
    """Processor time for reading the wall as it is sent, as another process would need it."""
    times = []
    for _ in range(20):
        studio.renderer.finish()
        begun_ns = time.thread_time_ns()
        msgspec.msgpack.encode(studio.renderer.read_wall("main").tobytes())
        times.append((time.thread_time_ns() - begun_ns) * 1e-6)
    return statistics.median(times)


def _composite_ms(studio: Studio, plan: FramePlan) -> float:
    """Processor time of the film picture in double precision, with everything ready that can be."""
    camera = next(one for one in studio.config.cameras if one.name == CAMERA)
    inner = seen_walls(plan, CAMERA)["main"]
    optics = FilmOptics(camera, None, SIDE_PX)
    pixels = every_pixel(optics.lens_seeing(frame_of(inner)))
    pose = FilmPose(pupil_m=np.array(inner.eye_m), axes=np.array([inner.right, inner.ahead, inner.up]).T)
    wall = studio.config.walls[0]
    codes = studio.renderer.read_wall("main")
    times = []
    for _ in range(_COMPOSITES):
        begun_ns = time.thread_time_ns()
        light = light_of_codes(wall.signal, wall.signal.peak_nits)[codes]
        composite([LitWall(studio.film_walls[0], light, pose, pixels)], optics.size_px)
        times.append((time.thread_time_ns() - begun_ns) * 1e-6)
    return statistics.median(times)
