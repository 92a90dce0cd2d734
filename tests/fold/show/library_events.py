"""Files of a library's folder for the tests of the fold, and a stage that has one."""

from __future__ import annotations

from render.worlds.configured import World
from render.worlds.panorama.record import PanoramaLayer
from stage.show.frame.inputs import AssetReady, Cause, LibraryFile, LibraryGone, LibraryListed
from stage.show.show import Show
from tests.building import stage, step
from tests.fold.show.air_stage import stage_of_worlds, world

STAGE = stage_of_worlds()
FOLLOWING = stage(world("valley"), '[library]\nfolder = "library"\nfollow = true\n')


def file(name: str, version: str = "1", **keys: object) -> LibraryFile:
    """A file of the folder by its name."""
    stem, dot, suffix = name.rpartition(".")
    return LibraryFile(file=f"library/{name}", stem=stem, suffix=dot + suffix, version=version, **keys)


def described(name: str, *pictures: str, version: str = "1", **keys: object) -> LibraryFile:
    """A file that describes a world of these pictures of the folder."""
    layers = tuple(PanoramaLayer(file=f"library/{picture}") for picture in pictures)
    given = World(name=name, layers=layers, **keys)
    return LibraryFile(file=f"library/{name}.world.toml", stem=name, suffix=".world.toml", version=version, world=given)


def unread(name: str) -> LibraryFile:
    """A file that is no world."""
    return file(name, cause=Cause(code="library_link_broken", values={"file": name}))


def listing(*files: LibraryFile, first: bool = False) -> LibraryListed:
    return LibraryListed(files=files, first=first)


def going(*names: str) -> LibraryGone:
    return LibraryGone(files=tuple(f"library/{name}" for name in names))


def on_gpu(name: str, version: str = "1", sha256: str = "") -> AssetReady:
    """The picture of a file is on the GPU; its hash differs with its version."""
    return AssetReady(file=f"library/{name}", sha256=sha256 or (version.encode().hex() * 64)[:64], version=version)


def names(show: Show) -> tuple[str, ...]:
    """What is offered besides the stage's own worlds."""
    own = {one.name for key, one in show.state.air.worlds.items() if key not in show.state.air.library.full}
    return tuple(name for name in show.tree["/world/active"].choices if name not in own)


def key_of(show: Show, name: str) -> str:
    """The key of a library's world by its name."""
    (key,) = [listed.key for listed in show.state.air.library.files.values() if listed.name == name and listed.key]
    return key


def idle(show: Show, first: int, frames: int = 3) -> None:
    """Some frames in which nothing comes."""
    for frame in range(first, first + frames):
        step(show, frame)
