"""What a core keeps of itself: its state in mapped memory and on disk, and the figures of the run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from stage.live.figures import FiguresFile, RunFigures
from stage.live.journal_keeper import JournalKeeper
from stage.live.opening import open_checkpoint
from stage.live.state_keeper import StateKeeper
from stage.run.encoded_state import EncodedState
from stage.run.events import NoticeEvent, print_event
from stage.run.options import CoreOptions
from stage.show.frame.inputs import Condition, FrameInputs
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import AcknowledgeRequest
from stage.show.show import Show
from stage.words.sentences import sentence
from tracking.records import Scalar

_FIGURES_EACH = 10


class Keeping:
    """The checkpoint, if there is room for it, the journal, the state on disk, and the figures. `stack` closes them.

    `began_ns` is when its first core began to serve (host monotonic): the start is no part of a run.
    """

    def __init__(self, options: CoreOptions, now_ns: int, stack: ExitStack) -> None:
        self.checkpoint, self._no_room = open_checkpoint(options, stack)
        self.figures = FiguresFile(options.figures())
        stack.callback(self.figures.close)
        self._figures_at = -_FIGURES_EACH
        self.began_ns = now_ns if self.figures.before is None else self.figures.before.began_ns
        self._on_disk = StateKeeper(Path(options.state)) if options.keeps_state else None
        if self._on_disk is not None:
            stack.callback(self._on_disk.close)
        self.journal = JournalKeeper(options.journal(), self._durable)
        stack.callback(self.journal.close)

    def begin(self, now_ns: int) -> None:
        """Notes when this core begins to serve; a later one of the same run goes on from the first."""
        if self.figures.before is None:
            self.began_ns = now_ns

    def keep(self, encoded: EncodedState, *, entries: int, soon: bool) -> None:
        """Hands the newest state to the disk; it contains so many `entries` of the journal. Never waits."""
        if self._on_disk is not None:
            self._on_disk.put(encoded, entries=entries, soon=soon)

    def keep_figures(self, frame: int, figures: Callable[[], RunFigures]) -> None:
        """Keeps the figures up to this frame, however many commands come: once in so many frames.

        Of those between, a core that follows knows by the heartbeats.
        """
        if not 0 <= frame - self._figures_at < _FIGURES_EACH:
            self._figures_at = frame
            self.figures.write(figures())

    def _durable(self) -> int:
        """The number of the journal's last entry that outlives a power cut; without a state on disk none has to."""
        return self.journal.newest if self._on_disk is None else self._on_disk.entries

    def presented(self) -> None:
        """A frame was shown."""
        if self.checkpoint is not None:
            self.checkpoint.presented()

    @property
    def heartbeats(self) -> int:
        """The frames that were served in this run, as far as the checkpoint counts them."""
        return 0 if self.checkpoint is None else self.checkpoint.heartbeats

    def missing(self) -> dict[str, Condition]:
        """What could not be kept."""
        found = self.journal.missing() | ({} if self._on_disk is None else self._on_disk.missing())
        if self._no_room is not None:
            found["checkpoint"] = self._no_room
        elif self.checkpoint is not None and self.checkpoint.refused:
            found["checkpoint"] = Condition(code="checkpoint_too_small", severity="warning")
        return found


class PacketCount:
    """The accepted packets of each tracker over the whole run: what earlier cores counted, and this one."""

    def __init__(self, show: Show, before: RunFigures | None) -> None:
        self._show = show
        earlier = {} if before is None else before.packets
        self._offset = {
            name: max(0, earlier.get(name, 0) - tracker.state.accepted) for name, tracker in show.trackers.items()
        }

    def so_far(self) -> dict[str, int]:
        """By tracker."""
        return {name: self._offset[name] + tracker.state.accepted for name, tracker in self._show.trackers.items()}


def note_acknowledgements(inputs: FrameInputs, outcome: Outcome) -> None:
    """A line on the supervisor's terminal for everything that was acknowledged, and by whom."""
    if not any(isinstance(command.request, AcknowledgeRequest) for command in inputs.commands):
        return
    answers = {(answer.sender, answer.id): answer for answer in outcome.answers if answer.frame < 0}
    for command in inputs.commands:
        request = command.request
        answer = answers.get((command.sender, request.id))
        if isinstance(request, AcknowledgeRequest) and answer is not None and answer.refusal is None:
            who = request.client or command.sender
            values: dict[str, Scalar] = {"found": request.code, "who": who, "frame": outcome.frame}
            print_event(NoticeEvent(text=sentence("acknowledged", values)))
