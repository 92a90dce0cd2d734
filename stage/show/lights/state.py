"""What the show remembers of lights: what reached each follower, what is shown of it, how the way out is. Pure."""

from __future__ import annotations

import msgspec

from stage.show.frame.inputs import Condition
from stage.show.frame.lights import LightsLink
from stage.show.report.take import OwedAnswer
from stage.show.values.controls import ControlState
from stage.show.values.delayed import without
from stage.values.lights import Follow
from tracking.records import Evolving, Notebook

MOST_ASKED = 16
LIGHTS_LINK = "lights_link"
UP = "up"
_CELLS = 256
"""More than a light has."""


def slot_of(light: int, cell: int = 0) -> int:
    """The slot of a cell of a light, by its index."""
    return light * _CELLS + cell


def light_of_slot(slot: int) -> int:
    """The index of a slot's light."""
    return slot // _CELLS


def asked_slot(number: int, cell: int = 0) -> int:
    """What stands for a cell of the light that is asked for once by this number."""
    return -1 - slot_of(number, cell)


def asked_by(slot: int) -> int:
    """The number by which a light is asked for once; -1 for the slot of a follower."""
    return light_of_slot(-1 - slot) if slot < 0 else -1


class ProbeLayout(Evolving, array_like=True):
    """The slot of each probe of the plans from a frame on."""

    from_frame: int
    probes: tuple[int, ...]


class AskedLight(Notebook):
    """A light whose present light is asked for once, by `number`: what it would follow, since which frame, and the
    answer that is owed. `reached` is the mean light (ACEScg) once it came.
    """

    number: int
    light: int
    follow: Follow
    since_frame: int
    owed: OwedAnswer
    reached: tuple[float, ...] = ()


class LightsState(Notebook):
    """The followers of the last frame that was stepped.

    A *slot* is what follows as one: a light, or each cell of a bar that follows a wall (`slot_of`). `goal` is the
    newest light of each slot, `now` that light as it is smoothed: red, green and blue (ACEScg) one after the other.
    `held` are the colours (x, y) of slots whose followed light is below their least level. `directions` are
    where lights that follow sun or moon take it from (azimuth, elevation, degrees). `brightest` is the brightest source
    that was measured. `layouts` tell whose the light is that is still on its way.
    """

    frame: int = -1
    slots: tuple[int, ...] = ()
    goal: tuple[float, ...] = ()
    now: tuple[float, ...] = ()
    held: dict[int, tuple[float, float]] = msgspec.field(default_factory=dict)
    directions: dict[int, tuple[float, float]] = msgspec.field(default_factory=dict)
    brightest: tuple[float, float, float, float, float] | None = None
    layouts: list[ProbeLayout] = msgspec.field(default_factory=list)
    asked: list[AskedLight] = msgspec.field(default_factory=list)
    asked_ever: int = 0


def forget_lights(controls: ControlState, folders: tuple[str, ...]) -> None:
    """Forgets what was on its way to values below these folders, and who set them."""
    if not folders:
        return
    controls.fades = {path: fade for path, fade in controls.fades.items() if not path.startswith(folders)}
    waiting = (path for one in controls.delayed for path in one.values)
    controls.delayed = without(controls.delayed, {path for path in waiting if path.startswith(folders)})
    controls.changed = [path for path in controls.changed if not path.startswith(folders)]
    for marks in (controls.marks.at, controls.marks.by):
        for path in [path for path in marks if path.startswith(folders)]:
            del marks[path]
    controls.marks.note_change()


def condition_of(link: LightsLink | Condition) -> Condition:
    """The condition that a report begins, changes or ends."""
    if isinstance(link, Condition):
        return link
    values = {"output": link.place, "why": link.state, "found": link.detail}
    return Condition(code=LIGHTS_LINK, severity="alarm", values=dict(values), present=link.state != UP)
