"""The pictures on the GPU: what each is known by there, and what was said of it."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from render.assets.pieces import PictureKey
from stage.assets.arrival import key_of
from stage.assets.messages import Loaded, WantedPicture
from stage.show.frame.inputs import AssetGone, AssetReady


class ReadyPictures:
    """Which pictures are on the GPU. `told` is every one that was so far, as takes name them."""

    def __init__(self) -> None:
        self._keys: dict[WantedPicture, PictureKey] = {}
        self._said: dict[WantedPicture, AssetReady] = {}
        self.told: list[AssetReady] = []

    def __contains__(self, picture: WantedPicture) -> bool:
        return picture in self._keys

    def __iter__(self) -> Iterator[WantedPicture]:
        return iter(self._keys)

    def __getitem__(self, picture: WantedPicture) -> PictureKey:
        return self._keys[picture]

    def said_of(self, picture: WantedPicture) -> AssetReady:
        """What was said when a picture came."""
        return self._said[picture]

    def add(self, picture: WantedPicture, about: Loaded) -> AssetReady:
        """A picture has come: what is to be said of it."""
        self._keys[picture] = key_of(picture, about)
        ready = AssetReady(
            file=picture.file,
            sha256=about.sha256,
            colour_space=picture.colour_space,
            gpu_bytes=about.shape.gpu_bytes,
            notes=about.notes,
            facts=about.facts,
            thumbnail=about.thumbnail,
            version=picture.version,
            movements=about.movements,
        )
        self._note(picture, ready)
        return ready

    def drop(self, keys: Container[PictureKey]) -> Iterator[AssetGone]:
        """These had to make room: what is to be said of their pictures."""
        for picture in [picture for picture, key in self._keys.items() if key in keys]:
            del self._keys[picture], self._said[picture]
            yield AssetGone(file=picture.file, colour_space=picture.colour_space, version=picture.version)

    def rename(self, was: str, file: str, path: str) -> None:
        """A file of the library has another name: its pictures stay where they are."""
        for picture in [picture for picture in self._keys if picture.file == was and picture.version]:
            renamed = msgspec.structs.replace(picture, file=file, path=path)
            self._keys[renamed] = self._keys.pop(picture)
            self._note(renamed, msgspec.structs.replace(self._said.pop(picture), file=file))

    def _note(self, picture: WantedPicture, ready: AssetReady) -> None:
        self._said[picture] = ready
        if ready not in self.told:
            self.told.append(ready)
