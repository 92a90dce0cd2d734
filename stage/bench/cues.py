"""Times what many cues and looks cost a show: its step, a GO, a fade, the encoding of its state, its lists' answers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from render.plan.cards import MOST_CARDS
from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage
from stage.config.cue_reader import read_cues
from stage.config.cue_writer import head_of, pieces_of
from stage.config.findings import Findings
from stage.control.replies import CuesReply, LooksReply, encode_message
from stage.control.show_view import ShowView
from stage.live.figures import LoopTimes
from stage.live.view import LiveView
from stage.loading.geometry import load_geometry
from stage.run.realtime import without_collector
from stage.show.frame.inputs import CuesRead, FrameInputs, LookFile, LooksListed, Observation
from stage.show.frame.requests import Command, CueRequest, SetRequest, ShowRequest
from stage.show.looks.shelf import MOST_LOOKS
from stage.show.show import Show
from stage.show.state import new_state, state_in_parts
from stage.values.cues import MOST_CUES, Cue
from stage.values.looks import packed
from tracking.records import Record
from tracking.settable import Value

VALUES = 200
WARM_UP = 200
_PAGE = 256
_ANSWERS = 20
_CARDS = "".join(f'\n[[cards]]\nname = "bench-{number}"\n' for number in range(MOST_CARDS))


class CueFigures(Record):
    """A show with `cues` and `looks` of `values` each, against the same one without. Times are medians of processor
    time in ms, but for those of lists, which are the longest of several.

    `go_ms` is what a GO that recalls a look at once, out of the fade of another one, adds to a step; `fading_ms` is a
    step in which all of its values fade. `encoding_ms`
    is what the state's encoding takes after a command. `cues_list_ms` and `looks_list_ms` are how long it takes to put
    the whole list into replies; `file_ms` how long the loader takes to read the file of the cues.
    """

    cues: int
    looks: int
    values: int
    step_ms: float
    step_without_ms: float
    go_ms: float
    fading_ms: float
    encoding_ms: float
    encoding_without_ms: float
    cues_list_ms: float
    looks_list_ms: float
    file_ms: float


class _Running:
    """A show that is stepped frame by frame."""

    def __init__(self, observations: tuple[Observation, ...]) -> None:
        loaded = benchmark_stage("freed", more=_CARDS)
        self.show = Show(loaded.config, load_geometry(loaded)[1], new_state(loaded.config))
        self._frame = -1
        self.step(observations=observations)

    def step(self, *requests: ShowRequest, observations: tuple[Observation, ...] = ()) -> float:
        """One step with these requests. Returns how long it took, in ms."""
        self._frame += 1
        inputs = FrameInputs(
            epoch=1,
            frame=self._frame,
            present_ns=START_NS + (self._frame + 2) * 1_000_000_000 // FRAME_RATE_HZ,
            commands=tuple(Command(sender="bench", role="admin", order=0, request=one) for one in requests),
            observations=observations,
        )
        return _timed(lambda: self.show.step(inputs))

    def encode_after(self, value: float) -> float:
        """How long the encoding takes after a command, in ms."""
        self.step(SetRequest(id=self._frame, path="/grade/tint", value=value))
        return _timed(lambda: state_in_parts(self.show.state))

    def go(self) -> float:
        """How long a step with a GO takes, in ms."""
        return self.step(CueRequest(id=self._frame, action="go"))


def measure_cues(steps: int) -> CueFigures:
    """Times both shows in turns, after a warm-up and with the garbage collector off."""
    cues = tuple(
        Cue(number=1000 * (number + 1), look=f"look {number % MOST_LOOKS}", fade_s=0.0 if number % 2 else 2.0)
        for number in range(MOST_CUES)
    )
    full, bare = _Running((*_looks(), CuesRead(cues=cues))), _Running(())
    assert len(full.show.state.looks.looks) == MOST_LOOKS
    with without_collector():
        return _measured(full, bare, cues, steps)


def _measured(full: _Running, bare: _Running, cues: tuple[Cue, ...], steps: int) -> CueFigures:
    for _ in range(WARM_UP):
        full.step()
        bare.step()
    plain = [(full.step(), bare.step()) for _ in range(steps)]
    encoded = [(full.encode_after(number / 100), bare.encode_after(number / 100)) for number in range(50)]
    played, fading = [], []
    for _ in range(MOST_CUES // 20):
        full.go()  # over two seconds
        fading += [full.step() for _ in range(10)]
        played.append(full.go())  # at once
        full.step()
    view = LiveView(full.show, LoopTimes(None))
    return CueFigures(
        cues=len(cues),
        looks=MOST_LOOKS,
        values=VALUES,
        step_ms=statistics.median(one for one, _ in plain),
        step_without_ms=statistics.median(one for _, one in plain),
        go_ms=statistics.median(played) - statistics.median(one for one, _ in plain),
        fading_ms=statistics.median(fading),
        encoding_ms=statistics.median(one for one, _ in encoded),
        encoding_without_ms=statistics.median(one for _, one in encoded),
        cues_list_ms=max(_timed(lambda: _cues_in_replies(view)) for _ in range(_ANSWERS)),
        looks_list_ms=max(_timed(lambda: _looks_in_replies(view)) for _ in range(_ANSWERS)),
        file_ms=_timed(lambda: _read(cues)),
    )


def _looks() -> Iterator[LooksListed]:
    """Looks of many values each: what a look of the show can hold, in as many differing ones as there may be."""
    show = _Running(()).show
    paths = [one for one in show.tree if one.in_looks and one.kind == "float"][:VALUES]
    assert len(paths) == VALUES, f"found {len(paths)} values in looks, expected {VALUES}"
    for number in range(MOST_LOOKS):
        share = number / MOST_LOOKS
        values: dict[str, Value] = {one.path: _within(one.minimum, one.maximum, share) for one in paths}
        file = LookFile(file=f"look {number}.toml", name=f"look {number}", look=packed(values))
        yield LooksListed(kind="show", files=(file,))


def _within(low: float | None, high: float | None, share: float) -> float:
    low, high = low or 0.0, 1.0 if high is None else high
    return high - share * (high - low) * 0.5


def _cues_in_replies(view: ShowView) -> None:
    for first in range(0, MOST_CUES, _PAGE):
        cues, total = view.cues(first, _PAGE)
        status = view.status(()).cues
        encode_message(CuesReply(id="bench", frame=0, epoch=1, seq=0, cues=cues, total=total, status=status))


def _looks_in_replies(view: ShowView) -> None:
    for first in range(0, MOST_LOOKS, _PAGE):
        looks, total = view.looks(first, _PAGE, takes=False)
        encode_message(LooksReply(id="bench", frame=0, epoch=1, seq=0, looks=looks, total=total))


def _read(cues: tuple[Cue, ...]) -> None:
    pieces = list(pieces_of(cues))
    read = read_cues(head_of(pieces, 1) + "".join(pieces), Findings("cues.toml"))
    assert read is not None
    assert read.cues == cues


def _timed(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1e3
