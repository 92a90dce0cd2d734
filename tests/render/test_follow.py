"""Layers that follow the hour, drawn: against the light that level ground gets, at every hour and in every way to draw."""

import msgspec
import numpy as np
import pytest

from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.sky.drawing import SkyDrawing
from render.worlds.sky.plan import CloudPlan, FollowPlan, SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import ASSET, arc_positions, arc_wall, frame_plan, inner, smooth_panorama
from tests.render.sky_pictures import day

pytestmark = pytest.mark.gl
WALL = arc_wall(size=(96, 30))
LAND = np.zeros((64, 128, 4), np.float32)
LAND[32:] = (0.3, 0.25, 0.2, 1.0)
STREET = (0.4, 0.35, 0.3)
SHOT = day(35.0)


@pytest.fixture(scope="module", params=["auto", "raster"])
def stage(request, session_context):
    with session_context:
        renderer = Renderer(session_context, (WALL,), {WALL.name: arc_positions(WALL)}, draw=request.param)
        renderer.load_world("street", np.broadcast_to(np.array(STREET, np.float32), (8, 16, 3)).copy())
        renderer.load_world("land", LAND)
        renderer.load_world(ASSET, smooth_panorama())
        yield renderer


def street(now=None, shot=SHOT, name="street", **changes):
    following = msgspec.UNSET if now is None else FollowPlan(now=now, shot=shot)
    return LayerPlan(light=PanoramaPlan(asset=name), following=following, **changes)


def air(*layers):
    return AirPlan(world=WorldPlan(key="w", layers=layers))


def light_of(stage, plan, inners=(), **changes):
    stage.draw(frame_plan((WALL,), inners, air=plan, **changes))
    return stage.read_wall_linear(WALL.name)


def gain_of(stage, now, **changes):
    """What the street's light is multiplied by, as it is drawn."""
    return (light_of(stage, air(street(now, **changes))) / STREET).mean((0, 1))


def ground(context, sky):
    drawing = SkyDrawing(context, lambda *_: None, None, None)
    return np.frombuffer(drawing.ground_light(sky).read(), np.float32)[:3].astype(float)


@pytest.mark.parametrize("now", [day(5.0), day(60.0), day(-3.0), day(20.0, clouds=CloudPlan(coverage=1.0))])
def test_a_layer_that_follows_has_the_light_of_now_over_that_of_its_shot(stage, context, now):
    expected = np.clip(ground(context, now) / ground(context, SHOT), 2.0**-10, 2.0**4)
    assert gain_of(stage, now) == pytest.approx(expected, rel=2e-3)


def test_at_the_hour_of_its_shot_a_layer_is_as_it_was_shot(stage, context):
    for changes in ({}, {"exposure_stops": 1.0, "tint": 0.3}, {"contrast": 1.4, "soften_deg": 2.0}, {"tilt_deg": 5.0}):
        plain = street(name=ASSET, **changes)
        followed = light_of(stage, air(msgspec.structs.replace(plain, following=FollowPlan(now=SHOT, shot=SHOT))))
        assert followed == pytest.approx(light_of(stage, air(plain)), rel=1e-5, abs=1e-6)


def sent(stage, plan):
    stage.draw(frame_plan((WALL,), air=plan))
    return stage.read_wall(WALL.name)


def test_it_darkens_through_dusk_and_is_warm_at_sunset_and_blue_after_it(stage, context):
    elevations = np.arange(40.0, -19.0, -1.0)
    gains = np.array([gain_of(stage, day(elevation)) for elevation in elevations])
    assert (np.diff(gains, axis=0) < 0.0)[gains[1:] > 1.01 * 2.0**-10].all()
    assert (np.diff(gains, axis=0) <= 1e-7).all()
    warmth = gains[:, 0] / gains[:, 2]
    assert warmth[elevations == 35.0] == pytest.approx(1.0, abs=1e-3)
    assert warmth[elevations == 7.0] > 1.15
    assert warmth[elevations == -3.0] < 0.8


def test_it_goes_no_farther_than_its_limits(stage, context):
    night = day(-60.0)
    assert gain_of(stage, night) == pytest.approx(2.0**-10, rel=1e-3)
    assert gain_of(stage, day(60.0), shot=night) == pytest.approx(2.0**4, rel=1e-3)
    assert gain_of(stage, night, shot=night) == pytest.approx(1.0, rel=1e-3)


