"""Takes of format 2 as this version folds and compares them: the same numbers under today's names.

Format 2 knew one world of one layer, which was always drawn through pictures.
"""

from __future__ import annotations

from typing import Any

import msgspec

from render.plan.frame import OuterLook
from render.worlds.kinds import LightPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.shared.records import asset_key
from stage.config.records import ONLY_WORLD, StageConfig
from stage.config.starting_values import starting_values
from stage.show.air.state import AirState, AssetState, new_air_state
from stage.show.frame.inputs import AssetReady, FrameInputs
from stage.takes import format_3
from stage.takes.compare import Tree

Table = dict[str, Any]
_ENCODER = msgspec.msgpack.Encoder()
_LATER = ("colour_space", *format_3.LATER_OF_LIGHTS)
"""What plans of format 2 did not say of a light."""


def as_drawn_then(config: StageConfig) -> StageConfig:
    """The configuration with everything drawn by raster, as it was before rays could be followed."""
    return msgspec.structs.replace(config, stage=msgspec.structs.replace(config.stage, draw="raster"))


def upgraded_state(encoded: bytes, config: StageConfig) -> bytes:
    """An encoded state of format 2 as one of this version.

    Raises msgspec.DecodeError, LookupError or TypeError where the bytes are not a state.
    """
    old: Table = msgspec.msgpack.decode(encoded)
    controls = {**old["controls"], "values": _with_starting(old["controls"]["values"], config)}
    air = upgraded_air(old.get("assets", {}), config)
    return _ENCODER.encode({**old, "controls": controls, "air": air, "pictures": _pictures(old.get("pictures", {}))})


def upgraded_air(assets: dict[str, str], config: StageConfig) -> AirState:
    """What is on air in a show of one world. `assets` were the SHA-256 of files by their names."""
    air, spaces = new_air_state(config, ""), _colour_spaces(config)
    air.assets = {
        asset_key(file, spaces.get(file, "")): AssetState(sha256=sha256, share=1.0) for file, sha256 in assets.items()
    }
    return air


def upgraded_inputs(inputs: FrameInputs, config: StageConfig) -> FrameInputs:
    """Inputs in which each picture that is ready has the colour space by which it was decoded."""
    if not any(isinstance(one, AssetReady) for one in inputs.observations):
        return inputs
    spaces = _colour_spaces(config)
    observations = tuple(
        msgspec.structs.replace(one, colour_space=spaces.get(one.file, "")) if isinstance(one, AssetReady) else one
        for one in inputs.observations
    )
    return msgspec.structs.replace(inputs, observations=observations)


def with_colour_space(encoded: bytes, config: StageConfig) -> bytes:
    """An upgraded state whose pictures of the one world name the colour space by which it was decoded."""
    spaces = {space for space in _colour_spaces(config).values() if space}
    if len(spaces) != 1:
        return encoded
    state: Table = msgspec.msgpack.decode(encoded)
    return _ENCODER.encode({**state, "pictures": _naming(state["pictures"], *spaces)})


def _naming(found: Any, space: str) -> Any:
    """The same tree with a colour space in the light of every panorama that was ready."""
    if isinstance(found, dict):
        named = {"colour_space": space} if found.get("kind") == "panorama" and found.get("asset") else {}
        return {**{name: _naming(value, space) for name, value in found.items()}, **named}
    return [_naming(value, space) for value in found] if isinstance(found, list) else found


def _colour_spaces(config: StageConfig) -> dict[str, str]:
    """The colour space that the configuration gives for each file: the plans of format 2 did not name it."""
    pictures = (layer.picture() for world in config.all_worlds() for layer in world.layers)
    return {one.file: one.colour_space or "" for one in pictures if one is not None}


def upgraded_plan(old: Table) -> Table:
    """A plan of format 2 as a table of this version."""
    new = {name: value for name, value in old.items() if name != "world"}
    return {
        **new,
        "air": _air(old["world"]),
        "outer": upgraded_outer(old["outer"]),
        "inners": [upgraded_inner(inner) for inner in old["inners"]],
        "grade": {**old["grade"], "saturation": 1.0},
    }


