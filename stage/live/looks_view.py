"""What clients see of the looks of a running show."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, islice
from types import MappingProxyType

from stage.control.look_views import LookChange, LookComparison, LookStatus
from stage.control.replies import refused_in_words
from stage.show.air.state import AirState, Standing, key_named, standing_of
from stage.show.commands.look_work import MOST_NAMED
from stage.show.frame.requests import LookRequest
from stage.show.looks.capture import own_keys
from stage.show.looks.file_names import place_of
from stage.show.looks.recall import is_in_force, recalled
from stage.show.looks.shelf import CalledLook, LookShelf, look_called
from stage.show.show import Show
from stage.values.looks import OF_WORLDS, groups_of_parts
from stage.values.parameters import Refusal
from stage.values.tree import value_at

NO_PICTURES: Mapping[str, str] = MappingProxyType({})


def look_statuses(
    shelf: LookShelf, air: AirState, pictures: Mapping[str, str], page: tuple[int, int], *, takes: bool
) -> tuple[tuple[LookStatus, ...], int]:
    """The looks of a `page` (its first, and how many at most), and how many there are.

    `pictures` are the paths of their thumbnails, by the places of their files.
    """
    first, most = page
    called = (
        [CalledLook(name, "take", kept) for name, kept in reversed(shelf.of_takes.items())]
        if takes
        else [
            *(CalledLook(name, "show", kept) for name, kept in shelf.looks.items()),
            *(CalledLook(name, "shipped", kept) for name, kept in sorted(shelf.shipped.items())),
        ]
    )
    worlds = NamedWorlds(air)
    return tuple(_status(one, worlds, pictures) for one in called[first : first + most]), len(called)


def compared_look(show: Show, request: LookRequest, most: int) -> LookComparison | Refusal:
    """A look beside what is in force. A world of the library that is only offered by name has no values yet."""
    state, takes = show.state, request.takes is True
    called = look_called(state.looks, request.name, takes=takes)
    if isinstance(called, Refusal):
        return called
    world, controls = called.kept.look.world, state.controls
    groups = groups_of_parts(request.only)
    found = recalled(state.looks, show.tree, called.name, groups, own_keys(state.air, world), takes=takes)
    assert not isinstance(found, Refusal)
    targets = ((path, value, controls.fades.get(path)) for path, value in found.values.items())
    present = (
        (path, value, value_at(controls.values, path) if fade is None else fade.target) for path, value, fade in targets
    )
    changes = [LookChange(path=path, look=value, present=now) for path, value, now in present if now != value]
    is_shelved = NamedWorlds(air=state.air).standing(world) == "unloaded" and key_named(state.air, world) is None
    absent = [name for name in found.absent if not (is_shelved and name.split("/", 2)[1] in OF_WORLDS)]
    first = request.first or 0
    return LookComparison(
        name=called.name,
        changes=tuple(changes[first : first + most]),
        total=len(changes),
        absent=tuple(absent[:MOST_NAMED]),
        refused=refused_in_words(dict(islice(found.refused.items(), MOST_NAMED))),
    )


class LookInForce:
    """Which look is in force. It is looked for again only when something has changed, one look a call at most.

    Of looks that are alike it is the one that was recalled or made last; the others are tried in turn, so that a stage
    that was started or set up otherwise says it after a while, too.
    """

    def __init__(self, show: Show) -> None:
        self._show = show
        self._found = ""
        self._seen: tuple[object, ...] = ()
        self._turn, self._left = 0, 0

    def now(self) -> str:
        """The name of a look in force; "" where there is none, or none has been found yet."""
        state = self._show.state
        shelf, controls = state.looks, state.controls
        stands = (controls.look, controls.sequence, shelf.version, self._show.tree.version, bool(controls.fades))
        if stands != self._seen:
            self._seen = stands
            self._left = len(shelf.looks) + len(shelf.shipped)
            self._found = self._if_in_force(controls.look) or self._if_in_force(self._found)
        if not self._found and self._left:
            names = [*shelf.looks, *shelf.shipped]
            self._left, self._turn = self._left - 1, (self._turn + 1) % len(names)
            self._found = self._if_in_force(names[self._turn])
        return self._found

    def _if_in_force(self, name: str) -> str:
        """The look that is called so, where it is in force; else ""."""
        state = self._show.state
        called = look_called(state.looks, name) if name else None
        if not isinstance(called, CalledLook) or called.kind == "take":
            return ""
        return called.name if is_in_force(called, state.looks, state.air, state.controls, self._show.tree) else ""


class NamedWorlds:
    """How worlds stand, by their names: each is looked at once for a list."""

    def __init__(self, air: AirState) -> None:
        self._air = air
        self._found: dict[str, Standing | None] = {}
        listed = (listed.name for listed in air.library.files.values() if listed.key and listed.cause is None)
        self._named = dict.fromkeys(chain((world.name for world in air.worlds.values()), listed))

    def standing(self, name: str) -> Standing | None:
        """How the world of this name stands; None where there is none."""
        if name not in self._found:
            key = key_named(self._air, name)
            offered: Standing | None = "unloaded" if name in self._named else None
            self._found[name] = offered if key is None else standing_of(self._air, key)
        return self._found[name]


def _status(called: CalledLook, worlds: NamedWorlds, pictures: Mapping[str, str]) -> LookStatus:
    name, kind, kept = called
    place = place_of(kind, kept.file)
    return LookStatus(
        name=name,
        kind=kind,
        parts=kept.look.parts,
        count=kept.look.count,
        world=kept.look.world,
        world_state=(worlds.standing(kept.look.world) or "missing") if kept.look.world else "",
        file=place,
        saved=kept.saved,
        frame=kept.frame,
        thumbnail=pictures.get(place),
    )
