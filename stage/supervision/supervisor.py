"""Keeps the processes of a stage running: core, recorder, preview page. What dies is restarted; one signal ends all."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from stage.run.events import AliveEvent, Event, NoticeEvent, PanelEvent, ReadyEvent, SummaryEvent, WantedEvent
from stage.run.options import REFUSED, REOPENS, CoreOptions, Start
from stage.show.frame.inputs import Condition
from stage.supervision.announcement import Announcement
from stage.supervision.children import Child, Children
from stage.supervision.core_lives import CoreLives
from stage.supervision.core_watch import CoreWatch
from stage.supervision.ending import Ending
from stage.supervision.run_record import RunRecord
from stage.supervision.service_notices import ServiceNotices
from stage.supervision.user_lines import UserLines
from stage.takes.link import recorder_command

PREDECESSOR_ENDS_S = 3.0
HELPER_HANGS_S = 10.0
"""A helper that has said that it is alive, and then nothing for so long, is killed."""
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_STARTS_FROM: dict[Start, str] = {
    "checkpoint": "from its checkpoint",
    "values": "from the values in its checkpoint, in case the rest of it is what kills it",
}


class Supervisor:
    """Keeps a stage running until it ends by itself or a signal ends it.

    `helpers` are further processes by name: the preview page, the demo's tracker. Their events are printed as they
    come. `record` notes on disk that the run has begun, and that it has ended cleanly. `inherited` are the descriptors
    that helpers inherit, by name. Those `when_wanted` are started once the core wants them.
    """

    def __init__(
        self,
        options: CoreOptions,
        helpers: dict[str, Sequence[str]],
        record: RunRecord | None = None,
        inherited: dict[str, tuple[int, ...]] | None = None,
        when_wanted: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._ending = Ending()
        self._ending.catch_signals()
        self._lives = CoreLives(options)
        self._watch = CoreWatch(options.checkpoint())
        self._record = record or RunRecord(None)
        self._service = ServiceNotices(options.checkpoint())
        self._lines = UserLines()
        self._announcement = Announcement(
            self._lines, awaits_panel="panel" in helpers, takes=options.takes, recording=options.record
        )
        self._children = Children(self._lines.notices_to)
        self._begun_s = time.monotonic()
        self._missing: dict[str, Condition] = {}
        self._alive_s: dict[str, float] = {}
        self._when_wanted = dict(when_wanted or {})
        self._summed_up = False
        self._core = self._children.start("core", _core_command(options), listens=True)
        recorder = recorder_command(options.to_recorder(), options.from_recorder(), Path(options.takes))
        self._helpers = [
            self._children.start(name, command, descriptors=(inherited or {}).get(name, ()))
            for name, command in {"recorder": recorder, **helpers}.items()
        ]

    def run(self) -> int:
        """Supervises until the core has ended for good. Returns the exit code for the user."""
        try:
            while True:
                self._ending.press(self._core)
                self._lines.flush()
                if self._lives.has_served:
                    self._record.begin()
                self._service.tick(time.monotonic(), serves=self._lives.serves, ends=self._ending.begun)
                for line in self._children.lines():
                    self._read(line)
                self._end_hung_core()
                exit_code = self._tend_core()
                if exit_code is not None:
                    self._end_well(exit_code)
                    return exit_code
                self._tend_helpers()
        finally:
            self._ending.finish(self._helpers)
            self._lines.finish()

    def _read(self, line: bytes) -> None:
        """Acts on a child's event. A line that is not an event is for the user."""
        try:
            event = _EVENT.decode(line)
        except msgspec.DecodeError:
            self._lines.notice(line.decode(errors="replace"))
            return
        match event:
            case PanelEvent(url=url, invitation=invitation):
                self._keep_panel_address(url)
                self._report_back("panel")
                self._announcement.panel_ready(url, invitation)
            case ReadyEvent():
                self._lives.ready(time.monotonic())
                self._announcement.core_ready(event)
                self._service.say(f"control at {event.control}, show {self._lives.options.show}")
                for condition in self._missing.values():
                    self._core.send(msgspec.json.encode(condition))
            case AliveEvent(name=name):
                self._alive_s[name] = time.monotonic()
            case WantedEvent(name=name):
                if name in self._when_wanted and not self._ending.begun:
                    self._helpers.append(self._children.start(name, self._when_wanted.pop(name)))
            case NoticeEvent(text=text):
                self._lines.notice(text)
            case SummaryEvent():
                self._summed_up = True
                self._lines.event(event)
                self._ending.dismiss(self._helpers)

    def _tend_core(self) -> int | None:
        """Restarts a core that has ended, once it is due. Returns the exit code of the run where that is its end."""
        code = self._core.process.poll()
        if code is None:
            return None
        if not self._core.down:
            for line in self._core.lines.read_all():
                self._read(line)
            self._children.stop_reading(self._core)
        if self._ending.begun or code == 0:
            return 0
        if not self._lives.has_served and not self._may_start_again(code):
            if code != REFUSED:
                self._lines.notice(f"the core ended before its first frame ({_exit_text(code)}): see above")
            return REFUSED if code == REFUSED else 1
        if not self._core.down:
            self._note_core_end(code)
        elif self._core.is_due(time.monotonic()):
            self._children.restart(self._core)
            self._watch.begin()
        return None

    def _may_start_again(self, code: int) -> bool:
        """Whether a first core that was refused is tried again: the core of a killed run needs a moment to end."""
        waits = self._record.follows_unclean_end and time.monotonic() - self._begun_s < PREDECESSOR_ENDS_S
        return self._core.down or (waits and code == REFUSED)

    def _note_core_end(self, code: int) -> None:
        """Decides what the next core starts from, and when."""
        now_s, refused = time.monotonic(), code == REFUSED
        if not self._lives.has_served:
            self._core.note_end(now_s, refused=True)
            self._lines.notice("the last run did not end cleanly, and its core may still be ending: trying again")
            return
        options = self._lives.after_death(now_s, _exit_text(code), blameless=refused or code == REOPENS)
        self._core.command = _core_command(options)
        pause_s = self._core.note_end(now_s, refused=refused)
        when = f" in {pause_s:.3g} s" if pause_s else ""
        why = ", to open a display that has come" if code == REOPENS else ""
        self._lines.notice(f"the core ended ({_exit_text(code)}{why}): restarted {_STARTS_FROM[options.start]}{when}")
        self._service.say(f"the core ended ({_exit_text(code)}) and is started again")

    def _end_hung_core(self) -> None:
        """Kills a core that is alive but no longer serves frames."""
        if self._ending.begun or self._core.process.poll() is not None:
            return
        if self._watch.hangs(time.monotonic()):
            self._lines.notice("the core hangs and serves no frames: killing it")
            self._core.kill()

    def _keep_panel_address(self, url: str) -> None:
        """Lets a restarted preview page come back where it was, even if it took any free port at first."""
        for helper in self._helpers:
            if helper.name == "panel":
                helper.command[helper.command.index("--bind") + 1] = url.partition("://")[2]

    def _tend_helpers(self) -> None:
        """Restarts helpers that have ended, for as long as the stage runs."""
        if self._ending.begun:
            return
        for helper in self._helpers:
            code = helper.process.poll()
            if code is None:
                self._end_hung(helper)
                if helper.name != "panel":
                    self._report_back(helper.name)
            elif not helper.down:
                self._note_helper_end(helper, code)
            elif helper.is_due(time.monotonic()):
                self._children.restart(helper)

    def _end_hung(self, helper: Child) -> None:
        """Kills a helper that lives but no longer works."""
        if time.monotonic() - self._alive_s.get(helper.name, math.inf) > HELPER_HANGS_S:
            self._lines.notice(f"the {helper.name} hangs: killing it")
            helper.kill()

    def _note_helper_end(self, helper: Child, code: int) -> None:
        self._alive_s.pop(helper.name, None)
        refused = code == REFUSED and not helper.served
        pause_s = helper.note_end(time.monotonic(), refused=refused)
        if helper.name not in self._missing:
            again = "trying again until it can be" if refused else "restarted"
            self._lines.notice(f"the {helper.name} ended ({_exit_text(code)}): {again}")
        if helper.name == "panel" and refused:
            self._announcement.panel_lost()
        if pause_s:
            self._report_missing(_missing_helper(helper, code))

    def _report_missing(self, condition: Condition) -> None:
        name = str(condition.values["helper"])
        if self._missing.get(name) != condition:
            self._missing[name] = condition
            self._core.send(msgspec.json.encode(condition))

    def _report_back(self, name: str) -> None:
        condition = self._missing.pop(name, None)
        if condition is not None:
            self._core.send(msgspec.json.encode(msgspec.structs.replace(condition, present=False)))

    def _end_well(self, exit_code: int) -> None:
        """Sums up a run whose last core could not, and notes that it ended cleanly."""
        if not self._lives.has_served:
            return
        if not self._summed_up:
            self._lines.event(self._lives.summary(time.monotonic()))
        if exit_code == 0:
            self._record.end()


def _missing_helper(helper: Child, code: int) -> Condition:
    if helper.name == "panel" and code == REFUSED:
        address = helper.command[helper.command.index("--bind") + 1]
        return Condition(code="panel_missing", severity="warning", values={"helper": "panel", "address": address})
    values = {"helper": helper.name, "exit": _exit_text(code)}
    return Condition(code="helper_missing", severity="warning", values=dict(values))


def _core_command(options: CoreOptions) -> list[str]:
    return [sys.executable, "-m", "stage.live.core", msgspec.json.encode(options).decode()]


def _exit_text(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
