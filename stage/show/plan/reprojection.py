"""Reprojection: inner pictures are drawn every few frames, or in tiles, and looked into from the newest eye.

The fold decides what is drawn when, and the plan names it. A picture is drawn wider than its view by what the camera is
expected to turn while it lasts, and at once where it no longer covers the view.
"""

from __future__ import annotations

import math
from typing import get_args

import msgspec

from calibration.cameras import LatePose
from render.plan.frustum import LARGEST_PX, SIZE_STEP_PX
from render.plan.inner import InnerPicturePlan, InnerPlan, PicturePartPlan
from render.views.edges import WIDEST_RAD, Tangents, all_sides, widen
from render.worlds.on_air import AirPlan
from stage.show.plan.tile_governor import TileGovernor
from tracking.records import Notebook, Vec3

MODES: tuple[str, ...] = get_args(LatePose)
LEAST_GROWTH_DEG = 0.3
MOST_GROWTH_DEG = 20.0
GROWTH_FACTOR = 1.2
TURN_FADE = 0.9
FIRST_TURN_RAD = math.radians(0.3)
"""Until a camera's own is known: a slow pan."""

Axes = tuple[Vec3, Vec3, Vec3]


class PictureMemory(Notebook):
    """What was drawn for one camera and wall latency.

    `frame`, `axes` and `eye_m` belong to the last planned frame; `turn_rad` and `moved_m` are how far the camera turned
    and moved in a frame lately, fading. `shown` is the picture looked into, `coming` the next one, of which `part`
    parts are drawn, `held` the view of `held_frame` that stands still for comparison.
    """

    frame: int
    axes: Axes
    eye_m: Vec3
    turn_rad: float = FIRST_TURN_RAD
    moved_m: float = 0.0
    shown: InnerPicturePlan | None = None
    coming: InnerPicturePlan | None = None
    part: int = 0
    held: InnerPlan | None = None
    held_frame: int = 0


class ReprojectionState(Notebook):
    """Every camera's pictures by camera and wall latency, and the governor of their tiles."""

    pictures: dict[str, PictureMemory] = msgspec.field(default_factory=dict)
    governor: TileGovernor = msgspec.field(default_factory=TileGovernor)


def reprojected(
    state: ReprojectionState, inner: InnerPlan, air: AirPlan, mode: str, *, frame: int, offset_ns: int
) -> InnerPlan:
    """The inner view with the picture it looks into in this frame, as `mode` (one of `MODES`) says.

    `offset_ns` is the time from the frame's presentation to the view's light. It distinguishes walls by latency.
    """
    kind, count = _schedule(mode, state.governor)
    if kind == "off":
        return inner
    key = f"{inner.camera}@{offset_ns}"
    memory = state.pictures.get(key)
    if memory is None or frame < memory.frame:
        memory = PictureMemory(frame=frame, axes=_axes(inner), eye_m=inner.eye_m)
        state.pictures[key] = memory
    _note_motion(memory, inner, frame)
    if kind == "held":
        return _held(memory, inner, count, frame)
    if kind == "tiles":
        return _in_parts(memory, inner, count, frame, air)
    return _every_few(memory, inner, count, frame, air)


def forget_unused(state: ReprojectionState, frame: int) -> None:
    """Drops the pictures of cameras and walls that were not planned in this frame."""
    for key in [key for key, memory in state.pictures.items() if memory.frame != frame]:
        del state.pictures[key]


def covers(picture: InnerPicturePlan, inner: InnerPlan) -> bool:
    """Whether the whole view, feather included, finds its light in the picture."""
    view, feather, drawn = inner.view, inner.feather, picture.drawn
    for x in (view.left - feather, view.right + feather):
        for y in (view.bottom - feather, view.top + feather):
            seen = _seen_from(picture, inner, x, y)
            depth = _dot(seen, picture.ahead)
            across, upward = _dot(seen, picture.right), _dot(seen, picture.up)
            if not (
                depth > 0.0
                and drawn.left * depth <= across <= drawn.right * depth
                and drawn.bottom * depth <= upward <= drawn.top * depth
            ):
                return False
    return True


def in_force(mode: str, governor: TileGovernor) -> str:
    """The mode that applies now: for `auto`, what the tile governor decided."""
    if mode != "auto":
        return mode
    return f"tiles_{governor.tiles}" if governor.tiles > 1 else "off"


def _schedule(mode: str, governor: TileGovernor) -> tuple[str, int]:
    """The kind of reprojection and its number of frames or parts; 1 part means none."""
    mode = in_force(mode, governor)
    kind, _, count = mode.rpartition("_")
    return ("off", 1) if mode == "off" else (kind or "every", int(count))


def _every_few(memory: PictureMemory, inner: InnerPlan, count: int, frame: int, air: AirPlan) -> InnerPlan:
    memory.coming = None
    shown = _usable(memory.shown, inner, air)
    if shown is None or frame - shown.frame >= count:
        pictures = (_picture(memory, inner, frames, frame, air) for frames in range(count - 1, 0, -1))
        shown = next((picture for picture in pictures if picture is not None), None)
    memory.shown = shown
    return msgspec.structs.replace(inner, picture=shown)


