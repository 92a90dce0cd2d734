"""Times what it costs to keep a frame with a command: the state in parts, the checkpoint, the journal."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from calibration.records import Calibration
from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage, datagrams_of_frames
from stage.live.journal_keeper import JournalKeeper
from stage.loading.files import LoadedConfig
from stage.loading.geometry import load_geometry
from stage.run.checkpoint import Checkpoint
from stage.run.realtime import without_collector
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, SetRequest
from stage.show.looks.shelf import put_look
from stage.show.show import Show
from stage.show.state import ShowState, encode_state, new_state, state_in_parts
from stage.values.looks import packed
from tracking.records import Record

LOOKS = 500
VALUES = 200
WARM_UP = 600
"""So many commands come first: a client's memory of answers is full by then."""
_PATH = "/grade/exposure_stops"
_SESSION = "one client that keeps moving a fader"


class KeptFigures(Record):
    """What one frame with a command costs the loop after its step: medians of processor time in microseconds.

    `encode_us` is the state in parts, `checkpoint_us` writing it, `journal_us` encoding and adding the entry;
    `whole_us` is what encoding the state in one go would cost.
    """

    encode_us: float
    checkpoint_us: float
    journal_us: float
    whole_us: float
    state_bytes: int


class JournalFigures(Record):
    """A show without looks, and one with 500 by hand and as many of takes, of 200 values each.

    `more_us` is what those cost more in a frame with a command, encoding, checkpoint and journal together.
    `look_saved_us` is what encoding and checkpoint cost in a frame in which one of those looks is saved.
    """

    plain: KeptFigures
    with_looks: KeptFigures
    more_us: float
    look_saved_us: float


def measure_journal(frames: int) -> JournalFigures:
    """Times so many frames of both shows, by turns, with the garbage collector off."""
    loaded = benchmark_stage("freed")
    _, calibration = load_geometry(loaded)
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as folder:
        shows = [_Kept(loaded, calibration, Path(folder) / str(looks), looks) for looks in (0, LOOKS)]
        try:
            with without_collector():
                for inputs in _inputs(loaded, WARM_UP + frames):
                    for show in shows:
                        show.frame(inputs)
                saved_us = _median_us(shows[1].save_look, 20)
                plain, with_looks = (show.figures() for show in shows)
        finally:
            for show in shows:
                show.close()
    return JournalFigures(
        plain=plain, with_looks=with_looks, more_us=_kept_us(with_looks) - _kept_us(plain), look_saved_us=saved_us
    )


def _kept_us(figures: KeptFigures) -> float:
    return figures.encode_us + figures.checkpoint_us + figures.journal_us


class _Kept:
    """A show of so many looks, and all that keeps it, in a folder of its own."""

    def __init__(self, loaded: LoadedConfig, calibration: Calibration, folder: Path, looks: int) -> None:
        state = new_state(loaded.config)
        for number in range(looks):
            _save_look(state, number)
        self._show = Show(loaded.config, calibration, state)
        folder.mkdir()
        self._checkpoint = Checkpoint(folder / "checkpoint")
        self._journal = JournalKeeper(folder / "journal", lambda: 0)
        self._times: list[tuple[float, ...]] = []

    def frame(self, inputs: FrameInputs) -> None:
        """Steps a frame, and times how it is kept."""
        outcome = self._show.step(inputs)
        begun = time.thread_time()
        encoded = state_in_parts(self._show.state)
        ended = time.thread_time()
        self._checkpoint.write(encoded)
        written = time.thread_time()
        self._journal.keep(inputs, outcome, lambda: ())
        kept = time.thread_time()
        encode_state(self._show.state)
        self._times.append((ended - begun, written - ended, kept - written, time.thread_time() - kept))

    def save_look(self, number: int) -> None:
        """Saves one look, and keeps the state with it."""
        _save_look(self._show.state, number)
        self._checkpoint.write(state_in_parts(self._show.state))

    def figures(self) -> KeptFigures:
        """The medians since the warm-up."""
        encode_s, write_s, journal_s, whole_s = zip(*self._times[WARM_UP:], strict=True)
        return KeptFigures(
            encode_us=statistics.median(encode_s) * 1e6,
            checkpoint_us=statistics.median(write_s) * 1e6,
            journal_us=statistics.median(journal_s) * 1e6,
            whole_us=statistics.median(whole_s) * 1e6,
            state_bytes=len(encode_state(self._show.state)),
        )

    def close(self) -> None:
        """Closes the files."""
        self._journal.close()
        self._checkpoint.close()


def _save_look(state: ShowState, number: int) -> None:
    values = {f"/light/{place}/exposure_stops": (number + place) / 100 for place in range(VALUES)}
    put_look(state.looks, "show", f"look {number}", packed(values))
    put_look(state.looks, "take", f"take {number}", packed(values))


def _median_us(timed: Callable[[int], object], times: int) -> float:
    durations = []
    for number in range(times):
        begun = time.thread_time()
        timed(number)
        durations.append(time.thread_time() - begun)
    return statistics.median(durations) * 1e6


def _inputs(loaded: LoadedConfig, frames: int) -> list[FrameInputs]:
    """Frames with packets, and a command of the same client in each."""
    sources = tuple(tracker.source for tracker in loaded.config.trackers)
    return [
        FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=START_NS + (frame + 2) * 1_000_000_000 // FRAME_RATE_HZ,
            datagrams=datagrams,
            commands=(_command(frame),),
        )
        for frame, datagrams in enumerate(datagrams_of_frames("freed", sources, frames, bad_every=frames + 1))
    ]


def _command(frame: int) -> Command:
    request = SetRequest(id=f"{frame:032x}", session=_SESSION, path=_PATH, value=frame % 100 / 100)
    return Command(sender="zmq-0123456789", role="admin", order=frame, request=request)
