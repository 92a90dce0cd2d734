"""A look: values by path that make a picture what it is, whatever stage it is called on. Pure.

It holds no geometry, placement, delay or output, so that recalling one never undoes what the crew has set up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple, get_args

import msgspec

from stage.values.parameters import MAX_TEXT, Parameter, Refusal, parameters_of
from stage.values.stage_wide import ACTIVE_WORLD, ShowValues
from stage.values.tree import ParameterTree, named_groups, place_of
from tracking.records import UNDECODABLE, Evolving, Record
from tracking.settable import LookGroup, Role, Value, Values, declarations_of

LookPart = Literal["sky", "light", "grade", "time", "world"]
"""What people call the parts of a look; light is the cards and the lights."""
GROUPS: dict[LookPart, tuple[LookGroup, ...]] = {
    "sky": ("sky",),
    "light": ("cards", "lights"),
    "grade": ("grade",),
    "time": ("time",),
    "world": ("world",),
}
"""The look groups of each part."""
LOOK_PARTS: tuple[LookPart, ...] = get_args(LookPart)
LONGEST_LOOK_NAME = 64
MOST_LOOK_VALUES = 4096
OF_WORLDS = ("worlds", "layer")
"""The families whose values are a world's own."""
OF_WORLDS_BELOW = tuple(f"/{family}/" for family in OF_WORLDS)
"""How the paths of those begin."""
_DECODER = msgspec.msgpack.Decoder(dict[str, Value])
_ENCODER = msgspec.msgpack.Encoder()


class Look(Record):
    """A look as its file has it: what it is called, and its values by path, not yet checked against a stage."""

    name: str
    values: dict[str, Value]


class PackedLook(Evolving, array_like=True):
    """A look's values as they are kept: there may be hundreds of looks, and few are read.

    `content` has the values by path as MessagePack, `count` how many, `parts` of which parts they are, `world` the
    world that they name, "" for none.
    """

    content: bytes
    parts: tuple[LookPart, ...] = ()
    count: int = 0
    world: str = ""

    @property
    def values(self) -> dict[str, Value]:
        """The values by path; none where the content is not what `packed` makes."""
        try:
            return _DECODER.decode(self.content)
        except UNDECODABLE:
            return {}


class FittedLook(NamedTuple):
    """What a stage makes of a look: the values that it takes, the paths that are of something it does not have, and
    why it refuses others. `of_worlds` are the paths of values of worlds and layers, `roles` those that its values need.
    """

    values: Mapping[str, Value]
    absent: tuple[str, ...]
    refused: Mapping[str, Refusal]
    of_worlds: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()


def groups_of_parts(parts: Iterable[LookPart]) -> frozenset[LookGroup]:
    """The look groups of some parts; of no part, none."""
    return frozenset(group for part in parts for group in GROUPS[part])


def fitted(look: Mapping[str, Value], tree: ParameterTree, only: frozenset[LookGroup] = frozenset()) -> FittedLook:
    """A look's values by path as the stage with this tree keeps them; with `only`, those of these look groups.

    A world, layer, card or light that the stage does not have is no fault of the look; its values are checked all the
    same, so that a look is right or wrong wherever it is called. A path that nothing has is refused without looking
    for a nearer one: a look may have thousands, and is called between two frames.
    """
    values: dict[str, Value] = {}
    absent: list[str] = []
    refused: dict[str, Refusal] = {}
    for path, value in look.items():
        there = tree.get(path)
        parameter = there or absent_parameter(path, tree)
        if only and parameter is not None and parameter.look is not None and parameter.look not in only:
            continue
        checked = parameter.check(value) if parameter is not None and parameter.in_looks else _refused(path, parameter)
        if isinstance(checked, Refusal):
            if path == ACTIVE_WORLD and checked.reason == "no_such_choice":
                absent.append(path)
            else:
                refused[path] = checked
        elif there is not None:
            values[path] = checked
        else:
            absent.append(path)
    of_worlds = tuple(path for path in values if path.startswith(OF_WORLDS_BELOW))
    return FittedLook(values, tuple(absent), refused, of_worlds, frozenset(tree[path].role for path in values))


def look_group_of(path: str) -> LookGroup | None:
    """The look group of the value at a path, on whatever stage; None where no look holds it."""
    parameter = parameter_anywhere(path)
    return None if parameter is None else parameter.look


def parameter_anywhere(path: str) -> Parameter | None:
    """What is at a path on some stage, as declared; None where no stage has such a path."""
    family, key, rest = place_of(path)
    named = key and family in named_groups()
    return _declared(family).get(f"/{rest}") if named else _fixed().get(path)


def packed(values: Mapping[str, Value]) -> PackedLook:
    """A look with these values, as it is kept; equal values in equal order give equal bytes."""
    groups = {look_group_of(path): None for path in values}
    return PackedLook(
        content=_ENCODER.encode(dict(values)),
        parts=tuple(part for part in LOOK_PARTS if any(group in groups for group in GROUPS[part])),
        count=len(values),
        world=str(values.get(ACTIVE_WORLD, "")),
    )


def absent_parameter(path: str, tree: ParameterTree) -> Parameter | None:
    """What a path would be if the stage had its world, layer, card or the like; None where it does, or would not."""
    family, key, rest = place_of(path)
    declared = _declared(family) if key and family in named_groups() else {}
    if f"/{rest}" not in declared or f"{group_folder(path)}{next(iter(declared))}" in tree:
        return None
    return msgspec.structs.replace(declared[f"/{rest}"], path=path)


def group_folder(path: str) -> str:
    """Where the group of a value stands: `/layer/sea`, `/lights/group/back`."""
    _, key, rest = place_of(path)
    return path[: -len(rest) - 1] if key and rest else path


def look_values(prefix: str, values: Values) -> Iterator[tuple[str, Value, LookGroup]]:
    """Path, value and look group of everything in a group that looks hold, in declared order."""
    for name, group in _looked(type(values)):
        found: object = values
        for part in name.split("/"):
            found = getattr(found, part)
        assert isinstance(found, bool | float | str)
        yield f"{prefix}/{name}", found, group


def _refused(path: str, parameter: Parameter | None) -> Refusal:
    """Why no look has a value at this path."""
    if parameter is None:
        return Refusal(code="unknown_path", reason="no_parameter", values={"path": path[:MAX_TEXT]})
    return Refusal(code="forbidden", reason="not_in_looks", values={"path": path})


@cache
def _looked(group: type[Values]) -> tuple[tuple[str, LookGroup], ...]:
    """The values of a group that looks hold: the way there, and the look group."""
    found: list[tuple[str, LookGroup]] = []
    for declared in declarations_of(group):
        if declared.group is not None:
            found += ((f"{declared.name}/{name}", look) for name, look in _looked(declared.group))
        elif declared.setting.look is not None:
            found.append((declared.name, declared.setting.look))
    return tuple(found)


@cache
def _fixed() -> Mapping[str, Parameter]:
    """Everything that each stage has once, by path."""
    values = ShowValues()
    groups = ((name, getattr(values, name)) for name in ShowValues.__struct_fields__ if name not in named_groups())
    return {parameter.path: parameter for name, group in groups for parameter in parameters_of(f"/{name}", group)}


@cache
def _declared(family: str) -> Mapping[str, Parameter]:
    """What each group of a family has, by the rest of the path."""
    return {parameter.path: parameter for parameter in parameters_of("", named_groups()[family]())}
