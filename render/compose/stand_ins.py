"""What stands in for assets while shaders are built before a show: small, black, and of the same forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl

from render.assets.plate_textures import PlateTextures
from render.compose.model_pictures import ModelPictures
from render.gpu.context import stand_in_picture
from render.worlds.drawings import WorldDrawings
from render.worlds.plate.frames import PlateColours, PlateFrame, Wanted
from render.worlds.plate.record import STAND_INS, PlatePart
from render.worlds.shared.media import MediaFacts, frame_bytes


@contextmanager
def standing_in(
    context: moderngl.Context, worlds: WorldDrawings, plates: PlateTextures, scenes: ModelPictures
) -> Iterator[None]:
    """Has the drawings of worlds draw with stand-ins for pictures, films and 3D scenes, whichever they name."""
    stand_in, before = stand_in_picture(context), (worlds.texture_of, worlds.plates)
    worlds.texture_of, worlds.plates = (lambda _asset, _colour_space: stand_in), StandInPlates(plates)
    scenes.stands_in = True
    try:
        yield
    finally:
        worlds.texture_of, worlds.plates = before
        scenes.stands_in = False
        stand_in.release()


class StandInPlates:
    """Small black frames for those that a show will have: every frame of the films that `PlatePlan.forms` names.
    `films` has the curves.
    """

    def __init__(self, films: PlateTextures) -> None:
        self._films = PlateTextures(films.context, colours=films.film_colours)
        for name, facts in STAND_INS.items():
            self._films.load(name, 0, facts, bytes(frame_bytes(facts)))

    def together(self, wanted: Wanted) -> tuple[PlateFrame, ...] | None:
        """Their frames."""
        frames = [self.use(media, number) for media, number in wanted]
        return tuple(frame for frame in frames if frame is not None)

    def use(self, media: str, _number: int) -> PlateFrame | None:
        """Their only frame, whatever its number is."""
        return self._films.use(media if media in STAND_INS else next(iter(STAND_INS)), 0)

    def colours(self, part: PlatePart, facts: MediaFacts) -> PlateColours | None:
        """As the films have them."""
        return self._films.colours(part, facts)
