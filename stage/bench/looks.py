"""Times recalling a look, fading to one, and listing hundreds; and what hundreds add to a step and to its encoding."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable

from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage
from stage.control.look_views import LOOKS_A_REPLY
from stage.control.replies import LooksReply, encode_message
from stage.live.looks_view import NO_PICTURES, look_statuses
from stage.loading.geometry import load_geometry
from stage.run.realtime import without_collector
from stage.show.frame.inputs import FrameInputs, LookFile, LooksListed
from stage.show.frame.requests import Command, LookRequest, Request, SetRequest
from stage.show.show import Show
from stage.show.state import new_state, state_in_parts
from stage.values.looks import packed
from tracking.records import Record
from tracking.settable import Value

VALUES = 200
MANY = 500
FADE_S = 1.0
_WARM_UP = 50
_A_FRAME = 16


class LookFigures(Record):
    """Milliseconds of processor time, medians unless a name says otherwise.

    `recall_ms` is what a recall that changes every one of `values` values adds to a step, `recall_p99_ms` that of one
    in a hundred; `fading_ms` is what all of them on their way add. `list_ms` is the time in which a list of `looks`
    looks is made and encoded, all of its pages. `step_ms` and `command_ms` are an idle step, and a step with one
    command and its encoding in parts, of a show without looks; `..._with_looks_ms` are those of one that has them.
    """

    values: int
    looks: int
    recall_ms: float
    recall_p99_ms: float
    fading_ms: float
    list_ms: float
    step_ms: float
    step_with_looks_ms: float
    command_ms: float
    command_with_looks_ms: float


class _Timed:
    """A show that is stepped frame by frame, each step timed."""

    def __init__(self) -> None:
        loaded = benchmark_stage("freed")
        _, calibration = load_geometry(loaded)
        self.show = Show(loaded.config, calibration, new_state(loaded.config))
        self._frame = -1

    def step(self, *requests: Request, observations: tuple[LooksListed, ...] = ()) -> float:
        """Milliseconds of one step."""
        self._frame += 1
        inputs = FrameInputs(
            epoch=1,
            frame=self._frame,
            present_ns=START_NS + (self._frame + 2) * 1_000_000_000 // FRAME_RATE_HZ,
            commands=tuple(_command(request) for request in requests),
            observations=observations,
        )
        begun = time.thread_time()
        outcome = self.show.step(inputs)
        took_ms = (time.thread_time() - begun) * 1e3
        refused = [answer.refusal for answer in outcome.answers if answer.refusal is not None]
        assert not refused, refused
        return took_ms

    def asked(self, number: int, name: str, fade_s: float = 0.0) -> LookRequest:
        """The recall of a look, under an id of its own."""
        return LookRequest(id=number, action="recall", name=name, fade_s=fade_s)

    def moved(self, share: float) -> dict[str, Value]:
        """So many values of looks, each so far on in its range."""
        numbers = [
            one for one in self.show.tree if one.in_looks and one.minimum is not None and one.maximum is not None
        ]
        return {one.path: one.minimum + share * (one.maximum - one.minimum) for one in numbers[:VALUES]}  # type: ignore[operator]


def measure_looks(count: int) -> LookFigures:
    """Times `count` recalls and as many of everything else, with the garbage collector off."""
    timed = _Timed()
    for name, share in (("one", 0.3), ("other", 0.4)):
        timed.step(LookRequest(id=name, action="import", name=name, values=timed.moved(share)))
    with without_collector():
        idle, recalls, fading = _recalls(timed, count)
        command = _commands(timed, count)
        _add_looks(timed, MANY - 2)
        with_looks = [timed.step() for _ in range(_WARM_UP + count)][_WARM_UP:]
        command_with_looks = _commands(timed, count)
        listed = _median(_timed(lambda: _list(timed.show)) for _ in range(count))
    step_ms = _median(idle)
    return LookFigures(
        values=VALUES,
        looks=len(timed.show.state.looks.looks),
        recall_ms=_median(recalls) - step_ms,
        recall_p99_ms=sorted(recalls)[int(len(recalls) * 0.99)] - step_ms,
        fading_ms=_median(fading) - step_ms,
        list_ms=listed,
        step_ms=step_ms,
        step_with_looks_ms=_median(with_looks),
        command_ms=_median(command),
        command_with_looks_ms=_median(command_with_looks),
    )


def _recalls(timed: _Timed, count: int) -> tuple[list[float], list[float], list[float]]:
    """Idle steps, those of recalls between them, and those in which everything fades."""
    idle, recalls = [], []
    for number in range(_WARM_UP + count):
        recalls.append(timed.step(timed.asked(number, ("one", "other")[number % 2])))
        idle.append(timed.step())
    fading = []
    for number in range(max(1, count // FRAME_RATE_HZ)):
        timed.step(timed.asked(_WARM_UP + count + number, ("one", "other")[number % 2], FADE_S))
        fading += [timed.step() for _ in range(round(FADE_S * FRAME_RATE_HZ) - 1)]
        timed.step()
    return idle[_WARM_UP:], recalls[_WARM_UP:], fading


def _commands(timed: _Timed, count: int) -> list[float]:
    """Steps with a command each, and the encoding that follows."""
    found = []
    for number in range(_WARM_UP + count):
        request = SetRequest(id=f"set {number}", path="/grade/tint", value=(number % 100) / 100.0)
        took_ms = timed.step(request)
        found.append(took_ms + _timed(lambda: state_in_parts(timed.show.state)))
    return found[_WARM_UP:]


def _add_looks(timed: _Timed, count: int) -> None:
    """Looks of as many values, as their files bring them."""
    files = [
        LookFile(file=f"look {number}.toml", name=f"look {number}", look=packed(timed.moved(number / count)))
        for number in range(count)
    ]
    for first in range(0, count, _A_FRAME):
        timed.step(observations=(LooksListed(kind="show", files=tuple(files[first : first + _A_FRAME])),))


def _list(show: Show) -> None:
    """Makes and encodes all pages of the list."""
    first, total = 0, 1
    while first < total:
        state = show.state
        looks, total = look_statuses(state.looks, state.air, NO_PICTURES, (first, LOOKS_A_REPLY), takes=False)
        encode_message(LooksReply(id="1", frame=0, epoch=1, seq=0, looks=looks, total=total))
        first += len(looks)


def _command(request: Request) -> Command:
    assert isinstance(request, LookRequest | SetRequest)
    return Command(sender="bench", role="director", order=0, request=request)


def _timed(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1e3


def _median(found: Iterable[float]) -> float:
    return statistics.median(found)
