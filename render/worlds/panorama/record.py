"""A panorama behind the walls: in a configuration, in a plan, and the rules of both. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import msgspec

from render.views.limits import Impossible
from render.worlds.shared.depth import DepthKind, depth_kind, depth_scale, depth_space
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.formats import CODED_ENDINGS, ENDINGS
from render.worlds.shared.records import NO_DEPTHS, BrokenRule, PictureFile, PictureKeys, PlacedLight
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import SkyPlan
from tracking.records import Evolving, Scalar


class ReliefPlan(Evolving):
    """The depth map by which a picture is a relief. `asset` is the SHA-256 of its file's bytes, "" where it is not
    ready.

    `kind` says what its numbers mean, `most` is the largest of them, `jumps` whether depth jumps anywhere.
    """

    asset: str
    kind: DepthKind
    most: float
    jumps: bool = True

    def nearest_m(self, near_m: float, far_m: float) -> float:
        """How far its nearest light is from where the picture is looked up; inf where all of it is at infinity."""
        return depth_scale(self.kind, near_m, far_m).distance_m(self.most)


class PanoramaPlan(PlacedLight, tag_field="kind", tag="panorama"):
    """A panorama in a plan. `asset` is the SHA-256 of the file's bytes, "" where it is not ready: then black is drawn.

    `colour_space` is the one that overrides what the file's type implies. `is_coded` says that the file is of a format
    of code values, whose steps may show as bands. A picture with a `relief` is as far away as its depth map says.
    """

    asset: str = ""
    colour_space: str | msgspec.UnsetType = msgspec.UNSET
    is_coded: bool | msgspec.UnsetType = msgspec.UNSET
    relief: ReliefPlan | msgspec.UnsetType = msgspec.UNSET

    def holds_codes(self) -> bool:
        """Whether the light comes from a picture of code values, which has steps."""
        return self.is_coded is True

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space ("" for what the file's type implies) of every picture that the drawing needs."""
        found = [(self.asset, self.colour_space or "")] if self.asset else []
        if self.relief and self.relief.asset:
            found.append((self.relief.asset, depth_space(self.relief.kind)))
        return tuple(found)

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there."""
        return bool(self.asset) and (not self.relief or bool(self.relief.asset))

    def carrier(self, surface: Surface) -> Surface:
        """What carries the light where the values of its layer ask for `surface`."""
        if not self.relief:
            return surface
        nearest_m = self.relief.nearest_m(*surface.range_m)
        return surface._replace(relief_m=nearest_m, radius_m=0.0, distance_m=0.0)

    def forms(self) -> tuple[PlacedLight, ...]:
        """Lights of this kind that between them need each shader that its values can need, wherever it is placed."""
        return (self, PanoramaPlan()) if self.relief else (self,)

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of this light."""
        if self.relief and not 0.0 <= self.relief.most < math.inf:
            yield Impossible("relief.most", self.relief.most, "0 or more")


class PanoramaLayer(PictureKeys, tag_field="kind", tag="panorama"):
    """A panorama in a configuration. It needs `file`.

    `colour_space` overrides what the file's type implies. Where the picture is follows from the placement in its
    values: all around as an equirectangular sphere, a part of one, or flat.
    """

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Every key that breaks a rule of this kind."""
        yield from super().broken_rules()
        if self.file is None:
            yield BrokenRule(key="file", code="panorama_lacks_file")
        elif not self.file.lower().endswith(ENDINGS):
            values: dict[str, Scalar] = {"found": self.file, "endings": ", ".join(ENDINGS)}
            yield BrokenRule(key="file", code="panorama_file_ending", values=values)

    def picture(self) -> PictureFile | None:
        """The picture that has to be decoded and put on the GPU before the layer can be drawn."""
        return None if self.file is None else PictureFile(file=self.file, colour_space=self.colour_space)

    def light(
        self,
        ready: Mapping[str, str],
        sky: SkyPlan | None = None,  # noqa: ARG002 - other kinds need it
        depths: Mapping[str, DepthFacts] = NO_DEPTHS,
    ) -> PanoramaPlan:
        """This layer's light in a plan. `ready` gives the SHA-256 of each picture on the GPU by its asset key, `depths`
        what is known of each depth map.
        """
        picture = self.picture()
        asset = "" if picture is None else ready.get(picture.asset_key, "")
        space = self.colour_space if asset and self.colour_space else msgspec.UNSET
        coded = True if asset and (self.file or "").lower().endswith(CODED_ENDINGS) else msgspec.UNSET
        return PanoramaPlan(asset=asset, colour_space=space, is_coded=coded, relief=self._relief(ready, depths))

    def _relief(self, ready: Mapping[str, str], depths: Mapping[str, DepthFacts]) -> ReliefPlan | msgspec.UnsetType:
        depth = self.depth_map()
        if self.depth is None or depth is None:
            return msgspec.UNSET
        kind = depth_kind(self.depth, self.depth_is, self.depth_near)
        asset, facts = ready.get(depth.asset_key, ""), depths.get(depth.asset_key)
        if facts is None:
            return ReliefPlan(asset=asset, kind=kind, most=1.0)
        return ReliefPlan(asset=asset, kind=kind, most=facts.most, jumps=facts.jumps)
