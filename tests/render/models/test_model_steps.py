"""What the low tier draws in steps: outer pictures, one after the other, and the sun over a scene."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.compose.model_steps import stepped_outside, stepped_sky
from render.compose.regions import WallTiles
from render.compose.wall_views import faces_on
from render.models.made import made_model, made_sphere
from render.models.model import Material
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan, impossible_sky
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import frame_plan, inner, plane_positions, plane_wall

ASSET = "a" * 64
AREA = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
CROWD = CrowdPlan(count=3, area_m=AREA)
FRAME_US = 16_667


def moving(time_us):
    return ModelPlan(scene="people", crowd=CROWD, time_us=time_us)


@given(st.integers(0, 10**12), st.integers(0, 9))
def test_an_outer_picture_is_two_fifths_of_a_second_old_at_most(time_us, number):
    shown = stepped_outside(moving(time_us), number).time_us
    assert 0 <= time_us - shown < 400_000


def test_outer_pictures_are_drawn_in_turn_and_not_all_in_one_frame():
    times = [[stepped_outside(moving(frame * FRAME_US), face).time_us for face in range(6)] for frame in range(60, 120)]
    drawn = [sum(map(int.__ne__, now, before)) for before, now in itertools.pairwise(times)]
    assert max(drawn) <= 1
    assert sum(drawn) == pytest.approx(6 * 2.5, abs=6)


def test_a_scene_that_stands_is_the_same_for_all():
    still = ModelPlan(scene="street")
    assert all(stepped_outside(still, number) is still for number in range(6))


@given(st.floats(-180.0, 180.0), st.floats(-89.0, 89.0))
def test_a_stepped_sun_is_less_than_its_own_width_off(azimuth, elevation):
    level = math.cos(math.radians(elevation))
    sun = (
        level * math.sin(math.radians(azimuth)),
        level * math.cos(math.radians(azimuth)),
        math.sin(math.radians(elevation)),
    )
    stepped = stepped_sky(SkyPlan(sun=sun, stars_from_stage=(1.0, 0.0, 0.0, 0.0)))
    assert np.degrees(np.linalg.norm(np.subtract(stepped.sun, sun))) < 0.55
    assert not list(impossible_sky(stepped))


@pytest.mark.parametrize(("sweep_deg", "faces"), [(60.0, {2}), (140.0, {0, 1, 2}), (340.0, {0, 1, 2, 3})])
def test_only_the_faces_that_a_wall_is_seen_through_are_drawn(sweep_deg, faces):
    angles = np.radians(np.linspace(-0.5 * sweep_deg, 0.5 * sweep_deg, 200))
    heights = np.linspace(0.0, 2.6, 40)
    across, up = np.meshgrid(angles, heights)
    positions = np.stack([4.0 * np.sin(across), 4.0 * np.cos(across), up], axis=2)
    assert set(faces_on((0.0, 0.0, 1.5), 256, [WallTiles(positions)])) == faces


def sky_with_sun(elevation):
    """A day's sky with its sun ahead, so high in radians."""
    sky = SkyPlan(sun=(0.0, math.cos(elevation), math.sin(elevation)), stars_from_stage=(0.0, 0.0, 0.0, 1.0))
    return LayerPlan(light=SkyLight(sky=sky), exposure_stops=-10.0)


@pytest.mark.gl
@pytest.mark.parametrize("elevation", [-6, -4, -2, -1, 0, 1, 2, 4, 8])
def test_a_sun_that_sets_is_no_staircase_on_what_it_lights(context, elevation):
    """Where the sun takes a step of its shadows, what it lights is as bright before as after."""
    wall = plane_wall(size=(160, 90))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, quality="low")
    renderer.load_model(ASSET, made_model([made_sphere(1.0)], [Material()]))
    scene = LayerPlan(light=ModelPlan(asset=ASSET, origin_m=(0.0, 5.0, 2.0)))
    step = (elevation + 0.5) / 128.0

    def lit(sun):
        """The light on a white sphere before the wall; where the sky is seen instead, none."""
        air = AirPlan(world=WorldPlan(key="w", layers=(sky_with_sun(sun), scene)))
        renderer.draw(frame_plan((wall,), (inner(size=(320, 180)),), air=air))
        return renderer.read_wall_linear(wall.name)[40:50, 70:90].sum()

    assert lit(step + 1e-5) == pytest.approx(lit(step - 1e-5), rel=0.09)
    assert lit(step + 1.0 / 128.0) > 1.02 * lit(step)
