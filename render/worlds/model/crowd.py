"""A crowd of a 3D scene: many figures of one model, in a configuration and in a plan. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

import msgspec

from render.views.limits import Impossible
from render.worlds.model.spaces import MODEL_ENDINGS, MODEL_SPACE, GroundUse, ground_space
from render.worlds.shared.model_values import FARTHEST_M
from render.worlds.shared.records import BrokenRule, PictureFile
from tracking.records import Evolving, Scalar

MOST_FIGURES = 10_000
MOST_MODELS = 16
_LEAST_AREA_M2 = 1e-3
_Place = Annotated[float, msgspec.Meta(ge=-FARTHEST_M, le=FARTHEST_M)]
Area = Annotated[tuple[tuple[_Place, _Place], ...], msgspec.Meta(min_length=3, max_length=64)]
"""Corners of a polygon on the scene's ground, in metres to the right and ahead."""
_NodeName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Figures = Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_MODELS)]


class CrowdPlan(Evolving):
    """`count` figures in an area, chosen by a seed: the same seed gives the same crowd on every machine.

    With `walks` they go along `flow_deg` and back, at about `speed_m_s`; 0 is away from who looks at the front wall,
    + to the left. Else they stand and look that way, up to `turn_deg` off it. Sizes and tints differ by these shares.

    In the place of `area_m`, `area` is the SHA-256 of the file whose mesh they stand on, "" where it is not ready, and
    `area_node` the node of that file. `figures` are those of the models that they are, each of as many; UNSET for the
    layer's own. One that is named twice is that of twice as many.
    """

    count: Annotated[int, msgspec.Meta(ge=0, le=MOST_FIGURES)]
    area_m: Area | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 1
    walks: bool = True
    flow_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    speed_m_s: Annotated[float, msgspec.Meta(gt=0.0, le=10.0)] = 1.3
    turn_deg: Annotated[float, msgspec.Meta(ge=0.0, le=180.0)] = 25.0
    size_spread: Annotated[float, msgspec.Meta(ge=0.0, le=0.5)] = 0.08
    tint_spread: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.6
    floor_m: Annotated[float, msgspec.Meta(ge=-1000.0, le=1000.0)] = 0.0
    figures: Figures | msgspec.UnsetType = msgspec.UNSET
    area: str | msgspec.UnsetType | None = msgspec.UNSET
    area_node: _NodeName | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def models(self) -> tuple[str, ...]:
        """Those of its figures, each once; none where they are the layer's own."""
        return () if self.figures is msgspec.UNSET else tuple(dict.fromkeys(self.figures))

    def assets(self) -> Iterator[tuple[str, str]]:
        """SHA-256 and kind of each file that it needs beside the layer's own; "" for one that is not ready."""
        yield from ((asset, MODEL_SPACE) for asset in self.models)
        if isinstance(self.area, str):
            yield self.area, self.ground_space()

    def ground_space(self) -> str:
        """What a file is read for that it stands on."""
        names = GroundUse.__struct_fields__[1:]
        return ground_space(GroundUse(node=self.area_node or None, **{name: getattr(self, name) for name in names}))

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of it."""
        if (self.area_m is None) != isinstance(self.area, str):
            yield Impossible("area_m", self.area_m, "either a polygon or a mesh")
        elif self.area_m is not None and abs(doubled_area(self.area_m)) < _LEAST_AREA_M2:
            yield Impossible("area_m", self.area_m, "a polygon with an area")


class CrowdKeys(CrowdPlan, forbid_unknown_fields=True):
    """The table `crowd` of a layer that is a scene: `figures` and `area` are names of files."""

    figures: Figures = ()
    area: str | None = None
    area_node: _NodeName | None = None

    def broken_rules(self, *, has_own_mesh: bool) -> Iterator[BrokenRule]:
        """What is wrong with it, in a layer that shows a mesh of a file of its own beside it, or none."""
        if self.area_m is not None:
            if abs(doubled_area(self.area_m)) < _LEAST_AREA_M2:
                yield BrokenRule(key="crowd.area_m", code="crowd_lacks_area")
            if self.area is not None or self.area_node is not None:
                yield BrokenRule(key="crowd.area_m", code="crowd_area_twice")
        elif self.area is None and self.area_node is None:
            yield BrokenRule(key="crowd.area_m", code="crowd_without_area")
        elif self.area is None and not has_own_mesh:
            yield BrokenRule(key="crowd.area_node", code="crowd_node_without_mesh")
        for key, file in self.named_files():
            if not file.lower().endswith(MODEL_ENDINGS):
                values: dict[str, Scalar] = {"found": file, "endings": ", ".join(MODEL_ENDINGS)}
                yield BrokenRule(key=key, code="model_file_ending", values=values)

    def named_files(self) -> Iterator[tuple[str, str]]:
        """Every key that names a file, and that file."""
        for number, file in enumerate(self.figures):
            yield f"crowd.figures[{number}]", file
        if self.area is not None:
            yield "crowd.area", self.area

    def with_files(self, name_of: Callable[[str], str]) -> CrowdKeys:
        """The same crowd, whose files are named in another way."""
        area = None if self.area is None else name_of(self.area)
        return msgspec.structs.replace(self, figures=tuple(map(name_of, self.figures)), area=area)

    def figure_files(self) -> tuple[PictureFile, ...]:
        """The files of its own models."""
        return tuple(PictureFile(file=file, colour_space=MODEL_SPACE) for file in self.figures)

    def pictures(self, own_file: str | None) -> Iterator[tuple[str, PictureFile]]:
        """Every key of a file that has to be read, and that file, in a layer of `own_file`."""
        for number, figure in enumerate(self.figure_files()):
            yield f"crowd.figures[{number}]", figure
        ground = self._ground(own_file)
        if ground is not None:
            yield "crowd.area" if self.area is not None else "crowd.area_node", ground

    def plan(self, ready: Mapping[str, str], own_file: str | None) -> CrowdPlan:
        """The same in a plan."""
        named = {"figures", "area", "area_node"}
        same = {name: getattr(self, name) for name in CrowdPlan.__struct_fields__ if name not in named}
        figures = tuple(ready.get(one.asset_key, "") for one in self.figure_files())
        ground = self._ground(own_file)
        return CrowdPlan(
            **same,
            figures=figures or msgspec.UNSET,
            area=msgspec.UNSET if ground is None else ready.get(ground.asset_key, ""),
            area_node=msgspec.UNSET if ground is None or self.area_node is None else self.area_node,
        )

    def _ground(self, own_file: str | None) -> PictureFile | None:
        """The mesh that they stand on."""
        file = self.area if self.area is not None or self.area_node is None else own_file
        return None if file is None else PictureFile(file=file, colour_space=self.ground_space())


def doubled_area(area_m: Area) -> float:
    """Twice the area of a polygon, + counter-clockwise."""
    following = (*area_m[1:], area_m[0])
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(area_m, following, strict=True))
