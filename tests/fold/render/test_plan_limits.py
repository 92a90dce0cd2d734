"""Plans read from a file that cannot be drawn are refused by frame and field, whatever their numbers."""

import math

import msgspec
import pytest

from render.plan.frame import GradePlan, OuterPlan, refuse_impossible
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.sky.plan import FollowPlan, SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.weather.record import WeatherPlan
from tests.render.sample_plans import air_of, edges, frame_plan, inner, plane_wall
from tests.render.tool_plans import card, earlier_picture, key, looking_into, with_cards
from tracking.records import ConfigError

WALL = plane_wall()
FAR = (0.0, math.nan, 0.0)


def with_inner(**changes):
    return frame_plan((WALL,), (msgspec.structs.replace(inner(), **changes),))


def with_card(**changes):
    return with_cards(frame_plan((WALL,)), card(**changes))


def with_picture(**changes):
    picture = msgspec.structs.replace(earlier_picture(inner()), **changes)
    return frame_plan((WALL,), (looking_into(inner(), picture),))


def with_coming(part, parts, **changes):
    picture = earlier_picture(inner())
    coming = msgspec.structs.replace(picture, **changes)
    return frame_plan((WALL,), (looking_into(inner(), picture, coming, part, parts),))


IMPOSSIBLE = {
    "outer.cards: found 17": with_cards(frame_plan((WALL,)), *[card()] * 17),
    r"outer.cards\[0\].kind: found mirror": with_card(kind="mirror"),
    r"outer.cards\[0\].shape: found star": with_card(shape="star"),
    r"outer.cards\[0\].width_deg: found nan, expected 0.1 to 360 deg": with_card(width_deg=math.nan),
    r"outer.cards\[0\].green": with_card(green=-1.0),
    r"outer.cards\[0\].temperature_k": with_card(temperature_k=0.0),
    r"outer.air.world.layers\[0\].radius_m": frame_plan(
        (WALL,), outer=OuterPlan(eye_m=(0.0, 0.0, 0.0), face_px=16, air=air_of(PanoramaPlan(), radius_m=math.inf))
    ),
    r"inners\[0\].picture.size_px": with_picture(size_px=(0, 10)),
    r"inners\[0\].picture.eye_m": with_picture(eye_m=FAR),
    r"inners\[0\].picture.air.world.layers\[0\].radius_m": with_picture(air=air_of(PanoramaPlan(), radius_m=math.nan)),
    r"inners\[0\].coming.part": with_coming(4, 4),
    r"inners\[0\].coming.picture.drawn": with_coming(0, 4, drawn=edges(0.0, 0.1)),
    r"inners\[0\].key: found \('moon'": with_inner(key=key(markers="moon")),
    r"inners\[0\].key.*lights": with_inner(key=key(light=(math.inf, 0.0, 0.0))),
    r"inners\[0\].key.*rad": with_inner(key=key(spacing_rad=0.0)),
    r"inners\[0\].view": with_inner(frame=edges(math.nan, 0.1)),
    "weather.rain: found nan": frame_plan((WALL,), weather=WeatherPlan(rain=math.nan)),
    "weather.dust: found 1.5": frame_plan((WALL,), weather=WeatherPlan(dust=1.5)),
    "weather.wind_m_s": frame_plan((WALL,), weather=WeatherPlan(wind_m_s=(math.inf, 0.0))),
    "weather.fallen_m": frame_plan((WALL,), weather=WeatherPlan(fallen_m=(0.0, math.nan, 0.0))),
    "outer.face_px": frame_plan((WALL,), outer=OuterPlan(eye_m=(0.0, 0.0, 0.0), face_px=0)),
    "outer.eye_m": frame_plan((WALL,), outer=OuterPlan(eye_m=FAR, face_px=64)),
    "grade.exposure_stops": frame_plan((WALL,), grade=GradePlan(exposure_stops=math.nan)),
    r"air.world.layers\[0\].radius_m": frame_plan((WALL,), world=LayerPlan(light=CoordinatesPlan(), radius_m=-1.0)),
    r"air.world.layers\[0\].exposure_stops: found 45": frame_plan(
        (WALL,), world=LayerPlan(light=SkyLight(), exposure_stops=45.0)
    ),
    r"air.world.layers\[0\].following.shot.haze": frame_plan(
        (WALL,), world=LayerPlan(light=PanoramaPlan(), following=FollowPlan(shot=SkyPlan(haze=math.nan)))
    ),
    r"air.world.layers\[0\].following.adapted_stops": frame_plan(
        (WALL,), world=LayerPlan(light=PanoramaPlan(), following=FollowPlan(adapted_stops=math.inf))
    ),
    r"air.world.layers\[0\].turn_deg": frame_plan((WALL,), world=LayerPlan(light=SkyLight(), turn_deg=math.nan)),
    r"air.world.layers\[0\].light.sky.sun": frame_plan(
        (WALL,), world=LayerPlan(light=SkyLight(sky=SkyPlan(sun=(0.0, 0.0, 2.0))))
    ),
    r"inners\[0\].size_px": with_inner(size_px=(100000, 10)),
    r"inners\[0\].eye_m": with_inner(eye_m=FAR),
    r"inners\[0\].drawn": with_inner(drawn=edges(0.0, 0.1)),
    r"inners\[0\].feather": with_inner(feather=math.inf),
    r"inners\[0\]: found": with_inner(up=FAR),
    r"walls.flat.inners": msgspec.structs.replace(
        with_inner(), walls=(msgspec.structs.replace(with_inner().walls[0], inners=(1,)),)
    ),
}


@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_an_impossible_plan_is_refused_by_field(field):
    with pytest.raises(ConfigError, match=field):
        refuse_impossible(IMPOSSIBLE[field], 16384)


def test_a_possible_plan_passes():
    camera = inner()
    looking = looking_into(camera, earlier_picture(camera), earlier_picture(inner(pan=0.1)), 3, 4)
    plan = frame_plan((WALL,), (looking, inner(pan=1.0), msgspec.structs.replace(camera, key=key(), outline=True)))
    refuse_impossible(with_cards(plan, *[card()] * 16), 16384)


def test_a_plan_whose_layer_has_sums_beyond_what_can_be_set_can_be_drawn_and_read():
    plan = frame_plan((WALL,), world=LayerPlan(light=SkyLight(), exposure_stops=30.0, turn_deg=-700.0))
    refuse_impossible(plan, 16384)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=type(plan)) == plan
