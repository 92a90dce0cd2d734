"""The time of day runs on show time, where it is told to."""

from __future__ import annotations

from stage.show.values.controls import Controls

HOUR = "/time/hour"
SECONDS_AN_HOUR = 3600.0


def run_time_of_day(controls: Controls, elapsed_s: float) -> None:
    """Moves the hour by `elapsed_s` seconds of show time at its speed.

    While the hour fades it goes only where it is sent; it runs on from there.
    """
    values = controls.state.values
    stands = values.world.freeze_time or HOUR in controls.state.fades
    if values.time.running and not stands and elapsed_s > 0.0:
        hours = elapsed_s * values.time.speed / SECONDS_AN_HOUR
        controls.assign(HOUR, (values.time.hour + hours) % 24.0)
