"""Films that are sent to a place: which ones, and where they were, so that it can be taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from render.worlds.plate.times import frame_on_clock, shown
from render.worlds.shared.running import MILLION, millionths
from stage.show.air.films import clip_of_layer, lead_rate
from stage.show.air.state import AirState
from stage.show.plates.clocks import Jump, plate_layers
from stage.show.plates.state import PlatesState
from stage.show.values.delayed import Called
from stage.values.stage_wide import ShowValues
from tracking.settable import Value

_BEFORE, _AFTER = "/layer/", "/position_s"


def layer_sent(path: str) -> str | None:
    """The key of the layer whose film a value sends to a place; None for any other value."""
    return path[len(_BEFORE) : -len(_AFTER)] if path.startswith(_BEFORE) and path.endswith(_AFTER) else None


def calls_of(values: Mapping[str, Value]) -> dict[str, int]:
    """Where films are sent by some values, by the keys of their layers, in microseconds."""
    sent = ((layer_sent(path), value) for path, value in values.items())
    return {key: millionths(value) for key, value in sent if key is not None and isinstance(value, float)}


def jumps_of(called: Mapping[str, Called]) -> dict[str, Jump]:
    """Where films were sent, by the keys of their layers, and in which slot."""
    sent = ((layer_sent(path), call) for path, call in called.items())
    return {
        key: Jump(millionths(call.value), call.frame)
        for key, call in sent
        if key is not None and isinstance(call.value, float)
    }


def places_left(
    plates: PlatesState, air: AirState, values: ShowValues, paths: Iterable[str], slot: tuple[int, Fraction]
) -> dict[str, Value]:
    """Where the films are that some values send elsewhere, in seconds by path: what it means to take that back.

    Those of which that is not known are left out.
    """
    sent = {key: path for path in paths if (key := layer_sent(path)) is not None}
    layers = dict(plate_layers(air)) if sent else {}
    found: dict[str, Value] = {}
    for key, path in sent.items():
        clock, now, layer = plates.clocks.get(key), values.plate.get(key), layers.get(key)
        if clock is None or now is None or layer is None:
            continue
        clip, rate = clip_of_layer(air, layer, now), lead_rate(air, layer)
        if clip is not None and rate is not None:
            frame = shown(clip, frame_on_clock(clock, *slot, rate, millionths(now.offset_s))).frame
            found[path] = round(MILLION * frame / rate) / MILLION
    return found
