"""A film behind the walls: in a configuration, in a plan, and the rules of both. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, Self

import msgspec

from render.worlds.plate.lens import PartLens
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.formats import FILM, UNREAD_FORMATS
from render.worlds.shared.media import TAGGED, Matrix, MediaFacts
from render.worlds.shared.plate_values import (
    CropBottom,
    CropLeft,
    CropRight,
    CropTop,
    End,
    InS,
    LoopFrames,
    OffsetS,
    OutS,
    PlateValues,
    Play,
    Speed,
)
from render.worlds.shared.records import NO_DEPTHS, BrokenRule, PictureKeys, PlacedLight
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import SkyPlan
from tracking.protocols.timecode import is_label
from tracking.records import Evolving, Record, Scalar

MOST_FILMS = 12
FilmLenses = Mapping[str, PartLens]
"""Lenses of films by their files, as a configuration names them."""
NO_LENSES: FilmLenses = MappingProxyType({})
Start = Literal["show", "timecode", "take"]
"""What a film's time is: the show's, the stage's time code, or the newest take's from its first frame on."""
_PLAYED = PlateValues()
"""How a film is played where nobody says otherwise."""
_UNREAD = tuple(ending for one in UNREAD_FORMATS if one is not FILM for ending in one.endings)
_SHOWN_ENDINGS = ", ".join(FILM.endings)


_STAND_IN = MediaFacts(codec="", columns=20, rows=10, frames=1, rate=(1, 1), chroma=(2, 2))
STAND_INS = {
    "stand-in": _STAND_IN,
    "stand-in that is whole": msgspec.structs.replace(_STAND_IN, chroma=(1, 1)),
    "stand-in of light": msgspec.structs.replace(_STAND_IN, columns=16, rows=8, planes="light"),
}
"""Films that stand for those to come: with smaller planes, with all planes in one texture, and of light, which alone
are drawn as panoramas are.
"""
_STORED_BITS = (8, 16)
"""Codes of up to so many bits are stored alike."""
_OVERLAPPING = 6
"""In a pile of so many films, those at the front and at the back need each room for others that shaders have."""


def forms_of(stand_in: MediaFacts) -> tuple[MediaFacts, ...]:
    """The forms in which frames of such films are stored."""
    forms = [msgspec.structs.replace(stand_in, bits=bits) for bits in _STORED_BITS]
    return tuple({form.sample_bytes: form for form in forms}.values())


class PartPlace(Evolving):
    """Where a film of a set is, in the axes of its layer: its turn, tilt and roll, how wide it is seen, and how wide
    its edges are blended into its neighbours'. With a `lens` it is that without distortion.
    """

    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    width_deg: float = 60.0
    blend_deg: float = 0.0
    lens: PartLens | msgspec.UnsetType = msgspec.UNSET


class FilmColours(NamedTuple):
    """How a film's codes are meant: its colour space, the matrix of its differences, and whether they use all codes."""

    colour_space: str
    matrix: Matrix
    full_range: bool


class PlatePart(Evolving):
    """The frame of one film. `media` is the film's identity, "" where it is not known yet: then black is drawn.

    `frame` is the exact one. In the dissolve of a loop, `coming` is the frame that it dissolves to and `share` how far.
    `colour_space`, `matrix` and `full_range` are what was taken, of the file's tags or of the configuration. `crop`
    are left, top, right and bottom as shares of width and height, UNSET for all of it.
    """

    media: str = ""
    frame: int = 0
    coming: int | msgspec.UnsetType = msgspec.UNSET
    share: float | msgspec.UnsetType = msgspec.UNSET
    colour_space: str = "rec709"
    matrix: Matrix = "bt709"
    full_range: bool = False
    crop: tuple[float, float, float, float] | msgspec.UnsetType = msgspec.UNSET
    place: PartPlace | msgspec.UnsetType = msgspec.UNSET

    @property
    def needs_table(self) -> bool:
        """Whether the curve of its colour space is a table to shaders."""
        return self.colour_space not in TAGGED


