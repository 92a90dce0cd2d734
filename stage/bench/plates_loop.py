"""Times what films cost the loop besides their bytes: the core's end of them, driven as a running stage does."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

from render.assets.plate_textures import PlateTextures
from render.compose.footprint import wall_reach
from render.gpu.context import create_headless_context
from render.media.examine import examine_media
from render.plan.frame import FramePlan, GradePlan, OuterPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from stage.loading.demo import DEMO
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.plates.edge import PlatesEdge
from stage.plates.wire import Film
from stage.show.frame.outcome import Outcome
from tracking.records import Record

_SLOTS_A_SECOND = 60
_BEFORE = 30


class LoopCost(Record):
    """Processor time of the loop's thread for one film in a display slot, in ms: asking, following and counting, which
    is Python, in the mean and the median; and with the uploads.
    """

    python_ms: float
    python_median_ms: float
    with_uploads_ms: float


def measure_loop(path: Path, slots: int) -> LoopCost:
    """Plays a film through so many slots at their pace, over the walls of the demo; nothing is drawn."""
    facts = examine_media(path).facts
    film = Film(media="film", path=str(path), facts=facts)
    loaded = load_config(DEMO)
    reaches = [reach for one in load_geometry(loaded)[0].values() if (reach := wall_reach(one)) is not None]
    python_ms, all_ms = [], []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        textures = PlateTextures(create_headless_context())
        textures.storages.make_beside()
        stack.callback(textures.storages.close)
        edge = PlatesEdge(Path(name), textures, {"film": film}.get, stack, walls=reaches)
        command = [sys.executable, "-m", "stage.plates.service", "--runtime", name, "--mib", "256"]
        service = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        stack.callback(service.wait)
        stack.callback(service.terminate)
        begun_s = time.monotonic()
        for slot in range(slots + _BEFORE):
            number = int(slot * Fraction(*facts.rate) / _SLOTS_A_SECOND) % facts.frames
            outcome = Outcome(frame=slot, plan=_plan(slot, number))
            cpu_s = time.thread_time()
            edge.follow(outcome)
            followed_s = time.thread_time()
            textures.next_plan()
            textures.together((("film", number),))
            drawn_s = time.thread_time()
            edge.note_drawn(outcome.plan)
            list(edge.reports())
            noted_s = time.thread_time()
            due_s = begun_s + (slot + 1) / _SLOTS_A_SECOND
            edge.upload_in_slack(lambda due_s=due_s: int(1e9 * (due_s - time.monotonic())))  # type: ignore[misc]
            if slot >= _BEFORE:
                python_ms.append(1e3 * (followed_s - cpu_s + noted_s - drawn_s))
                all_ms.append(1e3 * (followed_s - cpu_s + time.thread_time() - drawn_s))
            time.sleep(max(0.0, due_s - time.monotonic()))
    return LoopCost(
        python_ms=round(statistics.mean(python_ms), 3),
        python_median_ms=round(statistics.median(python_ms), 3),
        with_uploads_ms=round(statistics.mean(all_ms), 3),
    )


def _plan(slot: int, number: int) -> FramePlan:
    light = PlatePlan(parts=(PlatePart(media="film", frame=number),))
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
