"""What the library's worlds are called: after their files, each with a name and a key of its own, and anew where other
files come beside theirs or go. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from itertools import chain

import msgspec

from render.worlds.configured import World
from render.worlds.shared.keys import key_of
from render.worlds.shared.records import BrokenRule
from stage.show.air.library_state import ListedFile
from stage.show.air.state import AirState
from stage.show.values.controls import Controls
from stage.values.stage_wide import ACTIVE_WORLD


class _Either:
    """What is in one of two containers."""

    def __init__(self, one: Container[str], other: Container[str]) -> None:
        self._one, self._other = one, other

    def __contains__(self, key: object) -> bool:
        return key in self._one or key in self._other


class TakenNames:
    """The names and keys that are taken on a stage, and which files share a stem; made once for many files."""

    def __init__(self, air: AirState) -> None:
        library = air.library
        self._names: dict[str, str] = {}
        self._keys: dict[str, None] = {}
        self._layer_keys: dict[str, None] = {}
        self._twins: dict[str, list[str]] = {}
        self._described: dict[str, list[str]] = {}
        for key, world in air.worlds.items():
            self._keys[key] = None
            self._layer_keys.update((layer.key or "", None) for layer in world.layers)
            if key not in library.full:
                self._names[_plain(world.name)] = ""
        for file, listed in library.files.items():
            self.add(file, listed)
        self._keys.update((remembered.key, None) for remembered in library.remembered.values())

    def add(self, file: str, listed: ListedFile) -> None:
        """A file that has its name and key."""
        if not listed.key:
            return
        self._names[listed.name] = file
        self._keys[listed.key] = None
        layers = () if listed.world is None else listed.world.layers
        self._layer_keys.update((layer.key or "", None) for layer in layers)
        if listed.world is None:
            self._layer_keys[listed.key] = None
        for layer in layers:
            self._described.setdefault(layer.file or "", []).append(_folded(listed.stem))
        if listed.cause is None:
            self._twins.setdefault(_folded(listed.stem), []).append(file)

    def remove(self, file: str, listed: ListedFile) -> None:
        """A file that is there no longer, under this name. Its key stays taken: it is remembered."""
        if self._names.get(listed.name) == file:
            del self._names[listed.name]
        if listed.world is not None:
            self.release(listed.world)
            for layer in listed.world.layers:
                self._described.get(layer.file or "", []).remove(_folded(listed.stem))
        twins = self._twins.get(_folded(listed.stem), [])
        if file in twins:
            twins.remove(file)

    def release(self, world: World) -> None:
        """The keys of a world's layers are free again."""
        for layer in world.layers:
            self._layer_keys.pop(layer.key or "", None)

    def describes(self, file: str, stem: str, suffix: str) -> bool:
        """Whether a picture is that of a world which a file of its name describes."""
        names = self._described.get(file, ())
        return _folded(stem) in names or _folded(stem + suffix) in names

    def call(self, file: str, before: str, name: str) -> None:
        """A file's world is called something else from now on."""
        if self._names.get(before) == file:
            del self._names[before]
        self._names[name] = file

    def twins_of(self, stem: str) -> tuple[str, ...]:
        """The files whose stems differ from it in nothing but case and form, or not at all."""
        return tuple(self._twins.get(_folded(stem), ()))

    def name_for(self, file: str, stem: str, suffix: str, *, alone: bool) -> str:
        """What a file's world is called: its stem, with the suffix unless it is `alone`, and a number where needed."""
        whole = stem + suffix
        for name in chain((stem,) if alone else (), _numbered(whole)):
            if self._names.get(name, file) == file:
                return name
        raise AssertionError("numbers do not end")

    def new_key(self, name: str) -> str:
        """A key for a world that neither a world nor a layer has; it is taken from now on."""
        key = key_of(name, _Either(self._keys, self._layer_keys))
        self._keys[key] = None
        return key

    def repeated(self, world: World) -> Iterator[BrokenRule]:
        """The rules that a new world breaks by its name or by keys that something else has."""
        if _plain(world.name) in self._names:
            yield BrokenRule(key="name", code="world_name_again", values={"found": world.name})
        keys = [("key", world.key, self._keys)]
        keys += [(f"layers[{number}].key", layer.key, self._layer_keys) for number, layer in enumerate(world.layers)]
        for where, key, taken in keys:
            if key is not None and key in taken:
                yield BrokenRule(key=where, code="world_key_again", values={"found": key})

    def keyed(self, world: World, name: str, key: str) -> World:
        """A world that a file describes, under its name and key, with a key of its own for each layer."""
        layers = []
        for number, layer in enumerate(world.layers, start=1):
            called = layer.name or (name if number == 1 else f"{name} {number}")
            is_own = layer.key and layer.key not in self._layer_keys
            layer_key = layer.key if is_own else key_of(called, self._layer_keys)
            self._layer_keys[layer_key or ""] = None
            layers.append(msgspec.structs.replace(layer, name=called, key=layer_key))
        return msgspec.structs.replace(world, name=name, key=key, layers=tuple(layers))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def _plain(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _folded(stem: str) -> str:
    """Equal for stems that differ only in case or in Unicode form."""
    return stem.lower() if stem.isascii() else unicodedata.normalize("NFC", stem).casefold()


def free_last_twin(air: AirState, controls: Controls, taken: TakenNames, stem: str) -> None:
    """The only file that is left of those that shared a stem is called by it alone."""
    twins = taken.twins_of(stem)
    if len(twins) == 1:
        call_anew(air, controls, taken, twins[0], alone=True)


def call_anew(air: AirState, controls: Controls, taken: TakenNames, file: str, *, alone: bool) -> None:
    """Gives a file's world the name that it has beside the files that there are now."""
    known = air.library.files[file]
    name = taken.name_for(file, known.stem, known.suffix, alone=alone)
    if name == known.name or known.cause is not None:
        return
    before, known.name = known.name, name
    taken.call(file, before, name)
    if known.key not in air.library.full:
        return
    world = air.worlds[known.key]
    layers = tuple(
        msgspec.structs.replace(layer, name=name) if layer.name == before else layer for layer in world.layers
    )
    air.worlds[known.key] = msgspec.structs.replace(world, name=name, layers=layers)
    if controls.state.values.world.active == before:
        controls.call_anew(ACTIVE_WORLD, name)
