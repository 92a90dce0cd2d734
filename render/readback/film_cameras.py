"""The film pictures of a stage's cameras as a plan has them: from where each wall was drawn, through the lens there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import moderngl

from calibration.cameras import OWN_LENS, Camera
from calibration.lens_records import Lens
from render.film.lens import FilmLens
from render.gpu.context import Target
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from render.readback.film import FilmDrawing
from render.readback.film_optics import FilmOptics, Frame
from render.readback.film_walls import FilmedWall, WallSight
from render.readback.scaled import fitting

_LENSES_KEPT = 16


class FilmCameras:
    """Draws what each camera sees of the walls.

    `lenses` are those of cameras with a lens file, by camera, and `lens_files` those that cameras change between.
    """

    def __init__(
        self,
        context: moderngl.Context,
        walls: Sequence[FilmedWall],
        cameras: Sequence[Camera],
        lenses: Mapping[str, Lens],
        lens_files: Mapping[str, Lens],
    ) -> None:
        self._drawing = FilmDrawing(context, walls)
        self._cameras = {camera.name: camera for camera in cameras}
        self._optics = {(one.name, OWN_LENS): FilmOptics(one, lenses.get(one.name)) for one in cameras}
        for one in cameras:
            for lens in one.lenses:
                self._optics[one.name, lens] = FilmOptics(one.fitted(lens), lens_files.get(lens))
        self._lens = lru_cache(maxsize=_LENSES_KEPT)(self._lens_seeing)

    @property
    def names(self) -> tuple[str, ...]:
        """The cameras."""
        return tuple(self._cameras)

    def __contains__(self, camera: str) -> bool:
        return camera in self._cameras

    def size_px(self, camera: str, longest_px: int) -> tuple[int, int]:
        """The (width, height) of a camera's picture whose sides are at most so long."""
        return fitting(self._cameras[camera].resolution_px, longest_px)

    def draw(
        self,
        target: Target,
        plan: FramePlan,
        camera: str,
        lens: str,
        texture_of: Callable[[str], moderngl.Texture],
        *,
        dense: bool = False,
    ) -> None:
        """Covers `target` with the film picture of the plan that was drawn.

        `lens` is the lens that is on the camera, as `/camera/{name}/lens` calls it. `texture_of` gives what is sent to
        a wall. `dense` is that of `FilmDrawing`.
        """
        seen = seen_walls(plan, camera)
        sights = [
            WallSight(wall, self._lens(camera, lens, frame_of(one)), one.eye_m, one.right, one.ahead, one.up)
            for wall, one in seen.items()
        ]
        self._drawing.draw(target, sights, {wall: texture_of(wall) for wall in seen}, raw=plan.air.raw, dense=dense)

    def _lens_seeing(self, camera: str, lens: str, frame: Frame) -> FilmLens:
        optics = self._optics.get((camera, lens)) or self._optics[camera, OWN_LENS]
        return optics.lens_seeing(frame)


def frame_of(inner: InnerPlan) -> Frame:
    """What the lens of an inner view sees: left, right, bottom and top as tangents."""
    frame = inner.frame
    return (frame.left, frame.right, frame.bottom, frame.top)


def seen_walls(plan: FramePlan, camera: str) -> dict[str, InnerPlan]:
    """The camera's view that each wall was drawn for; a held wall that never was drawn for it is left out."""
    views = {wall.name: [plan.inners[index] for index in wall.inners] for wall in plan.walls}
    found = {name: next((one for one in inners if one.camera == camera), None) for name, inners in views.items()}
    return {name: inner for name, inner in found.items() if inner is not None}


def is_parked(plan: FramePlan, camera: str) -> bool:
    """Whether a camera has no place in the picture: no wall that moves was drawn for it, or none at all."""
    moving = [wall for wall in plan.walls if not wall.holds]
    return not any(plan.inners[index].camera == camera for wall in moving or plan.walls for index in wall.inners)
