"""Takes of format 3 as this version folds and compares them: the same numbers under today's names.

Format 3 kept the radius of a layer's sphere with its light. It knew no other placement than that and a turn.
"""

from __future__ import annotations

from typing import Any

import msgspec

from stage.show.air.state import ready_assets
from stage.show.state import decode_state
from stage.takes.compare import Tree

Table = dict[str, Any]
_ENCODER = msgspec.msgpack.Encoder()
_LAYER = ("opacity", "exposure_stops", "temperature_k", "tint", "saturation", "contrast", "turn_deg")
"""The values of a layer that format 3 had."""
_LATER = ("guide",)
LATER_OF_LIGHTS = ("is_coded",)
"""What no plan before format 4 said of a light."""


def upgraded_records(encoded: bytes) -> bytes:
    """A configuration or a frame's inputs of format 3 or earlier: a radius that was not given is left out of layers.

    Raises msgspec.DecodeError where the bytes are none.
    """
    return _ENCODER.encode(_without_open_radius(msgspec.msgpack.decode(encoded)))


def upgraded_state(encoded: bytes) -> bytes:
    """An encoded state of format 3 as one of this version.

    Raises msgspec.DecodeError, LookupError or TypeError where the bytes are not a state.
    """
    old: Table = _without_open_radius(msgspec.msgpack.decode(encoded))
    layers = {layer["key"]: layer for world in old["air"]["worlds"].values() for layer in world["layers"]}
    values = old["controls"]["values"]
    placed = {
        key: {**before, "radius_m": layers.get(key, {}).get("radius_m", 0.0)}
        for key, before in values.get("layer", {}).items()
    }
    controls = {**old["controls"], "values": {**values, "layer": placed}}
    return _ENCODER.encode({**old, "controls": controls, "pictures": _lifted(old.get("pictures", {}))})


def with_codes(encoded: bytes) -> bytes:
    """An upgraded state whose kept pictures say which lights are of code values, as plans do now."""
    air = decode_state(encoded).air
    lights = (layer.light(ready_assets(air)) for world in air.worlds.values() for layer in world.layers)
    coded = {asset for light in lights if light.holds_codes() for asset, _ in light.assets()}
    if not coded:
        return encoded
    state: Table = msgspec.msgpack.decode(encoded)
    return _ENCODER.encode({**state, "pictures": _coded(state["pictures"], coded)})


def _coded(found: Any, coded: set[str]) -> Any:
    if isinstance(found, dict):
        own = {"is_coded": True} if found.get("kind") == "panorama" and found.get("asset") in coded else {}
        return {**{name: _coded(value, coded) for name, value in found.items()}, **own}
    return [_coded(value, coded) for value in found] if isinstance(found, list) else found


def comparable(plan: bytes, report: bytes) -> Tree:
    """An encoded plan and report of format 3 in the shape of `compared_with`."""
    return {**msgspec.msgpack.decode(plan), "outcome": msgspec.msgpack.decode(report)}


def compared_with(plan: bytes, report: bytes) -> Tree:
    """What format 3 had of an encoded plan and report of this version."""
    return {**_lowered(decoded_plan(plan)), "outcome": msgspec.msgpack.decode(report)}


def decoded_plan(plan: bytes) -> Table:
    """An encoded plan of this version without what no plan before format 4 had."""
    return {name: value for name, value in msgspec.msgpack.decode(plan).items() if name not in _LATER}


def _without_open_radius(found: Any) -> Any:
    if isinstance(found, dict):
        kept = {name: value for name, value in found.items() if not (name == "radius_m" and value is None)}
        return {name: _without_open_radius(value) for name, value in kept.items()}
    return [_without_open_radius(value) for value in found] if isinstance(found, list) else found


def _lifted(found: Any) -> Any:
    """The same tree with the radius of each light as a value of its layer."""
    if isinstance(found, dict):
        light = found.get("light")
        own = {"radius_m": light.get("radius_m", 0.0)} if isinstance(light, dict) else {}
        return {**{name: _lifted(value) for name, value in found.items()}, **own}
    return [_lifted(value) for value in found] if isinstance(found, list) else found


def _without_later(light: Table) -> Table:
    return {name: value for name, value in light.items() if name not in LATER_OF_LIGHTS}


def _lowered(found: Any) -> Any:
    """A plan of this version with the layers of format 3: the radius with the light, no other placement."""
    if isinstance(found, dict) and isinstance(found.get("light"), dict):
        return {
            **{name: found[name] for name in _LAYER},
            "light": {**_without_later(found["light"]), "radius_m": found["radius_m"]},
        }
    if isinstance(found, dict):
        return {name: _lowered(value) for name, value in found.items()}
    return [_lowered(value) for value in found] if isinstance(found, list) else found
