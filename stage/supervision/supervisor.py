"""Runs the stage's processes: core, recorder, preview. What dies is started again; one signal ends them all."""

from __future__ import annotations

import selectors
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import msgspec

from stage.control.sockets import announced
from stage.run.console import tell
from stage.run.options import CoreOptions, Start
from stage.run.summary import PanelEvent, ReadyEvent, SummaryEvent, print_event, summary_of_look
from stage.supervision.child import RESTARTS_MAX, RESTARTS_WINDOW_S, Child
from stage.supervision.core_watch import CoreWatch
from stage.takes.link import recorder_command

CORE_ENDS_S = 0.6
OTHERS_END_S = 0.75
LOOK_EVERY_S = 0.05
SHORT_LIFE_S = 10.0
REFUSED = 2
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent | PanelEvent)
_BEGINS_WITH: dict[Start, str] = {
    "last_look": "from its last look",
    "saved_values": "from the saved values, in case its last look is what ends it",
    "defaults": "from the defaults, in case the saved values are what ends it",
}


class Supervisor:
    """Keeps a stage running until it ends by itself, is told to, or cannot be kept alive.

    `helpers` are further processes by name: the preview page, the demo's tracker. Events are printed as they come;
    "ready" waits for the preview's address where there is one.
    """

    def __init__(self, options: CoreOptions, helpers: dict[str, Sequence[str]]) -> None:
        self._options = options
        self._asked_s = options.seconds
        self._stopping_since: float | None = None
        self._asked = False
        self._served_since: float | None = None
        self._ready_since: float | None = None
        self._dismissed_since: float | None = None
        self._held_back: ReadyEvent | None = None
        self._panel_url: str | None = None
        self._short_lives = 0
        self._selector = selectors.DefaultSelector()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._watch = CoreWatch(options.last_look())
        recorder = recorder_command(options.to_recorder(), options.from_recorder(), Path(options.takes))
        self._core = self._watched("core", _core_command(options))
        self._helpers = [self._watched(name, command) for name, command in {"recorder": recorder, **helpers}.items()]
        self._awaits_panel = "panel" in helpers

    def run(self) -> int:
        """Supervises until the core has ended for good. Returns the exit code for the user."""
        try:
            while True:
                self._hurry()
                self._hear()
                self._look_after_core()
                code = self._core.process.poll()
                if code is not None:
                    for line in self._core.events:
                        self._read(line)
                    ended = self._after_core(code)
                    if ended is not None:
                        return ended
                self._tend_helpers()
        finally:
            self._end_helpers()

    @property
    def _ending(self) -> bool:
        """Told to stop, or the core has said its last word."""
        return self._stopping_since is not None or self._dismissed_since is not None

    def _hear(self) -> None:
        """Waits a moment for events and passes them on."""
        for key, _ in self._selector.select(LOOK_EVERY_S):
            line = key.data.events.readline()
            if line:
                key.data.served = True
                self._read(line)
            else:
                self._selector.unregister(key.fileobj)
                key.data.heard_out = True

    def _read(self, line: bytes) -> None:
        try:
            event = _EVENT.decode(line)
        except msgspec.DecodeError:
            tell(line.decode(errors="replace").rstrip("\n"))
            return
        self._pass_on(event)

    def _pass_on(self, event: ReadyEvent | SummaryEvent | PanelEvent) -> None:
        match event:
            case PanelEvent(url=url):
                self._keep_address(url)
                self._panel_url = announced(url)
            case ReadyEvent():
                self._held_back = event
                self._ready_since = time.monotonic()
                self._served_since = self._served_since or self._ready_since
            case SummaryEvent():
                print_event(event)
                self._dismiss_helpers()
        self._announce()

    def _announce(self) -> None:
        """Says that the stage is ready, once it is and nobody waits for the preview's address any more."""
        if self._held_back is not None and (self._panel_url is not None or not self._awaits_panel):
            control = announced(self._held_back.control)
            print_event(msgspec.structs.replace(self._held_back, control=control, panel=self._panel_url))
            if self._panel_url is not None:
                tell(f"see the walls at {self._panel_url}; Ctrl-C ends the stage")
            self._held_back = None

    def _after_core(self, code: int) -> int | None:
        """What to do once the core has ended: the exit code, or None where it was started again."""
        if self._ending or code == 0:
            return 0
        if self._served_since is None:
            if code != REFUSED:
                tell(f"the core ended before its first frame ({_exit_text(code)}): see above")
            return REFUSED if code == REFUSED else 1
        start = self._next_start()
        self._core.command = _core_command(self._recovering(self._served_since, start))
        if not self._restart(self._core):
            tell(f"the core died {RESTARTS_MAX} times within {RESTARTS_WINDOW_S:.0f} s: giving up")
            print_event(summary_of_look(self._options.last_look(), time.monotonic() - self._served_since))
            return 1
        self._watch.begin()
        tell(f"the core ended ({_exit_text(code)}): started again {_BEGINS_WITH[start]}")
        return None

    def _next_start(self) -> Start:
        """What the core begins with now. A last look with which it dies soon, twice in a row, is not tried again."""
        short = self._ready_since is None or time.monotonic() - self._ready_since < SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if self._options.recover and short else 0
        self._ready_since = None
        starts: tuple[Start, ...] = ("last_look", "last_look", "saved_values", "defaults")
        return starts[min(self._short_lives, len(starts) - 1)]

    def _recovering(self, served_since: float, start: Start) -> CoreOptions:
        """The options of a core that follows a dead one, for what is left of the asked time."""
        seconds = self._asked_s
        if seconds is not None:
            seconds = max(0.1, seconds - (time.monotonic() - served_since))
        epoch = self._options.epoch + 1
        self._options = msgspec.structs.replace(self._options, start=start, epoch=epoch, seconds=seconds)
        return self._options

    def _look_after_core(self) -> None:
        """Ends a core that is there and serves no frame any more."""
        if not self._ending and self._watch.hangs(time.monotonic()) and self._core.process.poll() is None:
            tell("the core hangs, it serves no frame any more: it is ended")
            self._core.process.kill()
            self._core.process.wait()

    def _keep_address(self, url: str) -> None:
        """A preview page that is started again comes back where it was, though it took any free port at first."""
        for helper in self._helpers:
            if helper.name == "panel":
                helper.command[helper.command.index("--bind") + 1] = url.partition("://")[2]

    def _tend_helpers(self) -> None:
        if self._ending:
            return
        for helper in tuple(self._helpers):
            code = helper.process.poll()
            if code is None:
                continue
            if (code != REFUSED or helper.served) and self._restart(helper):
                tell(f"the {helper.name} ended ({_exit_text(code)}): started again")
            else:
                self._do_without(helper, code)

    def _do_without(self, helper: Child, code: int) -> None:
        """Goes on without a helper that was refused, or that keeps dying."""
        tell(f"the {helper.name} ended ({_exit_text(code)}): going on without it")
        self._helpers.remove(helper)
        if helper.name == "panel":
            self._awaits_panel = False
            self._announce()

    def _restart(self, child: Child) -> bool:
        """Starts a dead child again and listens to it; False when it has died too often lately."""
        if not child.heard_out:
            self._selector.unregister(child.events)
        child.heard_out = not child.restart()
        if child.heard_out:
            return False
        self._selector.register(child.events, selectors.EVENT_READ, child)
        return True

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a signal handler
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()

    def _hurry(self) -> None:
        """Passes on that the stage is to end. A core that does not end in time, or by itself, is ended by force."""
        if self._stopping_since is not None and not self._asked:
            self._asked = True
            self._core.ask_to_end()
        begun = self._stopping_since or self._dismissed_since
        if begun is not None and time.monotonic() - begun > CORE_ENDS_S:
            self._core.process.kill()

    def _dismiss_helpers(self) -> None:
        """The core's last word: its take is closed, and the others may end while it does."""
        self._dismissed_since = time.monotonic()
        for helper in self._helpers:
            helper.ask_to_end()

    def _end_helpers(self) -> None:
        if self._dismissed_since is None:
            self._dismiss_helpers()
        begun = self._stopping_since or self._dismissed_since or time.monotonic()
        for helper in self._helpers:
            helper.wait(begun + OTHERS_END_S)

    def _watched(self, name: str, command: Sequence[str]) -> Child:
        child = Child(name, command)
        self._selector.register(child.events, selectors.EVENT_READ, child)
        return child


def _core_command(options: CoreOptions) -> list[str]:
    return [sys.executable, "-m", "stage.live.core", msgspec.json.encode(options).decode()]


def _exit_text(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
