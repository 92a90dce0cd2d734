"""The pictures that a running stage wants, and those of them that are there before its first frame."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from render.worlds.model.spaces import is_of_model
from render.worlds.shared.records import PictureFile, asset_key
from stage.assets.configured import check_colour_spaces, reading_progress
from stage.assets.library import Library
from stage.assets.messages import WantedPicture
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig, is_absent
from stage.run.terminal import print_notice
from stage.show.air.state import AirState, pictures_of, shown_version
from stage.show.frame.inputs import AssetFailed, Cause, Condition
from stage.words.sentences import sentence
from tracking.records import ConfigError

LOADER_STARTS_S = 20.0
_LOOKS_EVERY_S = 0.1
_LISTED_EVERY = 12
"""So many frames pass until it is looked again which pictures are only listed: there may be many."""


class Wishes:
    """The pictures that a show's worlds need: what is on air first, then what it waits for, then what the next cues put
    on air, then all configured ones.

    Of the library's worlds only those that are on air, coming, asked for or next are needed, and the newer content of
    all but the next.
    """

    def __init__(self, loaded: LoadedConfig) -> None:
        self._loaded = loaded
        self._seen: tuple[object, ...] = ()
        self._pictures: tuple[WantedPicture, ...] = ()
        self._listed: tuple[WantedPicture, ...] = ()
        self._calls = 0
        self._asked = ""
        self.urgent = 0
        """How many of the newest ones somebody waits for."""

    def of(self, air: AirState) -> tuple[WantedPicture, ...]:
        """All of them; called once a frame."""
        coming = "" if air.dissolve is None else air.dissolve.coming
        first = tuple(key for key in dict.fromkeys((air.on_air, coming, air.asked)) if key in air.worlds)
        ahead = tuple(key for key in air.ahead if key in air.worlds and key not in first)
        versions = tuple(self._versions(air, key) for key in (*first, *ahead))
        seen = (first, ahead, versions, *air.library.newer, *air.worlds.values())
        if seen != self._seen:
            self._seen = seen
            others = (key for key in air.worlds if key not in (*first, *ahead) and key not in air.library.full)
            urgent = tuple(one for key in first for one in self.of_world(air, key))
            newer = (one for key in first for one in self._newer(air, key))
            self.urgent = len(urgent)
            cued, rest = ((one for key in keys for one in self.of_world(air, key)) for keys in (ahead, others))
            self._pictures = (*urgent, *cued, *newer, *rest)
        return self._pictures

    def listed(self, air: AirState) -> tuple[WantedPicture, ...]:
        """All films; and those pictures of the library's worlds that nobody wants, and of which it is not known what
        they are.

        Called once a frame.
        """
        self._calls += 1
        if self._calls % _LISTED_EVERY == 1:
            known = {key for key, asset in air.assets.items() if asset.examined or asset.failed is not None}
            wanted = dict.fromkeys(self._pictures)
            pictures = dict.fromkeys(one for key in air.library.full for one in self.of_world(air, key))
            unknown = (
                one for one in pictures if one not in wanted and asset_key(one.file, one.colour_space) not in known
            )
            self._listed = (*self._films(air), *unknown)
        return self._listed

    def _films(self, air: AirState) -> Iterator[WantedPicture]:
        """Those of all worlds, of what is on air first."""
        keys = (key for key in dict.fromkeys((air.on_air, *air.worlds)) if key in air.worlds)
        files = dict.fromkeys(file for key in keys for layer in air.worlds[key].layers for file in layer.films())
        for file in files:
            listed = air.library.files.get(file)
            version = "" if listed is None else listed.version
            yield WantedPicture(file=file, path=str(self._loaded.path_of(file)), version=version, is_film=True)

    def asked_again(self, air: AirState) -> tuple[WantedPicture, ...]:
        """The pictures of the world that was asked for since the last call: they are worth another try."""
        if air.asked == self._asked or air.asked not in air.worlds:
            return ()
        self._asked = air.asked
        return tuple(self.of_world(air, air.asked))

    def shown(self, air: AirState) -> tuple[WantedPicture, ...]:
        """Those of what is on air, and in a dissolve of what comes."""
        keys = (air.on_air,) if air.dissolve is None else (air.on_air, air.dissolve.coming)
        return tuple(dict.fromkeys(picture for key in keys for picture in self.of_world(air, key)))

    def of_world(self, air: AirState, key: str) -> Iterator[WantedPicture]:
        """Those of one world, as it shows them or waits for them."""
        for needed in pictures_of(air.worlds[key]):
            yield self._wanted(needed, shown_version(air, needed.file))

    def _newer(self, air: AirState, key: str) -> Iterator[WantedPicture]:
        """Newer content of a world's pictures."""
        for needed in pictures_of(air.worlds[key]):
            if needed.file in air.library.newer:
                yield self._wanted(needed, air.library.files[needed.file].version)
        coming = None if key not in air.library.full else air.library.files[air.library.full[key]].coming
        for needed in () if coming is None else pictures_of(coming):
            yield self._wanted(needed, shown_version(air, needed.file))

    def _wanted(self, needed: PictureFile, version: str) -> WantedPicture:
        path = str(self._loaded.path_of(needed.file))
        return WantedPicture(file=needed.file, path=path, colour_space=needed.colour_space or "", version=version)

    def _versions(self, air: AirState, key: str) -> tuple[tuple[str, str], ...]:
        """What tells the content of a world's pictures, shown and newest."""
        files = (air.library.files.get(needed.file) for needed in pictures_of(air.worlds[key]))
        return tuple((listed.shown, listed.version) for listed in files if listed is not None)


