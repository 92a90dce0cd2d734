"""What plays of the cues, and where the show stands in their list: records of the state. Pure."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from stage.show.frame.inputs import Cause
from stage.show.parts.part import Part
from stage.show.values.fades import went_on
from tracking.records import Evolving
from tracking.settable import Curve, Value, Way

MOST_STEPS = 32
MOST_STEP_VALUES = 8192
MOST_RUNS = 32


class CueRun(Evolving):
    """One cue that plays: begun in the frame `go`, its values move from the frame `begin` on, for `fade_s` seconds.

    `world` is the world that it asked for, "" for none. With `follow_on` the next cue is played when this one is over.
    It `takes_back` where BACK began it. It stands from the frame `held` on, where that is not -1.
    """

    number: int
    go: int
    begin: int
    fade_s: float = 0.0
    world: str = ""
    follow_on: bool = False
    takes_back: bool = False
    held: int = -1


class CueStep(Evolving):
    """What one GO changed, in the frame `go`: the values from before it, by path, where the pointer was, and how BACK
    returns to them.

    `number` is the cue that it played. What follows on belongs to the same GO.
    """

    number: int
    go: int
    pointer: int
    before: dict[str, Value]
    fade_s: float = 0.0
    way: Way = "shorter"
    curve: Curve = "linear"


class CuePlay(Part):
    """Where the show stands in the list.

    `pointer` is the number of the cue that was played last, in thousandths, 0 before the first. `runs` are the cues
    that play, the newest last; of them only the newest is followed by another. `steps` are the GOs that BACK can take
    back, the newest last. `goes` counts every GO and GOTO. `lacks` is what the next cue names and is not there.
    """

    pointer: int = 0
    runs: list[CueRun] = msgspec.field(default_factory=list)
    steps: list[CueStep] = msgspec.field(default_factory=list)
    goes: int = 0
    lacks: list[Cause] = msgspec.field(default_factory=list)


def frames_of(seconds: float, rate: Fraction) -> int:
    """How many frames pass until `seconds` of show time are over."""
    frames = max(0, round(seconds * rate))
    while frames * rate.denominator < seconds * rate.numerator:
        frames += 1
    while frames > 0 and (frames - 1) * rate.denominator >= seconds * rate.numerator:
        frames -= 1
    return frames


def end_of(run: CueRun, rate: Fraction) -> int:
    """The first frame in which a run's values have arrived, unless it is held meanwhile."""
    return run.begin + frames_of(run.fade_s, rate)


def note_step(play: CuePlay, step: CueStep) -> None:
    """Remembers a GO; of more than there is room for, the oldest can no longer be taken back."""
    play.note_change()
    play.steps.append(step)
    values = sum(len(one.before) for one in play.steps)
    while len(play.steps) > 1 and (len(play.steps) > MOST_STEPS or values > MOST_STEP_VALUES):
        values -= len(play.steps.pop(0).before)


def note_run(play: CuePlay, run: CueRun) -> None:
    """Adds a run. What ran before is no longer followed by another cue."""
    play.note_change()
    before = [msgspec.structs.replace(one, follow_on=False) if one.follow_on else one for one in play.runs]
    play.runs = [*before[1 - MOST_RUNS :], run]


def held_run(run: CueRun, frame: int) -> CueRun:
    """The run, standing from `frame` on."""
    return run if run.held >= 0 else msgspec.structs.replace(run, held=frame)


def resumed_run(run: CueRun, frame: int) -> CueRun:
    """The run, going on in `frame`."""
    return msgspec.structs.replace(run, begin=went_on(frame, run.held, run.begin), held=-1)
