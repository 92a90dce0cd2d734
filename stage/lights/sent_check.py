"""Whether what a take says was sent to its lights is what its recorded targets are mixed to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

import msgspec

from stage.lights.mixing.records import levels_of
from stage.lights.moments import MOST_PLANS, Between, Delays, TimedLook, look_of
from stage.lights.sent import digest_of
from stage.lights.steady import SteadyMixer
from stage.lights.wire import Rig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.lights import LightsSent, SentTick
from stage.show.frame.outcome import Outcome
from tracking.records import Notebook, Record

SETTLES_TICKS = 44
"""A colour that jumps takes ticks to get there, and a take lacks what its first ones came from: so many may differ."""
_LOOKS_KEPT = 1024
_LONGEST_STEP = 8.0
"""A wire that stood still for more frames than that had no core."""
_ROUNDING = (0, 1, 255)
"""By how much a slot may differ on another machine: the last digit, perhaps carried from a fine to a coarse slot."""


class SentDifference(Record):
    """A slot (1 to 512) of a universe that was sent otherwise than the targets around `at_frame` are mixed to."""

    at_frame: float
    universe: int
    slot: int
    recorded: int
    mixed: int


class SentFigures(Notebook):
    """What a check of the wire found: `ticks` that the take has, and how many of them were `equal`.

    `settling` ticks come before what they depend on is known; `other` ones were not made of plans alone, as when a core
    is missing, or of plans that the take lacks. The rest differ; `first_difference` is the first slot that does.
    """

    ticks: int = 0
    equal: int = 0
    settling: int = 0
    other: int = 0
    different: int = 0
    first_difference: SentDifference | None = None


class SentCheck:
    """Mixes what a replay folds, tick by tick. `numbers` are the universes that the stage's way out can have.

    With `exact`, on the same build and machine, all slots must be equal; else they may differ by a rounding.
    """

    def __init__(self, rig: Rig, numbers: range, *, exact: bool) -> None:
        self._rig = rig
        self._numbers = numbers
        self._alike = _ROUNDING[:1] if exact else _ROUNDING
        self._delays = Delays(rig.latencies_ns, rig.cells)
        self._looks: dict[int, TimedLook] = {}
        self._newest: TimedLook | None = None
        self._levels: dict[int, bytes] = {}
        self._recorded: dict[int, bytes] = {}
        self._life = 0
        self._at_frame = float("nan")
        self.figures = SentFigures()
        self._begin_anew()

    def see(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """A frame of the take with what it was folded to."""
        if not isinstance(outcome.lights, msgspec.UnsetType):
            look = look_of(outcome.lights, sum(self._rig.cells), len(self._rig.cells), self._newest)
            if look is not None:
                self._newest = self._looks[look.frame] = look
                if len(self._looks) > _LOOKS_KEPT:
                    del self._looks[next(iter(self._looks))]
        for observation in inputs.observations:
            if isinstance(observation, LightsSent):
                self._hear(observation)

    def _hear(self, sent: LightsSent) -> None:
        if sent.life != self._life:
            self._life = sent.life
            self._begin_anew()
        for tick in sent.ticks:
            self.figures.ticks += 1
            self._recorded |= {one.universe: one.slots for one in tick.changed}
            self._look_at(tick)

    def _look_at(self, tick: SentTick) -> None:
        betweens = self._betweens(tick)
        if betweens is None:
            self.figures.other += 1
            self._begin_anew()
            return
        if not 0.0 <= tick.at_frame - self._at_frame <= _LONGEST_STEP:
            self._begin_anew()
        self._at_frame = tick.at_frame
        last = betweens[-1].second
        mixed = self._mixer.mix(self._delays.mixed(betweens), last.patch)
        self._levels = levels_of(mixed.slots, tuple(one for one in mixed.spans if one.universe in self._numbers))
        if not self._patch_stands(last):
            self._unsettled = SETTLES_TICKS
        self._judge(tick)

    def _judge(self, tick: SentTick) -> None:
        difference = None if digest_of(self._levels) == tick.digest else self._difference(tick)
        if difference is None:
            self.figures.equal += 1
            self._unsettled = 0
        elif self._unsettled > 0:
            self.figures.settling += 1
            self._unsettled -= 1
        else:
            self.figures.different += 1
            self.figures.first_difference = self.figures.first_difference or difference

    def _difference(self, tick: SentTick) -> SentDifference | None:
        """The first slot that differs by more than may be, of the universes whose levels the take has told."""
        for number in sorted(self._levels.keys() | {one.universe for one in tick.changed}):
            levels, recorded = self._levels.get(number, b""), self._recorded.get(number)
            if recorded is None:
                continue
            for slot, (was, now) in enumerate(zip_longest(recorded, levels, fillvalue=0), start=1):
                if (was - now) % 256 not in self._alike and (now - was) % 256 not in self._alike:
                    return SentDifference(at_frame=tick.at_frame, universe=number, slot=slot, recorded=was, mixed=now)
        return None

    def _betweens(self, tick: SentTick) -> tuple[Between, ...] | None:
        if len(tick.between) != len(self._delays.each_ns):
            return None
        found = [(self._looks.get(first), self._looks.get(second), share) for first, second, share in tick.between]
        betweens = tuple(Between(one, two, share) for one, two, share in found if one is not None and two is not None)
        return betweens if len(betweens) == len(found) else None

    def _patch_stands(self, last: TimedLook) -> bool:
        """Whether all plans that may have been there have this patch: the newest one's was taken."""
        return all(look.patch == last.patch for look in self._after(last.frame))

    def _after(self, frame: int) -> Iterable[TimedLook]:
        numbers = range(frame + 1, frame + 1 + MOST_PLANS)
        return (look for number in numbers if (look := self._looks.get(number)) is not None)

    def _begin_anew(self) -> None:
        """What the mixer remembered is not known any more."""
        self._mixer = SteadyMixer(self._rig.mixer)
        self._levels = {}
        self._unsettled = SETTLES_TICKS
        self._at_frame = float("nan")
