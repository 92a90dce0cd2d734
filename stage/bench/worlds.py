"""Measures how worlds are loaded beside the running valley: time to the wall, late frames, memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from render.images.exr import write_exr
from stage.bench.running_valley import KINDS, STILL_WORLD, running_valley
from stage.bench.skies import SkiesFigures, measure_skies
from stage.run.events import SummaryEvent
from tracking.records import Record

SWAPS = 10
_TRIES = 3
_SKY_FRAMES = 60


class LoadFigures(Record):
    """Seconds from the request to the wall, medians, beside the running valley. `pixels` is columns by rows.

    `bare_s` is what a process that is as nice needs beside the same stage to decode the file with its library and to
    upload it with `glGenerateMipmap`; `ratio` compares them.
    """

    pixels: tuple[int, int]
    on_wall_s: float
    bare_s: float
    ratio: float


class LostFigures(Record):
    """Missed frames and skipped slots of the stage, and how many of both each part of a frame caused."""

    missed: int
    skipped: int
    causes: dict[str, int]


class PairFigures(Record):
    """What the stage lost in equal times: while a world is loaded, and without. It is asked as much in both."""

    loading: LostFigures
    alone: LostFigures


class WorldFigures(Record):
    """`loads` by kind of file. `memory_ratio` is the core's resident memory after ten swaps over that before them.

    `restart_s` is the median time from the core's death, with the EXR on the wall, until the next core answers. It has
    put the picture on the GPU before that. `skies` are frames before the live sky, without the valley.
    """

    loads: dict[str, LoadFigures]
    skies: SkiesFigures
    restart_s: float
    pairs: tuple[PairFigures, ...]
    memory_mb: float
    memory_ratio: float


def measure_worlds(*, rows: int, pairs: int, seconds: float, progress: Callable[[str], None]) -> WorldFigures:
    """Loads an EXR of `rows` by twice as many, and a PNG and a JPEG of half that, while the valley runs; draws skies.

    Each pair is two runs of so many seconds. Raises ConfigError where the stage does not start or shows no world.
    """
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as name:
        folder = Path(name)
        progress("making the pictures")
        sizes = make_pictures(folder, rows)
        progress("loading each beside the valley, and bare")
        loads = _loads(folder, sizes)
        progress("drawing skies")
        skies = measure_skies(_SKY_FRAMES, "auto")
        progress("killing cores")
        restart_s = _restart_s(folder)
        progress("swapping worlds")
        before, after = _swapped_memory(folder)
        found = []
        for pair in range(pairs):
            progress(f"pair {pair + 1} of {pairs}")
            found.append(_pair(folder, seconds))
    return WorldFigures(
        loads=loads,
        skies=skies,
        restart_s=restart_s,
        pairs=tuple(found),
        memory_mb=after,
        memory_ratio=after / before,
    )


def make_pictures(folder: Path, rows: int) -> dict[str, tuple[int, int]]:
    """Writes the pictures under `away.KIND`, as no stage looks for them. Returns columns and rows by kind."""
    row, column = np.mgrid[0:rows, 0 : 2 * rows].astype(np.float32)
    picture = np.empty((rows, 2 * rows, 3), dtype=np.float32)
    picture[..., 0] = 0.6 + 0.4 * np.sin(column * 0.01) * np.cos(row * 0.013)
    picture[..., 1] = 0.5 + 0.5 * np.sin(column * 0.05 + row * 0.02)
    picture[..., 2] = 0.3 + 0.2 * np.cos(row * 0.04)
    picture *= 1.0 + 0.05 * np.random.default_rng(1).random((rows, 2 * rows, 1), dtype=np.float32)
    write_exr(folder / "away.exr", picture)
    codes = (picture[::2, ::2].clip(0.0, 1.0) * 255.0).astype(np.uint8)
    Image.fromarray(codes).save(folder / "away.png", "PNG")
    Image.fromarray(codes).save(folder / "away.jpg", "JPEG", quality=92)
    return {"exr": (2 * rows, rows), "png": (rows, rows // 2), "jpg": (rows, rows // 2)}


def _loads(folder: Path, sizes: dict[str, tuple[int, int]]) -> dict[str, LoadFigures]:
    """Each file several times, in a stage of its own, with the bare way before it in the same stage."""
    ours: dict[str, list[float]] = {kind: [] for kind in KINDS}
    bare: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(_TRIES):
        with running_valley(folder, None) as valley:
            for kind in KINDS:
                bare[kind].append(_bare_s(folder / f"away.{kind}"))
                valley.bring(kind)
                ours[kind].append(valley.show(kind))
                valley.show(STILL_WORLD)
    found = {}
    for kind in KINDS:
        on_wall_s, bare_s = statistics.median(ours[kind]), statistics.median(bare[kind])
        found[kind] = LoadFigures(pixels=sizes[kind], on_wall_s=on_wall_s, bare_s=bare_s, ratio=on_wall_s / bare_s)
    return found


def _bare_s(path: Path) -> float:
    command = [sys.executable, "-m", "stage.bench.bare_picture", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, start_new_session=True)
    return float(done.stdout)


def _restart_s(folder: Path) -> float:
    """The median time of restarts, each of a stage of its own, with the EXR on the wall."""
    found = []
    for _ in range(_TRIES):
        with running_valley(folder, None) as valley:
            valley.bring("exr")
            valley.show("exr")
            found.append(valley.kill_core())
    return statistics.median(found)


def _swapped_memory(folder: Path) -> tuple[float, float]:
    """The core's resident memory before and after the swaps, in MB: with room for the EXR and one other."""
    with running_valley(folder, None, gpu_mib=512) as valley:
        for kind in KINDS:
            valley.bring(kind)
        for world in ("png", "jpg", "exr", STILL_WORLD):
            valley.show(world)
        before = valley.settled_bytes()
        for number in range(SWAPS):
            valley.show("exr" if number % 2 == 0 else ("png", "jpg")[number % 4 // 2])
        valley.show("exr")
        valley.show(STILL_WORLD)
        return before / 1e6, valley.settled_bytes() / 1e6


def _pair(folder: Path, seconds: float) -> PairFigures:
    """A run in which the EXR is loaded, and one without."""
    with running_valley(folder, seconds) as valley:
        valley.bring("exr")
        took_s = valley.show("exr")
        loading = lost(valley.summary())
    with running_valley(folder, seconds) as valley:
        valley.ask(took_s)
        return PairFigures(loading=loading, alone=lost(valley.summary()))


def lost(summary: SummaryEvent) -> LostFigures:
    """What a run lost."""
    skipped = Counter(summary.skipped_causes)
    causes = dict(Counter(summary.missed_causes) + skipped)
    return LostFigures(missed=summary.missed, skipped=skipped.total(), causes=causes)
