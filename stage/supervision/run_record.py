"""What the state folder knows of runs: whether the last one ended cleanly, and what the next one does about it."""

from __future__ import annotations

import select
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from stage.run.options import Start
from stage.run.runtime_folder import is_held
from stage.run.state_file import RunMark, clear_mark, mark_running, read_state, running_mark
from stage.run.terminal import print_notice

ANSWER_WITHIN_S = 10.0
_AGAIN_AFTER_S = 1.0

Resume = Literal["ask", "last", "fresh"]


class RunRecord:
    """Notes in `folder` that a run of `show` in `runtime` has begun, and that it has ended cleanly. None notes nothing.

    `follows_unclean_end` is true if the run before this one did not end cleanly: its core may still be ending.
    """

    def __init__(self, folder: Path | None, runtime: Path | None = None, show: Path | None = None) -> None:
        self._folder = folder
        self._mark = RunMark(runtime=str(runtime), show=str(show or ""))
        self._begun = self._told = False
        self._again_s = 0.0
        self.follows_unclean_end = folder is not None and running_mark(folder) is not None

    def begin(self) -> None:
        """The run's cores serve frames. A disk that refuses the note is reported and tried again; the stage runs on."""
        if self._folder is None or self._begun or time.monotonic() < self._again_s:
            return
        self._again_s = time.monotonic() + _AGAIN_AFTER_S
        began = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            mark_running(self._folder, msgspec.structs.replace(self._mark, began=began))
        except OSError as error:
            if not self._told:
                self._told = True
                print_notice(f"{self._folder}: cannot be written ({error.strerror}): until it can, nothing is resumed")
        else:
            self._begun = True

    def end(self) -> None:
        """The run has ended cleanly: there is nothing to resume."""
        if self._folder is not None:
            clear_mark(self._folder)


def is_in_use(folder: Path) -> bool:
    """Whether a living run keeps its state in `folder`."""
    mark = running_mark(folder)
    return mark is not None and is_held(Path(mark.runtime))


def start_after(folder: Path, wanted: Resume, show: Path, *, is_default: bool) -> Start:
    """How this run of `show` continues the last one, if that has not ended cleanly and left a state.

    "ask" asks on a terminal, for `ANSWER_WITHIN_S` at most; anywhere else, and without an answer, it resumes.
    Of another show only what belongs to the stage itself is taken over. A run of an earlier version was of the default.
    """
    mark = running_mark(folder)
    if mark is None or read_state(folder) is None:
        return "fresh"
    if mark.show != str(show) and (mark.show or not is_default):
        kept = "" if wanted == "fresh" else ", with the values of its walls, cameras and trackers"
        other = f", of the show {mark.show}," if mark.show else ""
        print_notice(f"the last run of this stage{other} did not end cleanly: starting {show}{kept}")
        return "fresh" if wanted == "fresh" else "rig"
    if wanted == "ask" and sys.stdin.isatty() and sys.stderr.isatty():
        wanted = "last" if _answered_yes(mark) else "fresh"
    how = "resuming it" if wanted != "fresh" else "starting afresh"
    print_notice(f"the last run of this stage, begun {mark.began or 'earlier'}, did not end cleanly: {how}")
    return "fresh" if wanted == "fresh" else "resume"


def _answered_yes(mark: RunMark) -> bool:
    """Asks on the terminal. Only a word that begins with n is a no."""
    print_notice(
        f"The run of {mark.began or 'before'} did not end cleanly. Resume its values and its take? "
        f"[Y/n] (resumes in {ANSWER_WITHIN_S:.0f} s)"
    )
    until_s = time.monotonic() + ANSWER_WITHIN_S
    ready, _, _ = select.select([sys.stdin], [], [], max(0.0, until_s - time.monotonic()))
    return not (ready and sys.stdin.readline().strip().lower().startswith("n"))
