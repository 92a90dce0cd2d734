"""Times 200 textured boxes, drawn as a model and by a bare program, with every picture read back."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import moderngl
import numpy as np

from render.gpu.context import create_headless_context, prepare, renderer_name
from render.gpu.passes import linked_files
from render.models.drawing import ModelPass
from render.models.gpu import GpuModel
from render.models.light import ModelLight, even_light
from render.models.made import made_box, made_boxes
from render.models.placing import PlacedModel, RasterView, place_model, raster_view, stage_from_model
from render.models.pose import pose_at
from render.models.programs import MATERIAL_BINDING, SCENE_BINDING
from render.models.scene_block import SceneBlock
from render.views.edges import Tangents
from render.views.view import View
from stage.bench.against_bare import turns_ms
from tracking.records import Record

_BOXES = 200
_INNER_PX = (960, 540)
_WALL_PX = (640, 360)
_TURNS_DEG = (40.0, 0.0, -40.0)
_AMBIENT = (0.3, 0.35, 0.4)
_SUN = (3.0, 2.8, 2.5)
_TOWARDS = (0.4, -0.5, 0.768)


class ModelFigures(Record):
    """Median milliseconds of pictures drawn and read back, in turns, and the medians of ratios of the same turn.

    `inner`: 200 equal textured boxes in one picture of 960x540; `bare_inner` is one bare draw with the same shaders.
    `walls`: the same boxes in three pictures of 640x360 in the low tier; `bare_walls` are bare draws of a dull picture
    with one directional light and ambient light. `differing` are the same walls with 200 meshes, `python` what the
    loop's thread does for these before the driver has everything.
    """

    bare_inner_ms: float
    inner_ms: float
    inner_over_bare: float
    bare_walls_ms: float
    walls_ms: float
    walls_over_bare: float
    differing_ms: float
    differing_over_bare: float
    renderer: str


def measure_models(frames: int) -> ModelFigures:
    """Draws everything in turns from an eye that moves. Raises ConfigError without a driver."""
    context = create_headless_context()
    prepare(context)
    scene = _Scene(context)
    inner, walls = _targets(context, _INNER_PX, 1), _targets(context, _WALL_PX, 3)
    draws = {
        "bare_inner": scene.bare_same(inner),
        "inner": scene.model(inner, all_differ=False),
        "bare_walls": scene.bare_dull(walls),
        "walls": scene.model(walls, all_differ=False),
        "differing": scene.model(walls, all_differ=True),
    }
    turns = turns_ms(draws, frames, before=1)
    ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
    return ModelFigures(
        **ms,
        inner_over_bare=_over(turns["inner"], turns["bare_inner"]),
        walls_over_bare=_over(turns["walls"], turns["bare_walls"]),
        differing_over_bare=_over(turns["differing"], turns["bare_walls"]),
        renderer=renderer_name(context),
    )


Draw = Callable[[int], None]
Targets = list[moderngl.Framebuffer]


class _Scene:
    """The boxes, and what draws them."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._models = ModelPass(context)
        self._light = ModelLight(even_light(_AMBIENT), _TOWARDS, _SUN)
        self._boxes = {differ: _placed(context, all_differ=differ) for differ in (False, True)}
        rows = self._boxes[False].world_from_node[:, :3, :].reshape(-1, 12)
        self._rows = context.buffer(np.concatenate([rows, np.zeros((_BOXES, 4), np.float32)], axis=1).tobytes())
        box = made_box()
        assert box.uvs[0] is not None
        corners = np.concatenate([box.positions, box.normals, box.uvs[0]], axis=1)
        self._corners, self._triangles = context.buffer(corners.tobytes()), context.buffer(box.triangles.tobytes())

    def model(self, targets: Targets, *, all_differ: bool) -> Draw:
        def draw(frame: int) -> None:
            for target, view in zip(targets, _views(frame, targets), strict=True):
                self._models.draw(target, view, [self._boxes[all_differ]], self._light, "low")
            _read(targets)

        return draw

    def bare_same(self, targets: Targets) -> Draw:
        """One instanced draw with the shaders of models, whose buffers were filled before."""
        model = self._boxes[False].model
        program = linked_files(self._context, "models/model.vert", "models/model.frag", model.parts[0].variant)
        for name, binding in (("Scene", SCENE_BINDING), ("Material", MATERIAL_BINDING)):
            program[name].binding = binding  # type: ignore[union-attr]
        block, array = SceneBlock(self._context), self._array(program)

        def draw(frame: int) -> None:
            for target, view in zip(targets, _views(frame, targets), strict=True):
                block.write(view, self._light, [])
                block.use(SCENE_BINDING)
                model.bind(0)
                self._render(target, array)
            _read(targets)

        return draw

    def bare_dull(self, targets: Targets) -> Draw:
        """One instanced draw with the least of shaders."""
        program = linked_files(self._context, "bench/bare_boxes.vert", "bench/bare_boxes.frag")
        for name, value in (
            ("towards", _TOWARDS),
            ("sun", tuple(one / math.pi for one in _SUN)),
            ("ambient", _AMBIENT),
        ):
            program[name].value = value  # type: ignore[union-attr]
        array, textures = self._array(program), self._boxes[False].model.textures

        def draw(frame: int) -> None:
            for target, view in zip(targets, _views(frame, targets), strict=True):
                program["clip_from_world"].write(view.clip_from_world.T.astype(np.float32).tobytes())  # type: ignore[union-attr]
                textures.use(0)
                self._render(target, array)
            _read(targets)

        return draw

    def _array(self, program: moderngl.Program) -> moderngl.VertexArray:
        content = [
            (self._corners, "3f 3f 2f", "position", "normal", "uv_0"),
            (self._rows, "4f 4f 4f 4f/i", "row_0", "row_1", "row_2", "own"),
        ]
        return self._context.vertex_array(program, content, self._triangles, skip_errors=True)

    def _render(self, target: moderngl.Framebuffer, array: moderngl.VertexArray) -> None:
        target.use()
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._context.front_face = "cw"
        target.clear(depth=1.0)
        array.render(instances=_BOXES)
        self._context.front_face = "ccw"


