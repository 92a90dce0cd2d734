"""Light cards, flags and colour-correct windows: their values, their plan and its limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from render.views.limits import Impossible, impossible_values, inside, is_in_reach
from tracking.records import Vec3
from tracking.settable import Values, choice, number, switch

CardKind = Literal["card", "flag", "window"]
CardShape = Literal["rectangle", "ellipse"]
MOST_CARDS = 16


class CardValues(Values):
    """The values of a light card, flag or colour-correct window, at fixed angles as seen from the outer eye.

    `azimuth_deg`, `elevation_deg` and `roll_deg` turn it like a camera. `width_deg` and `height_deg` are its full size
    in azimuth and elevation about its own centre; it fades out over `feather_deg` beyond. The colour is a linear ACEScg
    factor. A card shows its own light (1.0 x colour x exposure x white point) over the world, a flag takes light away,
    a window multiplies the light under it; each by `opacity`. Cards with `in_view` also cover the cameras' views.
    """

    kind: Annotated[
        CardKind,
        choice(
            "A card of light, a flag that takes light away, or a window that changes the light under it.",
            role="director",
            look="cards",
        ),
    ] = "card"
    enabled: Annotated[bool, switch("Shows the card on the walls.", look="cards")] = False
    shape: Annotated[CardShape, choice("Its outline.", role="director", look="cards")] = "rectangle"
    azimuth_deg: Annotated[
        float,
        number(-360.0, 360.0, "deg", "Azimuth of its centre, + left like pan; 0 is +Y.", look="cards", fade="circular"),
    ] = 0.0
    elevation_deg: Annotated[float, number(-90.0, 90.0, "deg", "Elevation of its centre, + up.", look="cards")] = 20.0
    width_deg: Annotated[float, number(0.1, 360.0, "deg", "Width before it is rolled.", look="cards")] = 20.0
    height_deg: Annotated[float, number(0.1, 360.0, "deg", "Height before it is rolled.", look="cards")] = 20.0
    roll_deg: Annotated[
        float,
        number(-360.0, 360.0, "deg", "Rotation about its centre, + clockwise.", look="cards", fade="circular"),
    ] = 0.0
    feather_deg: Annotated[
        float, number(0.0, 90.0, "deg", "Soft edge outside its outline; at least one LED wide.", look="cards")
    ] = 2.0
    exposure_stops: Annotated[
        float,
        number(
            -12.0,
            12.0,
            "stops",
            "A card's light, 0 is 100 nits; a window's change of light.",
            look="cards",
            fade="stops",
        ),
    ] = 0.0
    red: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on red.", look="cards")] = 1.0
    green: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on green.", look="cards")] = 1.0
    blue: Annotated[float, number(0.0, 100.0, "", "Linear ACEScg factor on blue.", look="cards")] = 1.0
    temperature_k: Annotated[
        float,
        number(
            2000.0, 15000.0, "K", "White point, on top of its colour; 6500 changes nothing.", look="cards", fade="mired"
        ),
    ] = 6500.0
    opacity: Annotated[
        float, number(0.0, 1.0, "", "0 invisible, 1 full; for a flag, how much light it takes away.", look="cards")
    ] = 1.0
    in_view: Annotated[bool, switch("Covers the cameras' views too, so it is in the film picture.", look="cards")] = (
        False
    )


class CardPlan(CardValues):
    """A card in a plan: its values in this frame, and the place from which its angles are seen."""

    name: str
    eye_m: Vec3

    @property
    def colour(self) -> Vec3:
        """Linear ACEScg factor."""
        return (self.red, self.green, self.blue)


def card_plan(name: str, values: CardValues, eye_m: Vec3) -> CardPlan | None:
    """The card as it is drawn, its angles seen from `eye_m`; None where nothing of it is on the walls."""
    if not values.enabled or values.opacity == 0.0:
        return None
    return CardPlan(name=name, eye_m=eye_m, **msgspec.structs.asdict(values))


def impossible_cards(cards: tuple[CardPlan, ...]) -> Iterator[Impossible]:
    """What cannot be drawn of the cards of one plan, named from `cards`."""
    if len(cards) > MOST_CARDS:
        yield Impossible("cards", len(cards), f"at most {MOST_CARDS} cards")
    for index, card in enumerate(cards):
        if not is_in_reach(card.eye_m):
            yield Impossible(f"cards[{index}].eye_m", card.eye_m, "a place on the stage")
        yield from inside(f"cards[{index}]", impossible_values(card))
