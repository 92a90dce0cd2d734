"""Runs the stage's processes: core, recorder, preview. What dies is started again; one signal ends them all."""

from __future__ import annotations

import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO

import msgspec

from stage.control.sockets import announced
from stage.options import CoreOptions
from stage.realtime import die_with_parent
from stage.summary import PanelEvent, ReadyEvent, SummaryEvent, print_event
from stage.takes.link import recorder_command

RESTARTS_MAX = 5
RESTARTS_WINDOW_S = 60.0
CORE_ENDS_S = 0.6
OTHERS_END_S = 0.75
LOOK_EVERY_S = 0.05
REFUSED = 2
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent | PanelEvent)


class Child:
    """One supervised process. Its standard output is a pipe of events; standard error is the user's."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = list(command)
        self._starts: deque[float] = deque(maxlen=RESTARTS_MAX)
        self.heard_out = False
        self.process = self._start()

    def restart(self) -> bool:
        """Starts the process again; False when it has died too often lately."""
        if len(self._starts) == RESTARTS_MAX and time.monotonic() - self._starts[0] < RESTARTS_WINDOW_S:
            return False
        self.process = self._start()
        return True

    def ask_to_end(self) -> None:
        """Sends SIGTERM to a process that still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until_s: float) -> int:
        """Waits for the end until a monotonic time in seconds, then ends it by force. Returns the exit code."""
        try:
            return self.process.wait(max(0.01, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    @property
    def events(self) -> IO[bytes]:
        """What it prints, one JSON line an event."""
        assert self.process.stdout is not None
        return self.process.stdout

    def _start(self) -> subprocess.Popen[bytes]:
        self._starts.append(time.monotonic())
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends the others in order. Whatever the
        # program is, the kernel ends it with the supervisor; this process has no threads for the fork to trip over.
        return subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


class Supervisor:
    """Keeps a stage running until it ends by itself, is told to, or cannot be kept alive.

    `helpers` are further processes by name: the preview page, the demo's tracker. Events are printed as they come;
    "ready" waits for the preview's address where there is one.
    """

    def __init__(self, options: CoreOptions, helpers: dict[str, Sequence[str]]) -> None:
        self._options = options
        self._stopping_since: float | None = None
        self._served_since: float | None = None
        self._dismissed_since: float | None = None
        self._held_back: ReadyEvent | None = None
        self._panel_url: str | None = None
        self._selector = selectors.DefaultSelector()
        recorder = recorder_command(options.to_recorder(), options.from_recorder(), Path(options.takes))
        self._core = self._watched("core", _core_command(options))
        self._helpers = [self._watched(name, command) for name, command in {"recorder": recorder, **helpers}.items()]
        self._awaits_panel = "panel" in helpers

    def run(self) -> int:
        """Supervises until the core has ended for good. Returns the exit code for the user."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            while True:
                self._hear()
                code = self._core.process.poll()
                if code is not None:
                    for line in self._core.events:
                        self._read(line)
                    ended = self._after_core(code)
                    if ended is not None:
                        return ended
                self._tend_helpers()
                self._hurry()
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
                self._read(line)
            else:
                self._selector.unregister(key.fileobj)
                key.data.heard_out = True

    def _read(self, line: bytes) -> None:
        try:
            event = _EVENT.decode(line)
        except msgspec.DecodeError:
            sys.stderr.write(line.decode(errors="replace"))
            return
        self._pass_on(event)

    def _pass_on(self, event: ReadyEvent | SummaryEvent | PanelEvent) -> None:
        match event:
            case PanelEvent(url=url):
                self._panel_url = announced(url)
            case ReadyEvent():
                self._held_back = event
                self._served_since = self._served_since or time.monotonic()
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
                print(f"see the walls at {self._panel_url}; Ctrl-C ends the stage", file=sys.stderr)
            self._held_back = None

    def _after_core(self, code: int) -> int | None:
        """What to do once the core has ended: the exit code, or None where it was started again."""
        if self._ending or code == 0:
            return 0
        if self._served_since is None:
            if code != REFUSED:
                print(f"the core ended before its first frame ({_exit_text(code)}): see above", file=sys.stderr)
            return REFUSED if code == REFUSED else 1
        self._core.command = _core_command(self._recovering(self._served_since))
        if not self._restart(self._core):
            print(f"the core died {RESTARTS_MAX} times within {RESTARTS_WINDOW_S:.0f} s: giving up", file=sys.stderr)
            return 1
        print(f"the core ended ({_exit_text(code)}): started again from its last look", file=sys.stderr)
        return None

    def _recovering(self, served_since: float) -> CoreOptions:
        """The options of a core that goes on from the last look, for what is left of the asked time."""
        seconds = self._options.seconds
        if seconds is not None:
            seconds = max(0.1, seconds - (time.monotonic() - served_since))
        return msgspec.structs.replace(self._options, recover=True, seconds=seconds)

    def _tend_helpers(self) -> None:
        if self._ending:
            return
        for helper in tuple(self._helpers):
            code = helper.process.poll()
            if code is None:
                continue
            if code != REFUSED and self._restart(helper):
                print(f"the {helper.name} ended ({_exit_text(code)}): started again", file=sys.stderr)
            else:
                self._do_without(helper, code)

    def _do_without(self, helper: Child, code: int) -> None:
        """Goes on without a helper that was refused, or that keeps dying."""
        print(f"the {helper.name} ended ({_exit_text(code)}): going on without it", file=sys.stderr)
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
            self._core.ask_to_end()

    def _hurry(self) -> None:
        """A core that does not end in time, when told to or by itself, is ended by force."""
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
    return [sys.executable, "-m", "stage.core", msgspec.json.encode(options).decode()]


def _exit_text(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
