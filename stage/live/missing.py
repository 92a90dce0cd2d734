"""What is missing around a running stage, reported when it begins, changes and ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from stage.run.disk import why_unwritable
from stage.show.frame.inputs import Condition
from stage.show.report.conditions import subject_key
from tracking.records import JOB_FAILURES, Scalar
from tracking.sources.opening import Sources, reason_code
from tracking.system_faults import said_by_system

LOOKS_EVERY_S = 1.0
_MOST_BYTES = 1 << 16


class Changes:
    """Turns the conditions that stand now, by what they are about, into reports of what changed."""

    def __init__(self, present: Callable[[], Mapping[str, Condition]]) -> None:
        self._present = present
        self._reported: dict[str, Condition] = {}

    def reports(self) -> Iterator[Condition]:
        """The conditions that began, changed or ended since the last call."""
        present = self._present()
        if not present and not self._reported:
            return
        for key, condition in tuple(self._reported.items()):
            if key not in present:
                del self._reported[key]
                yield msgspec.structs.replace(condition, present=False)
        for key, condition in present.items():
            before = self._reported.get(key)
            if before == condition:
                continue
            if before is not None and _subject(before) != _subject(condition):
                yield msgspec.structs.replace(before, present=False)  # else both would stand
            self._reported[key] = condition
            yield condition


def _subject(condition: Condition) -> str:
    return subject_key(condition.code, condition.values)


def missing_sources(sources: Sources) -> dict[str, Condition]:
    """A condition for each tracker source that cannot be opened."""
    found: dict[str, Condition] = {}
    for source, error in sources.missing().items():
        values: dict[str, Scalar] = {"source": source, "why": reason_code(error)}
        if values["why"] == "cannot_open":
            values["found"] = said_by_system(error)
        found[source] = Condition(code="source_missing", values=values)
    return found


class TakesFolder:
    """Looks on a thread whether takes can be written to a folder, which is made if a take is `wanted`.

    `usable` is what it found last.
    """

    def __init__(self, folder: Path, *, wanted: bool) -> None:
        self._folder = folder
        self._wanted = wanted
        self._stop = threading.Event()
        self._problem = self._find_problem()
        self._thread = threading.Thread(target=self._look, name="takes folder", daemon=True)
        self._thread.start()

    @property
    def usable(self) -> bool:
        """Whether a take could be begun."""
        return not self._problem

    def missing(self) -> dict[str, Condition]:
        """A condition while the folder cannot be written to."""
        if not self._problem:
            return {}
        values: dict[str, Scalar] = {"file": str(self._folder), "found": self._problem}
        return {"takes": Condition(code="takes_folder_missing", values=values)}

    def close(self) -> None:
        """Ends the thread, unless the disk holds it up."""
        self._stop.set()
        self._thread.join(0.1)

    def _look(self) -> None:
        while not self._stop.wait(LOOKS_EVERY_S):
            self._problem = self._find_problem()

    def _find_problem(self) -> str:
        try:
            if self._wanted:
                self._folder.mkdir(parents=True, exist_ok=True)
            return "system_eacces" if why_unwritable(self._folder) else ""
        except JOB_FAILURES as error:
            return said_by_system(error)


class SupervisorReports:
    """Conditions that the supervisor writes to a pipe, a JSON line each: helpers that are not running."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._part = b""
        self._open = True
        os.set_blocking(descriptor, False)

    def reports(self) -> Iterator[Condition]:
        """What the supervisor has written since the last call. Never waits."""
        if not self._open:
            return
        try:
            content = os.read(self._descriptor, _MOST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            content = b""
        self._open = bool(content)
        *lines, self._part = (self._part + content)[-_MOST_BYTES:].split(b"\n")
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=Condition)
            except msgspec.DecodeError:
                continue
