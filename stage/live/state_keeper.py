"""Keeps the state on disk beside the checkpoint, so that it outlives the supervisor and the machine's power."""

from __future__ import annotations

import threading
from pathlib import Path

from stage.run.encoded_state import EncodedState
from stage.run.state_file import StateFiles
from stage.show.frame.inputs import Condition
from tracking.records import JOB_FAILURES
from tracking.system_faults import said_by_system

EVERY_S = 1.0
_SOONEST_S = 0.1
_ENDS_WITHIN_S = 0.1


class StateKeeper:
    """Writes the newest state to a folder on a thread of its own, once a second, and sooner after commands.

    A state that is replaced before it was written is not written at all. A power cut may lose the last second.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StateFiles(folder)
        self._newest: tuple[EncodedState, int] | None = None
        self.entries = 0
        """How many entries of the journal the state on the disk contains."""
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._problem = ""
        self._thread = threading.Thread(target=self._work, name="state", daemon=True)
        self._thread.start()

    def put(self, encoded: EncodedState, *, entries: int, soon: bool) -> None:
        """Hands over the newest state, with so many `entries`; `soon` if a command changed it. Never waits."""
        self._newest = encoded, entries
        if soon:
            self._wake.set()

    def missing(self) -> dict[str, Condition]:
        """A condition while the state cannot be written."""
        if not self._problem:
            return {}
        values = {"file": str(self._folder), "found": self._problem}
        return {"state": Condition(code="state_not_kept", severity="warning", values=dict(values))}

    def close(self) -> None:
        """Writes the newest state and ends the thread, unless the disk holds it up."""
        self._ended.set()
        self._wake.set()
        self._thread.join(_ENDS_WITHIN_S)

    def _work(self) -> None:
        while not self._ended.wait(_SOONEST_S):
            self._wake.wait(EVERY_S - _SOONEST_S)
            self._wake.clear()
            self._write()
        self._write()

    def _write(self) -> None:
        newest, self._newest = self._newest, None
        if newest is None:
            return
        encoded, entries = newest
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._files.write(encoded)
        except JOB_FAILURES as error:
            self._problem = said_by_system(error)
        else:
            self._problem, self.entries = "", entries
