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
    "desk_silent": "the desk on universe {universe} has fallen silent: what it set stays; see to its cable",
    "desk_unknown_path": "{path} is no parameter of this stage, so no desk can move it",
    "desk_geometry": "{path} says where something is or how it is patched, and no desk ever moves that",
    "desk_role": "{path} may not be set by a desk with the role {role}: see [dmx] role",
    "desk_no_choices": "{path} has nothing to choose from, so no desk can move it",
    "desk_range": "the range that a desk is to move {path} in goes beyond its own: give low and high within it",
    "desk_text": "{path} is text, which no desk can set",
    "lights_restarted": "restarts of the process that sends to the lights: {count}; they go on as they were",
    "lights_link": "the lights get nothing by {output}: {why}",
}

LIGHT_REFUSALS = {
    "no_light": "there is no light {light!r}, there are: {lights}",
    "no_light_at_all": "there is no light {light!r}: the configuration has no [[lights]]",
    "lights_asked": "{most} lights are being measured already: ask again in a moment",
    "light_not_measured": "what light {light} would follow was not measured within {seconds:g} s: is anything drawn?",
}
