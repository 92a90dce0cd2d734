"""What is on the wire at a moment: from the core's plans, or from what is made of the last look without a core.

Everything happens in `tick`, at times that it is given; nothing here waits or looks at a clock.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from stage.lights.link import WireStatus
from stage.lights.look_file import KeptLook, LookFile
from stage.lights.loss import Loss
from stage.lights.moments import Between, Delays, Plans, Targets, look_of
from stage.lights.sender import WireSettings
from stage.lights.sent import Sent
from stage.lights.steady import Mixes, SteadyMixer
from stage.lights.universes import Universe, Universes, outside
from stage.lights.ways import Way
from stage.show.frame.lights import LightsPlan


class Rig(NamedTuple):
    """What is known of the lights of a stage: how they are mixed; of each its latency from packet to light, how many
    cells it has and how many slots; and the stage's frames a second.
    """

    mixer: Mixes
    latencies_ns: tuple[int, ...]
    cells: tuple[int, ...]
    slots: tuple[int, ...]
    rate: Fraction


class _Made(NamedTuple):
    """What is to be on the wire at a moment: the levels of all universes; the targets and the patch that they were
    mixed from; between which looks those lie, nothing where no plan alone says so; and the cells that clip.
    """

    levels: dict[int, bytes]
    targets: Targets
    patch: tuple[int, ...]
    betweens: tuple[Between, ...]
    clipped: tuple[int, ...]


class LightsWire:
    """The wire of one run. `file` holds what an earlier process of the run has left on it."""

    def __init__(self, rig: Rig, settings: WireSettings, way: Way, file: LookFile) -> None:
        self._rig = rig
        self._settings = settings
        self._way = way
        self._file = file
        self._delays = Delays(rig.latencies_ns, rig.cells)
        self._plans = Plans()
        self._universes = Universes()
        self._loss = Loss(settings)
        self._released = False
        self._next: _Made | None = None
        self._held: Targets | None = None
        self._standing: Targets | None = None
        self._shown: Targets | None = None
        self._patch: tuple[int, ...] = ()
        self._mixer = SteadyMixer(rig.mixer)
        self.malformed = 0
        self.life = 1
        if file.before is not None:
            self._go_on_from(file.before)

    @property
    def due_ns(self) -> int | None:
        """When packets have to leave so that the light of the newest plan is on time."""
        newest = self._plans.newest
        return None if newest is None else newest.light_ns - self._delays.each_ns[0]

    def hear(self, plan: LightsPlan, now_ns: int) -> None:
        """A plan of the core."""
        look = look_of(plan, sum(self._rig.cells), len(self._rig.cells), self._plans.newest)
        if look is None:
            self.malformed += 1
            return
        if self._loss.lost:
            self._plans.forget()
            self._held = self._shown
        self._loss.hear(now_ns)
        self._plans.add(look)

    def lose(self, now_ns: int) -> None:
        """There is no core."""
        self._loss.lose(now_ns)

    @property
    def has_next(self) -> bool:
        """Whether it is known already what the next tick sends."""
        return self._next is not None

    def tick(self, now_ns: int, following_ns: int | None = None) -> Sent | None:
        """Sends what is to be on the wire now. None where no plan has ever come.

        What is to be there at `following_ns` is mixed as well if its plans have come and lights move: the second time
        costs less than half of the first, since code and data are still at hand.
        """
        self._loss.look(now_ns)
        if self._loss.released(now_ns):
            self._release(now_ns)
            return None
        made, self._next = self._next, None
        is_fresh = made is None
        made = made or self._made(now_ns)
        if made is None:
            return None
        changed, left = self._universes.take(made.levels)
        if self._released:
            self._released, changed = False, list(made.levels)
        self._way.end(left, now_ns)
        due = self._universes.due(changed, now_ns, watched=self._loss.watched(now_ns))
        self._way.send(due, now_ns)
        if is_fresh and changed and following_ns is not None and self._is_known(following_ns):
            self._next = self._made(following_ns)
        if is_fresh and due:
            self._keep(self._next or made)
        return Sent(made.betweens, made.levels, changed, made.clipped)

    def end(self, now_ns: int) -> None:
        """The run ends well: the streams end."""
        self._end_streams(now_ns)

    def status(self, rate_hz: float, untold: int) -> WireStatus:
        """How sending goes."""
        settings, way, mixed = self._settings, self._way, self._mixer.mixed
        return WireStatus(
            life=self.life,
            place=way.place,
            out=settings.out,
            state="released" if self._released else way.state,
            rate_hz=rate_hz,
            universes=tuple(self._universes.by_number),
            clipped=mixed.clipped if mixed is not None else (),
            given=mixed.given if mixed is not None else (),
            outside=outside(self._patch, self._rig.slots, way.numbers) if self._patch else (),
            nodes=way.nodes,
            priority=settings.priority,
            dropped=way.dropped,
            untold=untold,
            refused=self.malformed,
        )

    def tend(self, now_ns: int) -> None:
        """Looks after the way out."""
        self._way.tend(now_ns, self._universes.by_number)

    def _betweens(self, now_ns: int) -> tuple[Between, ...] | None:
        """What each latency's moment lies between; None where no plan has come."""
        found = [self._plans.at(now_ns + latency_ns) for latency_ns in self._delays.each_ns]
        betweens = tuple(between for between in found if between is not None)
        if not betweens:
            return None
        self._plans.drop_before(now_ns + self._delays.each_ns[0])
        return betweens

    def _is_known(self, moment_ns: int) -> bool:
        """Whether plans have come for all that is shown then."""
        newest_ns = -1 if self._plans.newest is None else self._plans.newest.light_ns
        return not self._loss.lost and newest_ns >= moment_ns + self._delays.each_ns[-1]

    def _made(self, now_ns: int) -> _Made | None:
        """What is to be on the wire at a moment. None where no plan has ever come."""
        betweens = self._betweens(now_ns)
        if self._standing is None and (betweens is None or self._loss.lost):
            return None
        targets, from_plans = self._standing, False
        if betweens is not None and not self._loss.lost:
            share = 1.0 if self._held is None else self._loss.share_returned(now_ns)
            targets, from_plans = self._delays.mixed(betweens), share >= 1.0
            if self._held is not None and not from_plans:
                targets = self._held + share * (targets - self._held)
            self._standing = targets
            newest = self._plans.newest
            assert newest is not None
            self._patch = newest.patch
        assert targets is not None
        left = self._loss.share_left(now_ns)
        shown = targets if left == 1.0 else targets * np.array((1.0, 1.0, left))
        self._shown = shown
        mixed = self._mixer.mix(shown, self._patch)
        numbers = self._way.numbers
        levels = {number: slots for number, slots in mixed.universes.items() if number in numbers}
        return _Made(levels, shown, self._patch, betweens if from_plans and betweens else (), mixed.clipped)

    def _release(self, now_ns: int) -> None:
        self._end_streams(now_ns)
        self._released, self._next = True, None

    def _end_streams(self, now_ns: int) -> None:
        """Ends all streams, and leaves nothing that a process after this one would go on with."""
        if not self._released:
            self._way.end(list(self._universes.by_number.values()), now_ns)
            self._file.write(KeptLook(life=self.life))

    def _keep(self, made: _Made) -> None:
        """Keeps what is sent now, or with the next tick: whoever goes on from here skips a number at most."""
        universes, ahead = self._universes.by_number, made is self._next
        sequences = [universes[number].sequence + ahead if number in universes else 0 for number in made.levels]
        look = KeptLook(
            life=self.life,
            targets=made.targets.tobytes(),
            patch=made.patch,
            numbers=tuple(made.levels),
            sequences=tuple(sequences),
            levels=tuple(made.levels.values()),
        )
        self._file.write(look)

    def _go_on_from(self, before: KeptLook) -> None:
        """What the process before had on the wire stays there, with the numbers that follow."""
        self.life = before.life + 1
        for number, levels, sequence in zip(before.numbers, before.levels, before.sequences, strict=False):
            self._universes.by_number[number] = Universe(number, levels, sequence)
        cells = sum(self._rig.cells)
        if len(before.targets) == 24 * cells and len(before.patch) == 2 * len(self._rig.cells):
            self._standing = self._shown = np.frombuffer(before.targets, np.float64).reshape(cells, 3)
            self._patch = before.patch
