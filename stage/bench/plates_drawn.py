"""Times whole frames of three walls before films, each beside a plain panorama in the same turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import msgspec
import numpy as np

from render.plan.frame import FramePlan
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from render.worlds.shared.media import MediaFacts, plane_levels
from stage.bench.against_bare import ASSET, PANORAMA_PX, drawer, panorama, scene, turns_ms
from stage.verify.studio import Studio, open_studio
from tracking.records import Record

_BEFORE = 2
_SPHERE = MediaFacts(codec="", columns=PANORAMA_PX[0], rows=PANORAMA_PX[1], frames=1, rate=(24, 1))
_FILMS = {
    "h264": msgspec.structs.replace(_SPHERE, chroma=(2, 2)),
    "prores": msgspec.structs.replace(_SPHERE, chroma=(2, 1), bits=10),
    "alpha": msgspec.structs.replace(_SPHERE, bits=12, has_alpha=True),
}
_CAMERAS = 5


class PlateFigures(Record):
    """Median milliseconds of a frame with every wall read back, and how many times as long as plain in the same turn.

    `plain` is a panorama, `h264` a whole sphere of as many pixels in 4:2:0 at 8 bits, `prores` one in 4:2:2 at 10 bits,
    `alpha` one in 4:4:4 at 12 bits with alpha, and `set` five films of a rig, of 1920x1080 in 4:2:0 at 8 bits.
    `plate_over_plain` is the larger of the first two.
    """

    plain_ms: float
    h264_ms: float
    prores_ms: float
    alpha_ms: float
    set_ms: float
    h264_over_plain: float
    prores_over_plain: float
    alpha_over_plain: float
    set_over_plain: float
    plate_over_plain: float
    renderer: str


def measure_plates_drawn(frames: int, draw: str) -> PlateFigures:
    """Draws the walls of `measure_against_bare` once for every kind of film. Raises ConfigError without a driver."""
    with open_studio(scene(draw)) as studio:
        studio.renderer.load_world(ASSET, panorama())
        lights = {name: _film(studio, name, facts) for name, facts in _FILMS.items()}
        lights["set"] = _rig(studio)
        draws = {"plain": drawer(studio, scene(draw))}
        draws |= {name: drawer(studio, scene(draw), change=_showing(light)) for name, light in lights.items()}
        turns = turns_ms(draws, frames, before=_BEFORE)
        ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
        over = {f"{name}_over_plain": _over(turns[name], turns["plain"]) for name in lights}
        worst = max(over["h264_over_plain"], over["prores_over_plain"])
        return PlateFigures(**ms, **over, plate_over_plain=worst, renderer=studio.renderer.name)


def _film(studio: Studio, name: str, facts: MediaFacts) -> PlatePlan:
    studio.renderer.load_plate(name, 0, facts, _noise(facts))
    return PlatePlan(parts=(PlatePart(media=name),))


def _rig(studio: Studio) -> PlatePlan:
    facts = MediaFacts(codec="", columns=1920, rows=1080, frames=1, rate=(24, 1), chroma=(2, 2))
    parts = []
    for number in range(_CAMERAS):
        studio.renderer.load_plate(f"rig {number}", 0, facts, _noise(facts))
        place = PartPlace(turn_deg=60.0 * (number - _CAMERAS // 2), width_deg=66.0, blend_deg=3.0)
        parts.append(PlatePart(media=f"rig {number}", place=place))
    return PlatePlan(parts=tuple(parts))


def _noise(facts: MediaFacts) -> bytes:
    """A frame with fine detail; the levels have some too."""
    last = plane_levels(facts)[-1]
    codes = np.random.default_rng(1).integers(0, 1 << facts.bits, last.offset + last.bytes, np.uint16)
    return (codes.astype(np.uint8) if facts.sample_bytes == 1 else codes).tobytes()


def _showing(light: PlatePlan) -> Callable[[FramePlan], FramePlan]:
    def change(plan: FramePlan) -> FramePlan:
        world = plan.air.world
        layers = (msgspec.structs.replace(world.layers[0], light=light),)
        shown = msgspec.structs.replace(world, layers=layers)
        return msgspec.structs.replace(plan, air=msgspec.structs.replace(plan.air, world=shown))

    return change


def _over(times_ms: list[float], plain_ms: list[float]) -> float:
    return statistics.median(took / plain for took, plain in zip(times_ms, plain_ms, strict=True))
