"""What the core says of pictures and films once it is known what they are, wanted on the GPU or only listed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from render.images.faults import RefusedFileError
from stage.assets.messages import Examined, ExaminedFilm, Loaded, LoadFailed, WantedPicture
from stage.show.frame.inputs import AssetExamined, AssetFailed, AssetProgress, Cause
from stage.show.frame.plates import MediaFailed, MediaReady

_TELL_EVERY_S = 0.25
Said = AssetExamined | AssetFailed | MediaReady | MediaFailed


def said_of(about: Loaded | Examined | ExaminedFilm | LoadFailed) -> Iterator[Said]:
    """A picture's facts, before it is on the GPU or without its ever coming there; or a film's; or why it cannot be
    read.
    """
    picture = about.picture
    if isinstance(about, ExaminedFilm):
        yield MediaReady(
            file=picture.file,
            identity=about.identity,
            facts=about.facts,
            notes=about.notes,
            version=picture.version,
            thumbnail=about.thumbnail,
        )
    elif isinstance(about, LoadFailed) and picture.is_film:
        yield MediaFailed(file=picture.file, cause=about.cause, version=picture.version)
    elif isinstance(about, LoadFailed):
        yield failed(picture, about.cause)
    elif about.facts is not None or isinstance(about, Examined):
        yield AssetExamined(
            file=picture.file,
            facts=about.facts,
            colour_space=picture.colour_space,
            notes=about.notes,
            thumbnail=about.thumbnail,
            version=picture.version,
        )


def failed(picture: WantedPicture, cause: Cause) -> AssetFailed:
    """Why a picture cannot be read, or does not fit."""
    return AssetFailed(file=picture.file, cause=cause, colour_space=picture.colour_space, version=picture.version)


def refusal_of(file: str, error: Exception, path: str = "") -> Cause:
    """Why a file cannot be shown: by its code; else in the words of whoever read it at the path."""
    if not isinstance(error, RefusedFileError):
        found = str(error).removeprefix(f"{path}: ").removeprefix("world.file: ")
        return Cause(code="asset_refused", values={"file": file, "found": found})
    fault = error.fault
    values = {"file": file, **fault.values, "cause": fault.code}
    if not fault.where:
        return Cause(code="asset_broken", values=values)
    return Cause(code="asset_broken_at", values={**values, "at": fault.where})


class ToldProgress:
    """How far pictures are read, told now and then."""

    def __init__(self) -> None:
        self._told_s = 0.0

    def of(self, picture: WantedPicture, share: float) -> Iterator[AssetProgress]:
        """What is to be told of a picture of which so much is read, if it is time."""
        now_s = time.monotonic()
        if now_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            space = picture.colour_space
            yield AssetProgress(file=picture.file, share=share, colour_space=space, version=picture.version)
