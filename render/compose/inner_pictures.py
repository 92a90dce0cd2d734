"""The pictures that inner views look into: drawn for the frame, or drawn earlier and kept while plans name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import moderngl
import msgspec
import numpy as np

from calibration.walls import Signal
from render.colour.grade import NITS_AT_ONE, signal_from_world
from render.colour.matrices import IDENTITY, Matrix, column_major
from render.compose.air import SourceOf, aired
from render.compose.facets import pictures_in_facets
from render.compose.footprint import TEXELS_OF_A_TAP
from render.compose.raster_views import ViewPasses, Worlds
from render.compose.views import InnerPicture, PictureBlock
from render.compose.wall_pass import WallPicture
from render.gpu.context import Target
from render.gpu.passes import Pass
from render.plan.frame import FramePlan
from render.plan.inner import InnerPicturePlan, InnerPlan, PicturePartPlan, as_drawn, drawn_as, inner_view
from render.views.view import View
from render.worlds.on_air import AirPlan


@dataclass(slots=True, eq=False)
class _Kept:
    """A target, the picture that it holds (None: one frame's own), and how many of its rows are drawn."""

    target: Target
    picture: InnerPicturePlan | None = None
    rows: int = 0
    minified: bool | None = None


def reprojection_into(picture: InnerPicturePlan | None) -> str:
    """How a view finds its place in an earlier picture: "far", "sphere" or "drawn"; "" where it has its own."""
    if picture is None:
        return ""
    sphere_m = picture.air.sphere_m()
    if sphere_m is None:
        return "drawn"
    return "sphere" if sphere_m > 0.0 else "far"


class InnerPictures:
    """All inner pictures of a stage. `kind` is the type of their textures.

    A picture that a plan names and that is missing here, or incomplete, is drawn at once: only plans decide what is
    shown.
    """

    def __init__(self, context: moderngl.Context, kind: str, passes: ViewPasses, source_of: SourceOf) -> None:
        self._context = context
        self._kind = kind
        self._passes = passes
        self._source_of = source_of
        self._kept: list[_Kept] = []
        self._wanted = 0
        self._has_minified = False
        self.rows_drawn = 0
        """Rows of pictures drawn so far: the measure of what reprojection saves."""

    def forget(self) -> None:
        """Draws everything again from now on, because an asset has changed."""
        for kept in self._kept:
            kept.picture, kept.rows = None, 0

    def draw(self, plan: FramePlan, walls: Mapping[str, WallPicture]) -> dict[str, list[PictureBlock]]:
        """Draws what is missing of the plan's pictures and of coming ones; returns every wall's, block by block."""
        named = [inner.picture for inner in plan.inners]
        named += [inner.coming.picture for inner in plan.inners if inner.coming is not None]
        spare = [kept for kept in self._kept if kept.picture is None or kept.picture not in named]
        self._wanted = 0
        shown = {wall.name: walls[wall.name] for wall in plan.walls if wall.name in walls}
        on_wall = {wall.name: wall.inners for wall in plan.walls}
        drawn: dict[tuple[int, str], list[InnerPicture | None]] = {}
        for index, inner in enumerate(plan.inners):
            whole = []
            for name in (name for name in shown if index in on_wall[name]):
                facets = self._facets(inner, shown[name], plan.air)
                if facets is None:
                    whole.append(name)
                    continue
                drawn[index, name] = self._drawn_in_facets(inner, facets, plan, shown[name], spare)
            if whole:
                picture = self._drawn(inner, plan, [shown[name] for name in whole], spare)
                drawn |= {(index, name): [picture] for name in whole}
        for inner in plan.inners:
            if inner.coming is not None:
                self._draw_part(inner, inner.coming, spare)
        self._trim(spare, self._wanted)
        return {name: _blocks(wall, [drawn[index, name] for index in on_wall[name]]) for name, wall in shown.items()}

    def own(self, plan: FramePlan, index: int) -> Target:
        """The picture that the view at `index` looks into, whole; drawn for this call where walls are not shown it."""
        inner = plan.inners[index]
        named = [view.picture for view in plan.inners]
        spare = [kept for kept in self._kept if kept.picture is None or kept.picture not in named]
        kept = self._held(inner.picture, inner.size_px, spare)
        self._draw_down_to(kept, kept.target.size[1], as_drawn(inner), (inner.picture or plan).air)
        return kept.target

    def _facets(self, inner: InnerPlan, wall: WallPicture, air: AirPlan) -> list[InnerPicturePlan | None] | None:
        return None if inner.picture is not None else pictures_in_facets(inner, wall.tiles, wall.facets, air)

    def _drawn_in_facets(
        self,
        inner: InnerPlan,
        facets: list[InnerPicturePlan | None],
        plan: FramePlan,
        wall: WallPicture,
        spare: list[_Kept],
    ) -> list[InnerPicture | None]:
        """The view in the leaves of a wall's facets; leaves side by side that share a picture look into one."""
        drawn: list[InnerPicture | None] = []
        for facet, before in zip(facets, [None, *facets[:-1]], strict=True):
            if facet is None:
                drawn.append(None)
            elif facet is before:
                drawn.append(drawn[-1])
            else:
                view = msgspec.structs.replace(inner, picture=facet)
                drawn.append(self._drawn(view, plan, [wall], spare, own=True))
        return drawn

    def _drawn(
        self, inner: InnerPlan, plan: FramePlan, walls: list[WallPicture], spare: list[_Kept], *, own: bool = False
    ) -> InnerPicture:
        """A view with its picture, which is drawn where it is missing; its `own` is never kept for another frame."""
        picture = inner.picture
        looked_into = as_drawn(inner)
        kept = self._held(None if own else picture, looked_into.size_px, spare)
        air = plan.air if picture is None else picture.air
        self._draw_down_to(kept, kept.target.size[1], looked_into, air)
        coarse = not air.raw and any(wall.leds.widest(looked_into) > TEXELS_OF_A_TAP for wall in walls)
        if not self._has_minified:  # software builds a shader for it, for which no frame of a show should wait
            kept.target.set_smaller_pictures(wanted=True)
            self._has_minified = True
        _minify(kept, coarse)
        self._wanted += 1
        return InnerPicture(inner, kept.target.texture, "far" if own else reprojection_into(picture))

    def _draw_part(self, inner: InnerPlan, part: PicturePartPlan, spare: list[_Kept]) -> None:
        kept = self._held(part.picture, part.picture.size_px, spare)
        row = kept.target.size[1] * (part.part + 1) // part.parts
        self._draw_down_to(kept, row, drawn_as(inner, part.picture), part.picture.air)

    def _held(self, picture: InnerPicturePlan | None, size: tuple[int, int], spare: list[_Kept]) -> _Kept:
        """The target that holds the picture; else a spare one of its size, or a new one."""
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

    def _draw_down_to(self, kept: _Kept, row: int, drawn: InnerPlan, air: AirPlan) -> None:
        """Draws the rows above `row` that are missing."""
        if row <= kept.rows:
            return
        framebuffer = kept.target.framebuffer
        width = kept.target.size[0]
        framebuffer.scissor = (0, kept.rows, width, row - kept.rows)
        self._passes.draw(framebuffer, inner_view(drawn), aired(air, self._source_of))
        framebuffer.scissor = None  # type: ignore[assignment]  # moderngl takes None; its stub does not say so
        self.rows_drawn += row - kept.rows
        kept.rows = row

    def _trim(self, spare: Sequence[_Kept], most: int) -> None:
        """Keeps a few spare targets for the pictures of the next frame and frees the rest."""
        for kept in spare[: max(0, len(spare) - most)]:
            self._kept.remove(kept)
            kept.target.release()


def _blocks(wall: WallPicture, pictures: list[list[InnerPicture | None]]) -> list[PictureBlock]:
    """A wall's pictures by its facets, or of all of it where no camera has one for each facet.

    A camera with one picture has it in every facet.
    """
    count = max((len(of_camera) for of_camera in pictures), default=1)
    if count == 1:
        return [PictureBlock(None, tuple(of_camera[0] for of_camera in pictures))]
    blocks: list[PictureBlock] = []
    for number, leaf in enumerate(leaf for facet in wall.facets for leaf in facet.leaves):
        shown = tuple(of_camera[number % len(of_camera)] for of_camera in pictures)
        if blocks and all(now is before for now, before in zip(shown, blocks[-1].pictures, strict=True)):
            blocks[-1] = PictureBlock(np.concatenate([blocks[-1].rectangles, leaf]), shown)
        else:
            blocks.append(PictureBlock(leaf, shown))
    return blocks


def _minify(kept: _Kept, wanted: bool) -> None:
    """Makes smaller pictures for coarse LEDs, once after each drawing, or turns them off."""
    if kept.minified != wanted:
        kept.target.set_smaller_pictures(wanted)
        kept.minified = wanted


class InnerPreview:
    """Draws what inner views see for screens, only when someone asks for one: first the light, then its 8-bit codes.
    Screens are as bright as `peak_nits`, None for as bright as light of 1.
    """

    def __init__(self, context: moderngl.Context, views: ViewPasses, peak_nits: float | None) -> None:
        self._context = context
        self._views = views
        self._signal = Signal(peak_nits=NITS_AT_ONE if peak_nits is None else peak_nits)
        self._passes = {in_pairs: _preview_pass(context, in_pairs=in_pairs) for in_pairs in (False, True)}
        self._seen: Target | None = None

    def draw_light(self, view: View, size_px: tuple[int, int], worlds: Worlds) -> None:
        """Draws the view's light, for the codes that follow."""
        if self._seen is None or self._seen.size != size_px:
            before, self._seen = self._seen, Target(self._context, size_px, "f4")
            if before is not None:
                before.release()
        self._views.draw(self._seen.framebuffer, replace(view, size_px=size_px), worlds)

    def codes_from_light(self, plan: FramePlan) -> Matrix:
        """How the light of a plan is graded."""
        return IDENTITY if plan.air.raw else signal_from_world(plan.grade, self._signal)

    def draw_codes(self, target: Target, signal_from_world: Matrix) -> None:
        """Covers `target` with the light that was drawn last, as sRGB codes."""
        assert self._seen is not None
        values = {"signal_from_world": column_major(signal_from_world)}
        self._passes[target.in_pairs].draw(target.framebuffer, values, {"picture": self._seen.texture})


def _preview_pass(context: moderngl.Context, *, in_pairs: bool) -> Pass:
    defines, uniforms = ("PAIRS",) if in_pairs else (), ("signal_from_world",)
    return Pass(context, "preview.frag", uniforms=uniforms, textures=("picture",), defines=defines)
