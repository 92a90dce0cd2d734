"""Where a picture starts on the stage: what its configuration leaves open, its own facts decide, once a layer. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from calibration.walls import WallSurface
from render.worlds.kinds import Layer
from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.records import DECIDED_BY_PICTURE, asset_key
from render.worlds.shared.values import LayerValues
from stage.show.air.state import AirState, asset_of
from stage.show.frame.inputs import AssetExamined, AssetReady
from stage.show.values.controls import Controls
from tracking.records import Vec3
from tracking.settable import Value, declarations_of

HORIZON = 0.5
"""Where a picture's horizon is taken to be if none was found."""
_WIDEST_DEG = 150.0
"""No start is wider: a plane seen under more is all edge. What it leaves of the wall, the surround has."""
_DOME_DEG = 180.0
"""How much fisheyes of domes show: all that is above."""
_MARGIN = 1.005
"""A wall's outermost LEDs are half a pitch wider than the places that are known of them."""
_LIMITS = {declared.name: declared for declared in declarations_of(LayerValues)}
_WIDEST_TANGENT = math.tan(math.radians(0.5 * _WIDEST_DEG))


class FrontWall(NamedTuple):
    """The front wall from where the outer eye is configured: its farthest tangents aside, up and down from +Y."""

    aside: float = math.tan(math.radians(30.0))
    up: float = 0.0
    down: float = 0.0


def front_wall(surfaces: Iterable[WallSurface], eye_m: Vec3) -> FrontWall:
    """What of the walls a picture towards +Y has to cover, from an eye.

    That is the wall that the eye looks at along +Y; where there is none, the one that is nearest to that direction.
    """
    found = [(_off_axis(tangents), tangents) for tangents in (_tangents(one, eye_m) for one in surfaces) if tangents]
    if not found:
        return FrontWall()
    _, tangents = min(found, key=lambda one: one[0])
    return FrontWall(
        aside=max(abs(aside) for aside, _ in tangents),
        up=max(0.0, *(up for _, up in tangents)),
        down=max(0.0, *(-up for _, up in tangents)),
    )


def place_layers(air: AirState, controls: Controls, about: AssetReady | AssetExamined, front: FrontWall) -> None:
    """Places every layer with a picture of which it is known now what it is, as far as nobody has said where.

    That is done once a layer: before its picture is on the GPU, so that what is said of it holds.
    """
    if about.facts is None:
        return
    key = asset_key(about.file, about.colour_space)
    for layer in _unplaced(air):
        picture = layer.picture()
        if picture is not None and picture.asset_key == key:
            _place(air, controls, layer, about.facts, front)


def place_known(air: AirState, controls: Controls, front: FrontWall) -> None:
    """Once a frame: places the layers of worlds that came since, of pictures that others show already, and of films."""
    for layer in _unplaced(air):
        picture = layer.picture()
        facts = _film_facts(air, layer) if picture is None else asset_of(air, picture).facts
        if facts is not None:
            _place(air, controls, layer, facts, front)


def _film_facts(air: AirState, layer: Layer) -> PictureFacts | None:
    """What decides where a single film is, once it is known; those of a set are where their rig was.

    A film of 2:1 is all around: hardly any other is.
    """
    film = air.films.get(layer.file) if layer.file is not None and layer.films() == (layer.file,) else None
    if film is None or film.facts is None:
        return None
    columns, rows = film.facts.columns, film.facts.rows
    return PictureFacts(columns=columns, rows=rows, is_sphere=columns == 2 * rows)


def _unplaced(air: AirState) -> list[Layer]:
    placed = set(air.placed)
    return [layer for world in air.worlds.values() for layer in world.layers if layer.key not in placed]


def _place(air: AirState, controls: Controls, layer: Layer, facts: PictureFacts, front: FrontWall) -> None:
    if layer.key is None:
        return
    air.placed.append(layer.key)
    open_names = tuple(_open(layer, layer.key, controls))
    for name, value in _start(controls.state.values.layer[layer.key], facts, front, open_names):
        controls.assign(f"/layer/{layer.key}/{name}", value)


def placed_values(layer: Layer, facts: PictureFacts, front: FrontWall) -> LayerValues:
    """The values with which a layer starts that shows this picture before a front wall."""
    values = layer.values()
    open_names = tuple(name for name in DECIDED_BY_PICTURE if name not in layer.given())
    return msgspec.structs.replace(values, **dict(_start(values, facts, front, open_names)))


def _open(layer: Layer, key: str, controls: Controls) -> Iterator[str]:
    """The values that the configuration does not give and that are as they were at the start."""
    given = layer.given()
    for name in DECIDED_BY_PICTURE:
        path = f"/layer/{key}/{name}"
        if name not in given and controls.target_of(path) == controls.tree[path].default:
            yield name


def _start(
    now: LayerValues, facts: PictureFacts, front: FrontWall, open_names: tuple[str, ...]
) -> Iterator[tuple[str, Value]]:
    """What the picture decides of the values that are open."""
    is_sphere = facts.is_sphere or facts.part is not None
    projection = now.projection
    if "projection" in open_names:
        projection = "sphere" if is_sphere else "flat"
    decided: dict[str, Value] = {"projection": projection}
    if projection == "sphere" and facts.part is not None:
        part = facts.part
        decided |= {"span_deg": part.span_deg, "turn_deg": part.turn_deg, "horizon": part.horizon}
    if projection == "dome":
        decided["span_deg"] = _DOME_DEG
    if projection == "flat":
        horizon = now.horizon
        if "horizon" in open_names:
            horizon = HORIZON if facts.horizon is None else facts.horizon
        decided |= {"horizon": horizon, "width_deg": covering_deg(facts.columns / facts.rows, horizon, front)}
    for name in open_names:
        if name in decided:
            yield name, _in_range(name, decided[name])


def covering_deg(aspect: float, horizon: float, front: FrontWall) -> float:
    """How wide a flat picture must be to just cover the front wall, at most 150 deg.

    `aspect` is its width over its height, `horizon` the row at eye height as a share of the height.
    """
    half = front.aside
    for tangent, share in ((front.up, horizon), (front.down, 1.0 - horizon)):
        if tangent > 0.0:
            half = max(half, 0.5 * aspect * tangent / share if share > 0.0 else _WIDEST_TANGENT)
    return math.degrees(2.0 * math.atan(min(half * _MARGIN, _WIDEST_TANGENT)))


def _in_range(name: str, value: Value) -> Value:
    declared = _LIMITS[name]
    if isinstance(value, float) and declared.low is not None and declared.high is not None:
        return min(max(value, declared.low), declared.high)
    return value


def _tangents(surface: WallSurface, eye_m: Vec3) -> list[tuple[float, float]]:
    """Where the samples of a wall are, as tangents aside and up from +Y; those far to the side are left out."""
    found = []
    for x, y, z in surface.points_m:
        ahead = y - eye_m[1]
        if ahead > 0.0 and abs(x - eye_m[0]) <= _WIDEST_TANGENT * ahead:
            found.append(((x - eye_m[0]) / ahead, (z - eye_m[2]) / ahead))
    return found


def _off_axis(tangents: list[tuple[float, float]]) -> float:
    """How far +Y is outside the wall's own width and height, and then how far from its middle."""
    sides = [side for side, _ in tangents], [up for _, up in tangents]
    outside = sum(max(min(side), -max(side), 0.0) for side in sides)
    middle = math.hypot(*(0.5 * (min(side) + max(side)) for side in sides))
    return 1000.0 * outside + middle
