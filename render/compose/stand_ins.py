"""What stands in for assets while shaders are built before a show: small, black, and of the same forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl

from render.assets.plate_textures import PlateTextures
from render.compose.model_pictures import ModelPictures
from render.gpu.context import stand_in_picture
from render.gpu.passes import also_of
from render.worlds.drawings import WorldDrawings
from render.worlds.plate.frames import PlateColours, PlateFrame, Wanted
from render.worlds.plate.record import STAND_INS, PlatePart, forms_of
from render.worlds.shared.depth import depth_kind_in
from render.worlds.shared.media import MediaFacts, frame_bytes

_SIZES = ((16, 8), (20, 10))


@contextmanager
def standing_in(
    context: moderngl.Context, worlds: WorldDrawings, plates: PlateTextures, scenes: ModelPictures
) -> Iterator[None]:
    """Has the drawings of worlds draw with stand-ins for pictures, films and 3D scenes, whichever they name."""
    pictures, before = StandInPictures(context), (worlds.texture_of, worlds.plates)
    worlds.texture_of, worlds.plates = pictures.use, StandInPlates(plates)
    scenes.stands_in = True
    try:
        yield
    finally:
        worlds.texture_of, worlds.plates = before
        scenes.stands_in = False
        pictures.release()


class StandInPictures:
    """A small black picture for each, and for each depth map one, whose levels are not blended.

    Pictures are of the forms in which drivers tell them apart that draw in software: with sides that are powers of two,
    as whole spheres have them, and with others.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._pictures = tuple(stand_in_picture(context, size) for size in _SIZES)
        self._depths = tuple(stand_in_picture(context, size, blends_levels=False) for size in _SIZES)
        for first, *others in (self._pictures, self._depths):
            also_of(first, others)

    def use(self, _asset: str, colour_space: str) -> moderngl.Texture:
        """One for the picture or depth map that has this asset."""
        return (self._pictures if depth_kind_in(colour_space) is None else self._depths)[0]

    def release(self) -> None:
        """Frees them."""
        for texture in (*self._pictures, *self._depths):
            texture.release()


class StandInPlates:
    """Small black frames for those that a show will have: every frame of the films that `PlatePlan.forms` names, in
    each of `forms_of`. `films` has the curves.
    """

    def __init__(self, films: PlateTextures) -> None:
        self._films = PlateTextures(films.context, colours=films.film_colours)
        for name, facts in STAND_INS.items():
            first, *others = (self._planes(name, number, form) for number, form in enumerate(forms_of(facts)))
            for plane, *same in zip(first, *others, strict=True):
                also_of(plane, same)

    def _planes(self, name: str, number: int, facts: MediaFacts) -> tuple[moderngl.Texture, ...]:
        self._films.load(name, number, facts, bytes(frame_bytes(facts)))
        frame = self._films.use(name, number)
        assert frame is not None
        return frame.planes

    def together(self, wanted: Wanted) -> tuple[PlateFrame, ...] | None:
        """Their frames."""
        frames = [self.use(media, number) for media, number in wanted]
        return tuple(frame for frame in frames if frame is not None)

    def use(self, media: str, _number: int) -> PlateFrame | None:
        """Their first frame, whatever its number is."""
        return self._films.use(media if media in STAND_INS else next(iter(STAND_INS)), 0)

    def colours(self, part: PlatePart, facts: MediaFacts) -> PlateColours | None:
        """As the films have them."""
        return self._films.colours(part, facts)
