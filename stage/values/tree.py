"""The parameter tree: the paths of all settable values, and access to a value by its path. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple, get_args, get_origin, get_type_hints

from msgspec.structs import replace

from stage.values.parameters import MAX_TEXT, Parameter, Refusal, flat, parameters_of
from stage.values.path_hints import PathHints
from stage.values.stage_wide import ShowValues, folder_of
from tracking.records import Scalar
from tracking.settable import Value, Values

_MOST_WAYS = 1 << 14
"""So many paths are remembered with the way that they stand for: a large stage has some thousands."""


class ParameterTree:
    """The parameters of all admitted groups, in order of admission. A group's defaults are the values it comes with.

    Groups come and go while the show runs, as worlds do. Without `values` the tree is empty.
    """

    def __init__(self, values: ShowValues | None = None) -> None:
        self._by_path: dict[str, Parameter] = {}
        self._hints: PathHints | None = None
        self.version = 1
        """Grows with every change of what there is, so that clients know when to ask again."""
        for prefix, group in () if values is None else groups_of(values):
            self.admit(prefix, group)

    def admit(self, prefix: str, group: Values) -> None:
        """Adds a group under `prefix`: all of it, or none and a ValueError if a path exists already."""
        self.add(parameters_of(prefix, group))

    def add(self, parameters: Iterable[Parameter]) -> None:
        """Adds parameters, such as those that a stage declares over the wire: all of them, or none and a ValueError."""
        added: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.path in self._by_path or parameter.path in added:
                raise ValueError(f"{parameter.path} is declared twice")
            added[parameter.path] = parameter
        self._by_path |= added
        self._changed()

    def dismiss(self, prefix: str) -> None:
        """Removes the parameter at `prefix` and everything below it."""
        for parameter in self.under(prefix):
            del self._by_path[parameter.path]
        self._changed()

    def offer(self, path: str, choices: Iterable[str]) -> None:
        """Says what the choice at `path` may be from now on."""
        changed = replace(self._by_path[path], kind="choice", choices=tuple(choices))
        if changed != self._by_path[path]:
            self._by_path[path] = changed
            self._changed()

    @property
    def by_path(self) -> Mapping[str, Parameter]:
        """Every parameter by its path, to read: for who asks for hundreds between two frames."""
        return self._by_path

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._by_path.values())

    def __len__(self) -> int:
        return len(self._by_path)

    def __getitem__(self, path: str) -> Parameter:
        return self._by_path[path]

    def get(self, path: str) -> Parameter | None:
        """The parameter at `path`; None where there is none."""
        return self._by_path.get(path)

    def find(self, path: str) -> Parameter | Refusal:
        """The parameter at `path`, or a refusal that suggests the nearest one."""
        found = self._by_path.get(path)
        return found if found is not None else self.unknown(path)

    def under(self, prefix: str) -> tuple[Parameter, ...]:
        """The parameter at `prefix`, or all below that folder; "" and "/" mean all."""
        if prefix in self._by_path:
            return (self._by_path[prefix],)
        folder = prefix.rstrip("/") + "/"
        return tuple(parameter for path, parameter in self._by_path.items() if path.startswith(folder))

    def check(self, path: str, value: object) -> Value | Refusal:
        """`value` as the parameter at `path` stores it, or why it is refused."""
        parameter = self.find(path)
        return parameter if isinstance(parameter, Refusal) else parameter.check(value)

    def _changed(self) -> None:
        self.version += 1
        self._hints = None

    def unknown(self, path: str) -> Refusal:
        """Why a path is refused that is not there: it suggests the nearest one."""
        if self._hints is None:
            self._hints = PathHints(self._by_path)
        hint = self._hints.of(path)
        values: dict[str, Scalar] = {"path": path[:MAX_TEXT]}
        if hint.nearest:
            reason = "no_parameter_near"
            values["nearest"] = hint.nearest
        elif hint.folder:
            reason = "no_parameter_among_many" if hint.more else "no_parameter_among"
            values |= {"folder": hint.folder, "names": hint.names, "more": hint.more}
        else:
            reason = "no_parameter"
        return Refusal(code="unknown_path", reason=reason, values=values)


def groups_of(values: ShowValues) -> Iterator[tuple[str, Values]]:
    """Every group with its path, in declared order."""
    for name in ShowValues.__struct_fields__:
        found = getattr(values, name)
        if isinstance(found, dict):
            yield from ((f"{folder_of(name)}/{key}", group) for key, group in found.items())
        else:
            yield folder_of(name), found


def snapshot_of(values: ShowValues) -> dict[str, Value]:
    """Every value by its path, in declared order."""
    return {path: value for prefix, group in groups_of(values) for path, value in flat(prefix, group)}


class _Way(NamedTuple):
    """The way to a value: its family, the name of its group there ("" where there is one for all), and on from it."""

    family: str
    key: str
    names: tuple[str, ...]


@lru_cache(_MOST_WAYS)
def _way_to(path: str) -> _Way:
    family, key, rest = place_of(path)
    return _Way(family, key, tuple(rest.split("/")) if rest else ())


def place_of(path: str) -> tuple[str, str, str]:
    """The family of a value, the name of its group there ("" where there is one for all), and the rest of its path.

    Of families that share a folder it is the one whose groups have a value of this name, else the first.
    """
    for folder, families in _folders():
        if path.startswith(f"{folder}/"):
            key, _, rest = path[len(folder) + 1 :].partition("/")
            own = (name for name in families if rest.partition("/")[0] in named_groups()[name].__struct_fields__)
            return next(own, families[0]), key, rest
    family, _, rest = path[1:].partition("/")
    return family, "", rest


@cache
def named_groups() -> Mapping[str, type[Values]]:
    """The families whose groups have names, with what each group of them holds."""
    hints = get_type_hints(ShowValues)
    named = (name for name in ShowValues.__struct_fields__ if get_origin(hints[name]) is dict)
    return {name: get_args(hints[name])[1] for name in named}


@cache
def _folders() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The folders of those families, the longest first, each with the families in it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in named_groups():
        folder = folder_of(name)
        found[folder] = (*found.get(folder, ()), name)
    return tuple(sorted(found.items(), key=lambda one: -len(one[0])))


def family_of(prefix: str, group: Values) -> tuple[str, str]:
    """The family of a group at `/FOLDER/KEY`, and its key there."""
    folder, _, key = prefix.rpartition("/")
    families = dict(_folders())[folder]
    return next((name for name in families if isinstance(group, named_groups()[name])), families[0]), key


def value_at(values: ShowValues, path: str) -> Value:
    """The value at a path. Raises KeyError or AttributeError if there is none."""
    family, key, names = _way_to(path)
    found = getattr(values, family)
    if key:
        found = found[key]
    for name in names:
        found = getattr(found, name)
    assert isinstance(found, bool | float | str)
    return found


def values_at(values: ShowValues, paths: Iterable[str]) -> dict[str, Value]:
    """The values at many paths, in less time than one by one. Raises KeyError or AttributeError if one is not there."""
    found: dict[str, Value] = {}
    for path in paths:
        family, key, names = _way_to(path)
        here = getattr(values, family)[key] if key else getattr(values, family)
        for name in names:
            here = getattr(here, name)
        found[path] = here
    return found


def put_group(values: ShowValues, prefix: str, group: Values) -> None:
    """Stores a group at `/FOLDER/KEY`, where groups come and go."""
    family, key = family_of(prefix, group)
    getattr(values, family)[key] = group


def drop_group(values: ShowValues, prefix: str) -> None:
    """Removes what there is of groups at `/FOLDER/KEY`."""
    folder, _, key = prefix.rpartition("/")
    for family in dict(_folders())[folder]:
        getattr(values, family).pop(key, None)


def put_value(values: ShowValues, path: str, value: Value) -> None:
    """Stores a checked value at a path; its group and the groups around it are replaced by new records."""
    family, key, names = _way_to(path)
    found = getattr(values, family)
    if key:
        found[key] = _with(found[key], names, value)
    else:
        setattr(values, family, _with(found, names, value))


def swap_value(values: ShowValues, path: str, value: Value) -> Value:
    """Stores a checked value at a path, and returns what was there. Nothing is replaced where that is the same."""
    family, key, names = _way_to(path)
    found = getattr(values, family)
    group = found[key] if key else found
    before: Value = group
    for name in names:
        before = getattr(before, name)
    if before != value:
        changed = replace(group, **{names[0]: value}) if len(names) == 1 else _with(group, names, value)
        if key:
            found[key] = changed
        else:
            setattr(values, family, changed)
    return before


def put_values(values: ShowValues, changed: Mapping[str, Value]) -> None:
    """Stores many checked values: each group is replaced once, whatever number of its values have changed."""
    groups: dict[tuple[str, str], dict[str, Value]] = {}
    for path, value in changed.items():
        family, key, names = _way_to(path)
        if len(names) == 1:
            groups.setdefault((family, key), {})[names[0]] = value
        else:
            put_value(values, path, value)
    for (family, key), fields in groups.items():
        found = getattr(values, family)
        if key:
            found[key] = replace(found[key], **fields)
        else:
            setattr(values, family, replace(found, **fields))


def _with(group: Values, way: tuple[str, ...], value: Value) -> Values:
    if len(way) == 1:
        return replace(group, **{way[0]: value})
    name, rest = way[0], way[1:]
    return replace(group, **{name: _with(getattr(group, name), rest, value)})