def load_first(library: Library, loaded: LoadedConfig, pictures: Iterable[WantedPicture], *, recovers: bool) -> None:
    """Loads `pictures` before the first frame.

    A core that `recovers` takes what the run has kept, and waits for nothing. Else a file that is absent is left out,
    and so is everything where there is no loader. Raises ConfigError, by key, for files that cannot be shown.
    """
    if recovers:
        for picture in pictures:
            library.load_kept(picture)
        return
    findings = Findings(loaded.file)
    check_colour_spaces(loaded, findings)
    findings.refuse()
    keys = _keys(loaded)
    for picture in pictures:
        failure = _loaded(library, picture)
        if failure is not None and failure.cause.code != "asset_absent":
            found = sentence(failure.cause.code, {**failure.cause.values, "file": picture.path})
            key = keys.get((picture.file, picture.colour_space), "")
            findings.report(key, about_named_file(found, picture.path, picture.file))
    findings.refuse()


def reserve_others(library: Library, pictures: Iterable[WantedPicture]) -> None:
    """Before the first frame: storage for pictures that are loaded while the stage runs, as far as there is room.

    Making it may take a software renderer longer than many frames.
    """
    for picture in pictures:
        if is_of_model(picture.colour_space):
            continue
        with suppress(ConfigError):
            # Loaded here, since a core needs no picture formats for anything else: the loader's decoder reads pictures.
            found = importlib.import_module("render.images.pictures").probe(Path(picture.path))
            library.reserve(found.rows, found.columns)


def _keys(loaded: LoadedConfig) -> Mapping[tuple[str, str], str]:
    """The key of the first layer that names a picture, by file and colour space."""
    found: dict[tuple[str, str], str] = {}
    for place, layer in loaded.config.layers_by_place():
        for name, needed in layer.keyed_pictures():
            found.setdefault((needed.file, needed.colour_space or ""), f"{place}.{name}")
    return found


def _loaded(library: Library, picture: WantedPicture) -> AssetFailed | None:
    """Waits for a picture as long as the loader makes progress. Returns why it cannot be shown."""
    until_s, share = time.monotonic() + LOADER_STARTS_S, 0.0
    with reading_progress(Path(picture.file).name) as show:
        while not library.is_settled(picture) and time.monotonic() < until_s:
            library.wait_for(picture, _LOOKS_EVERY_S)
            if library.share_of(picture) > share:
                until_s, share = time.monotonic() + LOADER_STARTS_S, library.share_of(picture)
                show(share)
    return library.failure_of(picture)


def copies_shown(pictures: Iterable[WantedPicture], library: Library) -> list[Condition]:
    """What health says of pictures that are shown although their files are gone; of the library, its folder says so."""
    shown = {(ready.file, ready.colour_space) for ready in library.ready}
    return [
        Condition(code="world_from_copy", severity="warning", values={"file": picture.file})
        for picture in pictures
        if not picture.version and (picture.file, picture.colour_space) in shown and is_absent(Path(picture.path))
    ]


def tell(note: Cause) -> None:
    """A line for the user."""
    print_notice(sentence(note.code, note.values))
