"""Small black frames of films, in place of those that a show will have, so that shaders can be built before."""

from __future__ import annotations

from render.assets.plate_textures import PlateTextures
from render.worlds.plate.frames import PlateColours, PlateFrame, Wanted
from render.worlds.plate.record import STAND_INS, PlatePart
from render.worlds.shared.media import MediaFacts, frame_bytes


class StandInPlates:
    """Every frame of the films that `PlatePlan.forms` names. `films` has the curves."""

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
