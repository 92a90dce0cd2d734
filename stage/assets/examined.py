"""What the core says of pictures once it is known what they are, wanted on the GPU or only listed."""

from __future__ import annotations

from collections.abc import Iterator

from stage.assets.messages import Examined, Loaded, LoadFailed
from stage.show.frame.inputs import AssetExamined, AssetFailed


def said_of(about: Loaded | Examined | LoadFailed) -> Iterator[AssetExamined | AssetFailed]:
    """A picture's facts, before it is on the GPU or without its ever coming there; or why it cannot be read."""
    picture = about.picture
    if isinstance(about, LoadFailed):
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
