"""Whether the sun of a picture is as bright as the real one, beside the picture's own sky. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.worlds.shared.facts import PictureFacts
from render.worlds.sky.daylight import sun_over_sky
from stage.show.air.remark import Remark

_LACKS_STOPS = 2.0
"""Less than that is between a clear and a hazy day."""
_LOWEST_DEG = 0.5


def sun_remarks(facts: PictureFacts) -> Iterator[Remark]:
    """How many stops the sun of a sphere lacks at its height. Nothing in the picture can be set to give them back."""
    if facts.sun_deg is None or facts.sun_deg < _LOWEST_DEG or facts.sun_over_sky <= 0.0:
        return
    stops = round(math.log2(sun_over_sky(facts.sun_deg) / facts.sun_over_sky), 1)
    if stops >= _LACKS_STOPS:
        yield Remark("sun_too_dark", {"elevation_deg": facts.sun_deg, "stops": stops})
