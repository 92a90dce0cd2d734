"""Keeps the processes of a stage running: core, recorder, preview page. What dies is restarted; one signal ends all."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from stage.run.events import Event, PanelEvent, ReadyEvent, SummaryEvent, print_event
from stage.run.options import CoreOptions, Start
from stage.run.terminal import print_notice
from stage.supervision.announcement import Announcement
from stage.supervision.children import RESTARTS_MAX, RESTARTS_WINDOW_S, Child, Children
from stage.supervision.core_lives import CoreLives
from stage.supervision.core_watch import CoreWatch
from stage.supervision.ending import Ending
from stage.takes.link import recorder_command

REFUSED = 2
"""The exit code of a process that finds it cannot do its work, so that a restart would not help."""
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_STARTS_FROM: dict[Start, str] = {
    "checkpoint": "from its checkpoint",
    "saved_values": "from the saved values, in case its checkpoint is what kills it",
    "defaults": "from the defaults, in case the saved values are what kills it",
}


class Supervisor:
    """Keeps a stage running until it ends by itself, a signal ends it, or it cannot be kept alive.

    `helpers` are further processes by name: the preview page, the demo's tracker. Their events are printed as they
    come.
    """

    def __init__(self, options: CoreOptions, helpers: dict[str, Sequence[str]]) -> None:
        self._ending = Ending()
        self._ending.catch_signals()
        self._lives = CoreLives(options)
        self._watch = CoreWatch(options.checkpoint())
        self._announcement = Announcement(
            awaits_panel="panel" in helpers, takes=options.takes, recording=options.record
        )
        self._children = Children()
        self._core = self._children.start("core", _core_command(options))
        recorder = recorder_command(options.to_recorder(), options.from_recorder(), Path(options.takes))
        self._helpers = [
            self._children.start(name, command) for name, command in {"recorder": recorder, **helpers}.items()
        ]

    def run(self) -> int:
        """Supervises until the core has ended for good. Returns the exit code for the user."""
        try:
            while True:
                self._ending.press(self._core)
                for line in self._children.lines():
                    self._read(line)
                self._end_hung_core()
                code = self._core.process.poll()
                if code is not None:
                    for line in self._core.events:
                        self._read(line)
                    exit_code = self._after_core(code)
                    if exit_code is not None:
                        return exit_code
                self._tend_helpers()
        finally:
            self._ending.finish(self._helpers)

    def _read(self, line: bytes) -> None:
        """Acts on a child's event. A line that is not an event is for the user."""
        try:
            event = _EVENT.decode(line)
        except msgspec.DecodeError:
            print_notice(line.decode(errors="replace").rstrip("\n"))
            return
        match event:
            case PanelEvent(url=url):
                self._keep_panel_address(url)
                self._announcement.panel_ready(url)
            case ReadyEvent():
                self._lives.ready(time.monotonic())
                self._announcement.core_ready(event)
            case SummaryEvent():
                print_event(event)
                self._ending.dismiss(self._helpers)

    def _after_core(self, code: int) -> int | None:
        """What follows the end of a core: the exit code of the run, or None if the core was restarted."""
        if self._ending.begun or code == 0:
            return 0
        if not self._lives.has_served:
            if code != REFUSED:
                print_notice(f"the core ended before its first frame ({_exit_text(code)}): see above")
            return REFUSED if code == REFUSED else 1
        options = self._lives.after_death(time.monotonic())
        self._core.command = _core_command(options)
        if not self._children.restart(self._core):
            print_notice(f"the core died {RESTARTS_MAX} times within {RESTARTS_WINDOW_S:.0f} s: giving up")
            print_event(self._lives.summary(time.monotonic()))
            return 1
        self._watch.begin()
        print_notice(f"the core ended ({_exit_text(code)}): restarted {_STARTS_FROM[options.start]}")
        return None

    def _end_hung_core(self) -> None:
        """Kills a core that is alive but no longer serves frames."""
        if not self._ending.begun and self._watch.hangs(time.monotonic()) and self._core.process.poll() is None:
            print_notice("the core hangs and serves no frames: killing it")
            self._core.kill()

    def _keep_panel_address(self, url: str) -> None:
        """Lets a restarted preview page come back where it was, even if it took any free port at first."""
        for helper in self._helpers:
            if helper.name == "panel":
                helper.command[helper.command.index("--bind") + 1] = url.partition("://")[2]

    def _tend_helpers(self) -> None:
        """Restarts helpers that have ended, and gives up those that a restart does not help."""
        if self._ending.begun:
            return
        for helper in tuple(self._helpers):
            code = helper.process.poll()
            if code is None:
                continue
            if (code != REFUSED or helper.served) and self._children.restart(helper):
                print_notice(f"the {helper.name} ended ({_exit_text(code)}): restarted")
            else:
                self._give_up(helper, code)

    def _give_up(self, helper: Child, code: int) -> None:
        """Continues without a helper that was refused, or that keeps dying."""
        print_notice(f"the {helper.name} ended ({_exit_text(code)}): continuing without it")
        self._helpers.remove(helper)
        if helper.name == "panel":
            self._announcement.panel_lost()


def _core_command(options: CoreOptions) -> list[str]:
    return [sys.executable, "-m", "stage.live.core", msgspec.json.encode(options).decode()]


def _exit_text(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
