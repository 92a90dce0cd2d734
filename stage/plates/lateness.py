"""Which frames of films were late where a plan was drawn, and why: observations, and counts of this core's life."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stage.plates.causes import GRAVEST_FIRST, LateCause
from stage.plates.reception import FramesThere
from stage.plates.wanted import Shown
from stage.show.frame.plates import PlateShown, PlatesShown

SUMMARY_S = 1.0
MOST_FILMS = 64
"""Of so many films it is known what was shown last."""
WhyLate = Callable[[str, int], LateCause]


class DrawnPlan(NamedTuple):
    """A plan that was drawn: what its layers were to show, the frames `there` were, and those that were `drawn`; and
    whether any layer `is_late`.
    """

    frame: int
    layers: tuple[Shown, ...]
    there: FramesThere
    drawn: Iterable[tuple[str, int]]
    is_late: bool


class Lateness:
    """What plans have shown of films. `counts` are slots in which a film was late, by cause."""

    def __init__(self) -> None:
        self.counts: collections.Counter[LateCause] = collections.Counter()
        self._newest: dict[str, int] = {}
        self._shown: list[PlatesShown] = []
        self._summed_s = -SUMMARY_S

    def sums_up(self, now_s: float) -> bool:
        """Whether the next plan that is drawn is to be noted even where nothing has changed."""
        return now_s - self._summed_s >= SUMMARY_S

    def note_drawn(self, plan: DrawnPlan, why: WhyLate, now_s: float) -> None:
        """A plan was drawn; `why` says why a frame is late. Films of a layer change together, so they are late
        together: those that are worst off because of that, the others because of their set. Times are seconds on any
        clock that grows.
        """
        for media, number in plan.drawn:
            self._newest.pop(media, None)
            self._newest[media] = number
        while len(self._newest) > MOST_FILMS:
            del self._newest[next(iter(self._newest))]
        sums_up = self.sums_up(now_s)
        if not sums_up and not plan.is_late:
            return
        self._summed_s = now_s if sums_up else self._summed_s
        shown = [one for layer in plan.layers for one in self._of_layer(layer, plan, why) if one.cause or sums_up]
        if shown:
            self._shown.append(PlatesShown(frame=plan.frame, shown=tuple(shown)))

    def reports(self) -> list[PlatesShown]:
        """What is new since the last call."""
        shown, self._shown = self._shown, []
        return shown

    def _of_layer(self, layer: Shown, plan: DrawnPlan, why: WhyLate) -> Iterator[PlateShown]:
        late: dict[str, LateCause] = {}
        for media, number in layer:
            if (media, number) not in plan.there:
                late[media] = _gravest(why(media, number), late.get(media))
        if not late:
            yield from (PlateShown(media, number, number) for media, number in layer)
            return
        cause = _gravest(*late.values())
        self.counts[cause] += 1
        for media, number in layer:
            own = cause if late.get(media) == cause else "set"
            yield PlateShown(media, number, self._newest.get(media, -1), own)


def _gravest(*causes: LateCause | None) -> LateCause:
    return min((one for one in causes if one is not None), key=GRAVEST_FIRST.index)
