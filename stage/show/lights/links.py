"""How the ways to the fixtures stand, as a condition for health. Pure."""

from __future__ import annotations

from stage.show.frame.inputs import Condition
from stage.show.frame.lights import LightsLink

LIGHTS_LINK = "lights_link"
UP = "up"


def condition_of(link: LightsLink | Condition) -> Condition:
    """The condition that a report begins, changes or ends."""
    if isinstance(link, Condition):
        return link
    values = {"output": link.place, "why": link.state, "found": link.detail}
    return Condition(code=LIGHTS_LINK, severity="alarm", values=dict(values), present=link.state != UP)
