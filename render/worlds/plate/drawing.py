"""How films are drawn: along rays, by `shaders/worlds/plate.glsl`, in the forms of all placed pictures."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import moderngl
import msgspec
from msgspec import UNSET

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.plate.frames import PlateFrame, Plates, PlatesNow
from render.worlds.plate.record import PlatePart, PlatePlan, cut_of, size_left
from render.worlds.plate.sets import Four, SetForm, pair_form, set_form, set_opening, set_part
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.placed_picture import PlacedPictures
from render.worlds.shared.surfaces import surface_values

Frames = tuple[PlateFrame, ...]
_NAMES = ("first", "second")
_NO_ALPHA = (0.0, 1.0)
_OWN = ("given_axes", "given_film_finest")
"""In what films of a set may differ that are drawn together."""


class PlateDrawing:
    """The drawing of films, whose frames `plates` has."""

    def __init__(self, _context: moderngl.Context, _texture_of: TextureOf, plates: PlatesNow, _scenes: object) -> None:
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
        coming, share = _coming(plates, light)
        if not coming:
            return self._shown(plates, light, frames, layer)
        over = layer.opacity * share
        left = (layer.opacity - over) / max(1.0 - over, 1e-6)
        before = self._shown(plates, light, coming, msgspec.structs.replace(layer, opacity=over))
        behind = self._shown(plates, light, frames, msgspec.structs.replace(layer, opacity=left))
        return before if behind is None or before is None else in_front_of(before, behind)

    def _shown(self, plates: Plates, light: PlatePlan, frames: Frames, layer: PlacedLayer) -> LayerSource | None:
        """These frames of the films, as opaque as the layer is."""
        films = [_film(plates, part, frame) for part, frame in zip(light.parts, frames, strict=True)]
        known = [film for film in films if film is not None]
        if len(known) < len(films):
            return None
        if light.is_set:
            return _set(known, light, frames, layer)
        place = self._pictures.placed(known[0], layer, size_left(light.parts[0], frames[0].facts))
        return place._replace(opacity=layer.opacity)


DRAWING = PlateDrawing


def _coming(plates: Plates, light: PlatePlan) -> tuple[Frames, float]:
    """The frames that a loop dissolves to and how far; none where they are not there, which is shown as a cut."""
    share = light.parts[0].share or 0.0
    numbers = [(part.media, part.coming) for part in light.parts if part.coming is not UNSET]
    if share <= 0.0 or len(numbers) < len(light.parts):
        return (), 0.0
    found = [frame for media, number in numbers if (frame := plates.use(media, number)) is not None]
    return (tuple(found), share) if len(found) == len(numbers) else ((), 0.0)


def in_front_of(front: LayerSource, back: LayerSource) -> LayerSource:
    """What comes over what is now: of light that covers all, the first has its share and the other what is left."""
    return front._replace(behind=(*front.behind, back._replace(behind=()), *back.behind))


def _set(films: list[LayerSource], light: PlatePlan, frames: Frames, layer: PlacedLayer) -> LayerSource:
    """The films of a set, one behind the other."""
    places = [set_part(part, frame.facts) for part, frame in zip(light.parts, frames, strict=True)]
    carried = surface_values(light.carrier(layer.surface()))
    forms = [set_form(places, number, layer, layer.opacity) for number in range(len(films))]
    openings = [set_opening(place, layer, light.carrier(layer.surface())) for place in places]
    alone = [
        _formed(film, set_form([place], 0, layer, layer.opacity), carried)
        for film, place in zip(films, places, strict=True)
    ]
    sources = [
        _formed(film, form, carried)._replace(opacity=layer.opacity, only_in=opening, alone=by_itself)
        for film, form, opening, by_itself in zip(films, forms, openings, alone, strict=True)
    ]
    for one, other in combinations(range(len(films)), 2):
        both = _paired(alone[one], alone[other], pair_form(places[one], places[other]))
        if both is not None:
            sources[one] = sources[one]._replace(beside={**sources[one].beside, openings[other]: both})
    return sources[0]._replace(behind=tuple(sources[1:]))


def _paired(one: LayerSource, other: LayerSource, turned: Mapping[str, Uniform] | None) -> LayerSource | None:
    """Both films in one source; None where they differ in more than where they look, or are seen through."""
    if turned is None or one.kind != "plate" or one.values["given_film_alpha"] != _NO_ALPHA:
        return None
    own = {**other.values, **{name: one.values[name] for name in _OWN}}
    is_alike = one.defines == other.defines and one.values == own
    if not is_alike or one.textures.get("film_curve") is not other.textures.get("film_curve"):
        return None
    turned = {**turned, "given_beside_finest": other.values["given_film_finest"]}
    textures = {f"beside_{name}": found for name in _NAMES if (found := other.textures.get(f"film_{name}")) is not None}
    return one._replace(
        defines=(*one.defines, "PAIRED"), values={**one.values, **turned}, textures={**one.textures, **textures}
    )


def _formed(film: LayerSource, form: SetForm, carried: Mapping[str, Uniform]) -> LayerSource:
    defines = ("PLACED", "NEAR", *form.defines, *film.defines)
    return film._replace(defines=defines, values={**film.values, **carried, **form.values})


def _film(plates: Plates, part: PlatePart, frame: PlateFrame) -> LayerSource | None:
    """A frame without its place. Planes of light are drawn as panoramas are."""
    if frame.facts.planes == "light":
        return LayerSource("panorama", (), {}, {"panorama": frame.planes[0]}, holds=frame.key)
    colours = plates.colours(part, frame.facts)
    if colours is None:
        return None
    textures = {f"film_{name}": plane for name, plane in zip(_NAMES, frame.planes, strict=False)}
    defines = ("WHOLE",) if frame.facts.is_whole else ()
    if colours.table is not None:
        textures["film_curve"] = colours.table
        defines = (*defines, "TABLE")
    values = {**colours.values, **_places(cut_of(part), frame.facts), "given_film_finest": float(frame.first)}
    return LayerSource("plate", defines, values, textures, holds=frame.key)


def _places(crop: Four, facts: MediaFacts) -> Mapping[str, Uniform]:
    """From shares of what is left of a film to shares of its planes, and how fine the smaller ones are.

    Their samples are where the left one of those that they stand for is (H.273, chroma sample location 0), or in a
    film of the full range, as JPEG has it, in the middle of them.
    """
    left, top, right, bottom = crop
    wide, high = 1.0 - left - right, 1.0 - top - bottom
    across, down = facts.chroma if facts.planes == "ycbcr" else (1, 1)
    columns, rows = -(-facts.columns // across), -(-facts.rows // down)
    aside = 0.0 if facts.full_range else 0.5 - 0.5 / across
    wider, higher = facts.columns / (across * columns), facts.rows / (down * rows)
    return {
        "given_film_place": (wide, high, left, top),
        "given_film_other_place": (wide * wider, high * higher, left * wider + aside / columns, top * higher),
    }
