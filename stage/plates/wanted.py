"""Which frames of which films a plan shows, and which come next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from render.plan.frame import FramePlan
from render.worlds.on_air import AirPlan
from render.worlds.plate.record import PlatePlan
from stage.show.frame.outcome import FilmAhead

GPU_AHEAD = 4
"""Frames of a film that are on the GPU before they are shown, those that are shown included."""
GPU_WAITING = 2
"""Frames that stand there for a cue or a world that is to come: it passes at the word."""
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


class Coming(NamedTuple):
    """Frames of a film that are wanted, the most urgent first. Of them the first `near` should be on the GPU."""

    frames: tuple[int, ...] = ()
    near: int = 0


def coming_frames(
    shown: Mapping[str, tuple[int, ...]], ahead: Iterable[FilmAhead], lengths: Mapping[str, int], most: int
) -> dict[str, Coming]:
    """The frames of each film that are wanted, at most so many: those that are shown, those ahead, and the first of
    those that wait. Where nobody knows what is ahead, the frames after those that are shown. `lengths` are films'
    frames.
    """
    due: dict[str, tuple[int, ...]] = {}
    waiting: dict[str, tuple[int, ...]] = {}
    for one in ahead:
        found = waiting if one.waits else due
        found[one.media] = (*found.get(one.media, ()), *one.frames)
    return {
        media: _coming(shown.get(media, ()), due.get(media, ()), waiting.get(media, ()), lengths.get(media, 0), most)
        for media in dict.fromkeys((*shown, *due, *waiting))
    }


def _coming(now: tuple[int, ...], due: tuple[int, ...], waiting: tuple[int, ...], length: int, most: int) -> Coming:
    after = due or tuple(frame + step for step in range(1, most) for frame in now)
    first = [frame for frame in dict.fromkeys((*now, *after)) if 0 <= frame < length]
    begins = [frame for frame in dict.fromkeys(waiting) if 0 <= frame < length]
    near = list(dict.fromkeys((*first[:GPU_AHEAD], *begins[:GPU_WAITING])))
    return Coming(tuple(dict.fromkeys((*near, *first, *begins)))[:most], len(near))


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
