"""After the warm-up nothing needs a shader that was not drawn with before."""

import itertools

import msgspec
import pytest

from render.plan.probes import ProbePlan, ProbesPlan
from render.renderer import Renderer
from render.worlds.sky.plan import CloudPlan, FogPlan, FollowPlan, SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.weather.record import WeatherPlan
from tests.render.sample_plans import (
    ASSET,
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
    world_plan,
)
from tests.render.sky_pictures import DOWN, towards
from tests.render.tool_plans import card, earlier_picture, keyed, looking_into, outlined, with_cards

pytestmark = pytest.mark.gl
WALLS = (arc_wall(size=(16, 5)), plane_wall(size=(16, 9)))
POSITIONS = {WALLS[0].name: arc_positions(WALLS[0]), WALLS[1].name: plane_positions(WALLS[1])}


PLACES = (
    {"roll_deg": 3.0},
    {"horizon": 0.4, "flip": True},
    {"horizon": 0.4, "tilt_deg": 60.0},
    {"horizon": 0.4, "radius_m": 8.0, "tilt_deg": 60.0},
    {"ground_m": 1.6},
    {"radius_m": 8.0, "seam_deg": 5.0},
    {"seam_deg": 5.0},
    {"span_deg": 20.0},
    {"span_deg": 120.0, "radius_m": 8.0},
    {"projection": "flat"},
    {"projection": "flat", "distance_m": 6.0, "surround": "black"},
    {"projection": "flat", "width_deg": 165.0, "roll_deg": 3.0},
)
"""Placements that between them need every form of a shader."""


WEATHERS = (WeatherPlan(rain=0.1), WeatherPlan(snow=0.1), WeatherPlan(dust=0.1), WeatherPlan(rain=0.1, dust=0.1))
HOURS = (
    SkyPlan(sun=towards(-9.0), moon=towards(30.0), moon_lit_by=towards(-30.0, 180.0), stars_stops=2.0),
    SkyPlan(sun=towards(-40.0), moon=DOWN, clouds=CloudPlan(coverage=0.3)),
    SkyPlan(sun=towards(5.0), moon=towards(3.0), fog=FogPlan(density_per_km=1.0)),
)
"""Skies that between them need every form of their shader."""


CARDS = ((0, False), (1, False), (1, True), (5, False), (5, True))
"""How many cards, and whether cameras see them."""


def airs_of(kind):
    """Every way in which worlds of this kind can be on air."""
    light = world_plan(kind)
    yield air_of(light)
    if kind == "sky":
        for sky in HOURS:
            layer = msgspec.structs.replace(light, light=SkyLight(sky=sky))
            yield air_of(layer, turn_deg=20.0, radius_m=5.0)
            yield air_of(layer, light, opacity=0.4)
        return
    for values in PLACES:
        yield air_of(light, anchor_m=(0.0, 0.0, 1.5), **values)
    if kind == "coordinates":
        return
    yield air_of(light, contrast=1.5)
    yield air_of(light, following=FollowPlan(now=HOURS[0], shot=HOURS[2]))
    yield air_of(light, expand_stops=2.0, soften_deg=1.0)
    several = air_of(light, world_plan(kind, 5.0), opacity=0.4)
    yield several
    yield msgspec.structs.replace(air_of(world_plan(kind, 9.0)), coming=several.world, share=0.3)


@pytest.mark.timeout(300)  # from no shaders at all
@pytest.mark.parametrize(
    ("case", "walls"),
    [
        (("panorama", "auto", 0), WALLS),
        (("panorama", "auto", 1), WALLS),
        (("panorama", "auto", 2), WALLS[1:]),
        (("coordinates", "auto", 1), WALLS),
        (("sky", "auto", 0), WALLS[1:]),
        (("panorama", "raster", 1), WALLS[:1]),
        (("coordinates", "raster", 1), WALLS[:1]),
    ],
)
def test_a_renderer_builds_no_shader_after_the_warm_up(context, monkeypatch, case, walls):
    kind, draw, cameras = case
    renderer = Renderer(context, walls, POSITIONS, draw=draw)
    views = tuple(inner(pan=0.1 * number, name=f"{number}") for number in range(cameras))
    plan = frame_plan(walls, views, kind=kind)
    measures = (kind, cameras) in (("panorama", 1), ("sky", 0)) and draw == "auto"
    if measures:
        renderer.measure_at_probes(POSITIONS)
    probes = ProbesPlan(probes=(ProbePlan(place_m=OUTER_EYE, axis=(0.0, 1.0, 0.0), clipped=True),), brightest=True)

    def show(shown):
        renderer.draw(shown)
        if measures:
            renderer.draw_light_at_probes(msgspec.structs.replace(shown, probes=probes))
            list(renderer.light_reached())

    renderer.warm_up(msgspec.structs.replace(plan, blackout=True), (world_plan(kind).light,))
    renderer.load_world(ASSET, smooth_panorama())

    def refuse(*args, **kwargs):
        raise AssertionError("a shader is built while the show runs")

    monkeypatch.setattr("render.gpu.passes._linked", refuse)
    reprojected = tuple(looking_into(view, earlier_picture(view, world=world_plan(kind))) for view in views)
    marked = tuple(keyed(outlined(view)) for view in views)
    shown = dict.fromkeys((views, views[:1], reprojected, (*marked[:1], *views[1:])))
    for air, inners, (count, in_view) in itertools.product(airs_of(kind), shown, CARDS):
        cards = [card(name=str(number), in_view=in_view) for number in range(count)]
        looked = msgspec.structs.replace(plan.outer, exposure_stops=float(count == 0))
        wanted = msgspec.structs.replace(frame_plan(walls, inners, kind=kind, air=air), outer=looked)
        show(with_cards(wanted, *cards))
    if kind in ("panorama", "sky"):
        for air in airs_of(kind):
            show(frame_plan(walls, views, air=air, weather=WEATHERS[0]))
    if kind == "panorama":
        for weather, inners in itertools.product(WEATHERS, dict.fromkeys((views, views[:1], marked))):
            show(frame_plan(walls, inners, kind=kind, weather=weather))
        frozen = msgspec.structs.replace(plan.outer, air=air_of(world_plan(kind, 3.0)))
        show(msgspec.structs.replace(plan, outer=frozen))
    assert all(renderer.read_wall(wall.name).any() for wall in walls)
