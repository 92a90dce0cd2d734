"""The lives of a run's cores: what the next one starts from, and what is known of the run if none says it."""

from __future__ import annotations

import math

import msgspec

from stage.run.checkpoint import read_checkpoint
from stage.run.events import Spread, SummaryEvent
from stage.run.options import CoreOptions
from stage.supervision.children import SHORT_LIFE_S
from tracking.records import UNDECODABLE, Evolving

_SHORTEST_RUN_S = 0.1
_WHOLE_STATES = 2
"""A checkpoint that may kill its cores is tried twice as a whole; then only its values are used."""
_FIRST_MOMENT_S = 1.0
"""A core that serves no longer has ended before anybody could change anything."""


class _Tracker(Evolving):
    accepted: int


class _Take(Evolving):
    path: str


class _LastState(Evolving):
    """What the end of a run is summed up from: these fields of `ShowState`, without loading the fold to decode it."""

    frame: int
    missed: int
    trackers: dict[str, _Tracker]
    take: _Take


class CoreLives:
    """The cores of a run, one after the other. `options` are the newest one's; times are monotonic seconds."""

    def __init__(self, options: CoreOptions) -> None:
        self.options = options
        self._run_s = options.seconds
        self._run_since_s: float | None = None
        self._ready_since_s: float | None = None
        self._short_lives = 0
        self._suspect_frame: int | None = None

    def ready(self, now_s: float) -> None:
        """The newest core serves frames."""
        self._ready_since_s = now_s
        if self._run_since_s is None:
            self._run_since_s = now_s

    @property
    def has_served(self) -> bool:
        """Whether any core of this run has served frames."""
        return self._run_since_s is not None

    @property
    def serves(self) -> bool:
        """Whether the newest core has said that it serves, and nobody that it has ended."""
        return self._ready_since_s is not None

    def served_s(self, now_s: float) -> float:
        """Seconds since the first core began to serve frames; 0.0 before that."""
        return 0.0 if self._run_since_s is None else now_s - self._run_since_s

    def after_death(self, now_s: float, exit_text: str, *, blameless: bool = False) -> CoreOptions:
        """The options of the core that follows the newest one: for what is left of the run's time.

        The state is not to blame for a `blameless` end: something was missing outside, or a display has come.
        """
        if not blameless:
            self._count(now_s)
        self._ready_since_s = None
        left_s = None if self._run_s is None else max(_SHORTEST_RUN_S, self._run_s - self.served_s(now_s))
        self.options = msgspec.structs.replace(
            self.options,
            start="checkpoint" if self._short_lives <= _WHOLE_STATES else "values",
            takes_back=self._short_lives > _WHOLE_STATES + 1 and not blameless,
            suspect_frame=self._suspect_frame,
            exit=exit_text,
            epoch=self.options.epoch + 1,
            seconds=left_s,
        )
        return self.options

    def summary(self, now_s: float) -> SummaryEvent:
        """What the checkpoint of the last core still says of the run. Figures that died with it are null in JSON."""
        state = self._last_state()
        unknown = Spread(p50=math.nan, p99=math.nan, max=math.nan)
        return SummaryEvent(
            frames=0 if state is None else state.frame + 1,
            seconds=round(self.served_s(now_s), 3),
            missed=0 if state is None else state.missed,
            missed_causes={},
            skipped_causes={},
            lateness_ms=unknown,
            cpu_ms=unknown,
            packets={} if state is None else {name: tracker.accepted for name, tracker in state.trackers.items()},
            take=None if state is None else state.take.path or None,
        )

    def _count(self, now_s: float) -> None:
        """Counts short lives in a row. The changes before the first death of a row may be what kills the cores.

        The last of them may be in the journal alone by then: the second core carries them out in its first frame.
        """
        served_s = 0.0 if self._ready_since_s is None else now_s - self._ready_since_s
        self._short_lives = self._short_lives + 1 if served_s < SHORT_LIFE_S else 1
        if self._short_lives == 1 or (self._short_lives == _WHOLE_STATES and served_s < _FIRST_MOMENT_S):
            state = self._last_state()
            self._suspect_frame = None if state is None else state.frame

    def _last_state(self) -> _LastState | None:
        try:
            encoded = read_checkpoint(self.options.checkpoint())
            return None if encoded is None else msgspec.msgpack.decode(encoded, type=_LastState)
        except (OSError, *UNDECODABLE):
            return None
