"""Pictures for whoever looks: drawn small while somebody watches, read back frames later, dropped without room.

Panel, thumbnails and everything else get them from here alone. Nothing is drawn twice in a frame, and nothing is waited
for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from calibration.cameras import OWN_LENS, Camera
from calibration.rasters.meshes import Mesh
from calibration.records import Calibration
from render.gpu.context import Target
from render.plan.frame import FramePlan, WallPlan
from render.readback.film_cameras import FilmCameras, frame_of, is_parked
from render.readback.film_walls import filmed_wall
from render.readback.ring import EXACT, PAIRS, ReadBack, Step
from render.readback.scaled import ScaledWalls, fitting
from render.renderer import Renderer
from stage.run.preview_pictures import BegunPicture, Looker, PicturePublisher
from stage.run.preview_records import LONGEST_NOTE, MOST_VIEWS, PARKED, CameraSight, PictureHeader, WantedPicture
from stage.show.show import Show
from stage.words.sentences import hold_line

FROZEN = "the output is frozen"
HALVES_NS = 125_000_000
"""What a picture took is believed half as much after so long without another of the same: only by drawing is it known
what it takes now, and a stage whose frames nearly fill their slots is to show some of each."""
_SMALL_PX = (32, 18)


class Previews:
    """Draws the picture that is due, and passes on those that have come."""

    def __init__(
        self,
        path: Path,
        renderer: Renderer,
        film: FilmCameras,
        lens_on: Callable[[str], str] = lambda _: OWN_LENS,
        looker: Looker | None = None,
    ) -> None:
        """The page comes to the socket at `path`; `looker` looks beside it. `lens_on` tells which lens is on a camera.

        Raises OSError where there can be no socket.
        """
        self._renderer = renderer
        self._film = film
        self._lens_on = lens_on
        self._publisher = PicturePublisher(path, looker=looker)
        self._ring: ReadBack[BegunPicture] = ReadBack(renderer.context, renderer.finishing)
        self._scaled = ScaledWalls(renderer.context)
        self._inner_under_way = False
        self.begun = self.passed_on = self.dropped = 0
        """How many pictures were begun, were passed on, and were due in frames without room."""

    def publish(self, plan: FramePlan, room_ns: int) -> None:
        """Passes on a picture that has come; draws one that is due and fits into the `room_ns` before the next slot."""
        come = self._ring.arrived()
        if come is not None:
            if self._inner_under_way and come.label.wanted.topic.startswith("camera/"):
                self._inner_under_way = False
            self._publisher.publish(come.label, come.write_to, come.drawn_ns)
            self.passed_on += 1
        for wanted in self._publisher.wants(has_passed_on=come is not None):
            if self._ring.has_room and self._serve(wanted, plan, room_ns):
                return

    def drawn_ns(self, topic: str, side_px: int) -> int:
        """How long a picture of a watched topic is drawn; 0 before the first."""
        return self._publisher.took_ns(WantedPicture(topic, side_px))

    def _serve(self, wanted: WantedPicture, plan: FramePlan, room_ns: int) -> bool:
        """Draws a picture of the plan, or says why there is none. Whether the frame has done its part with it."""
        kind, _, name = wanted.topic.partition("/")
        wall = next((wall for wall in plan.walls if wall.name == name), None)
        if kind == "wall" and wall is not None:
            return self._has_room(wanted, room_ns) and self._draw_wall(wanted, plan, wall)
        if kind == "wall" or name not in self._film:
            return False
        if is_parked(plan, name):
            self._publisher.begun(wanted, rests=False)
            self._publisher.publish(BegunPicture.of(wanted, _header(wanted, (0, 0), plan, PARKED)), _nothing)
            self.passed_on += 1
            return True
        if kind == "camera" and self._inner_under_way:
            return False
        draw = self._draw_film if kind == "film" else self._draw_inner
        return self._has_room(wanted, room_ns) and draw(wanted, plan, name)

    def _has_room(self, wanted: WantedPicture, room_ns: int) -> bool:
        """Whether the frame has room for a picture that takes as long as the last ones of its kind.

        Where a frame has taken more than its slot, none is saved by leaving a picture out: then rests bound what
        pictures take, to an eighth of the time.
        """
        needs_ns = self._publisher.took_ns(wanted) * 0.5 ** (self._publisher.rested_ns(wanted) / HALVES_NS)
        if 0 < room_ns < needs_ns:
            self.dropped += 1
            return False
        self._publisher.begun(wanted, rests=room_ns <= 0)
        self.begun += 1
        return True

    def warm_up(self, plan: FramePlan) -> None:
        """Has the driver build what the pictures of walls and cameras need: it takes many slots."""
        for form in (EXACT, PAIRS):
            self._warm_up(plan, form.target(self._renderer.context, _SMALL_PX))
        self._renderer.finish()

    def _warm_up(self, plan: FramePlan, target: Target) -> None:
        for wall in plan.walls:
            sent = self._renderer.wall_texture(wall.name)
            signal = None if plan.air.raw else self._renderer.walls[wall.name].signal
            self._scaled.draw(target, sent, signal, (1.0, 1.0))
        for camera in self._film.names:
            lens, texture_of = self._lens_on(camera), self._renderer.wall_texture
            for dense in () if is_parked(plan, camera) else (False, True):
                self._film.draw(target, plan, camera, lens, texture_of, dense=dense)

    def _draw_wall(self, wanted: WantedPicture, plan: FramePlan, wall: WallPlan) -> bool:
        configured = self._renderer.walls[wall.name]
        columns, rows = configured.resolution_px
        size = fitting(configured.resolution_px, wanted.side_px)
        hold = hold_of(plan, wall)
        header = _header(wanted, size, plan, f"held: {hold}" if hold else "", sights_of(plan, wall))
        signal = None if plan.air.raw else configured.signal
        with self._drawing(wanted, header) as target:
            sent = self._renderer.wall_texture(wall.name)
            self._scaled.draw(target, sent, signal, (columns / size[0], rows / size[1]))
        return True

    def _draw_film(self, wanted: WantedPicture, plan: FramePlan, camera: str) -> bool:
        size = self._film.size_px(camera, wanted.side_px)
        with self._drawing(wanted, _header(wanted, size, plan, holds_of(plan))) as target:
            self._film.draw(target, plan, camera, self._lens_on(camera), self._renderer.wall_texture)
        return True

    def _draw_inner(self, wanted: WantedPicture, plan: FramePlan, camera: str) -> bool:
        """The light of the view first; its codes once that is drawn."""
        index = next(index for index, inner in enumerate(plan.inners) if inner.camera == camera)
        size = fitting(plan.inners[index].size_px, wanted.side_px)
        matrix = self._renderer.inner_codes_from_light()
        codes = partial(self._renderer.preview.draw_codes, signal_from_world=matrix)
        with self._drawing(wanted, _header(wanted, size, plan, holds_of(plan)), codes):
            self._renderer.draw_inner_light(index, size)
        self._inner_under_way = True
        return True

    def _drawing(
        self, wanted: WantedPicture, header: PictureHeader, then: Step | None = None
    ) -> AbstractContextManager[Target]:
        size, timed = (header.width, header.height), self._publisher.is_timed(wanted)
        form = EXACT if wanted.exact else PAIRS
        return self._ring.drawing(size, BegunPicture.of(wanted, header), then, form=form, timed=timed)

    def close(self) -> None:
        """Leaves whoever looks."""
        self._publisher.close()


def _header(
    wanted: WantedPicture, size: tuple[int, int], plan: FramePlan, note: str, sights: tuple[CameraSight, ...] = ()
) -> PictureHeader:
    width, height = size
    return PictureHeader(
        width=width,
        height=height,
        frame=plan.frame,
        side_px=wanted.side_px,
        sights=sights,
        note=note[:LONGEST_NOTE],
        exact=wanted.exact,
    )


def _nothing(_memory: memoryview) -> None:
    """Of what has no pixels."""


def film_cameras(
    renderer: Renderer, cameras: Sequence[Camera], calibration: Calibration, meshes: Mapping[str, Mesh]
) -> FilmCameras:
    """The film cameras before a renderer's walls. `meshes` are those of mesh walls, by name."""
    surfaces = {surface.name: surface for surface in calibration.surfaces}
    filmed = [
        filmed_wall(renderer.context, wall, surfaces[name], meshes.get(name)) for name, wall in renderer.walls.items()
    ]
    return FilmCameras(renderer.context, filmed, cameras, calibration.lenses, calibration.lens_files)


