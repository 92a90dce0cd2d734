"""What happens when no core speaks, and how its return goes without a jump. Times are host monotonic nanoseconds."""

from __future__ import annotations

from typing import NamedTuple

from stage.lights.sender import WireSettings

SILENT_NS = 500_000_000
"""A core that is connected and says nothing for so long is as good as gone."""
RETURN_NS = 500_000_000
"""What a core that comes back wants is reached within so long, from what stood."""
WATCHED_FOR_NS = 5_000_000_000
"""For so long after its return nobody is left to wonder whether the stage still sends."""


class Presence(NamedTuple):
    """What there is of a core at a moment: whether it is lost, whether the lights are left to another source, and
    whether somebody may wonder if the stage still sends, as without a core and a moment afterwards.

    `share_left` is the share of their level that lights have, while they fade out without a core. `share_returned` is
    the share of the way from what stood to what a core wants that has come back.
    """

    lost: bool = False
    released: bool = False
    watched: bool = False
    share_left: float = 1.0
    share_returned: float = 1.0


_USUAL = Presence()


class Loss:
    """Whether the core is heard, and what is made of the last look until it is again."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._heard_ns: int | None = None
        self._lost_ns: int | None = None
        self._back_ns: int | None = None
        self._watched_ns = 0

    @property
    def lost(self) -> bool:
        """Whether there is no core now."""
        return self._lost_ns is not None

    def at(self, now_ns: int) -> Presence:
        """How it stands now; a core that says nothing is noticed."""
        if self._heard_ns is not None and now_ns - self._heard_ns > SILENT_NS:
            self.lose(now_ns)
        if self._lost_ns is None and self._back_ns is None and now_ns >= self._watched_ns:
            return _USUAL
        over_ns = self._over_ns(now_ns)
        return Presence(
            lost=self.lost,
            released=self._settings.on_loss == "release" and over_ns > 0,
            watched=self.lost or now_ns < self._watched_ns,
            share_left=self._share_left(over_ns),
            share_returned=self._share_returned(now_ns),
        )

    def hear(self, now_ns: int) -> None:
        """A plan has come."""
        if self._lost_ns is not None:
            self._back_ns, self._lost_ns = now_ns, None
            self._watched_ns = now_ns + WATCHED_FOR_NS
        self._heard_ns = now_ns

    def lose(self, now_ns: int) -> None:
        """There is no core any more, or none yet."""
        if self._lost_ns is None:
            self._lost_ns = now_ns

    def _share_left(self, over_ns: float) -> float:
        if self._settings.on_loss != "fade" or over_ns <= 0:
            return 1.0
        return max(0.0, 1.0 - over_ns / (self._settings.fade_s * 1e9)) if self._settings.fade_s else 0.0

    def _share_returned(self, now_ns: int) -> float:
        if self._back_ns is None:
            return 1.0
        share = (now_ns - self._back_ns) / RETURN_NS
        if share >= 1.0:
            self._back_ns = None
        return min(max(share, 0.0), 1.0)

    def _over_ns(self, now_ns: int) -> float:
        """How long the last look has been held for longer than it is to be."""
        return -1.0 if self._lost_ns is None else now_ns - self._lost_ns - self._settings.hold_s * 1e9
