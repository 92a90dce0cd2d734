"""Which frames of which films a plan shows, and which come next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from render.plan.frame import FramePlan
from render.worlds.on_air import AirPlan
from render.worlds.plate.record import PlatePlan

Shown = tuple[tuple[str, int], ...]
"""Identity and frame of each film that one layer shows."""


def layers_shown(plan: FramePlan) -> tuple[Shown, ...]:
    """What each layer with films shows in a frame, each once: also in a dissolve, and outside where that is frozen."""
    return tuple(dict.fromkeys(shown for shown in _shown(plan) if shown))


def frames_shown(layers: Iterable[Shown]) -> dict[str, tuple[int, ...]]:
    """The frames of each film that layers show."""
    found: dict[str, tuple[int, ...]] = {}
    for layer in layers:
        for media, frame in layer:
            if frame not in found.get(media, ()):
                found[media] = (*found.get(media, ()), frame)
    return found


def coming_frames(
    shown: Mapping[str, tuple[int, ...]], ahead: Mapping[str, tuple[int, ...]], lengths: Mapping[str, int], most: int
) -> dict[str, tuple[int, ...]]:
    """The frames of each film that are wanted, the most urgent first, at most so many: those that are shown, then those
    `ahead`. Where nobody knows what is ahead, the frames after those that are shown. `lengths` are films' frames.
    """
    found = {}
    for media in (*shown, *(one for one in ahead if one not in shown)):
        length = lengths.get(media, 0)
        now = shown.get(media, ())
        after = ahead.get(media) or tuple(frame + step for step in range(1, most) for frame in now)
        wanted = (frame for frame in dict.fromkeys((*now, *after)) if 0 <= frame < length)
        found[media] = tuple(frame for _, frame in zip(range(most), wanted, strict=False))
    return found


def _shown(plan: FramePlan) -> Iterator[Shown]:
    for air in _airs(plan):
        for world in air.worlds:
            for layer in world.layers:
                light = layer.light
                if isinstance(light, PlatePlan) and not light.is_hidden and layer.opacity > 0.0:
                    yield light.media()


def _airs(plan: FramePlan) -> Iterator[AirPlan]:
    """What is on air, and what pictures show that are not drawn anew."""
    yield plan.air
    if plan.outer.air is not None:
        yield plan.outer.air
    for inner in plan.inners:
        for view in (inner, inner.coming):
            if view is not None and view.picture is not None:
                yield view.picture.air
