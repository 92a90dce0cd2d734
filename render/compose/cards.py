"""Light cards, flags and windows on one wall: what they do to its light, drawn only when they or their eye change."""

from __future__ import annotations

import math

import moderngl

from render.colour.grade import graded_from_world
from render.colour.matrices import apply, column_major
from render.gpu.context import Target, fill_black
from render.gpu.passes import Pass, Uniform
from render.plan.cards import MOST_CARDS, CardPlan
from render.plan.frame import GradePlan
from tracking.records import Vec3
from tracking.rotation import quat_from_pan_tilt_roll, quat_rotate

_UNIFORMS = ("card_eye", "card_from_stage", "card_extent", "card_edge", "card_gain", "card_light")
_SHARPEST_RAD = 1e-5
_ROOMS = (4, MOST_CARDS)
_NOTHING: Vec3 = (0.0, 0.0, 0.0)
_NO_EFFECT: tuple[Vec3, Vec3] = ((1.0, 1.0, 1.0), _NOTHING)


class _Effects:
    """What some cards do to each LED of a wall: a gain and a light."""

    def __init__(self, context: moderngl.Context, size_px: tuple[int, int], kind: str) -> None:
        self.gain = Target(context, size_px, kind)
        self.own = Target(context, size_px, kind)
        self.both = context.framebuffer(color_attachments=[self.gain.texture, self.own.texture])
        self.both.use()
        self.clear()

    def clear(self) -> None:
        """Makes them change nothing."""
        self.gain.framebuffer.use()
        self.gain.framebuffer.clear(1.0, 1.0, 1.0, 1.0)
        fill_black(self.own.framebuffer)


class CardPasses:
    """The shaders that draw cards, shared by all walls of a stage; a variant is compiled when it is first needed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._variants: dict[int, Pass] = {}
        self.none = _Effects(context, (1, 1), "f4")
        """What no cards do, in one pixel for any wall."""

    def effects(self, room: int) -> Pass:
        """What up to `room` cards do to any light: a gain and light of their own."""
        found = self._variants.get(room)
        if found is None:
            found = self._variants[room] = Pass(
                self._context,
                "cards_on_wall.frag",
                uniforms=_UNIFORMS,
                textures=("positions",),
                defines=(f"CARDS {room}",),
            )
        return found


class CardLayer:
    """The cards on one wall of `size_px` LEDs, whose `positions` are a texture of places and pitches."""

    def __init__(
        self,
        context: moderngl.Context,
        passes: CardPasses,
        positions: moderngl.Texture,
        size_px: tuple[int, int],
        kind: str,
    ) -> None:
        self._context = context
        self._passes = passes
        self._positions = positions
        self._size = size_px
        self._kind = kind
        self._behind = self._in_view = passes.none
        self._shown: tuple[CardPlan, ...] = ()
        self.draws = 0
        """How often the cards were drawn: the measure of what moving cards cost."""

    def update(self, cards: tuple[CardPlan, ...]) -> None:
        """Draws what the cards do, unless they are already drawn like that."""
        if cards == self._shown:
            return
        self._shown = cards
        if not cards:
            return
        if self._behind is self._passes.none:
            self._behind, self._in_view = (_Effects(self._context, self._size, self._kind) for _ in range(2))
        self._draw(self._behind, cards)
        self._draw(self._in_view, tuple(card for card in cards if card.in_view))
        self.draws += 1

    @property
    def shown(self) -> bool:
        """Whether there are any cards."""
        return bool(self._shown)

    @property
    def version(self) -> tuple[object, ...]:
        """Another one whenever they do something else."""
        return self._shown

    def textures(self) -> dict[str, moderngl.Texture]:
        """What the cards do behind the cameras' views and in them, as `common/shares.glsl` names it."""
        behind, in_view = (self._passes.none, self._passes.none) if not self._shown else (self._behind, self._in_view)
        return {
            "gain_behind": behind.gain.texture,
            "own_behind": behind.own.texture,
            "gain_in_view": in_view.gain.texture,
            "own_in_view": in_view.own.texture,
        }

    def _draw(self, effects: _Effects, cards: tuple[CardPlan, ...]) -> None:
        if not cards:
            effects.clear()
            return
        textures = {"positions": self._positions}
        self._passes.effects(room_for(cards)).draw(effects.both, card_uniforms(cards), textures)


def room_for(cards: tuple[CardPlan, ...]) -> int:
    """The number of cards of the smallest shader variant that holds these."""
    return next(room for room in _ROOMS if room >= len(cards))


def card_uniforms(cards: tuple[CardPlan, ...]) -> dict[str, Uniform]:
    """The uniforms of `common/cards.glsl` in its variant for these cards."""
    empty = room_for(cards) - len(cards)
    rows = [*cards, *([cards[-1]] * empty)]
    effects = [_gain_and_light(card) for card in cards] + [_NO_EFFECT] * empty
    return {
        "card_eye": [card.eye_m for card in rows],
        "card_from_stage": [_card_from_stage(card) for card in rows],
        "card_extent": [_extent(card) for card in rows],
        "card_edge": [
            (1.0 / max(math.radians(card.feather_deg), _SHARPEST_RAD), float(card.shape == "ellipse")) for card in rows
        ],
        "card_gain": [gain for gain, _ in effects],
        "card_light": [light for _, light in effects],
    }


def _extent(card: CardPlan) -> tuple[float, float, float, float]:
    """Half the card's width and height in radians, and one over them."""
    across = max(0.5 * math.radians(card.width_deg), _SHARPEST_RAD)
    upward = max(0.5 * math.radians(card.height_deg), _SHARPEST_RAD)
    return (across, upward, 1.0 / across, 1.0 / upward)


def _card_from_stage(card: CardPlan) -> tuple[float, ...]:
    turn = quat_from_pan_tilt_roll(card.azimuth_deg, card.elevation_deg, card.roll_deg)
    right, ahead, up = (quat_rotate(turn, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    return column_major((right, ahead, up))


def _gain_and_light(card: CardPlan) -> tuple[Vec3, Vec3]:
    """What the middle of a card does to the light under it: a factor, and light of its own."""
    rest = 1.0 - card.opacity
    if card.kind == "flag":
        return (rest, rest, rest), _NOTHING
    white = graded_from_world(GradePlan(exposure_stops=card.exposure_stops, temperature_k=card.temperature_k))
    red, green, blue = (a * b * card.opacity for a, b in zip(card.colour, apply(white, (1.0, 1.0, 1.0)), strict=True))
    if card.kind == "window":
        return (rest + red, rest + green, rest + blue), _NOTHING
    return (rest, rest, rest), (red, green, blue)
