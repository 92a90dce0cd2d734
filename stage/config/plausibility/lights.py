"""Do the lights stand, point and dim as lights do? Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stage.config.findings import Finding
from stage.config.plausibility.units import listed, place_cure
from stage.config.survey.survey import Survey

NEAREST_AIM_M = 0.05
FARTHEST_LIGHT_M = 100.0
FEWEST_CYCLES = 10.0
"""So many cycles of a light's dimming in an exposure, and no picture shows bands."""
_WHOLE_TURN_DEG = 360.0


def aims(survey: Survey) -> Iterator[Finding]:
    """A light that points to where it stands has no direction."""
    for index, light in enumerate(survey.config.lights):
        if math.dist(light.position_m, light.aim_m) < NEAREST_AIM_M:
            found = f"found {listed(light.aim_m)}, where the light itself stands"
            yield Finding(f"lights[{index}].aim_m", f"{found}: give the place that it points to, as the actors' mark")


def places(survey: Survey) -> Iterator[Finding]:
    """A light far from any stage, as where it was written in centimetres."""
    for index, light in enumerate(survey.config.lights):
        if max(map(abs, light.position_m)) > FARTHEST_LIGHT_M:
            cure = place_cure(light.position_m, 0.5, FARTHEST_LIGHT_M)
            yield Finding(
                f"lights[{index}].position_m", f"found {listed(light.position_m)}, far from the stage: {cure}"
            )


def flicker(survey: Survey) -> Iterator[Finding]:
    """A light that dims by switching, so slowly that a camera's exposure sees single switchings."""
    exposures = [
        (camera.shutter_deg / _WHOLE_TURN_DEG / camera.film_rate_hz, camera.name)
        for _, camera in survey.cameras()
        if camera.shutter_deg > 0.0
    ]
    for index, light in enumerate(survey.config.lights):
        shortest_s, camera = min(exposures, default=(math.inf, ""))
        if light.pwm_hz is not None and light.pwm_hz * shortest_s < FEWEST_CYCLES:
            found = (
                f"found {light.pwm_hz:g} Hz, {light.pwm_hz * shortest_s:.2g} cycles in an exposure of camera {camera!r}"
            )
            wanted = f"set the fixture to {FEWEST_CYCLES / shortest_s:.3g} Hz or more, or the picture may have bands"
            yield Finding(f"lights[{index}].pwm_hz", f"{found}: {wanted}")


def nothing_sent(survey: Survey) -> Iterator[Finding]:
    """A mapping for a desk without a universe to hear it on."""
    dmx = survey.config.dmx
    if dmx is not None and dmx.in_universes and not dmx.in_from:
        yield Finding("dmx.in_universes", "found universes to read, and no desk in in_from: nothing is read")


LIGHT_RULES = (aims, places, flicker, nothing_sent)
