"""A crowd on the GPU: the poses of its figure, where every figure goes, and pictures of it for those far away."""

from __future__ import annotations

from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.crowd import Figures, figures_of
from render.models.gpu import GpuModel
from render.models.gpu_parts import GpuPart
from render.models.model import Floats
from render.models.placing import RasterView, Transform, stage_from_model
from render.models.pose import Pose, Posing
from render.worlds.model.crowd import CrowdPlan

POSES = 48
"""Of one cycle of the movement."""
CARD_WAYS, CARD_MOMENTS = 16, 8
_CELL_PX = (32, 64)
_WIDTH = 768
"""Texels of a row, three for a matrix; `shaders/models/bending.glsl` has the same number."""
_CARD_HEIGHTS = 8.0
"""A group of figures whose nearest could be so many times its height away is drawn as cards."""
_LEAST_CYCLE_S = 0.1
_CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
NOBODY = (0.32, 0.28, 0.26, 0.0)
"""Around the figures of cards: what a little of may be mixed with their edges."""


class Posed(NamedTuple):
    """A part at one of its nodes: where its bones begin in the texture of poses, and how many there are in each."""

    part: GpuPart
    first: int
    bones: int


class GpuCrowd:
    """A crowd of one model. `figures` says where they go; `card_m` is how wide and high one is.

    `movement` is the place of the one that they do among the model's, None for none.
    """

    def __init__(
        self, context: moderngl.Context, model: GpuModel, crowd: CrowdPlan, movement: int | None = None
    ) -> None:
        posing = Posing(model.source)
        cycle_s = 1.0 if movement is None else max(model.source.movements[movement].duration_s, _LEAST_CYCLE_S)
        self.model = model
        self.movement = movement
        self.plan = crowd
        self.figures: Figures = figures_of(crowd, cycle_s, crowd.speed_m_s * cycle_s)
        self.card_m = _size_of(model)
        self.posed, texels = _posed(model, [posing.at(movement, cycle_s * one / POSES) for one in range(POSES)])
        self.poses = _texture(context, texels)
        self._context = context
        rows = self.figures.rows
        self.rows = [context.buffer(rows[one.start : one.stop].tobytes()) for one in self.figures.groups]
        self.corners = context.buffer(np.array(_CORNERS, np.float32).tobytes())
        self.cards = context.texture((_CELL_PX[0] * CARD_WAYS, _CELL_PX[1] * CARD_MOMENTS), 4)
        self.cards.repeat_x = self.cards.repeat_y = False
        self._cards_depth = context.depth_renderbuffer(self.cards.size)
        self.cards_target = context.framebuffer([self.cards], self._cards_depth)
        """What the cards are drawn into, kept: one that is let go while it is bound leaves an error behind."""
        self._middles = np.array([(*one.middle, 0.0) for one in self.figures.groups]).reshape(-1, 3)
        self._radii = np.array([one.radius for one in self.figures.groups])
        self._arrays: dict[tuple[int, int, int], moderngl.VertexArray] = {}

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        cards = 9 * self.cards.width * self.cards.height
        return sum(one.size for one in self.rows) + 16 * self.poses.width * self.poses.height + cards

    def seen(self, view: RasterView, stage_from_crowd: Transform) -> tuple[list[int], list[int]]:
        """The groups that a view may see: those that are drawn as they are, and those of cards."""
        if not len(self._radii):
            return [], []
        scale = float(np.linalg.norm(stage_from_crowd[:3, 2]))
        height = scale * self.card_m[1]
        middles = self._middles @ stage_from_crowd[:3, :3].T + stage_from_crowd[:3, 3]
        middles[:, 2] += 0.5 * height
        radii = scale * self._radii + height
        clip = view.clip_from_world
        planes = np.stack([clip[3] + clip[0], clip[3] - clip[0], clip[3] + clip[1], clip[3] - clip[1]])
        off = middles @ planes[:, :3].T + planes[:, 3]
        in_view = (off > -radii[:, None] * np.linalg.norm(planes[:, :3], axis=1)).all(axis=1)
        away = np.linalg.norm(middles - np.array(view.eye_m), axis=1) - radii
        order = np.argsort(away, kind="stable")
        is_near = away < _CARD_HEIGHTS * height
        near = [int(one) for one in order if in_view[one] and is_near[one]]
        return near, [int(one) for one in order if in_view[one] and not is_near[one]]

    def bounds(self, stage_from_crowd: Transform) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The corners of a box around all figures at all times."""
        middles = self._middles @ stage_from_crowd[:3, :3].T + stage_from_crowd[:3, 3]
        scale = float(np.linalg.norm(stage_from_crowd[:3, 2]))
        reach = (scale * (self._radii + 2.0 * self.card_m[1]))[:, None]
        return (middles - reach).min(axis=0, initial=0.0), (middles + reach).max(axis=0, initial=0.0)

    def count(self, group: int) -> int:
        """How many figures are in a group."""
        found = self.figures.groups[group]
        return found.stop - found.start

    def array(self, program: moderngl.Program, part: int, group: int) -> moderngl.VertexArray:
        """What draws the figures of a group, of a part; made once for each."""
        key = (program.glo, part, group)
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = self.posed[part].part.crowd_array(program, self.rows[group])
        return found

    def flat_array(self, program: moderngl.Program, group: int) -> moderngl.VertexArray:
        """What draws a rectangle for each figure of a group: a card, or a disc below it."""
        key = (program.glo, -1, group)
        found = self._arrays.get(key)
        if found is None:
            content = [(self.corners, "2f", "corner"), (self.rows[group], "4f 4f 4f/i", "way", "gait", "look")]
            found = self._context.vertex_array(program, content, mode=moderngl.TRIANGLE_STRIP)
            self._arrays[key] = found
        return found

    def release(self) -> None:
        """Frees its graphics memory, and not that of its model."""
        for array in self._arrays.values():
            array.release()
        for buffer in (*self.rows, self.corners):
            buffer.release()
        for texture in (self.poses, self.cards):
            texture.release()
        self.cards_target.release()
        self._cards_depth.release()


class PlacedCrowd(NamedTuple):
    """A crowd where its ground is on the stage, (4, 4), at a moment of its loop, 0 to 1."""

    crowd: GpuCrowd
    stage_from_crowd: Transform
    moment: float


def card_views() -> list[tuple[tuple[int, int, int, int], Transform, float]]:
    """Of each picture of a card where it is drawn, how the figure is turned there, and the moment of its cycle."""
    found = []
    for row in range(CARD_MOMENTS):
        for column in range(CARD_WAYS):
            turned = np.eye(4)
            angle = 2.0 * np.pi * column / CARD_WAYS
            turned[:2, :2] = ((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle)))
            place = (_CELL_PX[0] * column, _CELL_PX[1] * row, *_CELL_PX)
            found.append((place, turned, (row + 0.5) / CARD_MOMENTS))
    return found


def card_view(card_m: tuple[float, float]) -> RasterView:
    """One figure seen straight on, along +Y, its feet at the bottom of clip space."""
    clip = np.eye(4)
    clip[0, 0] = 2.0 / card_m[0]
    clip[1] = (0.0, 0.0, 2.0 / card_m[1], -1.0)
    clip[2] = (0.0, 0.02, 0.0, 0.0)
    return RasterView(clip, (0.0, 0.0, 0.0))


def _size_of(model: GpuModel) -> tuple[float, float]:
    source = model.source
    wide = max(abs(one) for corner in (source.low_m, source.high_m) for one in (corner[0], corner[2]))
    return 2.0 * max(wide, 1e-3), max(source.high_m[1], 1e-3)


def _posed(model: GpuModel, poses: list[Pose]) -> tuple[tuple[Posed, ...], Floats]:
    """Every part at each of its nodes, and the texels of its bones pose by pose: three rows of stage from mesh each."""
    axes = stage_from_model()
    found: list[Posed] = []
    rows: list[NDArray[np.float32]] = []
    first = 0
    for part in model.parts:
        for node, skin in dict.fromkeys(zip(part.nodes.tolist(), part.skins, strict=True)):
            is_bent = part.part.joints is not None and skin >= 0
            bones = np.stack([pose.skins[skin] if is_bent else pose.nodes[node][None] for pose in poses])
            texels = np.asarray(axes @ bones.astype(np.float64), np.float32)[:, :, :3, :].reshape(-1, 4)
            found.append(Posed(part, first, bones.shape[1]))
            rows.append(texels)
            first += len(texels)
    return tuple(found), np.concatenate(rows) if rows else np.zeros((1, 4), np.float32)


def _texture(context: moderngl.Context, texels: Floats) -> moderngl.Texture:
    height = max(1, -(-len(texels) // _WIDTH))
    whole = np.zeros((height * _WIDTH, 4), np.float32)
    whole[: len(texels)] = texels
    texture = context.texture((_WIDTH, height), 4, whole.tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture
