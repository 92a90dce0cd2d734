"""The values of the stage lights: declared once. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.settable import Values, choice, number, switch

Follow = Literal["off", "world", "sun", "wall", "clipped"]
"""What a light takes its light from: people; what reaches it from behind, as the walls show it; sun or moon; a part of
a wall; what the walls cannot show.
"""
ColourBy = Literal["temperature", "xy", "hsi", "rgb"]
COOLEST_K, WARMEST_K = 20_000.0, 1_700.0
HIGHEST_UNIVERSE = 63_999
HIGHEST_ADDRESS = 512
_FARTHEST_M = 100_000.0


class LightStart(Values):
    """The values of a light that start as the configuration says."""

    intensity: Annotated[
        float, number(0.0, 1.0, "", "The light's level: 0 dark, 1 all that it gives or follows.", look="lights")
    ] = 1.0
    follow: Annotated[
        Follow,
        choice(
            "What it follows: nothing, the light from behind it as the walls show it, sun or moon, a part of a wall, "
            "or what the walls cannot show.",
            role="director",
            look="lights",
        ),
    ] = "off"
    exposure_stops: Annotated[
        float,
        number(
            -12.0,
            12.0,
            "stops",
            "Following: surroundings of 100 nits give its full light at 0.",
            look="lights",
            fade="stops",
        ),
    ] = 0.0
    colour: Annotated[
        ColourBy,
        choice(
            "By which values its colour is set while it follows nothing: temperature and tint, xy, hue and saturation, "
            "or red, green and blue.",
            role="director",
            look="lights",
        ),
    ] = "temperature"
    temperature_k: Annotated[
        float,
        number(
            WARMEST_K,
            COOLEST_K,
            "K",
            "The white: daylight above 5000 K, a black body below 4000 K, a blend between.",
            look="lights",
            fade="mired",
        ),
    ] = 5600.0
    tint: Annotated[
        float, number(-1.0, 1.0, "", "The white from green (-1) to magenta (+1), a Duv of 0.02.", look="lights")
    ] = 0.0
    x: Annotated[float, number(0.0, 0.8, "", "CIE 1931 x of its colour.", look="lights")] = 0.3127
    y: Annotated[float, number(0.0, 0.9, "", "CIE 1931 y of its colour.", look="lights")] = 0.3290
    hue_deg: Annotated[
        float,
        number(-360.0, 360.0, "deg", "Hue: 0 red, 120 green, 240 blue.", look="lights", fade="circular"),
    ] = 0.0
    saturation: Annotated[
        float, number(0.0, 1.0, "", "From the white of temperature and tint (0) to the pure hue (1).", look="lights")
    ] = 0.0
    red: Annotated[float, number(0.0, 1.0, "", "Red, linear ACEScg.", look="lights")] = 1.0
    green: Annotated[float, number(0.0, 1.0, "", "Green, linear ACEScg.", look="lights")] = 1.0
    blue: Annotated[float, number(0.0, 1.0, "", "Blue, linear ACEScg.", look="lights")] = 1.0
    minimum: Annotated[
        float, number(0.0, 1.0, "", "The least level while it follows, before its intensity.", look="lights")
    ] = 0.0
    maximum: Annotated[float, number(0.0, 1.0, "", "The most level, before its intensity.", look="lights")] = 1.0
    smooth_s: Annotated[
        float,
        number(0.0, 60.0, "s", "Following: how long it takes for two thirds of a change of light.", look="lights"),
    ] = 0.1


def _metres(text: str) -> msgspec.Meta:
    return number(-_FARTHEST_M, _FARTHEST_M, "m", text, guarded=False)


class LightValues(LightStart):
    """One stage light. Where it stands and how it is patched changes with every set-up, so no take guards it."""

    hold: Annotated[bool, switch("Following: it keeps what it gives, and its direction.")] = False
    x_m: Annotated[float, _metres("The light's place: to the right.")] = 0.0
    y_m: Annotated[float, _metres("The light's place: towards the front wall.")] = 0.0
    z_m: Annotated[float, _metres("The light's place: up.")] = 3.0
    aim_x_m: Annotated[float, _metres("Where it points to: to the right.")] = 0.0
    aim_y_m: Annotated[float, _metres("Where it points to: towards the front wall.")] = 0.0
    aim_z_m: Annotated[float, _metres("Where it points to: up.")] = 1.5
    universe: Annotated[
        float,
        number(
            1.0,
            HIGHEST_UNIVERSE,
            "",
            "Its DMX universe, a whole number; Art-Net's port address.",
            guarded=False,
            fade=None,
        ),
    ] = 1.0
    address: Annotated[
        float,
        number(
            1.0,
            HIGHEST_ADDRESS,
            "",
            "Its first DMX channel in the universe, a whole number.",
            guarded=False,
            fade=None,
        ),
    ] = 1.0


PLACEMENT = ("x_m", "y_m", "z_m", "aim_x_m", "aim_y_m", "aim_z_m", "universe", "address")
"""The values that say where a light stands, where it points to, and how it is patched."""


def is_placement(path: str) -> bool:
    """Whether a value says where a light stands, where it points to, or how it is patched."""
    return path.startswith("/light/") and path.rpartition("/")[2] in PLACEMENT


class LightGroupValues(Values):
    """A group of lights."""

    intensity: Annotated[
        float, number(0.0, 1.0, "", "The level of all lights of the group together.", look="lights")
    ] = 1.0


class LightsValues(Values):
    """All lights together."""

    master: Annotated[
        float,
        number(0.0, 1.0, "", "Grand master: the level of all lights, colour stays.", role="director", guarded=False),
    ] = 1.0
    blackout: Annotated[bool, switch("Takes all light of the stage lights away at once.", override="momentary")] = False
