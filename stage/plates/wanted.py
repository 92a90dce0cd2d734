"""Which frames of which films a plan shows, and which come next. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from render.plan.frame import FramePlan, airs_of
from render.worlds.on_air import AirPlan, LayerPlan
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.media import MediaFacts
from stage.plates.rooms import slots_wanted
from stage.show.frame.outcome import FilmAhead

GPU_AHEAD = 4
"""Frames of a film that are on the GPU before they are shown, those that are shown included."""
GPU_WAITING = 2
"""Frames that stand there for a cue or a world that is to come: it passes at the word."""
MOST_LEAD_S = 0.3
"""No frame counts for more: the first one has to wait until its film is open."""
_REMEMBERED = 5
_PASSED_EARLY = 0.25
"""A frame of which less would be seen is passed over. One that comes too late costs less time than one that waits until
it is due, since the next one is read meanwhile.
"""
_STRIDES_FIRST = 4
_FURTHER = 2
"""So many times as few frames as have room in memory are known beyond those: what is wanted is worked out anew once
they have been shown.
"""
_RENEWED_AFTER = 6
"""Where nothing beyond is known, that is done once one in so many of the frames that were to be read has been shown."""
_NEVER = 1 << 30
_KEEPS_UP = 0.1
"""What is read so much slower than it plays for a while is read in order: what lies ahead makes up for it."""
Shown = tuple[tuple[str, int], ...]
"""Identity and frame of each film that one layer shows."""


def layers_shown(plan: FramePlan) -> tuple[Shown, ...]:
    """What each layer with films shows in a frame, each once: also in a dissolve, and outside where that is frozen."""
    return _shown_by([light for _, light in film_layers(plan)])


def _shown_by(lights: Iterable[PlatePlan]) -> tuple[Shown, ...]:
    return tuple(dict.fromkeys([shown for light in lights if (shown := light.media())]))


class ShownLayers:
    """What layers show in one plan after the other: looked up where their films show something else than before."""

    def __init__(self) -> None:
        self._airs: list[AirPlan] = []
        self._lights: list[PlatePlan] = []
        self._layers: tuple[Shown, ...] = ()

    def of(self, plan: FramePlan) -> tuple[Shown, ...]:
        """As `layers_shown`; the same object while nothing changes."""
        airs = airs_of(plan)
        if airs == self._airs:
            return self._layers
        self._airs = airs
        lights = [light for _, light in _film_layers(airs)]
        if lights != self._lights:
            self._lights, self._layers = lights, _shown_by(lights)
        return self._layers


def frames_shown(layers: Iterable[Shown]) -> dict[str, tuple[int, ...]]:
    """The frames of each film that layers show."""
    found: dict[str, tuple[int, ...]] = {}
    for layer in layers:
        for media, frame in layer:
            if frame not in found.get(media, ()):
                found[media] = (*found.get(media, ()), frame)
    return found


class Lead(NamedTuple):
    """How long it takes until a frame that is asked for is on the GPU, until one is that lies in memory, and from one
    that is read until the next one of its film is: seconds.

    Frames that are due before cannot come in time. Whoever runs after them is late with each one for ever; so they are
    passed over, and the first is made ready that can be shown when it is due.
    """

    read_s: float = 0.0
    upload_s: float = 0.0
    each_s: float = 0.0


class Usual:
    """The median of the last few times, of which the first is a guess.

    One frame that was held up says nothing of the next ones: expected to take as long, those of the next quarter of a
    second would be passed over wherever a film is sent. Frames that all are slow are known after three.
    """

    def __init__(self, guess_s: float = 0.0) -> None:
        self._taken_s = deque((min(guess_s, MOST_LEAD_S),) * _REMEMBERED, _REMEMBERED)
        self.seconds = self._taken_s[0]

    def note(self, took_s: float) -> None:
        """A frame took so long."""
        self._taken_s.append(min(took_s, MOST_LEAD_S))
        self.seconds = sorted(self._taken_s)[_REMEMBERED // 2]


class Coming(NamedTuple):
    """Frames of a film that can come in time, the most urgent first: those worth uploading, and from `read_from` on
    those worth reading. The first `near` should be on the GPU; `kept` stay there if they are; `following` are shown
    after what is shown now. Nobody looks at levels finer than `first`. Where a frame takes longer than it is shown, one
    in `stride` is read first. What comes `further` is not wanted yet; the film can go on while at least `least` of both
    are left.
    """

    frames: tuple[int, ...] = ()
    read_from: int = 0
    near: int = 0
    kept: frozenset[int] = frozenset()
    first: int = 0
    stride: int = 1
    following: tuple[int, ...] = ()
    further: tuple[int, ...] = ()
    least: int = _NEVER

    def gone_on(self, shown: tuple[int, ...], ahead: tuple[int, ...]) -> Coming | None:
        """The same once the film shows this, with this ahead: where that is what was to come and enough is left. It is
        to be worked out anew if not: None.
        """
        if len(shown) != 1 or shown[0] not in self.frames[: self.near]:  # what is kept may be what is passed over
            return None
        left = (self.frames + self.further)[self.frames.index(shown[0]) :]
        if len(left) < self.least or left != ahead[: len(left)]:
            return None
        most, near, following = len(self.frames), left[: self.near], left[1:2]
        return Coming(
            left[:most],
            self.read_from,
            self.near,
            frozenset(near),
            self.first,
            self.stride,
            following,
            left[most:],
            self.least,
        )


def coming_frames(
    shown: Mapping[str, tuple[int, ...]],
    ahead: Iterable[FilmAhead],
    films: Mapping[str, MediaFacts],
    lead: Lead,
    finest: Mapping[str, int],
) -> dict[str, Coming]:
    """The frames of each film that are wanted: those that are shown, those ahead, and the first of those that wait.

    `finest` is the finest level of each that anybody looks at, where that is known. Where nobody knows what is ahead,
    that is the frames after those that are shown.
    """
    due: dict[str, tuple[int, ...]] = {}
    waiting: dict[str, tuple[int, ...]] = {}
    for one in ahead:
        found = waiting if one.waits else due
        found[one.media] = found.get(one.media, ()) + one.frames
    return {
        media: _coming(
            facts, (shown.get(media, ()), due.get(media, ()), waiting.get(media, ())), lead, finest.get(media, 0)
        )
        for media, facts in films.items()
    }


def _coming(
    facts: MediaFacts, frames: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]], lead: Lead, finest: int
) -> Coming:
    now, due, waiting = frames
    slots = slots_wanted(facts.rate)
    most = GPU_AHEAD + slots
    after = due or tuple(frame + step for step in range(1, most) for frame in now)
    count = facts.frames
    first = [frame for frame in dict.fromkeys(now + after) if 0 <= frame < count]
    begins = [frame for frame in dict.fromkeys(waiting) if 0 <= frame < count]
    rate, most_pass = facts.rate[0] / facts.rate[1], max(0, len(first) - 1)  # the last one never passes
    upload_from = min(most_pass, int(lead.upload_s * rate + _PASSED_EARLY) * max(1, len(now)))
    read_from = min(most_pass, int(lead.read_s * rate + _PASSED_EARLY) * max(1, len(now)))
    in_time = first[upload_from:]
    near = [*dict.fromkeys(in_time[:GPU_AHEAD] + begins[:GPU_WAITING])]
    wanted = tuple(dict.fromkeys(near + in_time + begins) if begins else in_time)[:most]
    kept = frozenset((*first[:upload_from], *near))
    stride = max(1, math.ceil(lead.each_s * rate - _KEEPS_UP))
    following = tuple(first[len(now) : 2 * len(now)])
    goes_on = wanted == tuple(first[:most]) and stride == 1
    further = tuple(first[most : most + slots // _FURTHER]) if goes_on else ()
    least = len(wanted) - (0 if further else slots // _RENEWED_AFTER) if goes_on else _NEVER
    read_from = max(0, read_from - upload_from)
    return Coming(wanted, read_from, len(near), kept, finest, stride, following, further, least)


def gone_on(
    coming: Mapping[str, Coming], shown: Mapping[str, tuple[int, ...]], ahead: Sequence[FilmAhead]
) -> dict[str, Coming] | None:
    """What is to come of all films once they show this, with this ahead, where each goes on as was foreseen; else
    None.
    """
    if len(ahead) != len(coming):
        return None
    found = {
        one.media: on
        for one in ahead
        if one.media in coming
        and not one.waits
        and (on := coming[one.media].gone_on(shown.get(one.media, ()), one.frames)) is not None
    }
    return found if len(found) == len(coming) else None


def in_reading_order(frames: Sequence[int], stride: int) -> tuple[int, ...]:
    """Frames that are due one after the other, in the order in which they are best read: of the next ones those first
    whose number is a multiple of the stride.

    Films of a set change together. Where none of them can be read as fast as it plays, each would be read wherever it
    is when its turn comes, and no frame would ever be there of all of them.
    """
    if stride == 1:
        return tuple(frames)
    soon, later = frames[: _STRIDES_FIRST * stride], frames[_STRIDES_FIRST * stride :]
    first = [frame for frame in soon if frame % stride == 0]
    return (*first, *(frame for frame in soon if frame % stride), *later)


def film_layers(plan: FramePlan) -> list[tuple[LayerPlan, PlatePlan]]:
    """Every layer of which a frame shows films, with those; one may come more than once."""
    return _film_layers(airs_of(plan))


def _film_layers(airs: Iterable[AirPlan]) -> list[tuple[LayerPlan, PlatePlan]]:
    worlds = [world for air in airs for world in (air.world, air.coming) if world is not None]
    return [
        (layer, light)
        for world in worlds
        for layer in world.layers
        if isinstance(light := layer.light, PlatePlan) and not light.is_hidden and layer.opacity > 0.0
    ]
