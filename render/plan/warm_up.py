"""Warm-up: plans that use every on-wall tool, drawn before a show so that no driver builds a shader during it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from render.plan.cards import MOST_CARDS, CardPlan
from render.plan.frame import FramePlan
from render.plan.inner import InnerPicturePlan, InnerPlan
from render.plan.key import KeyPlan
from render.worlds.on_air import AirPlan

_CARD = CardPlan(
    name="warm-up",
    eye_m=(0.0, 0.0, 0.0),
    kind="flag",
    shape="rectangle",
    azimuth_deg=0.0,
    elevation_deg=0.0,
    roll_deg=0.0,
    width_deg=1.0,
    height_deg=1.0,
    feather_deg=0.0,
    red=1.0,
    green=1.0,
    blue=1.0,
    exposure_stops=0.0,
    temperature_k=6500.0,
    opacity=1.0,
)
_KEY = KeyPlan(
    region="view",
    light=(0.0, 0.0, 0.0),
    markers="off",
    marker_light=(0.0, 0.0, 0.0),
    marker_eye_m=(0.0, 0.0, 0.0),
    spacing_rad=1.0,
    size_rad=0.1,
)


def warm_up_plans(plan: FramePlan, most_cards: int) -> Iterator[FramePlan]:
    """Variants of `plan` that between them need every shader that its views and up to `most_cards` cards can need.

    Shaders for keys under cards in view are left out, since they are rare.
    """
    walls = tuple(msgspec.structs.replace(wall, pattern="off") for wall in plan.walls)
    plain = msgspec.structs.replace(plan, walls=walls, blackout=False)
    views = tuple(
        msgspec.structs.replace(view, picture=None, coming=None, key=None, outline=False) for view in plan.inners
    )
    reprojected = tuple(_reprojected(view, plan.air) for view in views)
    marked = tuple(msgspec.structs.replace(view, key=_KEY, outline=True) for view in (*views, *reprojected))
    for inners in (views, reprojected, marked[: len(views)], marked[len(views) :]):
        yield _with(plain, inners, ())
    in_view = msgspec.structs.replace(_CARD, in_view=True)
    for count in sorted({1, most_cards} if most_cards else ()):
        for inners in (views, reprojected):
            yield _with(plain, inners, (in_view,) * min(count, MOST_CARDS))


def _reprojected(view: InnerPlan, air: AirPlan) -> InnerPlan:
    picture = InnerPicturePlan(
        frame=0,
        air=air,
        eye_m=view.eye_m,
        right=view.right,
        ahead=view.ahead,
        up=view.up,
        drawn=view.drawn,
        size_px=view.size_px,
    )
    return msgspec.structs.replace(view, picture=picture)


def _with(plan: FramePlan, inners: tuple[InnerPlan, ...], cards: tuple[CardPlan, ...]) -> FramePlan:
    outer = msgspec.structs.replace(plan.outer, cards=cards)
    return msgspec.structs.replace(plan, inners=inners, outer=outer)
