"""A 3D scene behind the walls: in a configuration, in a plan, and the rules of both. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from render.views.limits import Impossible, inside, is_in_reach
from render.worlds.model.crowd import CrowdKeys, CrowdPlan
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.model_values import SCALES, XM, YM, FloorM, ModelValues, Moves, Pace, Scale
from render.worlds.shared.records import NO_DEPTHS, BrokenRule, PictureFile, PictureKeys, PlacedLight
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import SkyPlan
from tracking.records import Scalar, Vec3

MODEL_ENDINGS = (".glb", ".gltf")
MODEL_SPACE = "model"
"""What stands where a picture has its colour space: with it a scene's file is an asset like any other."""
BuiltIn = Literal["street", "people", "room"]
"""The scenes that are made by code when they are first needed. The light of `room` says where it comes from."""
_STANDS = ModelValues()
"""How a scene stands and moves where nobody says otherwise."""
_FARTHEST_US = 10**16
_NEAREST_M = 3.0
"""What is seen of a scene is taken to be at least as far away as this, where it counts how an eye's moves shift it."""


class ModelPlan(PlacedLight, tag_field="kind", tag="model"):
    """A 3D scene in a plan. `asset` is the SHA-256 of its file's bytes, "" where it is not ready: nothing is drawn.
    `scene` is the name of one that is built in, and needs no file. With `crowd` a file's model, or the built-in people,
    stand there many times.

    Its origin is at `origin_m` on the stage, its ground as high as that; the turn of its layer is about it. `time_us`
    is how far its movement has come, in microseconds, which goes round. `movement` is the movement's name, UNSET for
    the file's first one, "" for none.
    """

    asset: str = ""
    scene: BuiltIn | msgspec.UnsetType = msgspec.UNSET
    origin_m: Vec3 = (0.0, 0.0, 0.0)
    scale: float = 1.0
    movement: str | msgspec.UnsetType = msgspec.UNSET
    time_us: int = 0
    crowd: CrowdPlan | msgspec.UnsetType = msgspec.UNSET

    @property
    def raw(self) -> bool:
        """Whether it is the room whose light is a message."""
        return self.scene == "room"

    def forms(self) -> tuple[ModelPlan, ...]:
        """None that depends on where it is placed: its pictures are looked up in one form."""
        return ()

    def forms_for_all(self) -> tuple[ModelPlan, ...]:
        """The one form of all scenes."""
        return (ModelPlan(),)

    def carrier(self, _surface: Surface) -> Surface:
        """No surface carries it: pictures of it hold how far what is seen is, which may be little."""
        return Surface(relief_m=_NEAREST_M)

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and kind of the file that the drawing needs."""
        return ((self.asset, MODEL_SPACE),) if self.asset else ()

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there."""
        return bool(self.asset or self.scene)

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of this scene."""
        if not is_in_reach(self.origin_m):
            yield Impossible("origin_m", self.origin_m, "a place on the stage")
        if not SCALES[0] <= self.scale <= SCALES[1]:
            yield Impossible("scale", self.scale, f"{SCALES[0]:g} to {SCALES[1]:g}")
        if not 0 <= self.time_us <= _FARTHEST_US:
            yield Impossible("time_us", self.time_us, f"0 to {_FARTHEST_US}")
        if self.crowd is not msgspec.UNSET:
            yield from inside("crowd", self.crowd.impossible())


class ModelLayer(PictureKeys, tag_field="kind", tag="model"):
    """A 3D scene in a configuration, of a glTF 2.0 file, or a built-in one. It needs `file` or `scene`.

    `movement` names the animation that runs, "" for none; without it, the file's first one does. The other keys start
    its settable values. Of a picture's placement only the turn counts.
    """

    scene: BuiltIn | None = None
    crowd: CrowdKeys | None = None
    movement: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    x_m: XM = _STANDS.x_m
    y_m: YM = _STANDS.y_m
    floor_m: FloorM = _STANDS.floor_m
    scale: Scale = _STANDS.scale
    moves: Moves = _STANDS.moves
    pace: Pace = _STANDS.pace

    @property
    def raw(self) -> bool:
        """Whether it is the room whose light is a message."""
        return self.scene == "room"

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Every key that breaks a rule of this kind."""
        yield from super().broken_rules()
        if self.file is None and self.scene is None:
            yield BrokenRule(key="file", code="model_lacks_file")
        elif self.file is not None and self.scene is not None:
            yield BrokenRule(key="scene", code="model_file_and_scene")
        elif self.file is not None and not self.file.lower().endswith(MODEL_ENDINGS):
            values: dict[str, Scalar] = {"found": self.file, "endings": ", ".join(MODEL_ENDINGS)}
            yield BrokenRule(key="file", code="model_file_ending", values=values)
        if self.crowd is not None:
            yield from self.crowd.broken_rules()
        if self.depth is not None:
            yield BrokenRule(key="depth", code="depth_without_picture", values={"kind": "model"})

    @property
    def follows(self) -> bool:
        """Never by a gain: the light of the hour is what lights it."""
        return False

    def picture(self) -> PictureFile | None:
        """The file that has to be read and put on the GPU before the layer can be drawn; None of what is built in."""
        return (
            None
            if self.file is None or self.scene is not None
            else PictureFile(file=self.file, colour_space=MODEL_SPACE)
        )

    def depth_map(self) -> PictureFile | None:
        """None: a scene has its own depth."""
        return None

    def named_colour_spaces(self) -> Iterator[tuple[str, str]]:
        """None: a scene's colours are what its format says."""
        return iter(())

    def model_values(self) -> ModelValues:
        """Where it stands at the start, and how it moves."""
        return msgspec.convert(self, ModelValues, from_attributes=True)

    def light(
        self,
        ready: Mapping[str, str],
        sky: SkyPlan | None = None,  # noqa: ARG002 - other kinds need it
        depths: Mapping[str, DepthFacts] = NO_DEPTHS,  # noqa: ARG002 - other kinds need it
    ) -> ModelPlan:
        """Its light in a plan where nobody has placed it yet."""
        return self.placed(ready, self.model_values(), 0.0, 0)

    def placed(self, ready: Mapping[str, str], values: ModelValues, world_turn_deg: float, time_us: int) -> ModelPlan:
        """Its light in a plan. A world that is turned takes the scene around the stage's origin with it."""
        picture = self.picture()
        asset = "" if picture is None else ready.get(picture.asset_key, "")
        cosine, sine = math.cos(math.radians(world_turn_deg)), math.sin(math.radians(world_turn_deg))
        origin_m = (cosine * values.x_m - sine * values.y_m, sine * values.x_m + cosine * values.y_m, values.floor_m)
        movement = msgspec.UNSET if self.movement is None else self.movement
        stands = self.scene is not None and self.crowd is None
        return ModelPlan(
            asset=asset,
            scene=self.scene or msgspec.UNSET,
            crowd=msgspec.UNSET if self.crowd is None else self.crowd.plan(),
            origin_m=origin_m,
            scale=values.scale,
            movement=movement,
            time_us=0 if stands else time_us,
        )


def is_model_path(path: str) -> bool:
    """Whether a file is taken for a 3D scene, by its name."""
    return path.lower().endswith(MODEL_ENDINGS)
