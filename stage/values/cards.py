"""The values of a light card, flag or colour-correct window."""

from __future__ import annotations

from typing import Annotated, Literal

from tracking.settable import Values, choice, number, switch


class CardValues(Values):
    """Where a card is, and its light. Angles are seen from the outer eye, colours are linear ACEScg factors."""

    enabled: Annotated[bool, switch("The card is on the walls.", look="cards")] = False
    shape: Annotated[Literal["rectangle", "ellipse"], choice("Its outline.", role="director", look="cards")] = (
        "rectangle"
    )
    azimuth_deg: Annotated[
        float,
        number(-360.0, 360.0, "deg", "Its middle, + to the left like pan; 0 is +Y.", look="cards", fade="circular"),
    ] = 0.0
    elevation_deg: Annotated[float, number(-90.0, 90.0, "deg", "Its middle, + up.", look="cards")] = 20.0
    width_deg: Annotated[float, number(0.1, 360.0, "deg", "From side to side, before it is rolled.", look="cards")] = (
        20.0
    )
    height_deg: Annotated[
        float, number(0.1, 360.0, "deg", "From top to bottom, before it is rolled.", look="cards")
    ] = 20.0
    roll_deg: Annotated[
        float,
        number(-360.0, 360.0, "deg", "Turned about its middle, + clockwise.", look="cards", fade="circular"),
    ] = 0.0
    feather_deg: Annotated[
        float, number(0.0, 90.0, "deg", "Soft edge outside its size; at least one LED.", look="cards")
    ] = 2.0
    exposure_stops: Annotated[
        float,
        number(-12.0, 12.0, "stops", "A card's light; a window's change of light.", look="cards", fade="stops"),
    ] = 0.0
    red: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on its red.", look="cards")] = 1.0
    green: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on its green.", look="cards")] = 1.0
    blue: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on its blue.", look="cards")] = 1.0
    temperature_k: Annotated[
        float,
        number(2000.0, 15000.0, "K", "White point, on top of its colour; 6500 is neutral.", look="cards", fade="mired"),
    ] = 6500.0
    opacity: Annotated[
        float, number(0.0, 1.0, "", "0 nothing of it, 1 all; how much light a flag takes away.", look="cards")
    ] = 1.0
    in_view: Annotated[
        bool, switch("It covers the cameras' views too, and so is in the film picture.", look="cards")
    ] = False