def _placed(context: moderngl.Context, *, all_differ: bool) -> PlacedModel:
    model = made_boxes(_BOXES, all_differ=all_differ)
    return place_model(GpuModel(context, model), stage_from_model(), pose_at(model, None, 0.0).nodes)


def _targets(context: moderngl.Context, size: tuple[int, int], count: int) -> Targets:
    """Pictures of half floats, as those that layers are drawn into."""
    return [
        context.framebuffer(context.texture(size, 4, dtype="f2"), context.depth_renderbuffer(size))
        for _ in range(count)
    ]


def _views(frame: int, targets: Targets) -> list[RasterView]:
    eye = (0.3 * math.cos(0.05 * frame), 0.3 * math.sin(0.05 * frame), 1.6)
    turns = _TURNS_DEG if len(targets) > 1 else (0.0,)
    return [_view(eye, math.radians(turn), target.size) for turn, target in zip(turns, targets, strict=True)]


def _view(eye: tuple[float, float, float], turn: float, size_px: tuple[int, int]) -> RasterView:
    right, ahead = (math.cos(turn), math.sin(turn), 0.0), (-math.sin(turn), math.cos(turn), 0.0)
    edges = Tangents(left=-0.57, right=0.57, bottom=-0.32, top=0.32)
    return raster_view(View(eye_m=eye, right=right, ahead=ahead, up=(0.0, 0.0, 1.0), edges=edges, size_px=size_px))


def _read(targets: Targets) -> None:
    for target in targets:
        target.read(components=4, dtype="f2")


def _over(times_ms: list[float], bare_ms: list[float]) -> float:
    return statistics.median(took / bare for took, bare in zip(times_ms, bare_ms, strict=True))