def test_it_is_adapted_within_its_limits(stage, context):
    dusk = day(4.0)
    for stops, gain in ((2.0, 4.0 * gain_of(stage, dusk)), (30.0, 2.0**4)):
        followed = msgspec.structs.replace(street(), following=FollowPlan(now=dusk, shot=SHOT, adapted_stops=stops))
        assert (light_of(stage, air(followed)) / STREET).mean((0, 1)) == pytest.approx(gain, rel=1e-3)


def test_follow_mixes_it(stage, context):
    whole = gain_of(stage, day(4.0))
    assert gain_of(stage, day(4.0), follow=0.25) == pytest.approx(0.75 + 0.25 * whole, rel=1e-3)


def test_contrast_is_that_of_the_shot_at_every_hour(stage, context):
    plain = light_of(stage, air(street(name=ASSET, contrast=1.5, exposure_stops=0.5)))
    followed = light_of(stage, air(street(day(3.0), name=ASSET, contrast=1.5, exposure_stops=0.5)))
    assert followed == pytest.approx(plain * gain_of(stage, day(3.0)), rel=2e-3, abs=1e-6)


def test_it_is_brought_to_the_hour_alike_with_mends_and_without(stage, context):
    changes = {"name": ASSET, "temperature_k": 4000.0, "saturation": 0.4, "exposure_stops": 0.5}
    alone, mended = (light_of(stage, air(street(day(3.0), **changes, **more))) for more in ({}, {"soften_deg": 1e-4}))
    assert mended == pytest.approx(alone, rel=1e-4, abs=1e-6)
    nearly = light_of(stage, air(street(day(3.0), **changes, contrast=1.0001)))
    assert nearly == pytest.approx(alone, rel=3e-3, abs=1e-5)
    covered = light_of(stage, air(street(day(3.0), opacity=0.5, **changes)))
    assert covered == pytest.approx(0.5 * alone, rel=1e-4, abs=1e-6)


def test_only_the_layer_that_follows_changes_and_the_sky_shows_where_it_is_open(stage, context):
    now = day(8.0, 120.0)
    sky = LayerPlan(light=SkyLight(sky=now))
    behind = light_of(stage, air(sky))
    before = light_of(stage, air(street(now, name="land")))
    whole = light_of(stage, air(sky, street(now, name="land")))
    cover = light_of(stage, air(street(name="land")))[..., 0] / LAND[-1, 0, 0]
    closed, opened = cover > 0.999, cover < 0.001
    assert min(closed.mean(), opened.mean()) > 0.3
    assert whole[closed] == pytest.approx(before[closed], rel=2e-3)
    assert whole[opened] == pytest.approx(behind[opened], rel=2e-3)
    edge = ~(closed | opened)
    assert whole[edge] == pytest.approx((before + (1.0 - cover[..., None]) * behind)[edge], rel=0.1)


def test_cameras_dissolves_and_frozen_outers_have_it_each_by_its_own_plan(stage, context):
    dusk, noon = (WorldPlan(key=key, layers=(street(sky),)) for key, sky in (("a", day(2.0)), ("b", day(60.0))))
    light = {key: gain_of(stage, sky) * STREET for key, sky in (("a", day(2.0)), ("b", day(60.0)))}
    mixed = light_of(stage, AirPlan(world=dusk, coming=noon, share=0.25))
    assert mixed == pytest.approx(np.broadcast_to(0.75 * light["a"] + 0.25 * light["b"], mixed.shape), rel=3e-3)
    plan = frame_plan((WALL,), (inner(),), air=AirPlan(world=dusk))
    frozen = msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, air=AirPlan(world=noon)))
    stage.draw(frozen)
    found = stage.read_wall_linear(WALL.name)
    assert found[15, 48] == pytest.approx(light["a"], rel=3e-3)
    assert found[15, 2] == pytest.approx(light["b"], rel=3e-3)


def test_equal_plans_give_equal_pictures_whatever_was_drawn_before(stage, context):
    plan = air(street(day(1.0)))
    first = sent(stage, plan)
    for number in range(70):
        light_of(stage, air(street(day(0.5 * number))))
    assert np.array_equal(sent(stage, plan), first)


def test_no_sky_makes_it_anything_but_a_number(stage, context):
    skies = [SkyPlan(haze=1.0, clouds=CloudPlan(coverage=1.0)), day(-90.0), day(90.0), day(0.0, eye_altitude_m=9001.5)]
    for now in skies:
        for shot in skies:
            gain = gain_of(stage, now, shot=shot)
            assert np.isfinite(gain).all()
            assert ((gain >= 2.0**-10 * 0.999) & (gain <= 2.0**4 * 1.001)).all()
