"""The running show as the control edge reads it."""

from __future__ import annotations

from typing import Protocol

from msgspec import UnsetType

from stage.control.cue_views import CueShown, CueStatus
from stage.control.light_views import LightStatus
from stage.control.look_views import LookComparison, LookStatus
from stage.control.view import ClientChange, LibraryWorld, StageStatus, WorldStatus
from stage.show.frame.lights import LightsPlan
from stage.show.frame.outcome import Finding
from stage.show.frame.requests import CueRequest, LookRequest
from stage.show.values.controls import ControlState
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree


class ShowView(Protocol):
    """A show as the edge reads it: between steps, on the loop's own thread."""

    @property
    def controls(self) -> ControlState:
        """The values in force, and what changed in this frame."""

    @property
    def tree(self) -> ParameterTree:
        """Everything that can be set; it changes as worlds come and go."""

    @property
    def rate_hz(self) -> float:
        """Frames per second."""

    @property
    def recording(self) -> str:
        """The take that records, or is to; "" where none does."""

    def owner_of(self, session: str) -> str | None:
        """Whose session this is (`Command.owner`); None where no command has named it."""

    def status(self, findings: tuple[Finding, ...]) -> StageStatus:
        """The status after the last step, which had these `findings`. Called at most once a frame."""

    def worlds(self, first: int, most: int) -> tuple[tuple[WorldStatus, ...], int]:
        """At most so many worlds of the stage from the `first` on, and how many there are."""

    def lights(self, plan: LightsPlan | UnsetType, first: int, most: int) -> tuple[tuple[LightStatus, ...], int]:
        """At most so many lights from the `first` on, as the newest `plan` has them, and how many there are."""

    def changes(self, client: str) -> tuple[tuple[ClientChange, ...], tuple[ClientChange, ...]]:
        """The newest changes of a client that it can undo, and those that it can redo; the newest of each first."""

    def looks(self, first: int, most: int, *, takes: bool) -> tuple[tuple[LookStatus, ...], int]:
        """At most so many looks from the `first` on, and how many there are; with `takes` those of takes."""

    def look_comparison(self, request: LookRequest, most: int) -> LookComparison | Refusal:
        """The look that a request names beside what is in force, with at most so many changes; or why there is none."""

    def cues(self, first: int, most: int) -> tuple[tuple[CueStatus, ...], int]:
        """At most so many cues from the `first` on, and how many there are."""

    def shown_cue(self, request: CueRequest, most: int) -> CueShown | Refusal:
        """At most so many values that the cue sets which a request names, or the next one; or why there is none."""

    def library_world(self, name: str) -> LibraryWorld | Refusal:
        """The world that is called `name`, as its file in the library has it; or why it has none."""
