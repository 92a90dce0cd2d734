"""Times films: decoding a frame with all its levels, and reaching one anywhere, for every codec that plates come in."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from render.media.box_levels import fill_levels
from render.media.examine import examine_media
from render.media.made_plate import CODECS, PlateSettings, make_test_plate
from render.media.planes import FrameMemory
from render.media.reader import MediaReader
from render.worlds.shared.media import MediaFacts
from tracking.records import Record

_RATE = Fraction(24)
_SEEKS = 12
_LONG_GROUP = 250
_LEVEL_RUNS = 20


class CodecFigures(Record):
    """Of one codec: wall time and processor time of a frame read in order, with all levels; what goes to the GPU; and
    a frame anywhere, in the median and at worst, also in processor time, with so many frames from key frame to key
    frame.
    """

    frame_ms: float
    processor_ms: float
    frames_per_s: float
    frame_mib: float
    group: int
    seek_ms: float
    seek_worst_ms: float
    seek_worst_processor_ms: float


class LevelFigures(Record):
    """Making all levels of one plane of this size beside copying it, in ms: 8 bits, and 10 in 16."""

    copy_8_ms: float
    levels_8_ms: float
    copy_10_ms: float
    levels_10_ms: float


class DecodeTable(Record):
    """Figures of each codec by its name; `columns` and `rows` are those of the films."""

    columns: int
    rows: int
    codecs: dict[str, CodecFigures]
    levels: LevelFigures


def measure_decode(size: tuple[int, int], frames: int, progress: Callable[[str], None]) -> DecodeTable:
    """Makes a test plate of each codec in a folder of its own, and reads it with as many threads as a stage does."""
    codecs = {}
    with tempfile.TemporaryDirectory() as folder:
        for codec, kind in CODECS.items():
            progress(codec)
            group = _LONG_GROUP if codec in ("h264", "h265") else None
            path = Path(folder) / f"{codec}{kind.endings[0] if kind.encoder else ''}"
            settings = PlateSettings(
                codec=codec, columns=size[0], rows=size[1], rate=_RATE, frames=group or frames, group=group
            )
            make_test_plate(path, settings)
            codecs[codec] = _measured(path, frames)
    return DecodeTable(columns=size[0], rows=size[1], codecs=codecs, levels=_levels(size))


def _measured(path: Path, frames: int) -> CodecFigures:
    facts = examine_media(path).facts
    memory = FrameMemory(facts)
    into = memoryview(bytearray(memory.bytes))
    reader = MediaReader(path, facts)
    reader.read(0, into)
    began_s, processor_s = time.perf_counter(), time.process_time()
    count = min(frames, facts.frames) - 1
    for number in range(1, count + 1):
        reader.read(number, into)
    wall_ms, processor_ms = 1000.0 * (time.perf_counter() - began_s), 1000.0 * (time.process_time() - processor_s)
    seeks = _seeks(reader, facts, into)
    reader.close()
    return CodecFigures(
        frame_ms=round(wall_ms / count, 2),
        processor_ms=round(processor_ms / count, 2),
        frames_per_s=round(1000.0 * count / wall_ms, 1),
        frame_mib=round(memory.bytes / (1 << 20), 2),
        group=1 if facts.all_key_frames else _LONG_GROUP,
        seek_ms=round(statistics.median(wall for wall, _ in seeks), 1),
        seek_worst_ms=round(max(wall for wall, _ in seeks), 1),
        seek_worst_processor_ms=round(max(processor for _, processor in seeks), 1),
    )


def _seeks(reader: MediaReader, facts: MediaFacts, into: memoryview) -> list[tuple[float, float]]:
    """Wall and processor times of frames anywhere, each from the first one on; the film's last one is among them."""
    chosen = np.random.default_rng(1).integers(1, facts.frames, _SEEKS - 1)
    times = []
    for number in (facts.frames - 1, *map(int, chosen)):
        reader.read(0, into)
        began_s, processor_s = time.perf_counter(), time.process_time()
        reader.read(number, into)
        wall_s, used_s = time.perf_counter() - began_s, time.process_time() - processor_s
        times.append((1000.0 * wall_s, 1000.0 * used_s))
    return times


def _levels(size: tuple[int, int]) -> LevelFigures:
    times: dict[str, float] = {}
    for bits in (8, 10):
        facts = MediaFacts(codec="", columns=size[0], rows=size[1], frames=1, rate=(1, 1), bits=bits)
        memory = FrameMemory(facts)
        levels = memory.planes(memoryview(bytearray(memory.bytes)))[0]
        levels[0][...] = np.arange(levels[0].size).reshape(levels[0].shape) % (1 << bits)
        copied = np.zeros_like(levels[0])
        runs: dict[str, list[float]] = {"copy": [], "levels": []}
        for _ in range(_LEVEL_RUNS):
            began_s = time.perf_counter()
            copied[...] = levels[0]
            between_s = time.perf_counter()
            fill_levels(levels, bits)
            runs["copy"].append(between_s - began_s)
            runs["levels"].append(time.perf_counter() - between_s)
        times |= {f"{name}_{bits}_ms": round(1000.0 * statistics.median(run), 3) for name, run in runs.items()}
    return LevelFigures(**times)
