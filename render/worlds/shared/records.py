"""What several kinds of layer share: light where it is placed, a picture from a file, keys and rules. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

import msgspec

from render.views.limits import Impossible
from render.worlds.shared.depth import DEPTH_ENDINGS, DepthIs, DepthNear, depth_kind, depth_space
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.keys import KEY_PATTERN
from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.surfaces import Surface
from render.worlds.shared.values import Horizon, LayerStart, LayerValues, Projection, SpanDeg, TurnDeg, WidthDeg
from tracking.records import Evolving, Length, Record, Scalar
from tracking.settable import Value, declarations_of, out_of_range

Key = Annotated[str, msgspec.Meta(pattern=KEY_PATTERN)]
"""What a world or layer is called in paths: 1 to 64 lower-case letters, digits, _ or -."""
Hour = Annotated[float, msgspec.Meta(ge=0.0, le=24.0)]
ShotSky = Annotated[dict[str, Value], msgspec.Meta(max_length=64)]
"""Values of a sky by path."""
DECIDED_BY_PICTURE = ("projection", "turn_deg", "horizon", "span_deg", "width_deg")
"""The values of a layer's place that its picture decides where a configuration does not give them."""
NO_DEPTHS: Mapping[str, DepthFacts] = MappingProxyType({})
"""What is known of depth maps where there are none."""
_WIDTH = next(declared for declared in declarations_of(LayerValues) if declared.name == "width_deg")
_WIDTH_DEG = (_WIDTH.low or 0.0, _WIDTH.high or 0.0)


class BrokenRule(Record):
    """The key that breaks a rule, such as `layers[0].file`, and which rule, with what was found and expected."""

    key: str
    code: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class PictureFile(Record):
    """The picture that a layer needs: its file and the colour space that overrides what the file's type implies."""

    file: str
    colour_space: str | None = None

    @property
    def asset_key(self) -> str:
        """What the show knows the picture by until its hash is known."""
        return asset_key(self.file, self.colour_space or "")


def asset_key(file: str, colour_space: str) -> str:
    """The key of a file as it is decoded by a colour space, "" for what its type implies."""
    return f"{file}\n{colour_space}" if colour_space else file