def _in_parts(memory: PictureMemory, inner: InnerPlan, count: int, frame: int, air: AirPlan) -> InnerPlan:
    """Draws a part of the next picture each frame; with its last part it replaces the shown one.

    Until one is whole, and after one that did not last, the view is drawn directly beside the parts.
    """
    shown, coming = _usable(memory.shown, inner, air), memory.coming
    if coming is not None:
        memory.part += 1
        if memory.part >= count - 1:
            shown, coming = _usable(coming, inner, air) or shown, None
    else:
        coming, memory.part = _picture(memory, inner, 2 * count - 2, frame, air), 0
    memory.shown, memory.coming = shown, coming
    part = None if coming is None else PicturePartPlan(picture=coming, part=memory.part, parts=count)
    return msgspec.structs.replace(inner, picture=shown, coming=part)


def _held(memory: PictureMemory, inner: InnerPlan, count: int, frame: int) -> InnerPlan:
    """The whole view stands still between drawings: what a slow world does to a wall without reprojection."""
    held = memory.held
    if held is None or frame >= memory.held_frame + count:
        held, memory.held_frame = inner, frame
    memory.held = held
    return msgspec.structs.replace(held, light_ns=inner.light_ns)


def _usable(picture: InnerPicturePlan | None, inner: InnerPlan, air: AirPlan) -> InnerPicturePlan | None:
    """The picture, if it shows this world and all of the view."""
    if picture is None:
        return None
    return picture if air.shows_same_as(picture.air) and covers(picture, inner) else None


def _picture(memory: PictureMemory, inner: InnerPlan, frames: int, frame: int, air: AirPlan) -> InnerPicturePlan | None:
    """A picture from where the camera is now, wide enough for what it is expected to turn in so many frames.

    None where the camera turns too fast for that: drawing the view in each of these frames takes fewer pixels.
    """
    expected_rad = memory.turn_rad * frames + memory.moved_m * frames / air.nearest_m(inner.eye_m)
    growth_deg = LEAST_GROWTH_DEG + GROWTH_FACTOR * math.degrees(expected_rad)
    drawn = widen(inner.drawn, all_sides(growth_deg))
    size = _size_px(inner, drawn)
    dearer = size[0] * size[1] > (frames + 1) * inner.size_px[0] * inner.size_px[1]
    if dearer or growth_deg > MOST_GROWTH_DEG or _widest(inner.drawn) + math.radians(growth_deg) > WIDEST_RAD:
        return None
    return InnerPicturePlan(
        frame=frame,
        air=air,
        eye_m=inner.eye_m,
        right=inner.right,
        ahead=inner.ahead,
        up=inner.up,
        drawn=drawn,
        size_px=size,
    )


def _size_px(inner: InnerPlan, drawn: Tangents) -> tuple[int, int]:
    """As many pixels a tangent as the view itself would have."""
    before = inner.drawn
    wider = (drawn.right - drawn.left) / (before.right - before.left)
    higher = (drawn.top - drawn.bottom) / (before.top - before.bottom)
    return (_stepped(inner.size_px[0] * wider), _stepped(inner.size_px[1] * higher))


def _widest(edges: Tangents) -> float:
    """The angle of the edge that is farthest from the axis."""
    return math.atan(max(-edges.left, edges.right, -edges.bottom, edges.top))


def _stepped(pixels: float) -> int:
    return math.ceil(min(pixels, float(LARGEST_PX)) / SIZE_STEP_PX) * SIZE_STEP_PX


def _note_motion(memory: PictureMemory, inner: InnerPlan, frame: int) -> None:
    """Notes how far the camera turned and moved. The squared shifts of the axes' tips add up to 8 sin^2(turn / 2)."""
    axes, frames = _axes(inner), max(frame - memory.frame, 1)
    tips = 0.0
    for before, now in zip(memory.axes, axes, strict=True):
        tips += _squared_distance(before, now)
    turn = 2.0 * math.asin(min(math.sqrt(tips / 8.0), 1.0)) / frames
    moved = math.sqrt(_squared_distance(memory.eye_m, inner.eye_m)) / frames
    memory.turn_rad = max(turn, memory.turn_rad * TURN_FADE)
    memory.moved_m = max(moved, memory.moved_m * TURN_FADE)
    memory.frame, memory.axes, memory.eye_m = frame, axes, inner.eye_m


def _axes(inner: InnerPlan) -> Axes:
    return (inner.right, inner.ahead, inner.up)


def _seen_from(picture: InnerPicturePlan, inner: InnerPlan, x: float, y: float) -> Vec3:
    """Where the ray through these tangents of the view leads, seen from the picture's eye."""
    right, ahead, up, eye = inner.right, inner.ahead, inner.up, inner.eye_m
    ray = (
        ahead[0] + x * right[0] + y * up[0],
        ahead[1] + x * right[1] + y * up[1],
        ahead[2] + x * right[2] + y * up[2],
    )
    reach = picture.air.reach(eye, ray)
    if math.isinf(reach):
        return ray
    before = picture.eye_m
    return (
        eye[0] - before[0] + reach * ray[0],
        eye[1] - before[1] + reach * ray[1],
        eye[2] - before[2] + reach * ray[2],
    )


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _squared_distance(a: Vec3, b: Vec3) -> float:
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return x * x + y * y + z * z
