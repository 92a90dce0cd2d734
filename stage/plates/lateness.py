"""Which frames of films came late, and why: counted, observed, and told as conditions while there are many."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from stage.plates.reception import FramesThere, LateCause
from stage.plates.wanted import Shown
from stage.show.frame.conditions import Condition
from stage.show.frame.plates import PlateShown, PlatesShown
from tracking.records import Scalar

WINDOW_S = 5
SETTLES_S = 1.0
"""After a jump frames cannot be there at once: for so long nothing is told, but counted all the same."""
TOLERATED = 2
"""So many late frames in the window are told to nobody."""
SUMMARY_S = 1.0
MOST_FILMS = 64
"""Of so many films it is known how often they were late."""
_WORDS: dict[LateCause, str] = {
    "not_decoded": "plate_not_decoded",
    "not_uploaded": "plate_not_uploaded",
    "disk": "plate_disk",
    "decoder_lost": "plate_decoder_lost",
    "failed": "plate_failed",
}
"""The codes of the causes, which say what helps."""
WhyLate = Callable[[str, int], LateCause]


class FilmLateness:
    """Late frames of one film. `counts` are all of them by cause. Times are seconds on any clock that grows."""

    def __init__(self) -> None:
        self.counts: collections.Counter[LateCause] = collections.Counter()
        self._recent: collections.deque[tuple[float, LateCause]] = collections.deque(maxlen=1000)
        self._newest = -1
        self._jumped_s = -SETTLES_S

    def jump(self, now_s: float) -> None:
        """A frame is shown that nobody could know of before."""
        self._jumped_s = now_s

    def note(self, frame: int, cause: LateCause, now_s: float) -> None:
        """A frame of the film is late; it is counted once, however often it is noted in a row."""
        if frame == self._newest:
            return
        self._newest = frame
        self.counts[cause] += 1
        if now_s - self._jumped_s > SETTLES_S:
            self._recent.append((now_s, cause))

    def recent(self, now_s: float) -> collections.Counter[LateCause]:
        """Those of the last seconds by cause."""
        while self._recent and now_s - self._recent[0][0] > WINDOW_S:
            self._recent.popleft()
        return collections.Counter(cause for _, cause in self._recent)


class DrawnPlan(NamedTuple):
    """A plan that was drawn: what its layers were to show, the frames `there` were, and those that were `drawn`."""

    frame: int
    layers: tuple[Shown, ...]
    there: FramesThere
    drawn: Iterable[tuple[str, int]]


class Lateness:
    """Late frames of all films. `films` has each film's by its identity. Times are seconds on any clock that grows."""

    def __init__(self) -> None:
        self.films: dict[str, FilmLateness] = {}
        self._newest: dict[str, int] = {}
        self._shown: list[PlatesShown] = []
        self._summed_s = -SUMMARY_S

    def jump(self, media: str, now_s: float) -> None:
        """A frame of a film is to be shown of which nobody could know before."""
        self._of(media).jump(now_s)

    def note_drawn(self, plan: DrawnPlan, why: WhyLate, now_s: float) -> None:
        """A plan was drawn; `why` says why a frame is late. Films of a layer change together, so they are late
        together.
        """
        sums_up, shown = now_s - self._summed_s >= SUMMARY_S, []
        for media, number in plan.drawn:
            self._newest[media] = number
        for layer in plan.layers:
            missing = next((one for one in layer if one not in plan.there), None)
            cause = None if missing is None else why(*missing)
            for media, number in layer:
                if cause is not None:
                    self._of(media).note(number, cause, now_s)
                    shown.append(PlateShown(media, number, self._newest.get(media, -1), cause))
                elif sums_up:
                    shown.append(PlateShown(media, number, number))
        if sums_up:
            self._summed_s = now_s
        if shown:
            self._shown.append(PlatesShown(frame=plan.frame, shown=tuple(shown)))

    def reports(self) -> Iterator[PlatesShown]:
        """What is new since the last call."""
        shown, self._shown = self._shown, []
        return iter(shown)

    def conditions(self, names: Mapping[str, str], now_s: float) -> dict[str, Condition]:
        """A condition for each film of which too many frames are late; `names` are those of their files."""
        found = {}
        for media, lateness in self.films.items():
            recent = lateness.recent(now_s)
            if media in names and recent.total() > TOLERATED:
                ((cause, _),) = recent.most_common(1)
                values: dict[str, Scalar] = {"file": names[media], "count": recent.total(), "seconds": WINDOW_S}
                found[media] = Condition(code="plate_late", values={**values, "cause": _WORDS[cause]})
        return found

    def _of(self, media: str) -> FilmLateness:
        if media not in self.films and len(self.films) >= MOST_FILMS:
            gone = next(iter(self.films))
            del self.films[gone]
            self._newest.pop(gone, None)
        return self.films.setdefault(media, FilmLateness())