class PlatePlan(PlacedLight, tag_field="kind", tag="plate"):
    """The films of a layer in one frame: one, or the set of a rig. With `is_hidden` they have ended: nothing shows."""

    parts: tuple[PlatePart, ...] = (PlatePart(),)
    is_hidden: bool = False

    def forms(self) -> tuple[PlatePlan, ...]:
        """None that depends on every way in which it can be placed: it is drawn in the forms for all."""
        return ()

    def forms_for_all(self) -> tuple[PlatePlan, ...]:
        """A film of each kind, and where the stage has a table for a curve, one of each with that; of a set also piles
        of each, in which any number overlap.
        """
        spaces = dict.fromkeys([_STAND_IN.colour_space, *(one.colour_space for one in self.parts if one.needs_table)])
        films = [PlatePart(media=name, colour_space=space) for name in STAND_INS for space in [*spaces][:2]]
        alone = tuple(PlatePlan(parts=(part,)) for part in films if STAND_INS[part.media].planes != "light")
        if not self.is_set:
            return alone
        lenses = dict.fromkeys([msgspec.UNSET, *(part.place.lens for part in self.parts if part.place)])
        placed = (msgspec.structs.replace(part, place=PartPlace(lens=lens)) for part in films for lens in lenses)
        return alone + tuple(PlatePlan(parts=(part,) * _OVERLAPPING) for part in placed)

    @property
    def is_set(self) -> bool:
        """Whether it is of films that each have a place of their own."""
        return all(part.place is not msgspec.UNSET for part in self.parts)

    def carrier(self, surface: Surface) -> Surface:
        """What carries the light: a set is never on one plane, but infinitely far where that is asked for."""
        return Surface() if self.is_set and surface.is_flat else surface

    def media(self) -> tuple[tuple[str, int], ...]:
        """Identity and frame of every media frame that the drawing needs."""
        return tuple((part.media, frame) for part in self.parts if part.media for frame in _frames(part))

    def assets(self) -> tuple[tuple[str, str], ...]:
        """Films are not pictures: none."""
        return ()

    def is_ready(self) -> bool:
        """Whether it is known what is to be shown."""
        return all(part.media for part in self.parts)

    def holds_codes(self) -> bool:
        """Whether the light comes from pictures of code values, which have steps."""
        return True


class PlateFilm(Record):
    """One film of a set, as it was shot from the rig: where it looks in the axes of its layer, how wide it sees, the
    file of its lens, and how far its edges are blended into its neighbours'.
    """

    file: Annotated[str, msgspec.Meta(min_length=1)]
    turn_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    tilt_deg: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)] = 0.0
    roll_deg: Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)] = 0.0
    width_deg: Annotated[float, msgspec.Meta(ge=1.0, le=360.0)] = 60.0
    blend_deg: Annotated[float, msgspec.Meta(ge=0.0, le=60.0)] = 0.0
    lens: str | None = None

    def place(self, lenses: FilmLenses = NO_LENSES) -> PartPlace:
        """Where it is, for a plan. `lenses` are by their files."""
        lens = None if self.lens is None else lenses.get(self.lens)
        return PartPlace(
            turn_deg=self.turn_deg,
            tilt_deg=self.tilt_deg,
            roll_deg=self.roll_deg,
            width_deg=self.width_deg,
            blend_deg=self.blend_deg,
            lens=msgspec.UNSET if lens is None else lens,
        )