def lenses_on(show: Show) -> Callable[[str], str]:
    """Tells which lens is on a camera of a show, as `/camera/{name}/lens` calls it."""
    return lambda camera: show.state.cameras[camera].lens.lens


def sights_of(plan: FramePlan, wall: WallPlan) -> tuple[CameraSight, ...]:
    """The cameras that the wall's picture was drawn for, and from where."""
    return tuple(
        CameraSight(
            camera=inner.camera,
            eye_m=inner.eye_m,
            right=inner.right,
            ahead=inner.ahead,
            up=inner.up,
            frame=frame_of(inner),
        )
        for inner in (plan.inners[index] for index in wall.inners[:MOST_VIEWS])
    )


def hold_of(plan: FramePlan, wall: WallPlan) -> str:
    """Why the wall's picture stands still: the wall is held, or the output is frozen (light of an earlier frame)."""
    return hold_line(wall.holds) or (FROZEN if wall.light_ns < plan.present_ns else "")


def holds_of(plan: FramePlan) -> str:
    """Why what a camera sees stands still, wholly or in part, or ""."""
    held = {wall.name: hold for wall in plan.walls if (hold := hold_of(plan, wall))}
    if len(held) == len(plan.walls) and len(set(held.values())) == 1:
        return f"held: {next(iter(held.values()))}"
    return "; ".join(f"wall {name} held: {hold}" for name, hold in held.items())
