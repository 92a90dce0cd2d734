"""How the ways to the fixtures stand, as a condition for health. Pure."""

from __future__ import annotations

from stage.show.frame.inputs import Condition
from stage.show.frame.lights import LightsLink

LIGHTS_LINK = "lights_link"
UP = "up"


def link_condition(link: LightsLink) -> Condition:
    """The condition that a report begins, changes or ends."""
    values = {"output": link.place, "why": link.state, "found": link.detail}
    return Condition(code=LIGHTS_LINK, severity="alarm", values=dict(values), present=link.state != UP)