class PlateLayer(PictureKeys, tag_field="kind", tag="plate"):
    """A film behind the walls in a configuration, or several of one rig that play as one. It needs `file` or `plates`.

    A file is a film, a folder of numbered frames, or a still. `colour_space`, `matrix` and `range` override what the
    files' tags say. It begins with the show, with the first frame of a take, or goes with the stage's time code: then
    `start_timecode` is that of its first frame, where its file does not say it. The others start its settable values.
    """

    plates: Annotated[tuple[PlateFilm, ...], msgspec.Meta(max_length=MOST_FILMS)] = ()
    matrix: Matrix | None = None
    range: Literal["video", "full"] | None = None
    start: Start = "show"
    start_timecode: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    play: Play = _PLAYED.play
    speed: Speed = _PLAYED.speed
    offset_s: OffsetS = _PLAYED.offset_s
    in_s: InS = _PLAYED.in_s
    out_s: OutS = _PLAYED.out_s
    end: End = _PLAYED.end
    loop_frames: LoopFrames = _PLAYED.loop_frames
    crop_left: CropLeft = _PLAYED.crop_left
    crop_right: CropRight = _PLAYED.crop_right
    crop_top: CropTop = _PLAYED.crop_top
    crop_bottom: CropBottom = _PLAYED.crop_bottom

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Every key that breaks a rule of this kind."""
        yield from super().broken_rules()
        if self.file is None and not self.plates:
            yield BrokenRule(key="file", code="plate_lacks_file")
        if self.file is not None and self.plates:
            yield BrokenRule(key="file", code="plate_file_beside_set")
        for key, file in self._named_films():
            if file.lower().endswith(_UNREAD):
                yield BrokenRule(key=key, code="plate_file_ending", values={"found": file, "endings": _SHOWN_ENDINGS})
        for number, film in enumerate(self.plates):
            if film.lens is not None and not film.lens.endswith(".json"):
                yield BrokenRule(key=f"plates[{number}].lens", code="plate_lens_ending", values={"found": film.lens})
        if self.start_timecode is not None and not is_label(self.start_timecode):
            values: dict[str, Scalar] = {"found": self.start_timecode}
            yield BrokenRule(key="start_timecode", code="plate_no_timecode", values=values)
        if 0.0 < self.out_s <= self.in_s:
            yield BrokenRule(key="out_s", code="plate_ends_first", values={"found": self.out_s, "least": self.in_s})

    def films(self) -> tuple[str, ...]:
        """The files of its films, in order."""
        return tuple(film.file for film in self.plates) if self.plates else () if self.file is None else (self.file,)

    def named_files(self) -> Iterator[tuple[str, str]]:
        """Every key that names a file, and that file."""
        yield from self._named_films()
        for number, film in enumerate(self.plates):
            if film.lens is not None:
                yield f"plates[{number}].lens", film.lens

    def colours_of(self, facts: MediaFacts) -> FilmColours:
        """What is taken of a film's colours: what the layer says, else what the file's tags do."""
        is_full = facts.full_range if self.range is None else self.range == "full"
        return FilmColours(self.colour_space or facts.colour_space, self.matrix or facts.matrix, is_full)

    def with_files(self, name_of: Callable[[str], str]) -> Self:
        """The same layer, whose files are named in another way."""
        named = tuple(
            msgspec.structs.replace(
                film, file=name_of(film.file), lens=None if film.lens is None else name_of(film.lens)
            )
            for film in self.plates
        )
        return msgspec.structs.replace(super().with_files(name_of), plates=named)

    def plate_values(self) -> PlateValues:
        """How its films are played at the start."""
        return msgspec.convert(self, PlateValues, from_attributes=True)

    def places(self, lenses: FilmLenses = NO_LENSES) -> tuple[PartPlace | msgspec.UnsetType, ...]:
        """Where each of its films is: those of a set as they were shot, a single one where its layer is."""
        return tuple(film.place(lenses) for film in self.plates) or (msgspec.UNSET,)

    def light(
        self,
        ready: Mapping[str, str],  # noqa: ARG002 - other kinds need it
        sky: SkyPlan | None = None,  # noqa: ARG002 - other kinds need it
        depths: Mapping[str, DepthFacts] = NO_DEPTHS,  # noqa: ARG002 - other kinds need it
    ) -> PlatePlan:
        """Its light in a plan as long as nobody knows its films: black."""
        colour_space = self.colour_space or _STAND_IN.colour_space
        return PlatePlan(parts=tuple(PlatePart(place=place, colour_space=colour_space) for place in self.places()))

    def _named_films(self) -> Iterator[tuple[str, str]]:
        if self.file is not None:
            yield "file", self.file
        yield from ((f"plates[{number}].file", film.file) for number, film in enumerate(self.plates))


def cut_of(part: PlatePart) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is taken away before a film is placed: of a set nothing is."""
    return part.crop if part.crop is not msgspec.UNSET and part.place is msgspec.UNSET else (0.0, 0.0, 0.0, 0.0)


def size_left(part: PlatePart, facts: MediaFacts) -> tuple[int, int]:
    """Columns and rows that are left of a film; of planes of light all of them."""
    if facts.planes == "light":
        return (facts.columns, facts.rows)
    left, top, right, bottom = cut_of(part)
    return (max(round(facts.columns * (1.0 - left - right)), 1), max(round(facts.rows * (1.0 - top - bottom)), 1))


def _frames(part: PlatePart) -> tuple[int, ...]:
    return (part.frame,) if part.coming is msgspec.UNSET else (part.frame, part.coming)
