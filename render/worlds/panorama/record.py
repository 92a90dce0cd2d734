"""A panorama behind the walls: in a configuration, in a plan, and the rules of both. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from render.worlds.shared.formats import CODED_ENDINGS, ENDINGS
from render.worlds.shared.records import PictureFile, PictureKeys, PlacedLight
from render.worlds.shared.rules import BrokenRule
from render.worlds.sky.plan import SkyPlan
from tracking.records import Scalar


class PanoramaPlan(PlacedLight, tag_field="kind", tag="panorama"):
    """A panorama in a plan. `asset` is the SHA-256 of the file's bytes, "" where it is not ready: then black is drawn.

    `colour_space` is the one that overrides what the file's type implies. `is_coded` says that the file is of a format
    of code values, whose steps may show as bands.
    """

    asset: str = ""
    colour_space: str | msgspec.UnsetType = msgspec.UNSET
    is_coded: bool | msgspec.UnsetType = msgspec.UNSET

    def holds_codes(self) -> bool:
        """Whether the light comes from a picture of code values, which has steps."""
        return self.is_coded is True

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space ("" for what the file's type implies) of every picture that the drawing needs."""
        return ((self.asset, self.colour_space or ""),) if self.asset else ()

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there."""
        return bool(self.asset)


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

    def light(self, ready: Mapping[str, str], sky: SkyPlan | None = None) -> PanoramaPlan:  # noqa: ARG002 - the live sky needs it
        """This layer's light in a plan. `ready` gives the SHA-256 of each picture on the GPU by its asset key."""
        picture = self.picture()
        asset = "" if picture is None else ready.get(picture.asset_key, "")
        space = self.colour_space if asset and self.colour_space else msgspec.UNSET
        coded = True if asset and (self.file or "").lower().endswith(CODED_ENDINGS) else msgspec.UNSET
        return PanoramaPlan(asset=asset, colour_space=space, is_coded=coded)
