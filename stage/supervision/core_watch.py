"""Whether a core that is alive still serves frames: each frame leaves a heartbeat beside the checkpoint."""

from __future__ import annotations

from pathlib import Path

from stage.run.checkpoint import read_heartbeat

SILENT_S = 5.0
SLOWER_THAN_BEFORE = 5.0
LONGEST_STEP_S = 0.25
FORGIVEN_AFTER_S = 60.0


class CoreWatch:
    """Reads the heartbeat in `path`. A core can only hang after its first heartbeat; its start may take its time.

    Only silence that this process saw while it ran itself counts, so that neither a busy machine nor a stop of both is
    taken for a hang. A stage of slow frames is allowed several times its slowest frame so far. Each hang doubles the
    patience with the next core until one has served for a minute: a display that holds up every core must not end the
    stage.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked_s: float | None = None
        self.patience_s = SILENT_S
        self.begin()

    def begin(self) -> None:
        """A core was started; nothing is known of it yet."""
        self._heartbeat = read_heartbeat(self._path)
        self._has_begun = False
        self._silence_s = self._slowest_s = self._served_s = 0.0

    def hangs(self, now_s: float) -> bool:
        """Whether the core has been silent for too long. To be called several times a second, on a monotonic clock."""
        passed_s = 0.0 if self._checked_s is None else min(now_s - self._checked_s, LONGEST_STEP_S)
        self._checked_s = now_s
        self._silence_s += passed_s
        heartbeat = read_heartbeat(self._path)
        if heartbeat != self._heartbeat:
            self._end_silence(heartbeat)
        if not self._has_begun or self._silence_s <= max(self.patience_s, SLOWER_THAN_BEFORE * self._slowest_s):
            return False
        self.patience_s *= 2.0
        return True

    def _end_silence(self, heartbeat: int | None) -> None:
        if self._has_begun:
            self._slowest_s = max(self._slowest_s, self._silence_s)
            self._served_s += self._silence_s
        if self._served_s > FORGIVEN_AFTER_S:
            self.patience_s = SILENT_S
        self._heartbeat, self._has_begun, self._silence_s = heartbeat, bool(heartbeat), 0.0