def upgraded_outer(old: Table) -> Table:
    """The outer picture. Its cards were seen from its own eye."""
    cards = [{**card, "eye_m": old["eye_m"]} for card in old.get("cards", ())]
    look: Table = msgspec.to_builtins(OuterLook())
    return {
        **look,
        **_of_one_world(old),
        "air": None if old.get("world") is None else _air(old["world"]),
        "cards": cards,
    }


def upgraded_inner(old: Table) -> Table:
    """An inner view, with the pictures that it looks into."""
    new = dict(old)
    if old.get("picture") is not None:
        new["picture"] = _of_one_world(old["picture"])
    if old.get("coming") is not None:
        new["coming"] = {**old["coming"], "picture": _of_one_world(old["coming"]["picture"])}
    return new


def upgraded_memory(old: Table) -> Table:
    """What planning remembers of one camera's pictures."""
    new = dict(old)
    for name in ("shown", "coming"):
        if old.get(name) is not None:
            new[name] = _of_one_world(old[name])
    if old.get("held") is not None:
        new["held"] = upgraded_inner(old["held"])
    return new


def comparable(plan: bytes, report: bytes) -> Tree:
    """An encoded plan and report of format 2 in the shape of `compared_with`."""
    picture = _ENCODER.encode(upgraded_plan(msgspec.msgpack.decode(plan)))
    return {**msgspec.msgpack.decode(picture), "outcome": msgspec.msgpack.decode(report)}


def compared_with(plan: bytes, report: bytes) -> Tree:
    """What format 2 had of an encoded plan and report of this version."""
    new: Table = msgspec.msgpack.decode(report)
    answers = [{name: value for name, value in answer.items() if name != "detail"} for answer in new["answers"]]
    outcome = {name: value for name, value in new.items() if name != "air"}
    return {**without_colour_spaces(format_3.decoded_plan(plan)), "outcome": {**outcome, "answers": answers}}


def without_colour_spaces(found: Any) -> Any:
    """A plan of this version without what plans of format 2 lacked."""
    if isinstance(found, dict):
        return {name: without_colour_spaces(value) for name, value in found.items() if name not in _LATER}
    return [without_colour_spaces(value) for value in found] if isinstance(found, list) else found


def _with_starting(old: Table, config: StageConfig) -> Table:
    """The values of format 2, and beside them those that there were not, as they start."""
    starting: Table = msgspec.to_builtins(starting_values(config))
    merged: Table = {}
    for family, groups in starting.items():
        before = old.get(family, {})
        merged[family] = {**groups, **before}
        if family == "card":
            kinds = {card.name: card.kind for card in config.cards}
            merged[family] |= {name: {"kind": kinds.get(name, "card"), **values} for name, values in before.items()}
    return merged


def _pictures(old: Table) -> Table:
    new = dict(old)
    if old.get("frozen") is not None:
        new["frozen"] = upgraded_plan(old["frozen"])
    if old.get("frozen_outer") is not None:
        new["frozen_outer"] = upgraded_outer(old["frozen_outer"])
    reprojection = old.get("reprojection", {})
    memories = {name: upgraded_memory(memory) for name, memory in reprojection.get("pictures", {}).items()}
    new["reprojection"] = {**reprojection, "pictures": memories}
    new["last_possible"] = {
        wall: {camera: upgraded_inner(inner) for camera, inner in inners.items()}
        for wall, inners in old.get("last_possible", {}).items()
    }
    return new


def _of_one_world(old: Table) -> Table:
    new = {name: value for name, value in old.items() if name != "world"}
    return new if old.get("world") is None else {**new, "air": _air(old["world"])}


def _air(light: Table) -> Table:
    """One world of one layer, of which nothing is changed: its key is that of the world of a `[world]` table."""
    layer = LayerPlan(light=msgspec.convert(light, LightPlan), radius_m=light.get("radius_m", 0.0))
    air: Table = msgspec.to_builtins(AirPlan(world=WorldPlan(key=ONLY_WORLD, layers=(layer,))))
    return air
