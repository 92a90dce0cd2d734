"""Plays films on the valley's stage as users run it: frames of films that were late, slots that were missed, and seeks.

Every film has its turns beside a still picture in the same run, so that what else the machine does meets both.
"""

from __future__ import annotations

import dataclasses
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from render.media.made_plate import PlateSettings, make_test_plate
from stage.bench.loop import free_ports
from stage.bench.plates_loop import LoopCost, SeekWay, measure_loop, measure_seeks
from stage.control.client import Client
from stage.loading.demo import VALLEY, valley_text
from stage.run.events import ReadyEvent
from stage.run.pace import Pace, PaceWatch
from tracking.records import ConfigError, Record

PATIENCE_S = 60.0
_STILL = "still"
_RATE = "frame_rate_hz = 60"
"""How the valley says it."""
_PICTURE = VALLEY.parent / "worlds" / "valley.jpg"
_SETTLE_S = 3.0
_LOOKS_EVERY_S = 0.05
_SETTLES_NS = 100_000_000
"""For so long after the machine was slowed, what was put off meanwhile is still made up for."""
_SOUGHT_S = 1.6
_SEEKS = 12
_LONG_GROUP = 250
_HEAVY_FRAMES = 12
_LOOP_S = 8.0
_OTHER_S = 50.0
"""What the films are made in, and played where nothing is drawn."""
_SLOTS_A_SECOND = 60
_READY = msgspec.json.Decoder(ReadyEvent)
Progress = Callable[[str], None]


class SlotsAtPace(Record):
    """Display slots in which, and shortly before which, no processor was slowed from beneath the system
    (`stage/run/pace.py`); and how many of them were missed or skipped, or had a film that was late.
    """

    slots: int
    missed: int
    late: int


class FilmTurns(Record):
    """Of one film, or a set: display slots in which it was late by cause, of so many `slots`; the slots missed or
    skipped in each turn of it, and in the turn of the still picture before; of all turns of each kind the slots in
    which the machine kept its pace; and from a command to the first slot that shows its planned frame again, in ms, 0
    where none was sought. The first seconds of each turn, in which a film is opened, do not count.
    """

    slots: int
    late: dict[str, int]
    missed: tuple[int, ...]
    missed_without: tuple[int, ...]
    at_pace: SlotsAtPace
    at_pace_without: SlotsAtPace
    seek_ms: float
    seek_worst_ms: float


class PlatesLive(Record):
    """Of films by name, what one of them costs the loop, and how long films that are sent elsewhere are on their way
    where nothing is drawn.
    """

    films: dict[str, FilmTurns]
    loop: LoopCost
    seeks: dict[str, SeekWay]


class _Plays(NamedTuple):
    """A film of the benchmark: how it is made, how often it stands side by side, and how many seeks are timed."""

    settings: PlateSettings
    beside: int = 1
    seeks: int = 0


class Look(NamedTuple):
    """What the status had said by a moment: slots that were gone, missed or skipped, and slots with a late film."""

    now_ns: int
    slots: int
    missed: int
    late: int


class Turn(NamedTuple):
    """Looks at the stage in the course of a turn, and the machine's pace meanwhile."""

    looks: tuple[Look, ...]
    pace: Pace

    @property
    def slots(self) -> int:
        """Slots that were gone."""
        return self.looks[-1].slots - self.looks[0].slots

    @property
    def missed(self) -> int:
        """Slots that were late or skipped."""
        return self.looks[-1].missed - self.looks[0].missed


def slots_at_pace(turns: list[Turn]) -> SlotsAtPace:
    """The slots between looks in which the machine kept its pace, and those that were wrong among them."""
    between = [
        (after.slots - before.slots, after.missed - before.missed, after.late - before.late)
        for turn in turns
        for before, after in pairwise(turn.looks)
        if turn.pace.held(before.now_ns - _SETTLES_NS, after.now_ns)
    ]
    slots, missed, late = (sum(one[place] for one in between) for place in range(3))
    return SlotsAtPace(slots=slots, missed=missed, late=late)


