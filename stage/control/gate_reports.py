"""What the gate reports, as the show observes it: connections that were closed, and keys that were refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from stage.gate.link import Turned
from stage.show.frame.entries import RefusedCall
from stage.show.frame.inputs import Condition, Dropped
from stage.values.parameters import Refusal
from tracking.records import Scalar

CONTROL = "control"
"""The source that the reports name."""
_REFUSED = {
    "unknown_key": "key_unknown",
    "revoked_key": "key_revoked",
    "no_key": "key_absent",
    "not_the_panel": "not_the_panel",
}
_LOGGED_EVERY_S = 10.0
"""So often a refusal is logged of each kind: strangers must not push out of the log what the crew has done."""


class GateReports:
    """Turns reports into observations, and counts the refusals since the start. `log` takes those for the journal."""

    def __init__(self, log: Callable[[RefusedCall], object], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock_s = clock_s
        self._refused = 0
        self._logged_s: dict[str, float] = {}

    def observations(self, reports: Iterable[Turned]) -> Iterator[Dropped | Condition]:
        """Each report as what was dropped; one of a refused key also as a finding with who and where."""
        for report in reports:
            yield Dropped(source=CONTROL, count=report.count, cause=f"turned_{report.cause}")
            if report.cause in _REFUSED:
                self._refused += report.count
                why = _REFUSED[report.cause]
                values: dict[str, Scalar] = {
                    "count": self._refused,
                    "origin": report.origin,
                    "who": report.who,
                    "why": why,
                }
                self._log_refusal(report, why, values)
                yield Condition(code="key_refused", severity="warning", values=values, lasts=True)

    def _log_refusal(self, report: Turned, why: str, values: dict[str, Scalar]) -> None:
        now_s = self._clock_s()
        if now_s - self._logged_s.get(why, now_s - _LOGGED_EVERY_S) < _LOGGED_EVERY_S:
            return
        self._logged_s[why] = now_s
        refusal = Refusal(code="forbidden", reason="key_refused", values=values)
        self._log(
            RefusedCall(
                sender="", role="viewer", request="connect", refusal=refusal, person=report.who, origin=report.origin
            )
        )
