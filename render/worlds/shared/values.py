"""What people can set of a layer and of a world while it is on the walls: declared once. Pure."""

from __future__ import annotations

from typing import Annotated

from tracking.settable import Values, number

NEUTRAL_K = 6500.0
"""The white point that changes nothing."""


class LayerValues(Values):
    """The light of one layer, before anything that is done to the whole picture. Raw layers are not touched by it."""

    opacity: Annotated[
        float, number(0.0, 1.0, "", "How much the layer covers what lies below it: 0 nothing, 1 all.", look="world")
    ] = 1.0
    exposure_stops: Annotated[
        float,
        number(
            -12.0, 12.0, "stops", "Brightness of the layer; one stop doubles the light.", look="world", fade="stops"
        ),
    ] = 0.0
    temperature_k: Annotated[
        float,
        number(2000.0, 15000.0, "K", "White point of the layer; 6500 changes nothing.", look="world", fade="mired"),
    ] = NEUTRAL_K
    tint: Annotated[float, number(-1.0, 1.0, "", "Green (-1) to magenta (+1).", look="world")] = 0.0
    saturation: Annotated[
        float, number(0.0, 2.0, "", "Strength of its colours: 0 grey, 1 as they are.", look="world")
    ] = 1.0
    contrast: Annotated[
        float, number(0.25, 4.0, "", "Contrast about middle grey (0.18); 1 changes nothing.", look="world")
    ] = 1.0
    expand_stops: Annotated[
        float,
        number(
            0.0,
            6.0,
            "stops",
            "Undoes the shoulder of a tone-mapped picture: how much brighter its brightest light was.",
            look="world",
        ),
    ] = 0.0
    soften_deg: Annotated[
        float, number(0.0, 10.0, "deg", "Puts the layer out of focus: the size of a point of light.", look="world")
    ] = 0.0
    turn_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Turns the layer about the vertical through the eye, + left like pan.",
            role="director",
            guarded=False,
            fade="circular",
        ),
    ] = 0.0

    @property
    def is_mended(self) -> bool:
        """Whether more is done to its light than its grade and its turn."""
        return self.contrast != 1.0 or self.expand_stops > 0.0 or self.soften_deg > 0.0


class WorldLook(Values):
    """What is set of a world as a whole."""

    exposure_stops: Annotated[
        float,
        number(
            -12.0,
            12.0,
            "stops",
            "Brightness of this world, so that a cut to another one blinds nobody.",
            look="world",
            fade="stops",
        ),
    ] = 0.0
    turn_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Turns everything in this world about the vertical, + left like pan: 180 for the reverse shot.",
            look="world",
            fade="circular",
        ),
    ] = 0.0
