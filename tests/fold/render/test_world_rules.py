"""What each kind of world answers about itself: files, readiness, distance of its light, and when a picture serves."""

import importlib
import math
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.coordinates.record import CoordinatesLayer, CoordinatesPlan
from render.worlds.kinds import Layer, LightPlan, layer_without_files
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan, impossible_air
from render.worlds.panorama.record import PanoramaLayer, PanoramaPlan
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.surfaces import Surface
from render.worlds.sky.plan import SkyPlan
from stage.config.wording import world_rule
from stage.show.plan.reprojection import covers
from tests.render.sample_plans import air_of, inner
from tests.render.tool_plans import earlier_picture

SHA256 = "ab" * 32
radii = st.floats(0.5, 1e4)
places = st.tuples(*[st.floats(-3.0, 3.0)] * 3)
rays = places.filter(lambda ray: math.hypot(*ray) > 0.1)


def kinds_of(union):
    return [msgspec.inspect.type_info(record).tag for record in get_args(union)]


def test_every_kind_has_a_record_in_a_configuration_and_in_a_plan_and_a_drawing_beside_them():
    assert kinds_of(Layer) == kinds_of(LightPlan)
    for record in (*get_args(Layer), *get_args(LightPlan)):
        kind = msgspec.inspect.type_info(record).tag
        assert record.__module__ == f"render.worlds.{kind}.record"
        assert callable(importlib.import_module(f"render.worlds.{kind}.drawing").DRAWING.source)


@pytest.mark.parametrize("kind", kinds_of(Layer))
def test_a_plan_holds_its_kind_and_nothing_of_other_kinds(kind):
    config = msgspec.convert({"kind": kind, "file": "a.exr", "radius_m": 9.0}, Layer)
    encoded = msgspec.to_builtins(config.light({"a.exr": SHA256}, SkyPlan(haze=0.5)))
    own = {
        "panorama": {"asset": SHA256},
        "coordinates": {},
        "sky": {"sky": {"haze": 0.5}},
        "plate": msgspec.to_builtins(PlatePlan()),
        "model": msgspec.to_builtins(ModelPlan()),
    }
    assert encoded == {**own[kind], "kind": kind}


@pytest.mark.parametrize("kind", kinds_of(Layer))
def test_plans_of_earlier_versions_are_read(kind):
    earlier = {"kind": kind, "asset": SHA256, "radius_m": 2.0}
    found = msgspec.convert(earlier, LightPlan)
    assert msgspec.to_builtins(found)["kind"] == kind


def test_a_kind_that_there_is_not_cannot_be_read():
    with pytest.raises(msgspec.ValidationError, match="later"):
        msgspec.convert({"kind": "later", "asset": "", "radius_m": 0.0}, LightPlan)


def test_a_panorama_needs_its_file_and_is_ready_with_it():
    config = PanoramaLayer(file="a.exr", colour_space="ACEScg")
    assert not list(config.broken_rules())
    assert (config.picture().file, config.picture().colour_space) == ("a.exr", "ACEScg")
    waiting, ready = config.light({"a.exr": SHA256}), config.light({"a.exr\nACEScg": SHA256})
    assert (waiting.is_ready(), waiting.assets()) == (False, ())
    assert (ready.is_ready(), ready.assets()) == (True, ((SHA256, "ACEScg"),))
    assert not ready.raw


@pytest.mark.parametrize(
    ("file", "finding"), [(None, "missing"), ("a.txt", "found 'a.txt', expected a file that ends in .exr, .hdr")]
)
def test_a_panorama_without_a_picture_file_breaks_its_rule(file, finding):
    (rule,) = PanoramaLayer(file=file).broken_rules()
    assert rule.key == "file"
    assert world_rule(rule).startswith(finding)


def test_coordinates_are_raw_and_need_no_file_but_the_files_they_name_are_looked_for():
    config = CoordinatesLayer(file="a.exr", colour_space="ACEScg")
    assert config.raw
    assert config.light({}).raw
    assert config.light({}).is_ready()
    assert config.picture() is None
    assert list(config.named_files()) == [("file", "a.exr")]
    assert list(config.named_colour_spaces()) == [("colour_space", "ACEScg")]
    assert not list(config.broken_rules())


def test_the_world_of_a_configuration_that_names_none_can_be_drawn_at_once():
    world = layer_without_files()
    assert world.picture() is None
    assert world.light({}).is_ready()


def test_an_earlier_picture_serves_only_the_world_that_it_was_drawn_of():
    world = air_of(PanoramaPlan(asset=SHA256), radius_m=9.0)
    assert world.shows_same_as(air_of(PanoramaPlan(asset=SHA256), radius_m=9.0))
    for other in (
        air_of(PanoramaPlan(asset="cd" * 32), radius_m=9.0),
        air_of(PanoramaPlan(asset=SHA256)),
        air_of(PanoramaPlan(asset=SHA256), radius_m=9.0, horizon=0.4),
        air_of(PanoramaPlan(asset=SHA256), radius_m=9.0, anchor_m=(0.0, 0.0, 1.5)),
        air_of(CoordinatesPlan(), radius_m=9.0),
    ):
        assert not world.shows_same_as(other)


@given(radii, places, rays)
def test_a_ray_reaches_the_sphere_that_carries_the_light(radius, eye, ray):
    world = Surface(radius_m=max(radius, math.hypot(*eye) + 0.1))
    reach = world.reach(eye, ray)
    met = [place + reach * way for place, way in zip(eye, ray, strict=True)]
    assert reach > 0.0
    assert math.hypot(*met) == pytest.approx(world.radius_m, rel=1e-9)
    assert reach * math.hypot(*ray) >= world.radius_m - math.hypot(*eye) - 1e-9


@given(places, rays)
def test_light_at_infinity_is_reached_by_no_ray_and_shows_no_parallax(eye, ray):
    for world in (Surface(), Surface(is_flat=True)):
        assert world.reach(eye, ray) == math.inf
        assert world.nearest_m(eye) == math.inf
        assert world.sphere_m() == 0.0


@given(radii, places)
def test_the_nearest_light_is_at_the_sphere_but_never_closer_than_a_tenth_of_its_radius(radius, eye):
    nearest = Surface(radius_m=radius).nearest_m(eye)
    assert nearest == pytest.approx(max(radius - math.hypot(*eye), 0.1 * radius), rel=1e-12)


def test_a_picture_from_elsewhere_covers_a_view_only_where_its_light_is_far_enough():
    """From half a metre aside a picture hardly wider than the view still covers it at infinity, not at 2 m."""
    here, aside = inner(eye=(0.0, 0.0, 0.0)), inner(eye=(0.5, 0.0, 0.0))
    assert covers(earlier_picture(aside, world=CoordinatesPlan(), wider=1.1), here)
    assert not covers(earlier_picture(aside, world=LayerPlan(light=CoordinatesPlan(), radius_m=2.0), wider=1.1), here)


@pytest.mark.parametrize("radius_m", [-1.0, math.nan, math.inf, 2e6, 0.001])
def test_a_radius_that_cannot_be_drawn_is_named(radius_m):
    for light in (CoordinatesPlan(), PanoramaPlan()):
        (found,) = impossible_air(air_of(light, radius_m=radius_m))
        assert found.field == "world.layers[0].radius_m"
