"""A crowd on the GPU: the poses of its figure, where every figure goes, and pictures of it for those far away."""

from __future__ import annotations

from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.crowd import Figures, Gait, figures_of_each
from render.models.crowd_choice import ChosenFigures, FigureChoice
from render.models.gpu import GpuModel
from render.models.gpu_parts import FIGURE, GpuPart, given
from render.models.model import Floats, Model
from render.models.placing import RasterView, Transform, stage_from_model
from render.models.pose import Pose, Posing
from render.models.programs import WAY_BENDS_UNIT, Words
from render.worlds.model.crowd import CrowdPlan

POSES = 48
"""Of one cycle of the movement."""
CARD_WAYS, CARD_MOMENTS = 16, 8
CARD_PX = 64
"""How high the picture of a card is."""
_CELL_PX = (32, CARD_PX)
_ASIDE_PX = 1
"""Beside the figure on a card, of which smaller pictures of it take some."""
_WIDTH = 768
"""Texels of a row, three for a matrix; `shaders/models/bending.glsl` has the same number."""
_BENDS_WIDTH = 1024
"""Those of ways; `shaders/models/crowd.glsl` has the same number."""
NEAR = -1
"""In the place of a group: figures that were chosen one by one."""
CARDS = (-2, -3, -4, -5, -6, -7)
"""The same: groups that a view sees, one after the other. So many views have theirs kept."""
_ROW_BYTES = 4 * sum(FIGURE.values())
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
        self,
        context: moderngl.Context,
        model: GpuModel,
        crowd: CrowdPlan,
        movement: int | None = None,
        figures: Figures | None = None,
    ) -> None:
        posing, cycle_s = Posing(model.source), cycle_of(model.source, movement)
        self.model = model
        self.movement = movement
        self.plan = crowd
        self.figures: Figures = (
            figures_of_each(crowd, (gait_of(model, crowd, movement),))[0] if figures is None else figures
        )
        self.card_m = _size_of(model)
        self.posed, texels = _posed(model, [posing.at(movement, cycle_s * one / POSES) for one in range(POSES)])
        self.poses = _texture(context, texels, _WIDTH)
        self._way_bends = _texture(context, self.figures.bends, _BENDS_WIDTH) if len(self.figures.bends) else None
        self.ground: Words = ("UNEVEN",) if crowd.area_m is None else ()
        """What of a shader's variant is of the ground."""
        self._context = context
        rows = self.figures.rows
        self.rows = [context.buffer(rows[one.start : one.stop].tobytes()) for one in self.figures.groups]
        self.corners = context.buffer(np.array(_CORNERS, np.float32).tobytes())
        self.cards = context.texture((_CELL_PX[0] * CARD_WAYS, _CELL_PX[1] * CARD_MOMENTS), 4)
        self.cards.repeat_x = self.cards.repeat_y = False
        self._cards_depth = context.depth_renderbuffer(self.cards.size)
        self.cards_target = context.framebuffer([self.cards], self._cards_depth)
        """What the cards are drawn into, kept: one that is let go while it is bound leaves an error behind."""
        self.card_sides = context.texture((CARD_WAYS, CARD_MOMENTS), 2, dtype="f4")
        self.card_sides.filter = (moderngl.NEAREST, moderngl.NEAREST)
        """Of each card between which shares of its width the figure is, once `measure_cards` has found it."""
        self._choice = FigureChoice(self.figures, self.card_m[1])
        room = _ROW_BYTES * max(1, len(rows))
        self._chosen = {which: context.buffer(reserve=room, dynamic=True) for which in (NEAR, *CARDS)}
        self._cards: dict[frozenset[int], tuple[int, int]] = {}
        """Which of `CARDS` has these groups, and how many figures they are; the last one that was used at the end."""
        self._arrays: dict[tuple[int, int, int], moderngl.VertexArray] = {}

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        cards = 9 * self.cards.width * self.cards.height
        bends = 0 if self._way_bends is None else 8 * self._way_bends.width * self._way_bends.height
        rows = sum(one.size for one in (*self.rows, *self._chosen.values()))
        return rows + 16 * self.poses.width * self.poses.height + bends + cards

    def seen(self, view: RasterView, stage_from_crowd: Transform) -> list[int]:
        """The groups that a view may see at any time, the nearest first."""
        return [int(one) for one in self._choice.seen(view, stage_from_crowd)]

    def choose(
        self, moment: float, view: RasterView, stage_from_crowd: Transform, near_heights: float
    ) -> ChosenFigures:
        """Chooses what a view sees, and puts those near into `NEAR`.

        Near are figures that are less than so many times their height away.
        """
        chosen = self._choice.at(moment, view, stage_from_crowd, near_heights)
        if len(chosen.near):
            self._chosen[NEAR].orphan()
            self._chosen[NEAR].write(chosen.near.tobytes())
        return chosen

    def cards_of(self, groups: tuple[int, ...]) -> tuple[int, int]:
        """Where all figures of some groups are, of `CARDS`, and how many they are. They come in the order of who asks
        first: the nearest hide others before those are shaded.
        """
        key = frozenset(groups)
        found = self._cards.pop(key, None)
        if found is None:
            of_groups = (self.figures.groups[one] for one in groups)
            rows = np.concatenate([self.figures.rows[one.start : one.stop] for one in of_groups])
            is_room = len(self._cards) < len(CARDS)
            place = CARDS[len(self._cards)] if is_room else self._cards.pop(next(iter(self._cards)))[0]
            found = (place, len(rows))
            self._chosen[place].orphan()
            self._chosen[place].write(rows.tobytes())
        self._cards[key] = found
        return found

    def bounds(self, stage_from_crowd: Transform) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The corners of a box around all figures at all times."""
        groups = self.figures.groups
        middles = np.array([one.middle for one in groups]).reshape(-1, 3)
        middles = middles @ stage_from_crowd[:3, :3].T + stage_from_crowd[:3, 3]
        scale = float(np.linalg.norm(stage_from_crowd[:3, 2]))
        reach = scale * (np.array([[one.radius] for one in groups]).reshape(-1, 1) + 2.0 * self.card_m[1])
        return (middles - reach).min(axis=0, initial=0.0), (middles + reach).max(axis=0, initial=0.0)

    def measure_cards(self) -> None:
        """Finds how much of each card that was drawn shows the figure: nothing is spent on the rest."""
        codes = np.frombuffer(self.cards_target.read(components=4, alignment=1), np.uint8)
        alpha = codes.reshape(CARD_MOMENTS, _CELL_PX[1], CARD_WAYS, _CELL_PX[0], 4)[..., 3]
        shown = alpha.max(axis=1) > 0
        first, last = shown.argmax(axis=2), _CELL_PX[0] - shown[..., ::-1].argmax(axis=2)
        sides = np.stack([first - _ASIDE_PX, last + _ASIDE_PX], axis=2) / _CELL_PX[0]
        self.card_sides.write(np.clip(sides, 0.0, 1.0).astype(np.float32).tobytes())

    def bind_ways(self) -> None:
        """Makes the bends of its ways those that are looked up."""
        if self._way_bends is not None:
            self._way_bends.use(WAY_BENDS_UNIT)

    def count(self, group: int) -> int:
        """How many figures are in a group."""
        found = self.figures.groups[group]
        return found.stop - found.start

    def array(self, program: moderngl.Program, part: int, group: int) -> moderngl.VertexArray:
        """What draws the figures of a group or `NEAR`, of a part; made once for each."""
        key = (program.glo, part, group)
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = self.posed[part].part.crowd_array(program, self._rows_of(group))
        return found

    def flat_array(self, program: moderngl.Program, group: int) -> moderngl.VertexArray:
        """What draws a rectangle for each figure of a group, `NEAR` or one of `CARDS`: a card, or a disc below it."""
        key = (program.glo, -1, group)
        found = self._arrays.get(key)
        if found is None:
            content = [(self.corners, "2f", "corner"), *given(program, self._rows_of(group), FIGURE, "/i")]
            found = self._context.vertex_array(program, content, mode=moderngl.TRIANGLE_STRIP)
            self._arrays[key] = found
        return found

    def _rows_of(self, group: int) -> moderngl.Buffer:
        return self._chosen[group] if group in self._chosen else self.rows[group]

    def release(self) -> None:
        """Frees its graphics memory, and not that of its model."""
        for array in self._arrays.values():
            array.release()
        for buffer in (*self.rows, *self._chosen.values(), self.corners):
            buffer.release()
        for texture in (self.poses, self.cards, self.card_sides, self._way_bends):
            if texture is not None:
                texture.release()
        self.cards_target.release()
        self._cards_depth.release()


class PlacedCrowd(NamedTuple):
    """A crowd where its ground is on the stage, (4, 4), at a moment of its loop, 0 to 1."""

    crowd: GpuCrowd
    stage_from_crowd: Transform
    moment: float


def cycle_of(model: Model, movement: int | None) -> float:
    """How long one cycle of a movement takes."""
    return 1.0 if movement is None else max(model.movements[movement].duration_s, _LEAST_CYCLE_S)


def gait_of(model: GpuModel, crowd: CrowdPlan, movement: int | None, share: int = 1) -> Gait:
    """How figures of a model go in a crowd."""
    cycle_s = cycle_of(model.source, movement)
    return Gait(cycle_s, crowd.speed_m_s * cycle_s, share)


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


def _texture(context: moderngl.Context, texels: Floats, width: int) -> moderngl.Texture:
    height = max(1, -(-len(texels) // width))
    whole = np.zeros((height * width, texels.shape[1]), np.float32)
    whole[: len(texels)] = texels
    texture = context.texture((width, height), texels.shape[1], whole.tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture
