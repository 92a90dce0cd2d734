"""What the core says of pictures and films once it is known what they are, wanted on the GPU or only listed."""

from __future__ import annotations

from collections.abc import Iterator

from stage.assets.messages import Examined, ExaminedFilm, Loaded, LoadFailed
from stage.show.frame.inputs import AssetExamined, AssetFailed
from stage.show.frame.plates import MediaFailed, MediaReady

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
        yield AssetFailed(
            file=picture.file, cause=about.cause, colour_space=picture.colour_space, version=picture.version
        )
    elif about.facts is not None:
        yield AssetExamined(
            file=picture.file,
            facts=about.facts,
            colour_space=picture.colour_space,
            notes=about.notes,
            thumbnail=about.thumbnail,
            version=picture.version,
        )
