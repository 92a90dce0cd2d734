"""The built-in street: how far it goes, what it takes, and what shines in it when the sun has gone."""

import msgspec
import numpy as np
import pytest

from render.models.street import lit_share, street
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import frame_plan, plane_positions, plane_wall

WALL = plane_wall(size=(96, 54))
MOST_TRIANGLES = 15_000


def test_the_street_goes_from_two_metres_to_two_kilometres_and_is_small():
    model = street()
    places = np.concatenate([part.positions for mesh in model.meshes for part in mesh.parts])
    upright = places[places[:, 1] > 0.5]
    away = np.hypot(upright[:, 0], upright[:, 2])
    assert away.min() == pytest.approx(4.0, abs=1.5)
    assert np.abs(upright[:, 2]).max() == pytest.approx(2000.0, abs=50.0)
    assert sum(len(part.triangles) for mesh in model.meshes for part in mesh.parts) < MOST_TRIANGLES


def test_every_piece_of_the_street_is_wound_as_its_normal_says_and_stays_within_its_picture():
    for mesh in street().meshes:
        for part in mesh.parts:
            a, b, c = (part.positions[part.triangles[:, corner]].astype(float) for corner in range(3))
            across = np.cross(b - a, c - a)
            assert ((across * part.normals[part.triangles[:, 0]]).sum(axis=1) >= -1e-6).all()


def test_the_street_is_the_same_each_time():
    one, other = street(), street()
    assert all(
        (a.positions == b.positions).all() and (a.colours == b.colours).all()
        for a, b in zip(
            [part for mesh in one.meshes for part in mesh.parts],
            [part for mesh in other.meshes for part in mesh.parts],
            strict=True,
        )
    )


def test_lamps_go_on_while_the_sun_goes_down():
    shares = [lit_share(np.sin(np.radians(elevation))) for elevation in (90, 5, 2, -1, -4, -7, -90)]
    assert shares[:2] == [0.0, 0.0]
    assert shares[-2:] == [1.0, 1.0]
    assert shares == sorted(shares)


@pytest.mark.gl
def test_windows_shine_at_dusk_and_not_by_day(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    brightest = {}
    for elevation in (30.0, -8.0):
        sine = float(np.sin(np.radians(elevation)))
        sky = SkyPlan(sun=(0.0, -float(np.sqrt(1.0 - sine * sine)), sine))
        layers = (LayerPlan(light=SkyLight(sky=sky)), LayerPlan(light=ModelPlan(scene="street")))
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
        light = renderer.read_wall_linear(WALL.name)
        brightest[elevation] = float(np.percentile(light.max(axis=2), 99) / np.median(light))
    assert brightest[-8.0] > 3.0 * brightest[30.0]


@pytest.mark.gl
@pytest.mark.parametrize("away_m", [8.0, 60.0], ids=["figures", "cards"])
def test_lamps_light_who_walks_below_them_at_night(context, away_m):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    area = tuple((x, y) for x, y in ((-3.0, away_m), (3.0, away_m), (3.0, away_m + 3.0), (-3.0, away_m + 3.0)))
    people = ModelPlan(scene="people", crowd=CrowdPlan(count=100, area_m=area, walks=False))
    sky = SkyPlan(sun=(0.0, -0.8, -0.6))

    def drawn(*scenes):
        layers = (LayerPlan(light=SkyLight(sky=sky)), *(LayerPlan(light=scene) for scene in scenes))
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
        return renderer.read_wall_linear(WALL.name)

    street_alone, both, dark = drawn(ModelPlan(scene="street")), drawn(ModelPlan(scene="street"), people), drawn(people)
    theirs = np.abs(both - street_alone).max(axis=2) > 1e-3
    assert theirs.sum() >= 8
    assert np.median(both[theirs].max(axis=1)) > 5.0 * np.median(dark[theirs].max(axis=1))


def test_a_built_in_scene_needs_no_file_and_none_beside_it():
    assert not list(ModelLayer(scene="street").broken_rules())
    assert ModelLayer(scene="street").picture() is None
    assert ModelLayer(scene="street").light({}).is_ready()
    (rule,) = ModelLayer(scene="street", file="a.glb").broken_rules()
    assert (rule.key, rule.code) == ("scene", "model_file_and_scene")
    assert msgspec.json.decode(msgspec.json.encode(ModelPlan(scene="street")), type=ModelPlan).scene == "street"