class PictureKeys(LayerStart, forbid_unknown_fields=True):
    """The keys of a layer's table: its name, its picture, and the start of its settable values.

    Every kind accepts them all, so that `kind` can be changed alone. `name` is any text and is shown, `key` stands in
    paths. `raw` is whether the light is a message: read at the middle of each LED, past colour, exposure, grade and
    dither; `shows_sky` whether it is the live sky. The values of `DECIDED_BY_PICTURE` are None where they are not
    given. `width_m` stands in place of `width_deg` at a distance. With `follow_hour` the layer's light goes with the
    hour, from that at `shot_hour` under the sky `shot_sky`: a look's file, or values by path; None is a clear sky.
    `depth` is the file of a picture's depth map, `depth_is` and `depth_near` say what its numbers mean where that is
    not what is taken for granted (`render/worlds/shared/depth.py`).
    """

    shows_sky: ClassVar[bool] = False

    name: str = ""
    key: Key | None = None
    file: str | None = None
    colour_space: str | None = None
    depth: str | None = None
    depth_is: DepthIs | None = None
    depth_near: DepthNear | None = None
    projection: Projection | None = None
    turn_deg: TurnDeg | None = None
    horizon: Horizon | None = None
    span_deg: SpanDeg | None = None
    width_deg: WidthDeg | None = None
    width_m: Length | None = None
    follow_hour: bool = False
    shot_hour: Hour | None = None
    shot_sky: str | ShotSky | None = None

    @property
    def raw(self) -> bool:
        """Whether the light is a message that nothing may change."""
        return False

    @property
    def follows(self) -> bool:
        """Whether its light goes with the hour."""
        return self.follow_hour and not (self.raw or self.shows_sky)

    def picture(self) -> PictureFile | None:
        """The picture that has to be decoded and put on the GPU before the layer can be drawn: none."""
        return None

    def depth_map(self) -> PictureFile | None:
        """The depth map of that picture, likewise; None where it has none."""
        if self.depth is None or self.picture() is None:
            return None
        return PictureFile(
            file=self.depth, colour_space=depth_space(depth_kind(self.depth, self.depth_is, self.depth_near))
        )

    def pictures(self) -> tuple[PictureFile, ...]:
        """All that has to be decoded and put on the GPU before the layer can be drawn: the picture first."""
        return tuple(one for one in (self.picture(), self.depth_map()) if one is not None)

    def given(self) -> dict[str, object]:
        """The values of a layer that the table gives, and the rest of those that no picture decides, by name."""
        found = {name: getattr(self, name) for name in LayerValues.__struct_fields__}
        if self.width_m is not None and self.distance_m > 0.0:
            width_deg = math.degrees(2.0 * math.atan2(0.5 * self.width_m, self.distance_m))
            found["width_deg"] = min(max(width_deg, _WIDTH_DEG[0]), _WIDTH_DEG[1])
        return {name: value for name, value in found.items() if value is not None}

    def values(self) -> LayerValues:
        """Every value of the layer as it starts, before its picture decides anything."""
        return msgspec.convert(self.given(), LayerValues)

    def plate_values(self) -> PlateValues | None:
        """How its film is played at the start; None of what is no film."""
        return None

    def model_values(self) -> ModelValues | None:
        """Where its scene stands at the start, and how it moves; None of what is no scene."""
        return None

    def films(self) -> tuple[str, ...]:
        """The files of the films that it shows, which are played and not put on the GPU as a whole: none."""
        return ()

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Every key that breaks a rule of all kinds."""
        for declared, found in out_of_range(self):
            least, unit = declared.setting.least or 0.0, declared.setting.unit
            values: dict[str, Scalar] = {"found": found, "least": least, "most": declared.high or 0.0, "unit": unit}
            yield BrokenRule(key=declared.name, code="layer_value_in_gap", values=values)
        if self.width_m is not None and self.distance_m <= 0.0:
            yield BrokenRule(key="width_m", code="layer_width_without_distance")
        if self.width_m is not None and self.width_deg is not None:
            yield BrokenRule(key="width_m", code="layer_width_twice")
        if self.follow_hour and self.shot_hour is None and self.shot_sky is None:
            yield BrokenRule(key="follow_hour", code="layer_follows_without_hour")
        if self.follow_hour and not self.follows:
            values = {"kind": str(self.__struct_config__.tag)}
            yield BrokenRule(key="follow_hour", code="layer_cannot_follow", values=values)
        if self.depth is not None and not self.depth.lower().endswith(DEPTH_ENDINGS):
            values = {"found": self.depth, "endings": ", ".join(DEPTH_ENDINGS)}
            yield BrokenRule(key="depth", code="depth_file_ending", values=values)
        if self.depth is not None and self.picture() is None:
            yield BrokenRule(
                key="depth", code="depth_without_picture", values={"kind": str(self.__struct_config__.tag)}
            )

    def named_files(self) -> Iterator[tuple[str, str]]:
        """Every key that names a file, and that file."""
        if self.file is not None:
            yield "file", self.file
        if self.depth is not None:
            yield "depth", self.depth

    def with_files(self, name_of: Callable[[str], str]) -> Self:
        """The same layer, whose files are named in another way."""
        named = {key: name_of(file) for key, file in (("file", self.file), ("depth", self.depth)) if file is not None}
        return msgspec.structs.replace(self, **named)

    def named_colour_spaces(self) -> Iterator[tuple[str, str]]:
        """Every key that names a colour space, and that name."""
        if self.colour_space is not None:
            yield "colour_space", self.colour_space


class PlacedLight(Evolving):
    """Light where the values of its layer place it. The base of plan records."""

    @property
    def raw(self) -> bool:
        """Whether the light is a message that nothing may change."""
        return False

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of this light: nothing."""
        return iter(())

    def forms(self) -> tuple[PlacedLight, ...]:
        """Lights of this kind that between them need each shader that its values can need, wherever it is placed."""
        return (self,)

    def forms_for_all(self) -> tuple[PlacedLight, ...]:
        """Lights of this kind that are drawn in one of the three forms that hold for all places: flat, part, whole."""
        return ()

    def carrier(self, surface: Surface) -> Surface:
        """What carries the light where the values of its layer ask for `surface`."""
        return surface

    def sphere_m(self, surface: Surface) -> float | None:
        """Radius of the sphere around the stage's origin that all light comes from, 0.0 at infinity.

        None where light comes from anywhere else: then only the inverse distances that are drawn say where.
        """
        return self.carrier(surface).sphere_m()

    def holds_codes(self) -> bool:
        """Whether the light comes from a picture of code values, which has steps."""
        return False

    def shows_same_as(self, other: object) -> bool:
        """Whether a picture drawn of `other`, the light of an earlier frame, still shows this one."""
        return self == other
