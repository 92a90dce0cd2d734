"""The files of looks follow the fold: what it has that they have not is written, and what it has dropped is removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from stage.control.look_writer import LookJob, LookResult, LookWriter
from stage.show.frame.inputs import Condition, LookFile, LookKind, LooksGone, LooksListed, Observation
from stage.show.looks.file_names import TAKES, kind_of_place, place_of
from stage.show.looks.shelf import LookShelf
from tracking.records import Scalar

AGAIN_S = 5.0
"""How long what failed is left before it is tried again."""
JOBS_AT_ONCE = 8
_KINDS: tuple[LookKind, ...] = ("show", "take")


class LookFiles:
    """The edge's side of the files. Used from the loop's thread alone; it opens none.

    What is to be done is read off the shelf, so that whatever a dead core left is done by the next one.
    """

    def __init__(self, writer: LookWriter, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._writer = writer
        self._clock_s = clock_s
        self._seen = -1
        self._due: list[LookJob] = []
        self._busy: dict[str, LookJob] = {}
        self._failed: dict[str, LookResult] = {}
        self._again_s = 0.0

    def follow(self, shelf: LookShelf) -> None:
        """After a step: submits what is to be written and removed, a few files at a time."""
        is_late = bool(self._failed) and self._clock_s() >= self._again_s
        if shelf.version != self._seen or is_late:
            self._seen = shelf.version
            self._due = list(_due(shelf))
            if is_late:
                self._failed.clear()
        while self._due and len(self._busy) < JOBS_AT_ONCE:
            job = self._due.pop(0)
            if job.place in self._busy:
                self._seen = -1  # it is looked at again once that is done
            elif job.place not in self._failed or self._failed[job.place].job != job:
                self._busy[job.place] = job
                self._writer.submit(job)

    def reports(self) -> Iterator[Observation]:
        """What was written or removed since the last call: then the show knows that it is."""
        for result in self._writer.results():
            job = result.job
            self._busy.pop(job.place, None)
            if result.found:
                self._failed[job.place], self._again_s = result, self._clock_s() + AGAIN_S
                continue
            self._failed.pop(job.place, None)
            kind = kind_of_place(job.place)
            file = job.place.removeprefix(f"{TAKES}/")
            if job.look is None:
                yield LooksGone(kind=kind, files=(file,))
            else:
                yield LooksListed(kind=kind, files=(LookFile(file=file, name=job.name, look=job.look),))

    def missing(self) -> Mapping[str, Condition]:
        """A condition while looks cannot be written or removed."""
        if not self._failed:
            return {}
        place, result = next(iter(self._failed.items()))
        values: dict[str, Scalar] = {"file": place, "found": result.found, "count": len(self._failed)}
        return {"looks": Condition(code="look_not_written", severity="warning", values=values)}


def _due(shelf: LookShelf) -> Iterator[LookJob]:
    """What must be done so that the files are as the shelf is; what goes comes first."""
    for place, new_place in shelf.dropped.items():
        yield LookJob(place=place, picture_for=new_place)
    for kind in _KINDS:
        for name, kept in shelf.of(kind).items():
            if not kept.saved:
                yield LookJob(place=place_of(kind, kept.file), name=name, look=kept.look)
