"""A live sky: in a configuration, in a plan, and the rules of both. Pure.

It needs no file. Where sun, moon and stars are, and what air and weather there is, are values of the show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec

from render.views.limits import Impossible, inside
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.records import NO_DEPTHS, PictureKeys, PlacedLight
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import CloudPlan, SkyPlan, impossible_sky


class SkyLight(PlacedLight, tag_field="kind", tag="sky"):
    """A sky in a plan."""

    sky: SkyPlan = SkyPlan()

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space of every picture that the drawing needs: none."""
        return ()

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there: always."""
        return True

    def forms(self) -> tuple[SkyLight, ...]:
        """By day, by night, and with two lights in the air; each without and with clouds and fog."""
        low, up, down = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
        both = SkyPlan(sun=low, moon=up, moon_lit_by=down, moon_stops=12.0)
        skies = (SkyPlan(), SkyPlan(sun=down), both)
        veiled = (msgspec.structs.replace(sky, clouds=CloudPlan(coverage=0.5)) for sky in skies)
        return tuple(SkyLight(sky=sky) for sky in (*skies, *veiled))

    def carrier(self, _surface: Surface) -> Surface:
        """A sky is at infinity, wherever the values of its layer would put a picture."""
        return Surface()

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of this sky."""
        return inside("sky", impossible_sky(self.sky))


class SkyLayer(PictureKeys, tag_field="kind", tag="sky"):
    """A sky in a configuration. The keys of a picture are checked like any others, but not used; nor is its placement,
    but for the turn.
    """

    shows_sky: ClassVar[bool] = True

    def light(
        self,
        ready: Mapping[str, str],  # noqa: ARG002 - other kinds need it
        sky: SkyPlan | None = None,
        depths: Mapping[str, DepthFacts] = NO_DEPTHS,  # noqa: ARG002 - other kinds need it
    ) -> SkyLight:
        """This layer's light in a plan: the sky as it is in this frame, or a plain noon where nobody says how it is."""
        return SkyLight(sky=sky or SkyPlan())
