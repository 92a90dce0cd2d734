"""What is on the wire at a moment: from the core's plans, or from what is made of the last look without a core.

Everything happens in `tick`, at times that it is given; nothing here waits or looks at a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from stage.lights.link import WireStatus
from stage.lights.look_file import KeptLook, LookFile
from stage.lights.loss import Loss, Presence
from stage.lights.mixing.targets import Targets, on_the_way
from stage.lights.moments import Between, Delays, Plans, TimedLook, look_of
from stage.lights.packets import ALL
from stage.lights.plan_rows import PlanSizes
from stage.lights.sender import WireSettings
from stage.lights.sent import Sent
from stage.lights.steady import Mixes, SteadyMixer
from stage.lights.universes import Universes, outside
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

    @property
    def sizes(self) -> PlanSizes:
        """What a plan of this stage has."""
        return PlanSizes(cells=sum(self.cells), lights=len(self.cells))


class LightsWire:
    """The wire of one run. `file` holds what an earlier process of the run has left on it."""

    def __init__(self, rig: Rig, settings: WireSettings, way: Way, file: LookFile) -> None:
        self._rig = rig
        self._cells = sum(rig.cells)
        self._settings = settings
        self._way = way
        self._file = file
        self._delays = Delays(rig.latencies_ns, rig.cells)
        self._plans = Plans()
        self._universes = Universes(way.framing)
        self._loss = Loss(settings)
        self._released = False
        self._next: Sent | None = None
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
        """A plan that comes by itself."""
        look = look_of(plan, self._cells, len(self._rig.cells), self._plans.newest)
        if look is None:
            self.malformed += 1
        else:
            self.take((look,), now_ns)

    def take(self, looks: Sequence[TimedLook], now_ns: int) -> None:
        """What the core plans."""
        if self._loss.lost:
            self._plans.forget()
            self._held = self._shown
        self._loss.hear(now_ns)
        for look in looks:
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
        presence = self._loss.at(now_ns)
        if presence.released:
            self._release(now_ns)
            return None
        sent, self._next = self._next, None
        is_fresh = sent is None
        if sent is None:
            sent = self._made(now_ns, presence)
            if sent is None:
                return None
        due = self._universes.due(sent.changed, now_ns, watched=presence.watched)
        if due is not None:
            self._way.send(self._universes.packets, due, now_ns)
            if is_fresh:
                if sent.changed and following_ns is not None and self._is_known(following_ns):
                    self._next = self._made(following_ns, self._loss.at(following_ns))
                self._keep()
        return sent

    def end(self, now_ns: int) -> None:
        """The run ends well: the streams end."""
        self._end_streams(now_ns)

    def status(self, rate_hz: float, untold: int, refused: int = 0) -> WireStatus:
        """How sending goes."""
        settings, way, mixed = self._settings, self._way, self._mixer.mixed
        return WireStatus(
            life=self.life,
            place=way.place,
            out=settings.out,
            state="released" if self._released else way.state,
            rate_hz=rate_hz,
            universes=self._universes.numbers,
            clipped=mixed.clipped if mixed is not None else (),
            given=mixed.given if mixed is not None else (),
            outside=outside(self._patch, self._rig.slots, way.framing.numbers) if self._patch else (),
            nodes=way.nodes,
            priority=settings.priority,
            dropped=way.dropped,
            untold=untold,
            refused=self.malformed + refused,
        )

    def tend(self, now_ns: int) -> None:
        """Looks after the way out."""
        self._way.tend(now_ns, self._universes.numbers)

    def _is_known(self, moment_ns: int) -> bool:
        """Whether plans have come for all that is shown then."""
        newest_ns = -1 if self._plans.newest is None else self._plans.newest.light_ns
        return not self._loss.lost and newest_ns >= moment_ns + self._delays.each_ns[-1]

    def _made(self, now_ns: int, presence: Presence) -> Sent | None:
        """Puts into the packets what is to be on the wire at a moment. None where no plan has ever come."""
        plans = self._plans
        betweens: tuple[Between, ...] = ()
        if plans.newest is not None and not presence.lost:
            found = plans.at(now_ns, self._delays.each_ns)
            targets, share = self._delays.mixed(found), presence.share_returned
            if self._held is not None and share < 1.0:
                targets = on_the_way(self._held, targets, share)
            else:
                betweens = found
            self._standing, self._patch = targets, plans.newest.patch
        elif self._standing is None:
            return None
        else:
            targets = self._standing
        if presence.share_left != 1.0:
            targets = Targets(targets.xy, targets.level * presence.share_left)
        self._shown = targets
        mixed, universes = self._mixer.mix(targets, self._patch), self._universes
        gone = universes.fit(mixed.spans, len(mixed.slots))
        if gone is not None:
            self._way.end(*gone, now_ns)
        if self._released:
            self._released = False
            universes.forget()
        return Sent(betweens, mixed, universes.spans, universes.put(mixed.slots))

    def _release(self, now_ns: int) -> None:
        self._end_streams(now_ns)
        self._released, self._next = True, None

    def _end_streams(self, now_ns: int) -> None:
        """Ends all streams, and leaves nothing that a process after this one would go on with."""
        if not self._released:
            self._way.end(self._universes.packets, ALL, now_ns)
            self._file.write(KeptLook(life=self.life))

    def _keep(self) -> None:
        """Keeps what is sent now, or with the next tick: whoever goes on from here skips a number at most."""
        shown, mixed, sequences = self._shown, self._mixer.mixed, self._universes.packets.sequences
        if shown is None or mixed is None:
            return
        look = KeptLook(
            life=self.life,
            xy=shown.xy.tobytes(),
            level=shown.level.tobytes(),
            patch=self._patch,
            spans=mixed.spans,
            sequences=(sequences if self._next is None else sequences + 1).tobytes(),
            slots=mixed.slots,
        )
        self._file.write(look)

    def _go_on_from(self, before: KeptLook) -> None:
        """What the process before had on the wire stays there, with the numbers that follow."""
        self.life = before.life + 1
        if before.is_whole:
            self._universes.go_on_from(before.spans, before.slots, before.sequences)
        cells = self._cells
        if (len(before.xy), len(before.level), len(before.patch)) == (16 * cells, 8 * cells, 2 * len(self._rig.cells)):
            xy = np.frombuffer(before.xy, np.float64).reshape(cells, 2)
            self._standing = self._shown = Targets(xy, np.frombuffer(before.level, np.float64))
            self._patch = before.patch
