"""The core's end of films with a plates process, driven slot by slot as a running stage does; nothing is drawn."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from render.assets.plate_storage import FrameContent, Piece
from render.assets.plate_textures import PlateTextures, PlateUpload
from render.compose.footprint import wall_reach
from render.gpu.context import create_headless_context
from render.media.examine import examine_media
from render.plan.frame import FramePlan, GradePlan, OuterPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from render.worlds.shared.media import MediaFacts
from stage.loading.demo import VALLEY
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.plates.edge import PlatesEdge
from stage.plates.wire import Film
from stage.run.realtime import collect_young, without_collector
from stage.show.frame.outcome import FilmAhead, Outcome

SLOTS_A_SECOND = 60
_AHEAD = 32
_MIB = "256"


class Served(NamedTuple):
    """A slot: whether its frame was there to be drawn, and processor time of the loop's thread, in seconds: asking,
    following, counting and choosing what is uploaded, which is Python; and with that what the driver takes for uploads.
    """

    is_there: bool
    python_s: float
    all_s: float


class TimedTextures(PlateTextures):
    """Knows for how long the driver was busy with uploads."""

    driver_s = 0.0

    def begin(self, media: str, number: int, facts: MediaFacts, first: int = 0) -> PlateUpload:
        """A frame on its way, whose writes are timed."""
        upload = super().begin(media, number, facts, first)
        write = upload.write

        def timed(pieces: Iterable[Piece], frame: FrameContent) -> None:
            begun_s = time.thread_time()
            write(pieces, frame)
            self.driver_s += time.thread_time() - begun_s

        upload.write = timed  # type: ignore[method-assign]
        return upload


class EdgeAlone:
    """One film over the valley's walls. `facts` are what it is, `media` its identity. `stack` ends everything. The
    garbage collector is as in a show.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        examined = examine_media(path)
        self.facts, self.media = examined.facts, examined.identity
        film = Film(media=self.media, path=str(path), facts=self.facts)
        reaches = [wall_reach(one) for one in load_geometry(load_config(VALLEY))[0].values()]
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.textures = TimedTextures(create_headless_context())
        self.textures.storages.make_beside()
        stack.callback(self.textures.storages.close)
        walls = [reach for reach in reaches if reach is not None]
        self.edge = PlatesEdge(Path(folder), self.textures, {self.media: film}.get, stack, walls=walls)
        command = [sys.executable, "-m", "stage.plates.service", "--runtime", folder, "--mib", _MIB]
        service = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        stack.callback(service.wait)
        stack.callback(service.terminate)
        stack.enter_context(without_collector())
        self._slot = 0
        self._begun_s = time.monotonic()

    def serve(self, number: int) -> Served:
        """A slot in which frame `number` is planned, and those after it round the film. Returns when it is over."""
        plan = plan_of(self._slot, (self.media, number))
        coming = tuple((number + step) % self.facts.frames for step in range(min(_AHEAD, self.facts.frames)))
        ahead = (FilmAhead(media=self.media, file="film", frames=coming),)
        begun_s, driver_before_s = time.thread_time(), self.textures.driver_s
        self.edge.follow(Outcome(frame=self._slot, plan=plan, plates_ahead=ahead))
        followed_s = time.thread_time()
        self.textures.next_plan()
        self.textures.together(((self.media, number),))
        drawn_s = time.thread_time()
        self.edge.hurry()
        is_there = (self.media, number) in self.textures
        self.edge.note_drawn(plan)
        list(self.edge.reports())
        self._slot += 1
        due_s = self._begun_s + self._slot / SLOTS_A_SECOND
        self.edge.upload_in_slack(lambda: int(1e9 * (due_s - time.monotonic())))
        all_s = followed_s - begun_s + time.thread_time() - drawn_s
        collect_young()
        served = Served(is_there, all_s - (self.textures.driver_s - driver_before_s), all_s)
        time.sleep(max(0.0, due_s - time.monotonic()))
        self._begun_s += max(0.0, time.monotonic() - due_s)  # slots that the system took are not made up for
        return served


def plan_of(slot: int, shown: tuple[str, int]) -> FramePlan:
    """A plan whose only layer shows one frame of a film, by its identity."""
    media, number = shown
    light = PlatePlan(parts=(PlatePart(media=media, frame=number),))
    world = WorldPlan(key="film", layers=(LayerPlan(light=light),))
    outer = OuterPlan(eye_m=(0.0, 0.0, 1.5), face_px=256)
    return FramePlan(
        epoch=0,
        frame=slot,
        present_ns=0,
        air=AirPlan(world=world),
        outer=outer,
        inners=(),
        walls=(),
        grade=GradePlan(),
        blackout=False,
    )
