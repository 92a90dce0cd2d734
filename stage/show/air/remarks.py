"""What a director should know of the pictures of a world and of what it names, and the values that would cure it. Pure.

A cure is proposed only where the remark is gone once it is set. Thresholds are chosen by the rates that
`python -m tests.finding_rates` prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from render.worlds.plate.record import PlateLayer
from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.values import LayerValues
from stage.show.air.remark import Remark, within
from stage.show.air.remarks_of_pictures import depth_remarks, sharpness_remarks
from stage.show.air.remarks_of_place import place_remarks
from stage.show.air.sight import Sight
from stage.show.air.state import AirState, asset_of
from stage.values.stage_wide import ShowValues

_CLIPPED, _MISSING_STOPS, _NEARLY_STOPS = 0.001, 0.5, 0.25
_BANDS = 0.15
_EXPOSURE_STOPS = 1.5
_LEAST_NITS = 0.01
_DIM_NITS = 6.0
"""Mean light on the walls at which things can still be told, about a stop and a half below middle grey. What is darker
on the whole is a night, or meant to be dark: nothing is made one by its exposure.
"""
_LEAST_STOPS, _MOST_RAISED_STOPS = -12.0, 4.0
"""No night is made a day by it either: more shows the noise and the steps of its shadows."""
_MOST_NAMED = 10


def picture_remarks(key: str, facts: PictureFacts, values: LayerValues, sight: Sight) -> tuple[Remark, ...]:
    """What is to be said of the picture of the layer with this key, which has these values."""
    return (
        *place_remarks(key, facts, values),
        *_clipped(key, facts, values),
        *_bands(facts),
        *sharpness_remarks(key, facts, values, sight),
    )


def world_remarks(air: AirState, values: ShowValues, key: str, sight: Sight) -> tuple[Remark, ...]:
    """What is to be said of a world: of each of its pictures, and of its light beside what is on air."""
    found: list[Remark] = []
    depths = _depths_by_layer(air, air.worlds[key])
    for layer_key, facts in facts_by_layer(air, air.worlds[key]).items():
        if layer_key in values.layer:
            found += picture_remarks(layer_key, facts, values.layer[layer_key], sight)
            depth = depths.get(layer_key)
            found += () if depth is None else depth_remarks(facts, depth)
    found += name_remarks(air, key)
    coming = "" if air.dissolve is None else air.dissolve.coming
    if key not in (air.on_air, coming):
        found += exposure_remarks(
            key,
            values.worlds[key].exposure_stops,
            nits_of(air, values, key),
            nits_of(air, values, air.on_air),
            values.grade.exposure_stops,
        )
    return tuple(found)


def facts_by_layer(air: AirState, world: World) -> Mapping[str, PictureFacts]:
    """What is known of the pictures of a world, by the keys of its layers."""
    found: dict[str, PictureFacts] = {}
    for layer in world.layers:
        picture = layer.picture()
        asset = None if picture is None else air.assets.get(picture.asset_key)
        if asset is not None and asset.facts is not None:
            found[layer.key or ""] = asset.facts
    return found


def _depths_by_layer(air: AirState, world: World) -> Mapping[str, PictureFacts]:
    maps = ((layer.key or "", layer.depth_map()) for layer in world.layers)
    facts = {key: asset_of(air, depth).facts for key, depth in maps if depth is not None}
    return {key: found for key, found in facts.items() if found is not None}


def nits_of(air: AirState, values: ShowValues, key: str) -> float | None:
    """The mean light of a world on a wall, before grade; None while that is not known of all of its layers."""
    world, nits = air.worlds[key], 0.0
    known = facts_by_layer(air, world)
    for layer in world.layers:
        facts, now = known.get(layer.key or ""), values.layer.get(layer.key or "")
        if facts is None or now is None:
            return None
        nits += now.opacity * (facts.mean_nits * math.pow(2.0, now.exposure_stops) - nits)
    return nits * math.pow(2.0, values.worlds[key].exposure_stops)


def exposure_remarks(
    key: str, stops: float, nits: float | None, on_air_nits: float | None, grade_stops: float = 0.0
) -> Iterator[Remark]:
    """How much brighter or darker a world of `nits`, at these exposure stops, is than what is on air. Both are before
    the grade, which is over both.

    A dark world on air counts as one in which something is seen once it is graded, so that nothing beside it is turned
    black. What would have to be raised far is told, and left to the crew.
    """
    if nits is None or on_air_nits is None or min(nits, on_air_nits) < _LEAST_NITS:
        return
    dim_nits = _DIM_NITS * math.pow(2.0, -grade_stops)
    apart = math.log2(nits / max(on_air_nits, min(nits, dim_nits)))
    if abs(apart) <= _EXPOSURE_STOPS:
        return
    matched = round(stops - apart, 1)
    is_curable = _LEAST_STOPS <= matched <= _MOST_RAISED_STOPS
    fix = {f"/worlds/{key}/exposure_stops": matched} if is_curable else {}
    code = "brighter_than_on_air" if apart > 0.0 else "darker_than_on_air"
    yield Remark(code, {"stops": round(abs(math.log2(nits / on_air_nits)), 1)}, fix)


def _clipped(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    missing = round(facts.missing_stops, 1)
    if facts.clipped < _CLIPPED or missing < _MISSING_STOPS or values.expand_stops >= missing - _NEARLY_STOPS:
        return
    fix = {f"/layer/{key}/expand_stops": within("expand_stops", missing)}
    yield Remark("highlights_clipped", {"percent": round(100.0 * facts.clipped, 1), "stops": missing}, fix)


def _bands(facts: PictureFacts) -> Iterator[Remark]:
    if facts.bands > _BANDS:
        yield Remark("picture_banded", {"percent": round(100.0 * facts.bands)})


def name_remarks(air: AirState, key: str) -> Iterator[Remark]:
    """What is to be said of the names in the world with this key."""
    yield from movement_remarks(air, air.worlds[key])
    if key in air.library.full:
        yield from lens_remarks(air.worlds[key])


def movement_remarks(air: AirState, world: World) -> Iterator[Remark]:
    """The animations that layers of a world name, and that their files do not have: such a scene stands still.

    Nothing is said of a file that is not there yet.
    """
    for layer in world.layers:
        if not isinstance(layer, ModelLayer):
            continue
        for picture in layer.moving():
            asset = asset_of(air, picture)
            if asset.sha256:
                yield from movement_remark(layer, picture.file, asset.movements)


def movement_remark(layer: ModelLayer, file: str, movements: tuple[str, ...]) -> Iterator[Remark]:
    """That a layer names an animation which is not among those of a file that it is of."""
    if layer.movement and layer.movement not in movements:
        named = ", ".join(movements[:_MOST_NAMED]) or "-"
        yield Remark("movement_unknown", {"file": file, "found": layer.movement, "movements": named})


def lens_remarks(world: World) -> Iterator[Remark]:
    """The lenses of films in a world of the library: lens files are read at the start alone, with the configuration."""
    for layer in world.layers:
        for film in layer.plates if isinstance(layer, PlateLayer) else ():
            if film.lens is not None:
                yield Remark("film_lens_unread", {"file": film.file, "lens": film.lens})
