"""The pictures that inner views look into: drawn for the frame, or drawn earlier and kept while plans name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import moderngl

from render.compose.footprint import TEXELS_OF_A_TAP
from render.compose.wall_pass import InnerPicture, WallPicture
from render.gpu.context import Target
from render.gpu.views import DrawnWorld, as_drawn, drawn_as, inner_view
from render.plan.frame import FramePlan, InnerPicturePlan, InnerPlan, PicturePartPlan, WorldPlan
from render.worlds.records import RAW_WORLDS

WorldOf = Callable[[str], DrawnWorld]


@dataclass(slots=True, eq=False)
class _Kept:
    """A target, the picture that it holds (None: one frame's own), and how many of its rows are drawn."""

    target: Target
    picture: InnerPicturePlan | None = None
    rows: int = 0
    minified: bool | None = None


def late_kind(picture: InnerPicturePlan | None, geometry: str) -> str:
    """How a view finds its place in an earlier picture: "far", "sphere" or "drawn"; "" where it has its own."""
    if picture is None:
        return ""
    if geometry != "sphere":
        return "drawn"
    return "sphere" if picture.world.radius_m > 0.0 else "far"


class InnerPictures:
    """All inner pictures of a stage. `kind` is the textures' type.

    A picture that a plan names and that is not here, or only in part, is drawn at once: plans alone decide.
    """

    def __init__(self, context: moderngl.Context, kind: str) -> None:
        self._context = context
        self._kind = kind
        self._kept: list[_Kept] = []
        self._shown: list[_Kept] = []
        self.rows_drawn = 0
        """Rows of pictures drawn so far: the measure of what late pose saves."""

    def forget(self) -> None:
        """Draws everything anew: an asset has changed."""
        for kept in self._kept:
            kept.picture, kept.rows = None, 0

    def target(self, index: int) -> Target:
        """What the last plan's inner view at `index` looks into."""
        return self._shown[index].target

    def draw(self, plan: FramePlan, world_of: WorldOf, walls: Mapping[str, WallPicture]) -> list[InnerPicture]:
        """Every inner view of the plan with its picture, drawn where it is not yet; and the parts of coming ones."""
        named = [inner.picture for inner in plan.inners]
        named += [inner.coming.picture for inner in plan.inners if inner.coming is not None]
        spare = [kept for kept in self._kept if kept.picture is None or kept.picture not in named]
        self._shown = []
        pictures, coarse = [], []
        for index, inner in enumerate(plan.inners):
            kept = self._held(inner.picture, inner.size_px, spare)
            drawn, world = as_drawn(inner), plan.world if inner.picture is None else inner.picture.world
            self._draw_down_to(kept, kept.target.size[1], drawn, world, world_of)
            self._shown.append(kept)
            kind = late_kind(inner.picture, world_of(world.kind).geometry)
            pictures.append(InnerPicture(inner, kept.target.texture, kind))
            shown_on = [walls[wall.name] for wall in plan.walls if index in wall.inners and wall.name in walls]
            filtered = world.kind not in RAW_WORLDS
            if filtered and any(wall.leds.widest(drawn) > TEXELS_OF_A_TAP for wall in shown_on):
                coarse.append(kept)
        for kept in self._shown:
            _minify(kept, kept in coarse)
        for inner in plan.inners:
            if inner.coming is not None:
                self._draw_part(inner, inner.coming, spare, world_of)
        self._trim(spare, len(plan.inners))
        return pictures

    def _draw_part(self, inner: InnerPlan, part: PicturePartPlan, spare: list[_Kept], world_of: WorldOf) -> None:
        kept = self._held(part.picture, part.picture.size_px, spare)
        row = kept.target.size[1] * (part.part + 1) // part.parts
        self._draw_down_to(kept, row, drawn_as(inner, part.picture), part.picture.world, world_of)

    def _held(self, picture: InnerPicturePlan | None, size: tuple[int, int], spare: list[_Kept]) -> _Kept:
        """Where the picture is, or a place for it among the spare ones, or a new one."""
        if picture is not None:
            size = picture.size_px
            for kept in self._kept:
                if kept.picture == picture:
                    return kept
        found = next((kept for kept in spare if kept.target.size == size), None)
        if found is None:
            found = _Kept(Target(self._context, size, self._kind))
            self._kept.append(found)
        else:
            spare.remove(found)
        found.picture, found.rows, found.minified = picture, 0, None
        return found

    def _draw_down_to(self, kept: _Kept, row: int, drawn: InnerPlan, world: WorldPlan, world_of: WorldOf) -> None:
        """Draws the rows that are missing above `row`."""
        if row <= kept.rows:
            return
        framebuffer = kept.target.framebuffer
        width = kept.target.size[0]
        framebuffer.scissor = (0, kept.rows, width, row - kept.rows)
        world_of(world.kind).draw(framebuffer, inner_view(drawn), world)
        framebuffer.scissor = None  # type: ignore[assignment]  # moderngl takes None, its stub does not know
        self.rows_drawn += row - kept.rows
        kept.rows = row

    def _trim(self, spare: Sequence[_Kept], most: int) -> None:
        """Keeps a few spare targets for the next frame's pictures and gives the rest back."""
        for kept in spare[: max(0, len(spare) - most)]:
            self._kept.remove(kept)
            kept.target.release()


def _minify(kept: _Kept, wanted: bool) -> None:
    """Smaller pictures for coarse LEDs, made once for each drawing."""
    if kept.minified != wanted:
        kept.target.set_smaller_pictures(wanted)
        kept.minified = wanted
