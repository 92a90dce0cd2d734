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
        self._pictures = PlacedPictures(in_few_forms=True)

    def source(self, light: PlatePlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs for these films; None while they are not on the GPU, and once they have ended."""
        if light.is_hidden or not light.is_ready():
            return None
        plates = self._plates()
        frames = plates.together(tuple((part.media, part.frame) for part in light.parts))
        if frames is None:
            return None
        now = self._film(plates, light.parts, frames, layer)
        coming, share = _coming(plates, light)
        if now is None or not coming:
            return now
        return _dissolved(now, self._film(plates, light.parts, coming, layer), share, layer.opacity)

    def _film(
        self, plates: Plates, parts: tuple[PlatePart, ...], frames: tuple[PlateFrame, ...], layer: PlacedLayer
    ) -> LayerSource | None:
        part, frame = parts[0], frames[0]
        source = _film(plates, part, frame)
        return None if source is None else self._pictures.placed(source, layer, _size(part, frame.facts))


DRAWING = PlateDrawing


def _coming(plates: Plates, light: PlatePlan) -> tuple[tuple[PlateFrame, ...], float]:
    """The frames that a loop dissolves to and how far; none where they are not there, which is shown as a cut."""
    share = light.parts[0].share or 0.0
    numbers = [(part.media, part.coming) for part in light.parts if part.coming is not UNSET]
    if share <= 0.0 or len(numbers) < len(light.parts):
        return (), 0.0
    found = [frame for media, number in numbers if (frame := plates.use(media, number)) is not None]
    return (tuple(found), share) if len(found) == len(numbers) else ((), 0.0)


def _dissolved(now: LayerSource, coming: LayerSource | None, share: float, opacity: float) -> LayerSource:
    """What comes over what is now: of light that covers all, the first has its share and the other what is left."""
    if coming is None or share >= 1.0:
        return coming or now
    left = opacity * (1.0 - share) / (1.0 - opacity * share)
    return coming._replace(opacity=opacity * share, behind=(now._replace(opacity=left),))


def _film(plates: Plates, part: PlatePart, frame: PlateFrame) -> LayerSource | None:
    """A frame without its place. Planes of light are drawn as panoramas are."""
    if frame.facts.planes == "light":
        return LayerSource("panorama", (), {}, {"panorama": frame.planes[0]})
    colours = plates.colours(part, frame.facts)
    if colours is None:
        return None
    textures = {f"film_{name}": plane for name, plane in zip(_NAMES, frame.planes, strict=False)}
    textures["film_curve"] = colours.curve
    defines = ("ALPHA",) if frame.facts.has_alpha else ()
    return LayerSource("plate", defines, {**colours.values, **_places(part, frame.facts)}, textures)


def _size(part: PlatePart, facts: MediaFacts) -> Size:
    """Columns and rows that are left of a film; of planes of light all of them."""
    if facts.planes == "light":
        return (facts.columns, facts.rows)
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
