"""What the gate reports, as the show observes it: connections that were closed, and keys that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stage.gate.link import Turned
from stage.show.frame.inputs import Condition, Dropped
from tracking.records import Scalar

CONTROL = "control"
"""The source that the reports name."""
_REFUSED = {
    "unknown_key": "key_unknown",
    "revoked_key": "key_revoked",
    "no_key": "key_absent",
    "not_the_panel": "not_the_panel",
}


class GateReports:
    """Turns reports into observations, and counts the refusals since the start."""

    def __init__(self) -> None:
        self._refused = 0

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
                yield Condition(code="key_refused", severity="warning", values=values, lasts=True)