def films_played(frames: int, rows: int) -> dict[str, _Plays]:
    """The films by name: one of 1080 rows, a set of three with two thirds of them, and one that nobody can decode."""

    def settings(codec: str, rate: int, rows: int, group: int | None = None) -> PlateSettings:
        columns = rows * 16 // 9 // 2 * 2
        return PlateSettings(
            codec=codec, columns=columns, rows=rows // 2 * 2, rate=Fraction(rate), frames=frames, group=group
        )

    return {
        "prores": _Plays(settings("prores422", 24, rows), seeks=8),
        "set": _Plays(settings("h264", 25, rows * 2 // 3, _LONG_GROUP), beside=3, seeks=8),
        "heavy": _Plays(dataclasses.replace(settings("prores4444", 50, 2 * rows), frames=min(frames, _HEAVY_FRAMES))),
    }


def measure_plates_live(
    turns: tuple[float, int], size: tuple[int, int], rate_hz: int, progress: Progress
) -> PlatesLive:
    """Plays each film in turns of so many seconds, so often; films have so many frames and rows, the wall such a rate.

    Raises ConfigError where the stage does not start.
    """
    (seconds, pairs), (frames, rows) = turns, size
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, plays = Path(name), films_played(frames, rows)
        progress(f"films on the valley's stage: about {_minutes(plays, seconds, pairs)} minutes")
        for film, one in plays.items():
            progress(f"making {film}")
            for number in range(one.beside):  # films that differ: one film is read once, however often it is shown
                settings = dataclasses.replace(one.settings, first=number * one.settings.frames)
                make_test_plate(folder / f"{film}{number}.mov", settings)
        progress("the loop's end of a film")
        loop = measure_loop(folder / "prores0.mov", round(_LOOP_S * _SLOTS_A_SECOND))
        seeks = {}
        for film in ("prores", "set"):
            progress(f"sending {film} elsewhere")
            seeks[film] = measure_seeks(folder / f"{film}0.mov", _SEEKS)
        progress("starting the stage")
        stage, found = _Stage(folder, plays, rate_hz, stack, progress), {}
        for film, one in plays.items():
            found[film] = stage.turns(film, one, seconds, pairs)
            progress(f"{film}: {found[film]}")
        return PlatesLive(films=found, loop=loop, seeks=seeks)


def _minutes(plays: dict[str, _Plays], seconds: float, pairs: int) -> int:
    turns_s = len(plays) * pairs * 2 * (_SETTLE_S + seconds)
    return round((_OTHER_S + turns_s + 2 * _SOUGHT_S * sum(one.seeks for one in plays.values())) / 60.0)


class _Stage:
    def __init__(
        self, folder: Path, plays: dict[str, _Plays], rate_hz: int, stack: ExitStack, progress: Progress
    ) -> None:
        self._progress = progress
        (port,) = free_ports(1)
        config = folder / "films.toml"
        stage, _, _ = valley_text(port).replace(_RATE, f"frame_rate_hz = {rate_hz}").partition("[[worlds]]")
        config.write_text(stage + "".join(_worlds(folder, plays)), encoding="utf-8")
        send = ["send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{port}", "--motion", "orbit"]
        _start(stack, [*send, "--rate-hz", "60", "--id", "1", "--loop", "--quiet"])
        run = ["run", str(config), "--headless", "--no-panel", "--control", "tcp://127.0.0.1:0"]
        process = _start(stack, [*run, "--state", str(folder / "state"), "--takes", str(folder / "takes")])
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise ConfigError("bench plates: found no ready stage; see its messages above")
        self._client = stack.enter_context(Client(_READY.decode(line).control, timeout_s=10.0))

    def turns(self, film: str, plays: _Plays, seconds: float, pairs: int) -> FilmTurns:
        """So many pairs of a still picture and the film, then its seeks."""
        late: Counter[str] = Counter()
        turns, without = [], []
        for pair in range(pairs):
            self._progress(f"playing {film}: pair {pair + 1} of {pairs}")
            self._show(_STILL)
            without.append(self._turn(seconds))
            self._show(film)
            before = self._late()
            turns.append(self._turn(seconds))
            late += Counter(self._late()) - Counter(before)
        if plays.seeks:
            self._progress(f"sending {film} elsewhere {plays.seeks} times")
        sought = [self._sought_ms(plays, number) for number in range(plays.seeks)] or [0.0]
        return FilmTurns(
            slots=sum(turn.slots for turn in turns),
            late=dict(late),
            missed=tuple(turn.missed for turn in turns),
            missed_without=tuple(turn.missed for turn in without),
            at_pace=slots_at_pace(turns),
            at_pace_without=slots_at_pace(without),
            seek_ms=round(statistics.median(sought), 1),
            seek_worst_ms=round(max(sought), 1),
        )

    def _show(self, world: str) -> None:
        """Brings a world on air, and waits until its films play."""
        self._client.set("/world/active", world)
        until_s = time.monotonic() + PATIENCE_S
        while not self._plays(world):
            if time.monotonic() > until_s:
                raise ConfigError(f"bench plates: {world} was not on the wall within {PATIENCE_S:.0f} s")
            time.sleep(0.05)
        time.sleep(_SETTLE_S)

    def _plays(self, world: str) -> bool:
        status = self._client.status()
        return status["world"]["on_air"] == world and all(film["codec"] for film in status["films"])

    def _turn(self, seconds: float) -> Turn:
        """What a time was like, and what the machine did meanwhile."""
        with ExitStack() as stack:
            watch, looks = PaceWatch(stack), [self._look()]
            while looks[-1].now_ns < looks[0].now_ns + seconds * 1e9:
                time.sleep(_LOOKS_EVERY_S)
                looks.append(self._look())
            return Turn(tuple(looks), watch.ended())

    def _look(self) -> Look:
        status = self._client.status()
        late = sum(status["films"][0]["late"].values()) if status["films"] else 0
        missed = status["frame"] - status["frames"] + status["missed"]
        return Look(time.monotonic_ns(), status["frame"], missed, late)

    def _late(self) -> dict[str, int]:
        films: list[dict[str, Any]] = self._client.status()["films"]
        return films[0]["late"] if films else {}

    def _sought_ms(self, plays: _Plays, number: int) -> float:
        """From a command to the first slot that is not late, as clients see it; at most `_SOUGHT_S` are waited for."""
        length_s = float(plays.settings.frames / plays.settings.rate)
        place_s = float(np.random.default_rng(number).uniform(0.0, length_s))
        layer = self._client.status()["films"][0]["layer"]
        begun_s = time.monotonic()
        self._client.set(f"/layer/{layer}/position_s", round(place_s, 3))
        status = self._client.status()
        while time.monotonic() - begun_s < _SOUGHT_S:
            before, status = status, self._client.status()
            late = [sum(one["films"][0]["late"].values()) for one in (before, status)]
            if status["frame"] > before["frame"] and late[0] == late[1]:
                break
        sought_ms = 1e3 * (time.monotonic() - begun_s)
        time.sleep(_SOUGHT_S)
        return sought_ms


def _worlds(folder: Path, plays: dict[str, _Plays]) -> Iterator[str]:
    yield f'[[worlds]]\nname = "{_STILL}"\n[[worlds.layers]]\nkind = "panorama"\nfile = "{_PICTURE.as_posix()}"\n'
    for film, one in plays.items():
        files = [(folder / f"{film}{number}.mov").as_posix() for number in range(one.beside)]
        layer = f'[[worlds]]\nname = "{film}"\n[[worlds.layers]]\nkind = "plate"\nname = "{film}"\n'
        if one.beside == 1:
            yield f'{layer}file = "{files[0]}"\n'
            continue
        yield layer
        for number, file in enumerate(files):
            turn = 60.0 * (number - one.beside // 2)
            yield f'[[worlds.layers.plates]]\nfile = "{file}"\nturn_deg = {turn}\nwidth_deg = 66.0\nblend_deg = 3.0\n'


def _start(stack: ExitStack, words: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "stage", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait()
