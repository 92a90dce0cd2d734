"""The English sentences about stage lights, by code: `str.format` templates over their values."""

from __future__ import annotations

LIGHTS = {
    "lights_overlap": (
        "light {light} and light {other} share channels of universe {universe}, {light} has them: patch one anew"
    ),
    "light_beyond": "light {light} ends at channel {last} of universe {universe}, beyond 512: give it a lower address",
    "lights_unmeasured": (
        "lights that follow more than can be measured ({most} cells): {count}; they keep what they gave"
    ),
    "lights_link": "the lights get nothing by {output}: {why}",
}

LIGHT_REFUSALS = {
    "no_light": "there is no light {light!r}, there are: {lights}",
    "no_light_at_all": "there is no light {light!r}: the configuration has no [[lights]]",
    "lights_asked": "{most} lights are being measured already: ask again in a moment",
    "light_not_measured": "what light {light} would follow was not measured within {seconds:g} s: is anything drawn?",
}
