"""Warm-up: plans that use every on-wall tool, drawn before a show so that no driver builds a shader during it. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import msgspec

from render.plan.cards import MOST_CARDS, CardPlan
from render.plan.frame import FramePlan, OuterPlan, WallPlan
from render.plan.inner import InnerPicturePlan, InnerPlan
from render.plan.key import KeyPlan
from render.views.edges import Tangents
from render.worlds.kinds import LightPlan
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import FollowPlan
from render.worlds.weather.record import WeatherPlan

_CARD = CardPlan(
    name="warm-up",
    eye_m=(0.0, 0.0, 0.0),
    kind="flag",
    shape="rectangle",
    azimuth_deg=0.0,
    elevation_deg=0.0,
    roll_deg=0.0,
    width_deg=1.0,
    height_deg=1.0,
    feather_deg=0.0,
    red=1.0,
    green=1.0,
    blue=1.0,
    exposure_stops=0.0,
    temperature_k=6500.0,
    opacity=1.0,
    in_view=True,
)
_KEY = KeyPlan(
    region="view",
    light=(0.0, 0.0, 0.0),
    markers="off",
    marker_light=(0.0, 0.0, 0.0),
    marker_eye_m=(0.0, 0.0, 0.0),
    spacing_rad=1.0,
    size_rad=0.1,
)
_SLIVER = Tangents(left=-1e-6, right=1e-6, bottom=-1e-6, top=1e-6)
_DEEP_M = -1e4
_FACE_PX = 32
_CAMERA = InnerPlan(
    camera="warm-up",
    light_ns=0,
    eye_m=(0.0, 0.0, _DEEP_M),
    right=(1.0, 0.0, 0.0),
    ahead=(0.0, 0.0, 1.0),
    up=(0.0, -1.0, 0.0),
    frame=_SLIVER,
    view=_SLIVER,
    feather=2.0,
    drawn=Tangents(left=-2.0, right=2.0, bottom=-2.0, top=2.0),
    size_px=(64, 64),
)
"""A camera far below the stage that has every LED in its feather: no part of any wall is its own or the outer eye's."""

_ALONE = msgspec.structs.replace(_CAMERA, view=_CAMERA.drawn, feather=0.1)
"""One that has every LED for itself: what is looked up in pictures is then looked for in its own alone."""
_NOTHING = PanoramaPlan()
_PLACES = (
    LayerPlan(light=_NOTHING),
    LayerPlan(light=_NOTHING, tilt_deg=1.0),
    LayerPlan(light=_NOTHING, horizon=0.4),
    LayerPlan(light=_NOTHING, radius_m=10.0),
    LayerPlan(light=_NOTHING, span_deg=90.0),
    LayerPlan(light=_NOTHING, span_deg=90.0, radius_m=10.0),
    LayerPlan(light=_NOTHING, seam_deg=10.0),
    LayerPlan(light=_NOTHING, projection="cylinder", radius_m=10.0),
    LayerPlan(light=_NOTHING, projection="flat", anchor_m=(0.0, 0.0, 0.0)),
    LayerPlan(light=_NOTHING, projection="flat", anchor_m=(0.0, 0.0, 0.0), width_deg=170.0),
)
"""Where values can place a layer, as far as that needs shaders: far, placed, bent, near, a part, seamed, shaped,
flat with edges and without."""
_WIDE = LayerPlan(light=_NOTHING, span_deg=340.0)
_PLACES_FOR_ALL = (
    _PLACES[0],
    _PLACES[6],
    _PLACES[4],
    _WIDE,
    msgspec.structs.replace(_WIDE, radius_m=10.0),
    *_PLACES[7:],
)
"""A whole sphere that is only turned, and placed, a part of one, its inside far and near, and shaped and flat ones: the
forms for all.
"""
_NEAR = Surface(radius_m=10.0)
_FLAT = Surface(is_flat=True)
"""What is never flat, as sets of films, has one form wherever it is placed."""


_FOLLOWING = AirPlan(world=WorldPlan(key="w", layers=(LayerPlan(light=_NOTHING, following=FollowPlan()),)))
"""A panorama that is only turned and follows the hour."""
_WEATHERS = (WeatherPlan(rain=1.0), WeatherPlan(snow=1.0), WeatherPlan(dust=1.0), WeatherPlan(rain=1.0, snow=1.0))
"""One thing at a time, or several: a shader each."""


def warm_up_layers(configured: Iterable[LightPlan]) -> tuple[LayerPlan, ...]:
    """One layer for each shader that layers can need: every kind on the stage, wherever values can place it.

    A panorama is always among them, since worlds may come while the show runs.
    """
    lights = (PanoramaPlan(), *configured)
    kinds = {type(light): light for light in lights}
    everywhere = tuple(
        msgspec.structs.replace(place, light=form)
        for light in kinds.values()
        for place in (_PLACES[:1] if light.carrier(_NEAR).is_far else _PLACES)
        for form in light.forms()
    )
    return everywhere + tuple(
        msgspec.structs.replace(place, light=form)
        for form in dict.fromkeys(form for light in lights for form in light.forms_for_all())
        for place in (_PLACES_FOR_ALL if form.carrier(_FLAT).is_flat else _PLACES_FOR_ALL[:1])
    )


