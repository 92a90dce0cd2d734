"""Light cards, flags and colour-correct windows in a plan, and their limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.views.limits import HOTTEST_K, MOST_STOPS, Impossible, inside, is_light
from tracking.records import Evolving, Vec3

CARD_KINDS = ("card", "flag", "window")
CARD_SHAPES = ("rectangle", "ellipse")
MOST_CARDS = 16
_MOST_DEG = 3600.0


class CardPlan(Evolving, omit_defaults=True):
    """A light card, flag or colour-correct window, at fixed angles as seen from the outer eye.

    `azimuth_deg` (+ to the left, like pan; 0 is +Y), `elevation_deg` and `roll_deg` (+ clockwise) turn it like a
    camera. `width_deg` and `height_deg` are its full size in azimuth and elevation about its own middle; it fades out
    over `feather_deg` beyond. `colour` is a linear ACEScg factor. A card shows its own light (1.0 x colour x exposure
    x white point) over the world, a flag takes light away, a window multiplies the light under it; each by `opacity`.
    Cards with `in_view` also cover the cameras' views.
    """

    name: str
    kind: str
    shape: str
    azimuth_deg: float
    elevation_deg: float
    roll_deg: float
    width_deg: float
    height_deg: float
    feather_deg: float
    colour: Vec3
    exposure_stops: float
    temperature_k: float
    opacity: float
    in_view: bool = False


def impossible_cards(cards: tuple[CardPlan, ...]) -> Iterator[Impossible]:
    """What cannot be drawn of the cards of one plan, named from `cards`."""
    if len(cards) > MOST_CARDS:
        yield Impossible("cards", len(cards), f"at most {MOST_CARDS} cards")
    for index, card in enumerate(cards):
        yield from inside(f"cards[{index}]", _impossible_card(card))


def _impossible_card(card: CardPlan) -> Iterator[Impossible]:
    if card.kind not in CARD_KINDS or card.shape not in CARD_SHAPES:
        yield Impossible("", (card.kind, card.shape), f"one of {CARD_KINDS} and one of {CARD_SHAPES}")
    angles = (card.azimuth_deg, card.elevation_deg, card.roll_deg)
    sizes = (card.width_deg, card.height_deg, card.feather_deg)
    if not (all(abs(angle) <= _MOST_DEG for angle in angles) and all(0.0 <= size <= _MOST_DEG for size in sizes)):
        yield Impossible("", (angles, sizes), f"angles within {_MOST_DEG:.0f} deg")
    if not (is_light(card.colour) and 0.0 <= card.opacity <= 1.0 and abs(card.exposure_stops) <= MOST_STOPS):
        yield Impossible("", (card.colour, card.opacity, card.exposure_stops), "a light")
    if not 0.0 < card.temperature_k <= HOTTEST_K:
        yield Impossible("", card.temperature_k, f"up to {HOTTEST_K:.0f} K")
