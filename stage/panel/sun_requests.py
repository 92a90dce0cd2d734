"""Where the sun goes on the day that is set, for the dial of the page: in the directions that the stage has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.almanac.calendar import day_of
from stage.almanac.seen import Place
from stage.almanac.sun_way import sun_day
from stage.panel.live_stage import LiveStage
from stage.panel.refusals import Refused, json_answer
from tracking.settable import Value

_PLACE = ("date", "latitude_deg", "longitude_deg", "altitude_m", "utc_offset_h", "front_azimuth_deg")


class SunRequests:
    """Answers `/api/v1/sun-way`. The way is worked out once for each place and date."""

    def __init__(self, live: LiveStage) -> None:
        self._live = live
        self._known: tuple[tuple[Value, ...], dict[str, Any]] | None = None

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here."""
        return [Route("/api/v1/sun-way", self._way, methods=["GET"])]

    async def _way(self, request: Request) -> Response:  # noqa: ARG002 - the signature of an endpoint
        values = await self._live.settled()
        try:
            place = tuple(values[f"/place/{name}"] for name in _PLACE)
        except KeyError:
            raise Refused("no_answer", "stage_silent") from None
        if self._known is None or self._known[0] != place:
            self._known = place, sun_way(dict(zip(_PLACE, place, strict=True)))
        return json_answer(self._known[1])


def sun_way(place: Mapping[str, Any]) -> dict[str, Any]:
    """`{date, rises_h, sets_h, way}`: rows of hour, azimuth and elevation in degrees, every ten minutes.

    Azimuths are those of `/sky/sun/azimuth_deg`: 0 is the stage's +Y, + to the left, -180 to 180.
    """
    here = Place(place["latitude_deg"], place["longitude_deg"], place["altitude_m"])
    day = sun_day(day_of(place["date"]) or 0, here, place["utc_offset_h"])
    front = place["front_azimuth_deg"]
    way = [
        (round(hour, 4), round((front - azimuth + 180.0) % 360.0 - 180.0, 3), round(elevation, 3))
        for hour, azimuth, elevation in day.points
    ]
    return {"date": place["date"], "rises_h": day.rises_h, "sets_h": day.sets_h, "way": way}
