"""The announcement that a stage is ready: the event for programs, and the first lines for people."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stage.gate.ports import announced
from stage.run.disk import DiskLimits
from stage.run.events import ReadyEvent
from stage.supervision.user_lines import UserLines
from stage.takes.disk_room import DiskRoom
from stage.words.sentences import sentence


class Announcement:
    """Says "ready" in `lines` once for each core of a run, when the page's address is known or nobody waits for it.

    People get three lines with the first: where to look, where takes go (the folder `takes`), and how to end.
    `recording` says that a take is to begin with the first frame; where none can, that is said in place of it.
    """

    def __init__(self, lines: UserLines, *, awaits_panel: bool, takes: str, recording: bool) -> None:
        self._lines = lines
        self._awaits_panel = awaits_panel
        self._takes_line = _of_takes(takes, recording=recording)
        self._greeted = False
        self._panel_url: str | None = None
        self._invitation = ""
        self._pending: ReadyEvent | None = None

    def core_ready(self, event: ReadyEvent) -> None:
        """A core serves frames."""
        self._pending = event
        self._announce()

    def panel_ready(self, url: str, invitation: str = "") -> None:
        """The page is being served at `url`. The first `invitation` of a run is shown to people."""
        self._invitation = invitation
        came_late = not self._awaits_panel and self._panel_url is None
        self._panel_url = announced(url)
        if came_late and self._pending is None:
            self._lines.notice(f"see the walls at {self._panel_url}")
            self._lines.notice(self._invitation if self._greeted else "")
        self._announce()

    def panel_lost(self) -> None:
        """There is no preview page so far; a ready core is announced without it."""
        self._awaits_panel = False
        self._announce()

    def _announce(self) -> None:
        if self._pending is None or (self._panel_url is None and self._awaits_panel):
            return
        ready = msgspec.structs.replace(self._pending, control=announced(self._pending.control), panel=self._panel_url)
        self._pending = None
        self._lines.event(ready)
        if not self._greeted:
            self._greeted = True
            self._greet(ready)

    def _greet(self, ready: ReadyEvent) -> None:
        page = f"see the walls at {ready.panel}" if ready.panel else f"no page; control at {ready.control}"
        self._lines.notice(page)
        self._lines.notice(self._takes_line)
        self._lines.notice("Ctrl-C ends the stage")
        self._lines.notice(self._invitation)


def _of_takes(takes: str, *, recording: bool) -> str:
    problem = why_no_take(Path(takes)) if recording else ""
    return f"not recording: {problem}" if problem else f"{'recording into' if recording else 'takes go to'} {takes}"


def why_no_take(takes: Path) -> str:
    """Why no take can be begun in a folder now, in words; "" where one can."""
    try:
        cause = DiskRoom(takes, DiskLimits()).why_not_begin()
    except OSError as error:
        return error.strerror or str(error)
    return "" if cause is None else sentence(cause.code, cause.values)