def warm_up_plans(plan: FramePlan, layers: tuple[LayerPlan, ...], *, by_raster: bool) -> Iterator[FramePlan]:
    """Plans for the walls of `plan` that between them need every shader that a show with these layers can need.

    That is for as many cameras as a wall of `plan` has or fewer, for worlds of one and of several layers, with and
    without keys, outlines and cards, and by raster with and without earlier pictures.
    """
    most = max((len(wall.inners) for wall in plan.walls), default=0)
    for cameras, layer in itertools.product(_counts(most), layers):
        for air in _airs(layer):
            for inners in _cameras(cameras, air, by_raster=by_raster):
                yield from _tooled(_with(plan, air, inners))
    for layer in layers if most and not by_raster else ():
        if isinstance(layer.light, ModelPlan):
            for air in _airs(layer):
                yield from _tooled(_with(plan, air, (_ALONE,)))
    for cameras in _counts(most):
        for inners in _cameras(cameras, _FOLLOWING, by_raster=by_raster):
            yield from _tooled(_with(plan, _FOLLOWING, inners))
    opaque = AirPlan(world=WorldPlan(key="w", layers=layers[:1] * 2))  # what the one before hides is not drawn
    yield from _tooled(_with(plan, opaque, ()))
    yield from _weathered(plan, [layer for layer in layers if not layer.light.raw], _counts(most))
    plain = _with(plan, plan.air, ())
    yield msgspec.structs.replace(plain, outer=_with_cards(plain, MOST_CARDS))


def _counts(most: int) -> list[int]:
    """Numbers of cameras, up to `most`, that need different shaders: those have room for 1 or 4."""
    return sorted({0, min(1, most), min(4, most), *range(5, most + 1)})


def _airs(layer: LayerPlan) -> Iterator[AirPlan]:
    """One layer, and where the light can be mixed two of them, and one that is mended."""
    yield AirPlan(world=WorldPlan(key="w", layers=(layer,)))
    if not layer.light.raw:
        changes = ({"opacity": 0.5}, {"contrast": 2.0}, {"saturation": 0.5})
        over, steep, pale = (msgspec.structs.replace(layer, **change) for change in changes)
        yield AirPlan(world=WorldPlan(key="w", layers=(layer, over)))
        yield AirPlan(world=WorldPlan(key="w", layers=(pale, over)))
        yield AirPlan(world=WorldPlan(key="w", layers=(steep,)))
    if isinstance(layer.light, ModelPlan):  # what a scene covers is drawn by itself, before the layer behind it
        yield AirPlan(world=WorldPlan(key="w", layers=(_PLACES[0], layer)))


def _weathered(plan: FramePlan, layers: list[LayerPlan], counts: list[int]) -> Iterator[FramePlan]:
    """Weather before each layer, whose light it takes, and before one of them for so many cameras."""
    airs = [AirPlan(world=WorldPlan(key="w", layers=(layer,))) for layer in layers]
    for air in airs:
        yield msgspec.structs.replace(_with(plan, air, ()), weather=_WEATHERS[0])
    for cameras, weather in itertools.product(counts if airs else (), _WEATHERS):
        yield from _tooled(msgspec.structs.replace(_with(plan, airs[0], (_CAMERA,) * cameras), weather=weather))


def _cameras(count: int, air: AirPlan, *, by_raster: bool) -> Iterator[tuple[InnerPlan, ...]]:
    yield (_CAMERA,) * count
    if count and by_raster:
        picture = InnerPicturePlan(
            frame=0,
            air=air,
            eye_m=_CAMERA.eye_m,
            right=_CAMERA.right,
            ahead=_CAMERA.ahead,
            up=_CAMERA.up,
            drawn=_CAMERA.drawn,
            size_px=_CAMERA.size_px,
        )
        yield (msgspec.structs.replace(_CAMERA, picture=picture),) * count


def _tooled(plan: FramePlan) -> Iterator[FramePlan]:
    """The plan without tools, and with marks and cards: all tools share a variant."""
    yield plan
    marked = tuple(msgspec.structs.replace(inner, key=_KEY, outline=True) for inner in plan.inners)
    yield msgspec.structs.replace(plan, inners=marked, outer=_with_cards(plan, 1))


def _with_cards(plan: FramePlan, count: int) -> OuterPlan:
    return msgspec.structs.replace(plan.outer, cards=(_CARD,) * count)


def _with(plan: FramePlan, air: AirPlan, inners: tuple[InnerPlan, ...]) -> FramePlan:
    shown = tuple(range(len(inners)))
    walls = tuple(WallPlan(name=wall.name, light_ns=wall.light_ns, inners=shown) for wall in plan.walls)
    outer = msgspec.structs.replace(plan.outer, cards=(), air=None, face_px=_small(plan.outer.face_px))
    return msgspec.structs.replace(plan, air=air, outer=outer, inners=inners, walls=walls, blackout=False)


def _small(face_px: int) -> int:
    """A face that is soon drawn, and still a power of two where it was: software builds passes anew for others."""
    while face_px > _FACE_PX and face_px % 2 == 0:
        face_px //= 2
    return face_px
