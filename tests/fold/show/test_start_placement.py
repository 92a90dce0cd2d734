"""Where a picture starts: what the configuration leaves open, its facts decide, once, and only for what nobody has set."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.walls import WallSurface
from render.worlds.shared.facts import PictureFacts, SpherePart
from stage.show.air.placement import FrontWall, covering_deg, front_wall
from stage.show.frame.inputs import AssetReady
from stage.show.show import Show
from stage.show.state import new_state
from stage.values.tree import value_at
from tests.building import camera, inputs_at, set_to, stage, step
from tests.fold.show.air_stage import SHA256, layer, world

HD = PictureFacts(columns=1920, rows=1080, horizon=0.38, roll_deg=5.0)
SPHERE = PictureFacts(columns=4096, rows=2048, is_sphere=True)
PART = PictureFacts(columns=2000, rows=500, part=SpherePart(span_deg=200.0, turn_deg=-20.0, horizon=0.6))


def built(**keys):
    return stage(camera(), world("valley", layer(file="valley.exr", **keys)))


def ready(facts, sha256=SHA256["valley"]):
    return [AssetReady(file="valley.exr", sha256=sha256, facts=facts)]


def placed(show):
    values = value_of(show)
    return {name: getattr(values, name) for name in ("projection", "turn_deg", "horizon", "span_deg", "width_deg")}


def value_of(show):
    return show.state.controls.values.layer["valley"]


def shown(facts, **keys):
    show = built(**keys).show()
    step(show, 0, observations=ready(facts))
    return show


def test_a_picture_that_is_no_sphere_starts_flat_at_infinity_with_its_horizon_and_no_roll():
    values = value_of(shown(HD))
    assert (values.projection, values.horizon, values.distance_m, values.roll_deg) == ("flat", 0.38, 0.0, 0.0)
    unknown = value_of(shown(msgspec.structs.replace(HD, horizon=None)))
    assert unknown.horizon == 0.5


def test_a_sphere_starts_as_one_and_a_part_where_its_own_data_put_it():
    assert placed(shown(SPHERE)) == {**placed(built().show()), "projection": "sphere"}
    found = placed(shown(PART))
    assert {**found, "width_deg": None} == {
        "projection": "sphere",
        "turn_deg": -20.0,
        "horizon": 0.6,
        "span_deg": 200.0,
        "width_deg": None,
    }


def test_a_picture_without_facts_decides_nothing_and_is_decided_when_they_come():
    show = shown(None)
    assert value_of(show).projection == "sphere"
    step(show, 1, observations=ready(HD))
    assert value_of(show).projection == "flat"


def test_what_the_configuration_gives_stands():
    given_keys = {"projection": "sphere", "horizon": 0.7}
    assert placed(shown(HD, **given_keys))["projection"] == "sphere"
    assert placed(shown(HD, **given_keys))["horizon"] == 0.7
    flat = placed(shown(SPHERE, projection="flat", width_deg=33.0))
    assert (flat["projection"], flat["width_deg"], flat["horizon"]) == ("flat", 33.0, 0.5)


def test_a_width_in_metres_is_an_angle_at_its_distance():
    values = value_of(shown(HD, distance_m=10.0, width_m=20.0))
    assert values.width_deg == pytest.approx(90.0)
    assert values.distance_m == 10.0


def test_what_somebody_has_set_before_the_picture_is_there_stands():
    show = built().show()
    step(show, 0, set_to("/layer/valley/horizon", 0.6))
    step(show, 1, observations=ready(HD))
    assert value_of(show).horizon == 0.6
    assert value_of(show).projection == "flat"


def test_it_is_decided_once_whatever_comes_later():
    """New content, another process, a restart from the state: the values stay as they were set."""
    show = shown(HD)
    step(show, 1, set_to("/layer/valley/width_deg", 50.0), set_to("/layer/valley/projection", "sphere"))
    step(show, 2, observations=ready(PART, sha256="ff" * 32))
    again = Show(show.config, built().calibration, show.snapshot())
    again.step(msgspec.structs.replace(inputs_at(3, observations=ready(HD)), epoch=9))
    for one in (show, again):
        assert (value_of(one).width_deg, value_of(one).projection) == (50.0, "sphere")


def test_saved_values_stand_over_what_the_picture_would_decide():
    fresh = new_state(built().config, {"/layer/valley/width_deg": 44.0})
    show = Show(built().config, built().calibration, fresh)
    step(show, 0, observations=ready(HD))
    assert value_at(show.state.controls.values, "/layer/valley/width_deg") == 44.0


aspects, horizons = st.floats(0.3, 4.0), st.floats(0.15, 0.85)
fronts = st.builds(FrontWall, aside=st.floats(0.1, 1.5), up=st.floats(0.01, 0.5), down=st.floats(0.01, 0.5))


@given(aspects, horizons, fronts)
def test_a_flat_picture_just_covers_the_front_wall(aspect, horizon, front):
    half = math.tan(math.radians(0.5 * covering_deg(aspect, horizon, front)))
    if half >= 3.73:
        return
    height = 2.0 * half / aspect
    spare = (half / front.aside, horizon * height / front.up, (1.0 - horizon) * height / front.down)
    assert min(spare) == pytest.approx(1.005)


def surface(name, points):
    return WallSurface(name=name, points_m=tuple(points), normals=((0.0, -1.0, 0.0),) * len(points), pixel_pitch_m=0.01)


def test_the_front_wall_is_the_one_that_the_eye_looks_at():
    front = surface("front", [(-2.0, 4.0, 0.0), (2.0, 4.0, 0.0), (-2.0, 4.0, 3.0), (2.0, 4.0, 3.0)])
    aside = surface("side", [(-4.0, 0.5, 0.0), (-4.0, 4.0, 0.0), (-4.0, 0.5, 3.0), (-4.0, 4.0, 3.0)])
    behind = surface("back", [(-2.0, -4.0, 0.0), (2.0, -4.0, 3.0)])
    found = front_wall((aside, behind, front), (0.0, 0.0, 1.0))
    assert found == FrontWall(aside=0.5, up=0.5, down=0.25)
    assert front_wall((behind,), (0.0, 0.0, 1.0)) == FrontWall()
