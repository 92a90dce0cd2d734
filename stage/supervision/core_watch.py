"""Whether a core that is there still serves frames: it leaves a beat in its last look with every one."""

from __future__ import annotations

from pathlib import Path

from stage.run.checkpoint import read_beat

SILENT_S = 5.0
SLOWER_THAN_BEFORE = 5.0
LONGEST_STEP_S = 0.25
FORGIVEN_AFTER_S = 60.0


class CoreWatch:
    """Looks at the beat in `path`. A core counts as silent only after its first beat: a start may take its time.

    Silence is what this process saw of it while it ran itself, so neither a busy machine nor a stop of both is
    mistaken for it; and a stage whose frames are slow is given several times its slowest so far. Each hang doubles
    the patience with the next core, until one has served for a minute: a display that holds up every core must not
    end the stage.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_s: float | None = None
        self.patience_s = SILENT_S
        self.begin()

    def begin(self) -> None:
        """A core was started: nothing is known of it."""
        self._beat = read_beat(self._path)
        self._beats = False
        self._silence_s = self._slowest_s = self._served_s = 0.0

    def hangs(self, now_s: float) -> bool:
        """Whether the core has been silent for too long. To be asked several times a second, on a monotonic clock."""
        passed_s = 0.0 if self._looked_s is None else min(now_s - self._looked_s, LONGEST_STEP_S)
        self._looked_s = now_s
        self._silence_s += passed_s
        beat = read_beat(self._path)
        if beat != self._beat:
            self._hear(beat)
        if not self._beats or self._silence_s <= max(self.patience_s, SLOWER_THAN_BEFORE * self._slowest_s):
            return False
        self.patience_s *= 2.0
        return True

    def _hear(self, beat: int | None) -> None:
        if self._beats:
            self._slowest_s = max(self._slowest_s, self._silence_s)
            self._served_s += self._silence_s
        if self._served_s > FORGIVEN_AFTER_S:
            self.patience_s = SILENT_S
        self._beat, self._beats, self._silence_s = beat, bool(beat), 0.0
