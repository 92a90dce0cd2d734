"""How the hour and the clouds move: running, fading, carried by the wind, over midnight. Pure.

The date follows an hour that passes midnight, in the same frame, so that the sky is seamless. An hour that is set at
once passes nothing.
"""

from __future__ import annotations

import math

import msgspec

from render.worlds.sky.plan import FARTHEST_DRIFT_M
from stage.almanac.calendar import later_date
from stage.show.values.controls import Controls
from stage.show.values.fades import is_over, midnights_passed, way_round

HOUR = "/time/hour"
DATE = "/place/date"
DRIFT = "/sky/clouds/drift_m"
HOURS_A_DAY = 24.0
SECONDS_AN_HOUR = 3600.0
_LAST_MOMENT = math.nextafter(HOURS_A_DAY, 0.0)


def begin_time(controls: Controls, passed: int) -> None:
    """Brings hour and clouds on to a frame that comes `passed` frames after the one before, before its commands.

    The hour runs at its speed, and the wind moves the clouds. What fades goes only where it is sent, and runs on from
    there. Frozen time holds all of it, fades too.
    """
    state = controls.state
    if state.values.world.freeze_time:
        for path in (HOUR, DRIFT):
            if path in state.fades and state.fades[path].held < 0:
                begun = state.fades[path].start_frame + passed
                state.fades[path] = msgspec.structs.replace(state.fades[path], start_frame=begun)
        return
    _pass_midnights(controls)
    time, clouds = state.values.time, state.values.sky.clouds
    hour_s, clouds_s = _free_s(controls, HOUR, passed), _free_s(controls, DRIFT, passed)
    if time.running and time.speed * hour_s > 0.0:
        _run_on(controls, hour_s * time.speed / SECONDS_AN_HOUR)
    if clouds.wind_m_s * clouds_s != 0.0:
        moved = state.values.sky.clouds.drift_m + clouds_s * clouds.wind_m_s
        beyond = abs(moved) > FARTHEST_DRIFT_M
        controls.assign(DRIFT, math.copysign(FARTHEST_DRIFT_M, -moved) if beyond else moved)


def date_after_fade(controls: Controls) -> str | None:
    """The date that an hour will have carried over midnight which begins to fade in this frame; None where it stays.

    Both are one change, so that both can be taken back.
    """
    fade = controls.state.fades.get(HOUR)
    if fade is None or fade.start_frame != controls.state.frame:
        return None
    goes = fade.start + way_round(fade.start, fade.target, HOURS_A_DAY, fade.way)
    days = math.floor(goes / HOURS_A_DAY)
    return later_date(controls.state.values.place.date, days) if days else None


def _free_s(controls: Controls, path: str, passed: int) -> float:
    """For how many seconds of the frames that passed no fade has moved a value; one that is over is ended."""
    fade, frame = controls.state.fades.get(path), controls.state.frame
    if fade is None:
        return passed * controls.rate.denominator / controls.rate.numerator
    if not is_over(fade, frame, controls.rate):
        return 0.0
    controls.assign(path, fade.target)
    since_s = (frame - fade.start_frame) * controls.rate.denominator / controls.rate.numerator
    return max(0.0, since_s - fade.fade_s)


def _run_on(controls: Controls, hours: float) -> None:
    hour = controls.state.values.time.hour + hours
    days = math.floor(hour / HOURS_A_DAY)
    _carry_date(controls, days)
    controls.assign(HOUR, min(max(hour - days * HOURS_A_DAY, 0.0), _LAST_MOMENT))


def _pass_midnights(controls: Controls) -> None:
    """Carries the date with a fading hour."""
    fade = controls.state.fades.get(HOUR)
    if fade is not None:
        midnights = midnights_passed(fade, controls.state.frame, controls.rate)
        if midnights != fade.midnights:
            _carry_date(controls, midnights - fade.midnights)
            controls.state.fades[HOUR] = msgspec.structs.replace(fade, midnights=midnights)


def _carry_date(controls: Controls, days: int) -> None:
    if days:
        controls.assign(DATE, later_date(controls.state.values.place.date, days))
