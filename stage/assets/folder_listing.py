"""The core's end of the library's folder: what the loader tells of it, as observations of the show, a few a frame."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from render.worlds.configured import World
from stage.assets.messages import FolderNews
from stage.loading.files import LoadedConfig
from stage.show.air.state import AirState
from stage.show.frame.inputs import LibraryFile, LibraryFolder, LibraryGone, LibraryListed, Observation

MESSAGES_A_FRAME = 1


class FolderListing:
    """Names the folder's files as the configuration of `loaded` would, and says which are there no longer."""

    def __init__(self, loaded: LoadedConfig) -> None:
        folder = loaded.config.library.folder or ""
        self._prefix = folder if folder.endswith("/") else f"{folder}/"
        self._configured = _configured_files(loaded)
        self._directory = loaded.directory
        self._waiting: deque[FolderNews] = deque()
        self._told: dict[str, None] | None = None
        self._folder = LibraryFolder()

    def hear(self, news: FolderNews) -> None:
        """Takes what the loader tells."""
        if news.begins:
            self._waiting.clear()
        self._waiting.append(news)

    def reports(self, air: AirState) -> Iterator[Observation]:
        """Once a frame: what is new, at most a message's files. `air` is what the show knows so far."""
        for _ in range(min(MESSAGES_A_FRAME, len(self._waiting))):
            yield from self._report(self._waiting.popleft(), air)

    def named(self, files: Iterable[LibraryFile]) -> tuple[LibraryFile, ...]:
        """The folder's files under the names that the configuration gives them, or would."""
        return tuple(self._named(file) for file in files)

    def _report(self, news: FolderNews, air: AirState) -> Iterator[Observation]:
        folder = LibraryFolder(missing=news.missing, left_out=news.left_out)
        if news.begins:
            self._told, self._folder = {}, LibraryFolder(missing=air.library.missing, left_out=air.library.left_out)
        listed = self.named(news.listed)
        if news.gone:
            yield LibraryGone(files=tuple(self._name(file) for file in news.gone))
        if listed:
            yield LibraryListed(files=listed, first=self._told is not None)
        if self._told is not None:
            self._told.update((file.file, None) for file in listed)
            if news.whole:
                if news.missing is None:
                    yield from self._never_told(air, self._told)
                self._told = None
        if folder != self._folder:
            self._folder = folder
            yield folder

    def _never_told(self, air: AirState, told: dict[str, None]) -> Iterator[Observation]:
        """Files that the show knows, and that are there no longer: nobody was there to tell that they went."""
        known = [file for file, listed in air.library.files.items() if not listed.gone and file not in told]
        if known:
            yield LibraryGone(files=tuple(known))

    def _named(self, file: LibraryFile) -> LibraryFile:
        was = self._name(file.was) if file.was else ""
        world = None if file.world is None else self._with_names(file.world)
        depth = self._name(file.depth) if file.depth else ""
        return msgspec.structs.replace(file, file=self._name(file.file), was=was, world=world, depth=depth)

    def _with_names(self, world: World) -> World:
        layers = tuple(layer.with_files(self._name) for layer in world.layers)
        return msgspec.structs.replace(world, layers=layers)

    def _name(self, file: str) -> str:
        name = f"{self._prefix}{file}"
        return self._configured.get(os.path.normpath(self._directory / name), name) if self._configured else name


def _configured_files(loaded: LoadedConfig) -> dict[str, str]:
    """What the configuration calls the pictures of its worlds, by their paths."""
    files = (file for _, layer in loaded.config.layers_by_place() for _, file in layer.named_files())
    return {os.path.normpath(loaded.path_of(file)): file for file in files}
