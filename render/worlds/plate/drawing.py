"""How films are drawn: along rays, by `shaders/worlds/plate.glsl`, in the forms of all placed pictures."""

from __future__ import annotations

from collections.abc import Mapping

import moderngl
from msgspec import UNSET

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.plate.frames import PlateFrame, Plates, PlatesNow
from render.worlds.plate.record import PlatePart, PlatePlan
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.picture_place import Size
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.placed_picture import PlacedPictures

_WHOLE = (0.0, 0.0, 0.0, 0.0)
_NAMES = ("first", "second", "third", "alpha")


class PlateDrawing:
    """The drawing of films, whose frames `plates` has."""

    def __init__(self, _context: moderngl.Context, _texture_of: TextureOf, plates: PlatesNow) -> None:
        self._plates = plates
        self._pictures = PlacedPictures()

    def source(self, light: PlatePlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs for these films; None while they are not on the GPU, and once they have ended."""
        if light.is_hidden or not light.is_ready():
            return None
        plates = self._plates()
        frames = plates.together(tuple((part.media, part.frame) for part in light.parts))
        if frames is None:
            return None
        part, frame = light.parts[0], frames[0]
        source = _film(plates, part, frame)
        return None if source is None else self._pictures.placed(source, layer, _size(part, frame.facts))


DRAWING = PlateDrawing


def _film(plates: Plates, part: PlatePart, frame: PlateFrame) -> LayerSource | None:
    """A frame without its place. Where the frame that a loop dissolves to is not there, it is not dissolved yet."""
    colours = plates.colours(part, frame.facts)
    if colours is None:
        return None
    coming = None if part.coming is UNSET else plates.use(part.media, part.coming)
    share = 0.0 if coming is None or part.share is UNSET else part.share
    is_mixed = coming is not None and share > 0.0
    textures = _planes("film", frame, plates.opaque)
    values = {**colours.values, **_places(part, frame.facts)}
    values["given_film_offset"] = (*colours.offset, share)
    defines: tuple[str, ...] = ()
    if frame.facts.planes == "light":
        defines += ("OF_LIGHT",)
    else:
        textures["film_curve"] = colours.curve
    if coming is not None and is_mixed:
        textures |= _planes("coming", coming, plates.opaque)
        defines += ("MIXED",)
    elif frame.facts.has_alpha and frame.facts.planes != "light":
        defines += ("ALPHA",)
    return LayerSource("plate", defines, values, textures)


def _planes(name: str, frame: PlateFrame, opaque: moderngl.Texture) -> dict[str, moderngl.Texture]:
    planes = (
        frame.planes if frame.facts.planes == "light" or len(frame.planes) == len(_NAMES) else (*frame.planes, opaque)
    )
    return {f"{name}_{plane}": texture for plane, texture in zip(_NAMES, planes, strict=False)}


def _size(part: PlatePart, facts: MediaFacts) -> Size:
    """Columns and rows that are left of a film."""
    left, top, right, bottom = part.crop or _WHOLE
    return (max(round(facts.columns * (1.0 - left - right)), 1), max(round(facts.rows * (1.0 - top - bottom)), 1))


def _places(part: PlatePart, facts: MediaFacts) -> Mapping[str, Uniform]:
    """From shares of what is left of a film to shares of its planes, and how fine the smaller ones are.

    Their samples are where the left one of those that they stand for is (H.273, chroma sample location 0), or in a
    film of the full range, as JPEG has it, in the middle of them.
    """
    left, top, right, bottom = part.crop or _WHOLE
    wide, high = 1.0 - left - right, 1.0 - top - bottom
    across, down = facts.chroma if facts.planes == "ycbcr" else (1, 1)
    columns, rows = -(-facts.columns // across), -(-facts.rows // down)
    aside = 0.0 if facts.full_range else 0.5 - 0.5 / across
    wider, higher = facts.columns / (across * columns), facts.rows / (down * rows)
    return {
        "given_film_place": (wide, high, left, top),
        "given_film_other_place": (wide * wider, high * higher, left * wider + aside / columns, top * higher),
    }
