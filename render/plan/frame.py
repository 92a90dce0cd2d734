"""The seam between the show and the pictures: a `FramePlan` is everything the GPU needs, as plain values. Pure.

Two equal plans draw equal pictures on the same renderer, whatever was drawn before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

import msgspec

from render.plan.cards import CardPlan, impossible_cards
from render.plan.inner import InnerPlan, impossible_inner
from render.plan.probes import ProbesPlan, impossible_probes
from render.views.limits import Impossible, impossible_values, inside, is_in_reach
from render.worlds.on_air import AirPlan, impossible_air
from render.worlds.weather.record import WeatherPlan, impossible_weather
from tracking.records import ConfigError, Evolving, Scalar, Vec3
from tracking.settable import Values, number

Pattern = Literal["off", "grid", "lines", "white", "red", "green", "blue", "grey", "bars", "ramp", "counter", "edge"]
"""The test patterns of a wall. Parameter, command line and documents read them from here."""
Guide = Literal["off", "horizon", "floor", "scene"]
"""What is drawn over the world to judge it by: nothing, the eye's horizon, or beside that a grid on the stage's floor,
or one on a scene's floor with metres, the feet of walls, the stage's origin and the scene's own.
"""
GREY_LEVEL = 0.5


class OuterLook(Values):
    """What is done to the light outside the cameras' views, and nothing else: the light on the actors."""

    exposure_stops: Annotated[
        float,
        number(
            -12.0,
            12.0,
            "stops",
            "Brightness outside the cameras' views: the light on the actors.",
            look="cards",
            fade="stops",
        ),
    ] = 0.0
    saturation: Annotated[
        float, number(0.0, 2.0, "", "Strength of colours outside the cameras' views: 0 grey.", look="cards")
    ] = 1.0


class OuterPlan(OuterLook):
    """The picture outside every camera's view, seen from `eye_m`; by raster in a cube map of `face_px` squared faces.

    `cards` cover it in this order. `air` is what a frozen outer shows; None is what is on air in the frame.
    """

    eye_m: Vec3
    face_px: int
    cards: tuple[CardPlan, ...] = ()
    air: AirPlan | None = None


class Hold(Evolving):
    """Why a wall shows a camera's last possible view and not its present one: a code with its values."""

    camera: str
    reason: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class WallPlan(Evolving):
    """One wall's picture: which inner views it shows (indices into `FramePlan.inners`, highest priority first).

    On a held wall `holds` names each camera whose view is impossible there; its last possible one is shown. A
    `pattern` other than "off" replaces the picture. Only with the pattern `grey` is `grey_level` given: its code
    value, 1.0 the highest.
    """

    name: str
    light_ns: int
    inners: tuple[int, ...]
    pattern: Pattern = "off"
    grey_level: float | msgspec.UnsetType = msgspec.UNSET
    holds: tuple[Hold, ...] = ()


class GradePlan(Values):
    """The grade over everything, in a plan as people set it."""

    exposure_stops: Annotated[
        float,
        number(
            -12.0, 12.0, "stops", "Brightness of the world; one stop doubles the light.", look="grade", fade="stops"
        ),
    ] = 0.0
    temperature_k: Annotated[
        float,
        number(2000.0, 15000.0, "K", "White point; 6500 changes nothing.", look="grade", fade="mired"),
    ] = 6500.0
    tint: Annotated[float, number(-1.0, 1.0, "", "Green (-1) to magenta (+1).", look="grade")] = 0.0
    saturation: Annotated[float, number(0.0, 2.0, "", "Strength of colours: 0 grey, 1 as they are.", look="grade")] = (
        1.0
    )


class FramePlan(Evolving):
    """One display slot, planned. `guide` is drawn over the world, as each eye must see it, and not graded.

    `weather` is before the worlds on air, UNSET where there is none; before raw light there never is. `probes` are the
    places at which the light is measured, UNSET where there are none.
    """

    epoch: int
    frame: int
    present_ns: int
    air: AirPlan
    outer: OuterPlan
    inners: tuple[InnerPlan, ...]
    walls: tuple[WallPlan, ...]
    grade: GradePlan
    blackout: bool
    guide: Guide = "off"
    weather: WeatherPlan | msgspec.UnsetType = msgspec.UNSET
    probes: ProbesPlan | msgspec.UnsetType = msgspec.UNSET


def assets_of(plan: FramePlan) -> tuple[tuple[str, str], ...]:
    """SHA-256 and colour space of every picture that a plan needs, each once."""
    return tuple(dict.fromkeys(asset for air in airs_of(plan) for asset in air.assets()))


def airs_of(plan: FramePlan) -> list[AirPlan]:
    """Everything that a plan has on air, with what earlier pictures in it show."""
    shown = [plan.air] if plan.outer.air is None else [plan.air, plan.outer.air]
    for inner in plan.inners:
        shown += [inner.picture.air] if inner.picture is not None else []
        shown += [inner.coming.picture.air] if inner.coming is not None else []
    return shown


def refuse_impossible(plan: FramePlan, largest_px: int) -> None:
    """Raises ConfigError with the plan's frame and field for sizes, edges, places or indices that cannot be drawn.

    `largest_px` is the longest side that the driver's textures may have. What `Show.step` plans always passes.
    """
    for field, found, expected in _impossible(plan, largest_px):
        raise ConfigError(f"plan of frame {plan.frame}: {field}: found {found}, expected {expected}")


def _impossible(plan: FramePlan, largest_px: int) -> Iterator[Impossible]:
    yield from inside("outer", _impossible_eye(plan.outer, largest_px))
    yield from inside("air", impossible_air(plan.air))
    if plan.outer.air is not None:
        yield from inside("outer.air", impossible_air(plan.outer.air))
    yield from inside("outer", impossible_cards(plan.outer.cards))
    yield from inside("grade", impossible_values(plan.grade))
    if plan.weather is not msgspec.UNSET:
        yield from inside("weather", impossible_weather(plan.weather))
    if plan.probes is not msgspec.UNSET:
        yield from inside("probes", impossible_probes(plan.probes, tuple(wall.name for wall in plan.walls)))
    if plan.guide not in get_args(Guide):
        yield Impossible("guide", plan.guide, f"one of {get_args(Guide)}")
    for index, inner in enumerate(plan.inners):
        yield from inside(f"inners[{index}]", impossible_inner(inner, largest_px))
    for wall in plan.walls:
        yield from inside(f"walls.{wall.name}", _impossible_wall(wall, len(plan.inners)))


def _impossible_eye(outer: OuterPlan, largest_px: int) -> Iterator[Impossible]:
    if not 1 <= outer.face_px <= largest_px:
        yield Impossible("face_px", outer.face_px, f"1 to {largest_px} pixels")
    if not is_in_reach(outer.eye_m):
        yield Impossible("eye_m", outer.eye_m, "a place on the stage")
    yield from impossible_values(outer)


def _impossible_wall(wall: WallPlan, inners: int) -> Iterator[Impossible]:
    if not all(0 <= index < inners for index in wall.inners):
        yield Impossible("inners", wall.inners, f"indices below {inners}")
    if wall.grey_level is not msgspec.UNSET and not 0.0 <= wall.grey_level <= 1.0:
        yield Impossible("grey_level", wall.grey_level, "0 to 1")
