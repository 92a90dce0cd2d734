"""Light cards, flags and colour-correct windows: how a configuration names them and how values become a plan. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from render.plan.cards import CardPlan
from stage.show.frame.inputs import Value
from tracking.records import Record

Size = Annotated[float, msgspec.Meta(ge=0.1, le=360.0)]
Factor = Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]


class Card(Record):
    """One light card, flag or colour-correct window; everything but name and kind is where its parameter starts.

    Angles are seen from the outer eye: `azimuth_deg` + to the left like pan, 0 is +Y. Colours are linear ACEScg.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    kind: Literal["card", "flag", "window"] = "card"
    enabled: bool = False
    shape: Literal["rectangle", "ellipse"] = "rectangle"
    azimuth_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    elevation_deg: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)] = 20.0
    roll_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    width_deg: Size = 20.0
    height_deg: Size = 20.0
    feather_deg: Annotated[float, msgspec.Meta(ge=0.0, le=90.0)] = 2.0
    exposure_stops: Annotated[float, msgspec.Meta(ge=-12.0, le=12.0)] = 0.0
    red: Factor = 1.0
    green: Factor = 1.0
    blue: Factor = 1.0
    temperature_k: Annotated[float, msgspec.Meta(ge=2000.0, le=15000.0)] = 6500.0
    opacity: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 1.0
    in_view: bool = False


def card_defaults(card: Card) -> dict[str, Value]:
    """Where a card's parameters start, by the last part of their paths."""
    starts: dict[str, Value] = msgspec.structs.asdict(card)
    del starts["name"], starts["kind"]
    return starts


class CardReader:
    """Reads one card's values; its paths are resolved once."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._paths = {name: f"/card/{card.name}/{name}" for name in card_defaults(card)}

    def read(self, values: dict[str, Value]) -> CardPlan | None:
        """The card as it is to be drawn; None where it is off or transparent."""
        paths = self._paths
        if not values[paths["enabled"]] or not values[paths["opacity"]]:
            return None
        return CardPlan(
            name=self._card.name,
            kind=self._card.kind,
            shape=str(values[paths["shape"]]),
            azimuth_deg=float(values[paths["azimuth_deg"]]),
            elevation_deg=float(values[paths["elevation_deg"]]),
            roll_deg=float(values[paths["roll_deg"]]),
            width_deg=float(values[paths["width_deg"]]),
            height_deg=float(values[paths["height_deg"]]),
            feather_deg=float(values[paths["feather_deg"]]),
            colour=(
                float(values[paths["red"]]),
                float(values[paths["green"]]),
                float(values[paths["blue"]]),
            ),
            exposure_stops=float(values[paths["exposure_stops"]]),
            temperature_k=float(values[paths["temperature_k"]]),
            opacity=float(values[paths["opacity"]]),
            in_view=bool(values[paths["in_view"]]),
        )
